"""Files on their way: bytes that are sent, and bytes that are received."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Protocol


class Outgoing(Protocol):
    """Bytes to send, of a length that is known before the first of them."""

    @property
    def name(self) -> str:
        """What people know it by, for errors."""
        ...

    @property
    def size(self) -> int:
        """The number of bytes `open` yields, exactly."""
        ...

    def open(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes, from the start at each call. Raise `FileUnreadable` when there are fewer or more by now."""
        ...


@dataclass(frozen=True, slots=True)
class FileVersion:
    """What tells one version of a file at a service from another: its ETag and its size in bytes, where known."""

    etag: str = ""
    size: int | None = None


class Incoming(Protocol):
    """A file that is being received."""

    @property
    def start(self) -> int:
        """Where its first byte belongs: 0 unless the service went on from where it was asked to."""
        ...

    @property
    def version(self) -> FileVersion:
        """Which version of the file it is."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come. Raises `ConnectionProblem` when the line breaks or an end is missing."""
        ...
