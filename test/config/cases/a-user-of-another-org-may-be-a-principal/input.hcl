config {
  format  = 1
  manager = "cases"
}

org "acme" {
  role "guests" {
    principals = [org.zenith.user.ada]
    grants     = ["ids=*;type=target;actions=list"]
  }
}

org "zenith" {
  user "ada" {
    name = "ada"
  }
}
