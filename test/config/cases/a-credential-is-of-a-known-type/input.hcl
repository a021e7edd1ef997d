config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    credential_store "static" "main" {
      credential "kerberos" "login" {
        username = "jim"
      }
    }
  }
}
