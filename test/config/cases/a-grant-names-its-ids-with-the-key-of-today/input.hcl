config {
  format  = 1
  manager = "cases"
}

org "acme" {
  role "one" {
    grants = ["id=*;type=target;actions=list", "ids=*;type=target;actions=add-host-sets"]
  }
}
