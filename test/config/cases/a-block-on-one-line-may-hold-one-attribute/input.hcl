config {
  format  = 1
  manager = "cases"
}

org "acme" { name = "Acme" }

org "zenith" {}
