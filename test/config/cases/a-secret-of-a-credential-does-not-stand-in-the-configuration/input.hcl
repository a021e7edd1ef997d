config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    credential_store "static" "main" {
      credential "username_password" "login" {
        username = "jim"
        password = "correct horse"
      }
    }
  }
}
