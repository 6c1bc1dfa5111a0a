"""How a list of references is fetched from its address."""

from collections.abc import AsyncGenerator
from typing import Protocol


class Fetch(Protocol):
    """Yields the bytes of what is at an https address; `name` is what people know it by.

    Raise `ListNotFetched`, `ListTooLarge`, and what is wrong with the line.
    """

    def __call__(self, url: str, name: str) -> AsyncGenerator[bytes, None]: ...
