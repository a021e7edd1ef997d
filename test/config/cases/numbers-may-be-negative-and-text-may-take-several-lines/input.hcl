config {
  format  = 1
  manager = "cases"
}

org "acme" {
  description = <<-TEXT
    One line,
    and another.
  TEXT

  project "north" {
    target "tcp" "shell" {
      default_port             = 22
      session_connection_limit = -1
      address                  = "2001:db8::1"
    }
  }
}
