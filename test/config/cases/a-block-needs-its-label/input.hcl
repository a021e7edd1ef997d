config {
  format  = 1
  manager = "cases"
}

org {
  name = "Acme"
}
