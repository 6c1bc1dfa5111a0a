"""Opens and reads files, and says in words why one can not be read. Light: the service lends files with it."""

import os
from pathlib import Path
from typing import BinaryIO

from batchdock.core.problem import GONE, NOT_READ
from batchdock.thiscomputer.engine.picture import NotProcessable
from batchdock.thiscomputer.engine.rows import Input

FILE_LIMIT_BYTES = 1024**3
"""More than any picture that is processed here needs; what is larger is not read into memory to find out."""


def read_picture_bytes(item: Input) -> bytes:
    """Return the whole file. Raises `NotProcessable` in words when it is gone, closed to us, empty or too large."""
    data = item.data if item.data is not None else _read(item.path)
    if not data:
        raise NotProcessable("The file is empty (0 bytes).")
    return data


def refusal(error: OSError) -> NotProcessable:
    """Return the sentence for a file that the system does not hand over."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NotProcessable(f"{GONE}: it was moved, renamed or deleted, or its disk is gone.")
    if isinstance(error, PermissionError):
        return NotProcessable("This user account may not read the file.")
    if isinstance(error, IsADirectoryError):
        return NotProcessable("This is a folder, not a file.")
    return NotProcessable(f"{NOT_READ}: the computer answered “{error.strerror or error}”.")


def open_file(path: Path | None) -> BinaryIO:
    """Open an ordinary file for reading. Raises `NotProcessable`."""
    if path is None:
        raise NotProcessable("Nothing was handed over for this name.")
    try:
        if not path.is_file() and path.exists():
            # Opening a pipe would wait for ever.
            raise NotProcessable("This is not an ordinary file.")
        return path.open("rb")
    except OSError as error:
        raise refusal(error) from error


def _read(path: Path | None) -> bytes:
    try:
        with open_file(path) as file:
            before = os.fstat(file.fileno())
            if before.st_size > FILE_LIMIT_BYTES:
                raise NotProcessable("The file has more than 1 GB; no picture that can be processed here is as large.")
            # Not to the limit: Python would set aside a gigabyte for every picture.
            data = file.read(before.st_size + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise refusal(error) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise NotProcessable("The file changed while it was being read.")
    return data
