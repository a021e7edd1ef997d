config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    host_catalog "static" "machines" {
      host_set "all" {}
    }

    target "tcp" "shell" {
      default_port = 22
      address      = "10.0.1.1"
      host_sources = [host_catalog.machines.host_set.all]
    }
  }
}
