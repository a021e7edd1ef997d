config {
  format  = 1
  manager = "cases"
}

org "acme" {
  role "one" {
    grants = ["ids=*;type=target;actions=fly"]
  }
}
