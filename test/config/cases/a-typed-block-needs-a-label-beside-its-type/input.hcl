config {
  format  = 1
  manager = "cases"
}

org "acme" {
  auth_method "password" {
    name = "staff"
  }
}
