config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    target "tcp" "shell" {
      default_port = 20 + 2
      address      = "10.0.1.1"
    }
  }
}
