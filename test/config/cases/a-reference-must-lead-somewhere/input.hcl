config {
  format  = 1
  manager = "cases"
}

org "acme" {
  user "tess" {
    accounts = [auth_method.staff.account.tess]
  }
}
