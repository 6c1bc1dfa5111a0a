"""The indexes that were made of folders of results, kept to be used again while the folders are as they were.

    <hash of the folder>.json      which index it has, and what the folder was like then; touched whenever it is used
    <hash of the folder>-….duckdb  the index; every one has a name of its own, so that an open one is never replaced

Everything here blocks.
"""

import hashlib
import json
import logging
import os
import secrets
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from batchdock import __version__
from batchdock.store import findings

_log = logging.getLogger(__name__)

MOST = 40
MOST_BYTES = 6 * 1024**3
_LOST_AFTER = 24 * 3600
"""Seconds after which a file that nothing names belongs to no process that is just making it."""
_CHECKED = 2_000
"""So many of the files that were read are looked at, spread over all."""

State = list[list[object]]


class Indexes:
    """Keeps them in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.scratch = folder / "scratch"

    def fitting(self, results: Path) -> Path | None:
        """Return the index of a folder, None where there is none, or the folder has changed at the top since."""
        note = self._note(results)
        try:
            told = json.loads(note.read_text(encoding="utf-8"))
            index = self._folder / Path(str(told["index"])).name
            fits = (told["version"], told["state"]) == (_version(), state_of(results)) and index.is_file()
            if not fits:
                return None
            os.utime(note)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return index

    def unchanged(self, results: Path, sources: Sequence[tuple[str, int, float]]) -> bool:
        """Tell whether the files that were read are as they were: path, size, time of change."""
        for path, size, changed in sources[:: max(1, len(sources) // _CHECKED)]:
            try:
                now = (results / path).stat()
            except (OSError, ValueError):
                return False
            if now.st_size != size or abs(now.st_mtime - changed) > 0.001:
                return False
        return True

    def new(self, results: Path) -> Path:
        """Return where to write the next index of a folder. Raise `OSError`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / f"{self._note(results).stem}-{secrets.token_hex(4)}.duckdb"

    def keep(self, results: Path, index: Path, state: State) -> None:
        """Use `index` for a folder from now on, which was in `state` before it was read. Never raises."""
        note = self._note(results)
        told = {"version": _version(), "folder": str(results), "index": index.name, "state": state}
        made = note.with_name(f"{index.stem}.new")
        try:
            made.write_text(json.dumps(told), encoding="utf-8")
            made.replace(note)
        except OSError as error:
            _log.warning("An index can not be kept: %s", type(error).__name__)
        for old in self._folder.glob(f"{note.stem}-*.duckdb"):
            if old != index:
                _remove(old)

    def drop(self, results: Path, index: Path) -> None:
        """Forget an index that is of no use. Never raises."""
        self._drop(self._note(results), index)

    def forget_old(self, in_use: Collection[Path] = ()) -> None:
        """Remove what was not used for longest, where there are too many or they are too large. Never raises."""
        with suppress(OSError):
            self._forget_old(in_use)

    def _forget_old(self, in_use: Collection[Path]) -> None:
        kept, size = set(in_use), 0
        for number, note in enumerate(sorted(self._folder.glob("*.json"), key=_used, reverse=True)):
            try:
                index = self._folder / Path(str(json.loads(note.read_text(encoding="utf-8"))["index"])).name
                size += index.stat().st_size
            except (OSError, ValueError, KeyError, TypeError):
                _remove(note)
                continue
            if index in kept or not number or (number < MOST and size <= MOST_BYTES):
                kept.add(index)
            else:
                self._drop(note, index)
        for path in (*self._folder.iterdir(), *self.scratch.glob("*")):
            lost = path.suffix != ".json" and path not in kept and path.is_file()
            if lost and time.time() - _used(path) > _LOST_AFTER:
                _remove(path)

    def _drop(self, note: Path, index: Path) -> None:
        _remove(note)
        _remove(index)

    def _note(self, results: Path) -> Path:
        return self._folder / f"{key_of(results)}.json"


def key_of(results: Path) -> str:
    """Return what tells a folder from others in a name of a file."""
    return hashlib.sha256(os.fsencode(os.path.abspath(results))).hexdigest()[:24]  # noqa: PTH100 - no link followed


def state_of(results: Path) -> State:
    """Return what a folder is like at its top: a table that was replaced, pictures that have come. Raise `OSError`."""
    found: State = []
    with os.scandir(results) as entries:
        for entry in entries:
            if not entry.name.startswith((".", "~$")):
                with suppress(OSError):  # A link to nowhere, or what somebody has just removed.
                    known = entry.stat()
                    found.append([entry.name, 0 if entry.is_dir() else known.st_size, known.st_mtime])
    return sorted(found, key=str)


def _version() -> str:
    """Return what changes when indexes are made in another way."""
    return f"{__version__} {findings.VERSION}"


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _remove(path: Path) -> None:
    with suppress(OSError):  # On Windows nothing is removed that is open; the next time it is.
        path.unlink()
