"""Writes `.tar.gz` files of a limited size that appear whole or not at all, and come out the same every time."""

import gzip
import hashlib
import io
import os
import re
import tarfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_UNSAFE = re.compile(r"[/\\\x00]|^[A-Za-z]:")


def folder_name(name: str) -> str:
    """Return `name` as a name inside an archive: itself, or, where it could lead somewhere else, changed and made
    unique by a few digits of its hash.
    """
    safe = _UNSAFE.sub("_", name).encode(errors="replace").decode()
    if safe in {"", ".", ".."}:
        safe = "_"
    if safe == name:
        return name
    digits = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    stem, dot, ending = safe.rpartition(".")
    return f"{stem}-{digits}.{ending}" if dot and stem else f"{safe}-{digits}"


class ArchiveSeries:
    """`<stem>-001.tar.gz`, `<stem>-002.tar.gz`, … in one folder, each with the files of at most `limit` pictures.

    A context manager: leaving it well finishes the last archive, leaving it by an exception removes what is
    unfinished. `paths` are the finished ones.
    """

    def __init__(self, folder: Path, stem: str, limit: int, *, level: int) -> None:
        self.paths: list[Path] = []
        self._folder = folder
        self._stem = stem
        self._limit = limit
        self._level = level
        self._pictures = 0
        self._open: _Archive | None = None

    def next_picture(self) -> None:
        """Say that what follows belongs to another picture: when the archive is full, a new one begins."""
        if self._pictures == self._limit:
            self._finish()
        self._pictures += 1

    def add(self, name: str, data: bytes) -> None:
        """Add a member. `name` has forward slashes, every folder of it from `folder_name`."""
        self._archive().add(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> None:
        """Add a member from a file."""
        with path.open("rb") as file:
            self._archive().add(name, file, path.stat().st_size)

    def _archive(self) -> "_Archive":
        if self._open is None:
            path = self._folder / f"{self._stem}-{len(self.paths) + 1:03d}.tar.gz"
            self._open = _Archive(path, self._level)
        return self._open

    def _finish(self) -> None:
        if self._open is not None:
            self.paths.append(self._open.finish())
        self._open = None
        self._pictures = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._finish()
        elif self._open is not None:
            self._open.discard()


class _Archive:
    def __init__(self, path: Path, level: int) -> None:
        self._path = path
        self._partial = path.with_name(f"{path.name}.part")
        with ExitStack() as stack:
            self._file = stack.enter_context(self._partial.open("wb"))
            # Neither a name nor a time in the header: the same results make the same bytes.
            self._gzip = stack.enter_context(gzip.GzipFile("", "wb", level, self._file, mtime=0))
            self._tar = stack.enter_context(tarfile.open(fileobj=self._gzip, mode="w", format=tarfile.PAX_FORMAT))
            self._stack = stack.pop_all()

    def add(self, name: str, file: io.BufferedIOBase, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        member.mode = 0o644
        self._tar.addfile(member, file)

    def finish(self) -> Path:
        try:
            self._tar.close()
            self._gzip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._stack.close()
            self._partial.replace(self._path)
        except BaseException:
            self.discard()
            raise
        return self._path

    def discard(self) -> None:
        with suppress(OSError, ValueError):  # a full disk refuses the last bytes as well
            self._stack.close()
        self._partial.unlink(missing_ok=True)
