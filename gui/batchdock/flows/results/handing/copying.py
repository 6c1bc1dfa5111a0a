"""Copies of originals. Links only to what is a copy already: whatever happens to one happens to the other, too."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from batchdock.flows.transfers.receive import check_room

_PIECE = 1024 * 1024


def linked(original: Path, to: Path) -> bool:
    """Let a file be at `to` as well, if the disk can do that. Blocks."""
    try:
        os.link(original, to)
    except OSError:
        return False
    return True


def copy_file(original: Path, to: Path) -> str:
    """Copy a file with its times. Return '' or, where it can not be read, what the computer answered.

    Raises `DiskFull`, and `OSError` for what can not be written. Blocks.
    """
    try:
        source = original.open("rb")
        size = original.stat().st_size
    except OSError as error:
        return error.strerror or type(error).__name__
    with source:
        check_room(to.parent, size)
        with to.open("xb") as target:
            while True:
                try:
                    piece = source.read(_PIECE)
                except OSError as error:
                    answer = error.strerror or type(error).__name__
                    break
                if not piece:
                    answer = ""
                    break
                target.write(piece)
    if answer:
        to.unlink(missing_ok=True)
    else:
        with suppress(OSError):
            shutil.copystat(original, to)
    return answer
