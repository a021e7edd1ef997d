config {
  format  = 1
  manager = "cases"
}

org "acme" {
  auth_method "password" "staff" {
    name = "staff"

    account "tess" {
      login_name = "Tess"
      password   = secret("env://LONG_PASSWORD")
    }
  }
}
