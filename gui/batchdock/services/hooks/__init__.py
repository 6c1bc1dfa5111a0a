"""News that services send by themselves: a small HTTP server, off unless somebody wants it."""
