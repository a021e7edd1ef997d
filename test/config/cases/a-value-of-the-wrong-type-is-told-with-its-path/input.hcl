config {
  format  = 1
  manager = "cases"
}

org "acme" {
  name = 5
}
