config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    host_catalog "static" "machines" {
      host_set "all" {}
    }
  }

  project "south" {
    target "tcp" "shell" {
      default_port = 22
      host_sources = [host_catalog.machines.host_set.all]
    }
  }
}
