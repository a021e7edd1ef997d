config {
  format  = 1
  manager = "cases"
}

org "acme" {
  name = "the ${org.name} org"
}
