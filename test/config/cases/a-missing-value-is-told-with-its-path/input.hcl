config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    host_catalog "static" "machines" {
      host "one" {}
    }
  }
}
