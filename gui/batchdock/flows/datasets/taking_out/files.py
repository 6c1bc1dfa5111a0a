"""Files in the folder that grows: none is ever half there under its final name."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from batchdock.flows.transfers.receive import check_room

OWN = ".batchdock"
"""What is not for people: the ledger, and what is on its way."""
LEDGER = f"{OWN}/ledger.sqlite"
LOCK = f"{OWN}/lock"
INCOMING = f"{OWN}/incoming"


def write_json(path: Path, entry: Any) -> None:
    """Write a small file in one step. Blocks, raises `OSError`."""
    write_whole(
        path, [json.dumps(entry, ensure_ascii=False, indent=1, default=str).encode("utf-8", "backslashreplace")]
    )


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that appears when all of it is on the disk. Blocks, raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{secrets.token_hex(4)}.new")
    try:
        with fresh.open("xb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def bring(source: Path, target: Path) -> None:
    """Give a fetched file its place, once all of it is on the disk. Blocks, raises `OSError`."""
    descriptor = os.open(source, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def link(there: Path, target: Path, scratch: Path) -> None:
    """Let what is `there` be at `target` as well, without taking room twice where the disk can do that.

    `scratch` is a folder on the same disk. Blocks, raises `OSError` and `DiskFull`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(there, target)
        return
    except FileExistsError:
        if not target.samefile(there):
            target.unlink()
            link(there, target, scratch)
        return
    except FileNotFoundError:
        raise
    except OSError:
        # No links on this disk, or no more of this file.
        pass
    fresh = scratch / f"{secrets.token_hex(8)}.copy"
    check_room(scratch, there.stat().st_size)
    try:
        with there.open("rb") as source, fresh.open("xb") as copy:
            shutil.copyfileobj(source, copy, 1024 * 1024)
            copy.flush()
            os.fsync(copy.fileno())
        fresh.replace(target)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def checksum_of(path: Path) -> str:
    """Return the SHA-1 of a file, hex. Blocks, raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, partial(hashlib.sha1, usedforsecurity=False)).hexdigest()
