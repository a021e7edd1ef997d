config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    credential_store "static" "main" {
      credential "ssh_private_key" "login" {
        username    = "jim"
        private_key = secret("env://LONG_PASSWORD")
      }
    }
  }
}
