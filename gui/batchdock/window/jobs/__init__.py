"""The jobs page: one list for everything that does work."""
