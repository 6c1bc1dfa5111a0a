"""Reads a file piece by piece, off the loop, for whoever saves it into a bucket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from batchdock.core.errors import FileTooLarge, FileUnreadable

_PIECE = 1024 * 1024
MOST_BYTES = 5_000 * 1024 * 1024
"""What all three kinds take in one request. To an S3 a large file goes in parts (see `parts`)."""


async def size_of(file: Path, service: str, most: int = MOST_BYTES) -> int:
    """Return the size of a file. Raise `FileUnreadable`, or `FileTooLarge` for one that `service` does not take."""
    try:
        size = (await asyncio.to_thread(file.stat)).st_size
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    if size > most:
        raise FileTooLarge(name=file.name, service=service, size=f"{size:,}", limit=f"{most:,}")
    return size


async def pieces_of(file: Path, first: int = 0, size: int | None = None) -> AsyncIterator[bytes]:
    """Yield the bytes of a file, or `size` of them from the `first` on."""
    try:
        opened = await asyncio.to_thread(file.open, "rb")
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    with opened:
        opened.seek(first)
        left = size
        while piece := await asyncio.to_thread(opened.read, _PIECE if left is None else min(_PIECE, left)):
            left = None if left is None else left - len(piece)
            yield piece
