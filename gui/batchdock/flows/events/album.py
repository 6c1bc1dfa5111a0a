"""The pictures of events, as files: a folder an account, in it a folder a job. For this person only."""

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from batchdock.services.hooks.embedded import Picture

_OTHER = re.compile(r"[^A-Za-z0-9_-]")
_NAME_CHARACTERS = 60


class Album:
    """Everything blocks: use a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, key: tuple[str, str]) -> Path:
        """Return where the pictures of a job are."""
        return self._root.joinpath(*(_component(each) for each in key))

    def paths(self, key: tuple[str, str], names: Sequence[str]) -> tuple[Path, ...]:
        """Return where these pictures of a job are."""
        folder = self.folder(key)
        return tuple(folder / name for name in names)

    def put(self, key: tuple[str, str], names: Sequence[str], pictures: Sequence[Picture]) -> list[str]:
        """Write pictures and return the names of those that found room."""
        folder = self.folder(key)
        written = []
        for name, picture in zip(names, pictures, strict=True):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                _write(folder / name, picture.content)
            except OSError:
                continue
            written.append(name)
        return written

    def remove(self, key: tuple[str, str], names: Sequence[str]) -> None:
        """Remove pictures that are not wanted any more; one that can not be removed stays."""
        for path in self.paths(key, names):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue  # Somebody looks at it, on Windows.

    def remove_all(self, key: tuple[str, str]) -> None:
        """Remove all pictures of a job."""
        shutil.rmtree(self.folder(key), ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read; all of it or nothing."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _component(name: str) -> str:
    """Return what a folder for `name` is called: no two names share one, on no disk."""
    plain = _OTHER.sub("_", name)[:_NAME_CHARACTERS]
    if plain == name == name.lower() and plain:
        return plain
    return f"{plain}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
