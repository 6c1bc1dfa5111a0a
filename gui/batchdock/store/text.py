"""Names and paths as bytes: a file name may hold what no UTF-8 text can."""


def stored(text: str) -> bytes:
    """Return `text` as it is kept; lone surrogates pass through."""
    return text.encode("utf-8", "surrogatepass")


def restored(data: bytes) -> str:
    """Undo `stored`."""
    return data.decode("utf-8", "surrogatepass")
