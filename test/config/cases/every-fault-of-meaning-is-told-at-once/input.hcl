config {
  format  = 1
  manager = "cases"
}

org "acme" {
  user "tess" {
    accounts = [auth_method.staff.account.tess]
  }

  project "north" {
    host_catalog "static" "machines" {
      host "one" {
        address = "https://10.0.1.1"
      }
    }

    target "tcp" "shell" {
      default_port = 22
    }
  }
}
