config {
  format  = 1
  manager = "cases"
}

org "acme" {
  auth_method "password" "staff" {
    name = "staff"

    account "tess" {
      login_name = "tess"
      password   = secret("file://password")
    }
  }
}
