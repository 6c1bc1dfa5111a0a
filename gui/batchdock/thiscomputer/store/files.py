"""What the service holds: files under generated ids. No name from outside ever becomes a path here."""

import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_ID = re.compile(r"[0-9a-f]{32}")
_RESERVE_BYTES = 1024 * 1024


class FileStore:
    """Keeps files in `data/files/<xx>/<id>`. A file is there whole or not at all: temporary name, fsync, rename."""

    def __init__(self, data: Path) -> None:
        self._files = data / "files"
        self._incoming = data / "incoming"
        self._work = data / "work"
        self._reserve = data / "reserve"
        self._started = time.time()

    def prepare(self) -> None:
        """Make the folders, and throw away what an earlier process left unfinished. Raise OSError."""
        for leftover in (self._incoming, self._work):
            shutil.rmtree(leftover, ignore_errors=True)
        for folder in (self._files, self._incoming, self._work):
            folder.mkdir(parents=True, exist_ok=True)
        if not self._reserve.exists():
            with suppress(OSError):
                self._reserve.write_bytes(bytes(_RESERVE_BYTES))

    def free_reserve(self) -> None:
        """Give back a little space, so that “the disk is full” itself can still be written down."""
        with suppress(OSError):
            self._reserve.unlink()

    def path(self, file_id: str) -> Path:
        """Return where the file with this id is. Raise ValueError for anything that is not an id."""
        if not _ID.fullmatch(file_id):
            raise ValueError("not a file id")
        return self._files / file_id[:2] / file_id

    def open_incoming(self) -> tuple[Path, BinaryIO]:
        """Open a new temporary file; `keep` or `discard` it."""
        path = self._incoming / uuid.uuid4().hex
        return path, path.open("xb")

    def keep(self, temporary: Path) -> str:
        """Move a finished file in and return its id. It is on the disk, under its name, before this returns."""
        return self.keep_all([temporary])[0]

    def keep_all(self, temporaries: Sequence[Path]) -> list[str]:
        """Move finished files in and return their ids.

        Step by step over all of them: the first fsync of a step carries most of the others along, where file by file
        each would wait for the disk.
        """
        for each in temporaries:
            with each.open("r+b") as file:
                os.fsync(file.fileno())
        ids = [uuid.uuid4().hex for _ in temporaries]
        targets = [self.path(each) for each in ids]
        folders = {each.parent for each in targets}
        fresh = [each for each in folders if not each.exists()]
        for folder in fresh:
            folder.mkdir(exist_ok=True)
        for temporary, target in zip(temporaries, targets, strict=True):
            temporary.replace(target)
        for folder in (*folders, *([self._files] if fresh else [])):
            _sync_folder(folder)
        return ids

    def write(self, data: bytes) -> str:
        """Keep `data` as a new file and return its id."""
        path, file = self.open_incoming()
        try:
            with file:
                file.write(data)
            return self.keep(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def make_work_folder(self) -> Path:
        """Return a new folder on the same disk, for files on their way to `keep`."""
        folder = self._work / uuid.uuid4().hex
        folder.mkdir()
        return folder

    def remove(self, file_ids: Iterable[str]) -> None:
        """Delete these files; one that is gone already is fine."""
        for file_id in file_ids:
            with suppress(OSError):
                self.path(file_id).unlink()

    def sweep(self, known: Callable[[str], set[str]]) -> None:
        """Delete files of earlier processes that nothing refers to any more.

        `known` returns the ids in use that begin with the given two characters. A file of this process may be waiting
        for its row, so only older ones are looked at.
        """
        for folder in sorted(self._files.iterdir()):
            used = known(folder.name)
            with os.scandir(folder) as entries:
                orphans = [
                    entry.name
                    for entry in entries
                    if entry.name not in used and entry.stat(follow_symlinks=False).st_ctime < self._started
                ]
            self.remove(each for each in orphans if _ID.fullmatch(each))


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows writes the directory entry with the file
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
