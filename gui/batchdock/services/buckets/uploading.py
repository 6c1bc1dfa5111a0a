"""Reads a file piece by piece, off the loop, for whoever saves it into a bucket."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from batchdock.core.errors import FileTooLarge, FileUnreadable

_PIECE = 4 * 1024 * 1024
_Seen = tuple[int, int, int]
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
    """Yield the bytes of a file. Raise `FileUnreadable`, also for one that is changed meanwhile."""
    seen: _Seen | None = None
    at = 0
    try:
        while True:
            piece, now = await asyncio.to_thread(_piece, file, at)
            if seen not in (None, now):
                raise FileUnreadable(name=file.name, reason="It was changed while it was saved.")
            if not piece:
                return
            seen, at = now, at + len(piece)
            yield piece
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None


def _piece(file: Path, at: int) -> tuple[bytes, _Seen]:
    """Open it for each piece: whoever is cancelled while a thread opens a file could not close it."""
    with file.open("rb") as opened:
        look = os.fstat(opened.fileno())
        opened.seek(at)
        return opened.read(_PIECE), (look.st_ino, look.st_size, look.st_mtime_ns)
