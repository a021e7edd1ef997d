config {
  format  = 2
  manager = "cases"
}

