"""Reads archives that came from outside, trusting nothing in them.

Only plain files come out, under the path the archive gives them, cleaned; where they go on the disk is decided by
whoever takes them. Links, devices, absolute paths and `..` are refused, and so is an archive that grows without end.
"""

import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from batchdock.core.errors import ArchiveDamaged

MEMBER_LIMIT = 1_000_000
GROWTH_LIMIT = 200
GROWTH_FREE = 1024 * 1024 * 1024
"""Up to a gigabyte may come out of any archive; beyond, at most 200 times its own size."""


_READ_BYTES = 256 * 1024
_BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One file in an archive; `parts` are the components of its path. To be read before the next one is asked for."""

    parts: tuple[str, ...]
    size: int
    archive: str
    _content: IO[bytes]

    def save(self, target: Path) -> None:
        """Write it to `target`; folders are made. Raise `ArchiveDamaged`, or `OSError` for what the disk refuses."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for piece in self._pieces():
                file.write(piece)

    def read(self) -> bytes:
        """Return all of it. Raise `ArchiveDamaged`."""
        return b"".join(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        try:
            while piece := self._content.read(_READ_BYTES):
                yield piece
        except _BROKEN as error:
            raise _damaged(self.archive, error) from error


def members(archive: Path, name: str) -> Iterator[Unpacked]:
    """Yield the files in a tar, compressed or not. `name` is what people know it by. Blocks.

    Raises `ArchiveDamaged` where it breaks off; what came before is good.
    """
    limit = max(GROWTH_FREE, GROWTH_LIMIT * archive.stat().st_size)
    seen = size = 0
    try:
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                # A streamed tar would otherwise remember every member until its end.
                tar.members.clear()  # type: ignore[attr-defined]
                seen, size = seen + 1, size + member.size
                if seen > MEMBER_LIMIT or size > limit:
                    raise ArchiveDamaged(name=name, reason="There is far more in it than its size explains.")
                if member.isdir():
                    continue
                parts = _safe_parts(member)
                content = tar.extractfile(member) if parts is not None else None
                if parts is None or content is None:
                    raise ArchiveDamaged(name=name, reason="It holds something that is not a plain file in its place.")
                yield Unpacked(parts, member.size, name, content)
    except _BROKEN as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> ArchiveDamaged:
    return ArchiveDamaged(name=name, reason="It is damaged or cut off.", details=f"{type(error).__name__}: {error}")


def _safe_parts(member: tarfile.TarInfo) -> tuple[str, ...] | None:
    name = member.name
    if not member.isreg() or not name or name.startswith("/") or "\\" in name or "\x00" in name:
        return None
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    unsafe = not parts or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":")
    return None if unsafe else parts
