"""Reads a file piece by piece, off the loop, for whoever saves it into a bucket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from batchdock.core.errors import FileTooLarge, FileUnreadable

_PIECE = 1024 * 1024
MOST_BYTES = 5_000 * 1024 * 1024
"""What all three kinds take in one request."""


async def size_of(file: Path) -> int:
    """Return the size of a file. Raise `FileUnreadable`, or `FileTooLarge` for one that does not go in one piece."""
    try:
        size = (await asyncio.to_thread(file.stat)).st_size
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    if size > MOST_BYTES:
        raise FileTooLarge(name=file.name, service="–", size=f"{size:,}", limit=f"{MOST_BYTES:,}")
    return size


async def pieces_of(file: Path) -> AsyncIterator[bytes]:
    """Yield the bytes of a file."""
    try:
        opened = await asyncio.to_thread(file.open, "rb")
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    with opened:
        while piece := await asyncio.to_thread(opened.read, _PIECE):
            yield piece
