"""What the service knows (SQLite) and what it holds (files)."""
