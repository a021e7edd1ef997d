config {
  format  = 1
  manager = "cases"
}

org "acme" {
  team "blue" {}
}
