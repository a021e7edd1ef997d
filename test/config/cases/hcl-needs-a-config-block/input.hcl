org "acme" {
  name = "Acme"
}
