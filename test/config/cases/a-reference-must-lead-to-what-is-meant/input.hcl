config {
  format  = 1
  manager = "cases"
}

org "acme" {
  role "one" {
    principals = [role.two]
  }

  role "two" {}
}
