config {
  format  = 1
  manager = "cases"
}

org "acme and sons" {}
