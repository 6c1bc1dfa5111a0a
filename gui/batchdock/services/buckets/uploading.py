"""Reads a file piece by piece, off the loop, for whoever saves it into a bucket."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from batchdock.core.errors import FileTooLarge, FileUnreadable

_PIECE = 4 * 1024 * 1024
MOST_BYTES = 5_000 * 1024 * 1024
"""What all three kinds take in one request. To an S3 a large file goes in parts (see `parts`)."""

Seen = tuple[int, int, int]
"""What tells that a file is still the one that was looked at."""


async def size_of(file: Path, service: str, most: int = MOST_BYTES) -> int:
    """Return the size of a file. Raise `FileUnreadable`, or `FileTooLarge` for one that `service` does not take."""
    size = (await seen_of(file))[1]
    if size > most:
        raise FileTooLarge(name=file.name, service=service, size=f"{size:,}", limit=f"{most:,}")
    return size


async def seen_of(file: Path, before: Seen | None = None) -> Seen:
    """Return what tells a file from later ones. Raise `FileUnreadable`, also where it is not as it was `before`."""
    try:
        now = _seen(await asyncio.to_thread(file.stat))
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    return _same(file, before, now)


async def pieces_of(
    file: Path, first: int = 0, size: int | None = None, seen: Seen | None = None
) -> AsyncIterator[bytes]:
    """Yield the bytes of a file, or `size` of them from the `first` on.

    Raise `FileUnreadable`, also for one that is changed meanwhile, or is not as it was `seen`.
    """
    at, end = first, None if size is None else first + size
    try:
        while True:
            piece, now = await asyncio.to_thread(_piece, file, at, _PIECE if end is None else min(_PIECE, end - at))
            seen = _same(file, seen, now)
            if not piece:
                return
            at += len(piece)
            yield piece
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None


def _same(file: Path, before: Seen | None, now: Seen) -> Seen:
    if before not in (None, now):
        raise FileUnreadable(name=file.name, reason="It was changed while it was saved.")
    return now


def _seen(look: os.stat_result) -> Seen:
    return look.st_ino, look.st_size, look.st_mtime_ns


def _piece(file: Path, at: int, size: int) -> tuple[bytes, Seen]:
    """Open it for each piece: whoever is cancelled while a thread opens a file could not close it."""
    with file.open("rb") as opened:
        look = os.fstat(opened.fileno())
        opened.seek(at)
        return opened.read(size), _seen(look)
