config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    credential_store "static" "main" {
    }

    target "tcp" "shell" {
      address              = "10.0.0.1"
      default_port         = 22
      brokered_credentials = [credential_store.main, credential_store.main.credential.none]
    }
  }
}
