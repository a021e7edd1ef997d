config {
  format  = 1
  manager = "cases"
}

org "acme" {
  project "north" {
    credential_store "static" "main" {
      credential "username_password" "login" {
        username = " jim "
        password = secret("env://NOT_SET")
      }
      credential "username_password_domain" "windows" {
        username = "jim"
        password = secret("env://NOT_SET")
        domain   = "corp"
      }
      credential "password" "redis" {
        password = secret("file://nowhere")
      }
      credential "ssh_private_key" "ubuntu" {
        username               = "ubuntu"
        private_key            = secret("file://nowhere")
        private_key_passphrase = secret("env://NOT_SET")
      }
      credential "json" "cloud" {
        object = secret("file://nowhere")
      }
    }

    target "tcp" "shell" {
      address              = "10.0.0.1"
      default_port         = 22
      brokered_credentials = [credential_store.main.credential.ubuntu, credential_store.main.credential.login]
    }
  }
}
