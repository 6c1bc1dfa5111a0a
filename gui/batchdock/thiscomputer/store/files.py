"""What the service holds: files called by the hash of their content. No name from outside ever becomes a path here."""

import hashlib
import os
import re
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Protocol, Self

from batchdock.core.errors import StorageProblem
from batchdock.thiscomputer.store.room import Room

_ID = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}")
"""SHA-256 of the content; or what the first release called a file, by chance."""

_RESERVE_BYTES = 1024 * 1024

_AT_ONCE = 500
"""Files that are removed while others wait for the lock."""


class Referring(Protocol):
    """Knows which held files are needed."""

    def among(self, file_ids: Collection[str]) -> set[str]:
        """Return those that something refers to."""
        ...

    def beginning_with(self, prefix: str) -> set[str]:
        """Return the ids in use that begin with two characters."""
        ...


class Arriving:
    """A temporary file whose hash grows with it. Leaving its context removes it, unless it was kept meanwhile."""

    def __init__(self, path: Path, account: Callable[[int], None]) -> None:
        """`account` is told of bytes before they are written, and may refuse; and of those no longer on the way."""
        self.path = path
        self.size = 0
        self._account = account
        self._file = path.open("xb")
        self._hash = hashlib.sha256()

    def write(self, data: bytes | bytearray) -> None:
        """Add to it. Raise OSError, and what refuses to hold more."""
        self._account(len(data))
        self.size += len(data)
        self._file.write(data)
        self._hash.update(data)

    def close(self) -> None:
        """Write what is left. Raise OSError."""
        self._file.close()

    @property
    def content_id(self) -> str:
        """What it is to be called."""
        return self._hash.hexdigest()

    def discard(self) -> None:
        """Remove it; one that was kept is not there any more."""
        with suppress(OSError):  # closing writes what is left, which a full disk refuses
            self.close()
        self.path.unlink(missing_ok=True)
        self._account(-self.size)
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


class FileStore:
    """Keeps files in `data/files/<xx>/<id>`. A file is there whole or not at all: temporary name, fsync, rename.

    The same content is kept once, whoever sends it. What is kept is *held fast* until `let_go`: its row is on the way.
    Without a row it goes with the next `sweep`. Safe from any thread.
    """

    def __init__(self, data: Path, references: Referring, room: Room) -> None:
        self._data = data
        self._files = data / "files"
        self._incoming = data / "incoming"
        self._work = data / "work"
        self._reserve = data / "reserve"
        self._references = references
        self._room = room
        self._lock = Lock()
        self._fast: Counter[str] = Counter()
        self._held: dict[str, int] = {}
        self._on_the_way = 0
        self.is_swept = False

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

    # --- in -----------------------------------------------------------------------------------------------------

    def admit(self, more: int) -> None:
        """Raise `Refusal` or `DiskFull` when there is no room for so many bytes more."""
        self._room.check_disk(more)
        self._room.check_limit(more, self._counted)

    def admit_written(self, size: int, *, instead_of: Collection[str]) -> None:
        """Do the same for files that are in a work folder already, and in whose favour others will go."""
        self._room.check_disk(0)
        self._room.check_limit(size - self.sizes(instead_of), self._counted)

    def open_incoming(self, *, instead: bool = False) -> Arriving:
        """Open a new temporary file; `keep` or `discard` it. `instead`: it takes the place of something as large."""
        account = self._account_instead if instead else self._account
        return Arriving(self._incoming / uuid.uuid4().hex, account)

    def keep(self, arriving: Arriving) -> str:
        """Move a finished file in and return its id. It is on the disk, under its name, before this returns."""
        return self.keep_all([arriving])[0]

    def keep_all(self, arriving: Sequence[Arriving]) -> list[str]:
        """Move finished files in and return their ids.

        Step by step over all of them: the first fsync of a step carries most of the others along, where file by file
        each would wait for the disk.
        """
        for each in arriving:
            each.close()
        return self._keep([(each.path, each.content_id) for each in arriving])

    def keep_file(self, path: Path) -> str:
        """Move in a file that was written into a work folder, and return its id."""
        with path.open("rb") as file:
            content_id = hashlib.file_digest(file, "sha256").hexdigest()
        return self._keep([(path, content_id)])[0]

    def write(self, data: bytes) -> str:
        """Keep `data` as a file and return its id."""
        with self.open_incoming() as arriving:
            arriving.write(data)
            return self.keep(arriving)

    def let_go(self, file_ids: Iterable[str]) -> None:
        """Say that rows refer to these files now, or that none ever will."""
        with self._lock:
            self._fast.subtract(file_ids)
            self._fast = +self._fast

    def make_work_folder(self) -> Path:
        """Return a new folder on the same disk, for files on their way to `keep_file`."""
        folder = self._work / uuid.uuid4().hex
        folder.mkdir()
        return folder

    # --- out ----------------------------------------------------------------------------------------------------

    def remove(self, file_ids: Collection[str]) -> None:
        """Delete those of these files that nothing refers to any more; one that is gone already is fine.

        Where the disk does not even let itself be asked, they go with the next sweep.
        """
        listed = list(file_ids)
        with suppress(StorageProblem):
            for start in range(0, len(listed), _AT_ONCE):
                some = listed[start : start + _AT_ONCE]
                with self._lock:
                    used = self._references.among(some)
                    for each in some:
                        if each not in used and each not in self._fast:
                            self._unlink(each)

    def sweep(self) -> None:
        """Delete every file that nothing refers to: what killed processes left, and what was replaced.

        Whoever is reading a replaced one loses it. `is_swept` then holds until something else is kept.
        """
        self.is_swept = True
        for prefix in self._prefixes():
            with self._lock:
                used = self._references.beginning_with(prefix)
                for each in self._names(prefix):
                    if each not in used and each not in self._fast:
                        self._unlink(each)

    @property
    def held(self) -> int:
        """How many bytes all held files have. Counted once, then kept up to date."""
        for prefix in self._prefixes():
            with self._lock:
                if prefix not in self._held:
                    self._held[prefix] = self.sizes(self._names(prefix))
        with self._lock:
            return sum(self._held.values())

    def sizes(self, file_ids: Iterable[str]) -> int:
        """Return how many bytes these files have together."""
        return sum(self._size(each) for each in file_ids)

    # --- inside -------------------------------------------------------------------------------------------------

    def _counted(self) -> int:
        return self.held + self._on_the_way

    def _account(self, more: int) -> None:
        if more > 0:
            self.admit(more)
        with self._lock:
            self._on_the_way += more

    def _account_instead(self, more: int) -> None:
        if more > 0:
            self._room.check_disk(more)

    def _keep(self, found: Sequence[tuple[Path, str]]) -> list[str]:
        ids = [file_id for _, file_id in found]
        self.is_swept = False
        with self._lock:
            self._fast.update(ids)  # before looking whether they are there: from now on nobody removes them
        try:
            self._move_in([(temporary, self.path(file_id)) for temporary, file_id in found])
        except BaseException:
            self.let_go(ids)
            raise
        return ids

    def _move_in(self, moves: Sequence[tuple[Path, Path]]) -> None:
        for temporary, target in moves:
            if not _is_there(temporary, target):
                with temporary.open("r+b") as file:
                    os.fsync(file.fileno())
        folders = {target.parent for _, target in moves}
        fresh = [each for each in folders if not each.exists()]
        for folder in fresh:
            folder.mkdir(exist_ok=True)
        for temporary, target in moves:
            with self._lock:
                if _is_there(temporary, target):
                    temporary.unlink()
                    continue
                prefix = target.parent.name
                if prefix in self._held:
                    self._held[prefix] += temporary.stat().st_size - self._size(target.name)
                temporary.replace(target)
        # Also for what was there: it may have come a moment ago, and its folder not be on the disk yet.
        for folder in (*folders, *([self._files] if fresh else [])):
            _sync_folder(folder)

    def _prefixes(self) -> list[str]:
        return sorted(entry.name for entry in os.scandir(self._files))

    def _names(self, prefix: str) -> list[str]:
        with os.scandir(self._files / prefix) as entries:
            return [entry.name for entry in entries if _ID.fullmatch(entry.name)]

    def _size(self, file_id: str) -> int:
        try:
            return self.path(file_id).stat().st_size
        except OSError:
            return 0

    def _unlink(self, file_id: str) -> None:
        size = self._size(file_id)
        with suppress(OSError):  # gone already; or being read, on Windows: the next sweep gets it
            self.path(file_id).unlink()
            if file_id[:2] in self._held:
                self._held[file_id[:2]] -= size


def _is_there(temporary: Path, target: Path) -> bool:
    # The size is compared because a disk may have lost the end of a file; then the new one takes its place.
    try:
        return target.stat().st_size == temporary.stat().st_size
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows writes the directory entry with the file
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
