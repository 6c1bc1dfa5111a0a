"""Packs pictures into the plain, flat tar that a shard travels in (contract §3.7)."""

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from batchdock.store import FileRow


def pack(rows: Sequence[FileRow], target: Path) -> list[tuple[FileRow, str]]:
    """Write the files to `target` and return those that can not be read any more, each with the reason. Blocks.

    Each file is read whole (pictures are small) before its header is written: one that changes meanwhile can not
    break the archive. The same files give the same bytes.
    """
    lost: list[tuple[FileRow, str]] = []
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for row in rows:
            try:
                data = row.path.read_bytes()
            except OSError as error:
                lost.append((row, unreadable(error)))
                continue
            member = tarfile.TarInfo(row.wire)
            member.size = len(data)
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(data))
    return lost


def readable(row: FileRow) -> str | None:
    """Return why the file can not be read any more, or None. Blocks."""
    try:
        with row.path.open("rb"):
            return None
    except OSError as error:
        return unreadable(error)


def unreadable(error: OSError) -> str:
    """Return a sentence for a person."""
    if isinstance(error, FileNotFoundError):
        return "The file is not there any more."
    if isinstance(error, PermissionError):
        return "There is no permission to read the file."
    return f"The file can not be read: {error.strerror or error}."
