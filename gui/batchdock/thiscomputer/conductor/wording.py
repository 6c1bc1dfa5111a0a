"""Counts in words, for notifications and logs."""

_ONE = {"images": "picture", "videos": "video"}
_MANY = {"images": "pictures", "videos": "videos"}


def things(content: str, count: int) -> str:
    """Return “1 picture” or “20 videos”."""
    return f"{count:,} {(_ONE if count == 1 else _MANY)[content]}"


def many(content: str) -> str:
    """Return “pictures” or “videos”."""
    return _MANY[content]
