config {
  format  = 1
  manager = "cases"
}

org "acme" {
  name = "Acme"
  name = "Zenith"
}
