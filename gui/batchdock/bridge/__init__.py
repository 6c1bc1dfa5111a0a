"""Qt ↔ asyncio: two loops, one of them the window's, and the doors between them."""
