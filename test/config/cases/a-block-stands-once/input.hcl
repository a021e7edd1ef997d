config {
  format  = 1
  manager = "cases"
}

org "acme" {
  user "tess" {}
  user "tess" {}
}
