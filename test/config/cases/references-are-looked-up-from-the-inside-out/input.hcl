config {
  format  = 1
  manager = "cases"
}

org "acme" {
  user "tess" {
    name = "tess"
  }

  project "north" {
    host_catalog "static" "machines" {
      host "one" {
        address = "10.0.1.1"
      }

      host_set "all" {
        hosts = [host.one]
      }
    }

    target "tcp" "shell" {
      default_port = 22
      host_sources = [host_catalog.machines.host_set.all]
    }

    role "testers" {
      principals = [user.tess]
      grants     = ["ids=*;type=target;actions=list"]
    }
  }

  project "south" {
    host_catalog "static" "machines" {
      host "one" {
        address = "10.0.2.1"
      }

      host_set "all" {
        hosts = [host.one]
      }
    }

    target "tcp" "shell" {
      default_port = 22
      host_sources = [host_catalog.machines.host_set.all]
    }
  }
}
