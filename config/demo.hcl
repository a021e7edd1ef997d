# What a fresh start of Postern shows: one org, one project, two targets that lead to the demo database.
# Things are created when they are missing and never overwritten; see docs/architecture.md.

config {
  format  = 1
  manager = "demo"
}

org "it_support" {
  name        = "IT_Support"
  description = "IT Support Team"

  auth_method "password" "staff" {
    name        = "password"
    description = "Password login of the IT support team"
    primary     = true

    account "tester" {
      login_name = "tester"
      password   = secret("file://secrets/tester-password")
    }
  }

  user "tester" {
    name        = "tester"
    description = "Tests the machines of QA"
    accounts    = [auth_method.staff.account.tester]
  }

  role "login" {
    name        = "Login and Default Grants"
    description = "Lets people see where to sign in, and do so"
    principals  = [anonymous]
    grants = [
      "ids=*;type=scope;actions=list,no-op",
      "ids=*;type=auth-method;actions=authenticate,list",
      "ids={{.Account.Id}};actions=read,change-password",
      "ids=*;type=auth-token;actions=list,read:self,delete:self",
    ]
  }

  project "qa_tests" {
    name        = "QA_Tests"
    description = "Manage QA machines"

    host_catalog "static" "devops" {
      name        = "DevOps"
      description = "For DevOps team"

      host "localhost" {
        name        = "localhost"
        description = "Localhost for testing"
        address     = "127.0.0.1"
      }

      host "postgres" {
        name        = "postgres"
        description = "Postgres host"
        address     = "127.0.0.1"
      }

      host_set "test_machines" {
        name        = "test-machines"
        description = "Test machine host set"
        hosts       = [host.localhost, host.postgres]
      }
    }

    credential_store "static" "databases" {
      name        = "databases"
      description = "Credentials of the demo database"

      credential "username_password" "postgres" {
        name     = "postgres"
        username = "postgres"
        password = secret("file://secrets/postgres-password")
      }
    }

    target "tcp" "tests" {
      name         = "tests"
      description  = "Test target"
      default_port = 16001
      host_sources = [host_catalog.devops.host_set.test_machines]
    }

    target "tcp" "postgres" {
      name                 = "postgres"
      description          = "The demo database by its address, with what signs in to it"
      default_port         = 16001
      address              = "127.0.0.1"
      brokered_credentials = [credential_store.databases.credential.postgres]
    }

    role "testers" {
      name        = "testers"
      description = "May list and use the targets of QA, and see and end their own sessions"
      principals  = [org.it_support.user.tester]
      grants = [
        "ids=*;type=target;actions=list,read,authorize-session",
        "ids=*;type=host-catalog;actions=list,read",
        "ids=*;type=host;actions=list,read",
        "ids=*;type=session;actions=list,read:self,cancel:self",
      ]
    }
  }
}
