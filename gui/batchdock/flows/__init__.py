"""The use cases, in plain asyncio: connect, look through what was dropped, send, start, watch, save."""
