"""Reads filters."""

from batchdock.core.inventory import Where


def first(where: Where, key: str) -> str:
    """Return the value of a filter that takes one, empty where it is not set."""
    return next(iter(where.get(key, ())), "")
