config {
  format  = 1
  manager = "cases"
}

org "acme" {
  auth_method "password" "staff" {
    name                = "staff"
    min_password_length = 200

    account "tess" {
      login_name = "tess"
      password   = secret("env://LONG_PASSWORD")
    }
  }
}
