"""How long, and for how much, is waited."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and numbers, one set for a whole service; tests have smaller ones."""

    connect: float = 15.0
    """Name, line, certificate and proxy, all together."""
    silence: float = 45.0
    """A line on which nothing has moved for so long, either way, is broken."""
    answer: float = 300.0
    """For a whole answer. A storage service answers an upload only when it has put a large file together."""
    answer_bytes: int = 64 * 1024 * 1024
    """No answer of an API is longer; files are not answers and have no limit."""
    error_bytes: int = 1024 * 1024
    """So much is read of what is said to be wrong."""
    values: int = 1_000_000
    """No answer of an API holds more values; a short one could hold many millions, and each costs memory."""
    entries: int = 2_000_000
    """No list is longer, over all its pages."""
    pages: int = 50_000
    pages_in_vain: int = 100
    """So many pages in a row may have nothing that was not there before; filtered lists have some."""


LIMITS = Limits()
