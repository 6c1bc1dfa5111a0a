"""Real files made on the spot."""
