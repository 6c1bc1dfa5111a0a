"""Finds the worker processes of an engine, to do to them what the world does."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self


def children(parent: int | None = None) -> set[int]:
    """Return the ids of the worker processes that a process has started (Linux)."""
    mother = os.getpid() if parent is None else parent
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, of = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if int(of) == mother and state != "Z" and b"spawn_main" in line:
            found.add(int(entry.name))
    return found


def alive(process: int) -> bool:
    """Return whether a process runs."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Doing(str):
    """A name that does something in the process that receives it, before it is a name there.

    This is how a test makes a worker die, dawdle or leave a trace at one certain input, with the real engine.
    """

    __slots__ = ("_deed",)
    _deed: tuple[Callable[..., str], tuple[object, ...]]

    def __new__(cls, name: str, deed: Callable[..., str], *details: object) -> Self:
        """Make a name; `deed(*details, name)` runs where it arrives and returns the name."""
        made = super().__new__(cls, name)
        made._deed = (deed, (*details, name))
        return made

    def __reduce__(self) -> tuple[Callable[..., str], tuple[object, ...]]:
        return self._deed


def die(name: str) -> str:
    """End this process."""
    os._exit(9)


def die_once(mark: Path, name: str) -> str:
    """End this process, unless it was done before."""
    if not mark.exists():
        mark.touch()
        os._exit(9)
    return name


def dawdle(mark: Path, seconds: float, name: str) -> str:
    """Leave a trace, then take some time."""
    mark.touch()
    time.sleep(seconds)
    return name
