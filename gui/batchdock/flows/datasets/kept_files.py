"""Files that were fetched to be looked at: a folder that may be lost at any time, and never grows beyond its limit."""

import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from batchdock.core.errors import FolderNotWritable

LIMIT = 1_000_000_000
"""Bytes of all files together."""

_ENOUGH = 0.9
"""Of the limit, to which it is emptied: not at every file anew."""


class KeptFiles:
    """Everything blocks, and is safe from any thread. What was longest not looked at goes first."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder, self._limit = folder, limit
        self._held: int | None = None
        self._changing = threading.Lock()

    def find(self, name: str) -> Path | None:
        """Return where a file is, if it is kept, and keep it longer."""
        path = self._path(name)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def keep(self, name: str, held: bytes) -> Path:
        """Write a file, whole or not at all. Raise `FolderNotWritable`."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, growing = tempfile.mkstemp(dir=path.parent, prefix="growing-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(held)
                Path(growing).replace(path)
            except BaseException:
                Path(growing).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise FolderNotWritable(folder=self._folder, reason=error.strerror or str(error)) from error
        with self._changing:
            self._held = self._weighed() if self._held is None else self._held + len(held)
            if self._held > self._limit:
                self._let_go(path)
        return path

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _weighed(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.glob("*/*"):
            with suppress(OSError):
                about = path.stat()
                found.append((about.st_mtime, about.st_size, path))
        return found

    def _let_go(self, kept: Path) -> None:
        files = sorted(self._files(), key=lambda each: each[0])
        self._held = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._held <= self._limit * _ENOUGH:
                break
            if path != kept:
                with suppress(OSError):
                    path.unlink()
                    self._held -= size
