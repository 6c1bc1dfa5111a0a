"""Files on their way: read for sending, and written while they arrive, off the loop's thread."""

import asyncio
import errno
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import IO

from batchdock.core.errors import BatchdockError, DiskFull, FileUnreadable, FolderNotWritable
from batchdock.core.ports import OnBytes

CHUNK = 1024 * 1024


async def size_of(source: Path) -> int:
    """Return the size in bytes. Raise `FileUnreadable`."""
    try:
        return (await asyncio.to_thread(source.stat)).st_size
    except OSError as error:
        raise unreadable(source.name, error) from None


async def read_whole(source: Path) -> bytes:
    """Return what is in a small file. Raise `FileUnreadable`."""
    try:
        return await asyncio.to_thread(source.read_bytes)
    except OSError as error:
        raise unreadable(source.name, error) from None


async def read_in_pieces(source: Path, size: int, on_bytes: OnBytes | None) -> AsyncGenerator[bytes, None]:
    """Yield exactly `size` bytes of the file. Raise `FileUnreadable` when it has fewer or more of them by now."""
    try:
        file = await asyncio.to_thread(source.open, "rb")
    except OSError as error:
        raise unreadable(source.name, error) from None
    left = size
    try:
        while left:
            try:
                piece = await asyncio.to_thread(file.read, min(CHUNK, left))
            except OSError as error:
                raise unreadable(source.name, error) from None
            if not piece:
                break
            left -= len(piece)
            yield piece
            if on_bytes is not None:
                on_bytes(len(piece))
    finally:
        file.close()
    if left:
        raise FileUnreadable(name=source.name, reason="It became shorter while it was sent.")


async def write(file: IO[bytes], piece: bytes, folder: Path) -> None:
    """Append to an open file. Raise `DiskFull` or `FolderNotWritable`."""
    try:
        await asyncio.to_thread(file.write, piece)
    except OSError as error:
        raise unwritable(folder, error, len(piece)) from None


def unreadable(name: str, error: OSError) -> FileUnreadable:
    """Return what a person is told when a file can not be read."""
    return FileUnreadable(name=name, reason=error.strerror or type(error).__name__)


def unwritable(folder: Path, error: OSError, needed: int) -> BatchdockError:
    """Return what a person is told when a file can not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(folder=str(folder), needed=f"{needed:,} bytes")
    return FolderNotWritable(folder=str(folder), reason=error.strerror or type(error).__name__)
