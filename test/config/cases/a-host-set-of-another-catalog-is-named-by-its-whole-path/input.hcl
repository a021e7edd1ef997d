config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    host_catalog "static" "here" {
      host_set "all" {}
    }

    host_catalog "static" "there" {
      host "one" {
        address = "10.0.1.1"
      }

      host_set "all" {
        hosts = [org.acme.project.north.host_catalog.there.host.one]
      }
    }

    target "tcp" "shell" {
      default_port = 22
      host_sources = [
        host_catalog.here.host_set.all,
        org.acme.project.north.host_catalog.there.host_set.all,
      ]
    }
  }
}
