config {
  format  = 1
  manager = "cases"
}

org "acme" {
  auth_method {
    name = "staff"
  }
}
