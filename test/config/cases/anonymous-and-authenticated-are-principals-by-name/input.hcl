config {
  format  = 1
  manager = "cases"
}

org "acme" {
  role "everybody" {
    principals = [anonymous, authenticated]
    grants     = ["ids=*;type=scope;actions=list,no-op"]
  }
}
