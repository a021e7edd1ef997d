config {
  format  = 1
  manager = "cases"
}

