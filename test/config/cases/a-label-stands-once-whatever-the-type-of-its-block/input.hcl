config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    target "tcp" "shell" {
      default_port = 22
      address      = "10.0.1.1"
    }

    target "udp" "shell" {
      default_port = 22
      address      = "10.0.1.1"
    }
  }
}
