# One team with one database: copy it, change the names and the address, and start the server with it.
#
#   TEAM_PASSWORD=… ORDERS_PASSWORD=… postern server --config examples/team.hcl
#
# What is missing is created at start; what exists is left as it is. team.yaml says the same in YAML.

config {
  format  = 1
  manager = "team"
}

org "shop" {
  name        = "Shop"
  description = "The people who run the web shop"

  auth_method "password" "login" {
    name    = "password"
    primary = true

    account "ann" {
      login_name = "ann"
      password   = secret("env://TEAM_PASSWORD")
    }
  }

  user "ann" {
    name     = "ann"
    accounts = [auth_method.login.account.ann]
  }

  role "login" {
    name       = "sign in"
    principals = [anonymous]
    grants = [
      "ids=*;type=scope;actions=list,no-op",
      "ids=*;type=auth-method;actions=authenticate,list",
    ]
  }

  project "production" {
    name = "Production"

    credential_store "static" "databases" {
      name = "databases"

      credential "username_password" "orders" {
        name     = "orders"
        username = "orders_rw"
        password = secret("env://ORDERS_PASSWORD")
      }
    }

    # Whoever gets a session is handed the credential with it, and needs no password of the database.
    target "tcp" "orders" {
      name                     = "orders"
      description              = "The order database, read-write"
      address                  = "10.0.0.17"
      default_port             = 5432
      session_max_seconds      = 3600
      session_connection_limit = 5
      brokered_credentials     = [credential_store.databases.credential.orders]
    }

    role "on_call" {
      name       = "on call"
      principals = [org.shop.user.ann]
      grants = [
        "ids=*;type=target;actions=list,read,authorize-session",
        "ids=*;type=session;actions=list,read:self,cancel:self",
      ]
    }
  }
}
