config {
  format  = 1
  manager = "cases"
}

config {
  format  = 1
  manager = "cases"
}

