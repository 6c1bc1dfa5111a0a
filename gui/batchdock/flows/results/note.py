"""The note of a saving: what has its place already, appended step by step in the growing folder.

One line a step: a listed file that was placed, with everything that came of it. A process that is killed loses at most
the line it was writing, and the step is done again. After a loss of power the disk may know less than was written, so
what a `flushed` line does not vouch for is done again as well.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLUSH_SECONDS = 30.0
"""How much work a loss of power may cost, about. Systems without `os.sync` begin anew after one."""

FileKey = tuple[str, str | None, str | None, str]
"""Which listed file it is: batch, part, shard, name."""


@dataclass(slots=True)
class Step:
    """What came of one listed file.

    `made` are paths below the results with `/`; `homes` and `stems` what `Places` gave; `tables` is what was set aside
    for the table: (name, suffix, the video it is about). Pairs of name and cause: `failed` at the service, `refused`
    here, `renamed`.
    """

    key: FileKey
    made: list[str] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    originals: list[str] = field(default_factory=list)
    tables: list[tuple[str, str, str | None]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)


class Note:
    """The file `path`, opened by the one process that has the growing folder. Everything blocks."""

    def __init__(self, path: Path) -> None:
        """Open or make it. Raise `OSError`.

        `unbroken` is False where the computer was started anew since, and unwritten files may be half there.
        """
        self._boot = _boot()
        self.settled_as: str | None = None
        """The name under which the results were about to appear, or have appeared."""
        self.early: tuple[str, int] | None = None
        """The name under which the tables appeared before everything else, and of how many they were made."""
        self.known: set[tuple[str, int, int]] = set()
        """What was put there then: name, size in bytes, time of the last change in nanoseconds."""
        self._lines, good, self.unbroken = _read(path, self._boot)
        self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        self._file.truncate(good)
        self._file.seek(good)
        self._last_flush = time.monotonic()
        self._write([{"boot": self._boot}])
        for line in self._lines:
            if "as" in line:
                self.settled_as = str(line["as"])
            if "early" in line:
                self.early = str(line["early"]), int(line["of"])
            if "known" in line:
                self.known |= {(str(name), int(size), int(changed)) for name, size, changed in line["known"]}

    def steps(self) -> Iterator[Step]:
        """Yield what was placed by earlier runs, in order."""
        for line in self._lines:
            if "key" in line:
                batch, part, shard, name = line.pop("key")
                yield Step((batch, part, shard, name), **line)

    def forget_steps(self) -> None:
        """Let go of what earlier runs wrote; it has been taken in."""
        self._lines = []

    def add(self, steps: Sequence[Step]) -> None:
        """Write down that these are placed. Raise `OSError`; then none of them is written down."""
        self._write([_line(step) for step in steps])
        if time.monotonic() - self._last_flush > FLUSH_SECONDS:
            self._last_flush = time.monotonic()
            self.flush()

    def flush(self) -> None:
        """Have everything on the disk, and say so in the note."""
        if hasattr(os, "sync"):
            os.sync()
            self._write([{"flushed": self._boot}])

    def settle(self, name: str) -> None:
        """Write down that the results appear as `name` next."""
        self._write([{"as": name}])
        self.settled_as = name

    def appear_early(self, name: str, tables: int) -> None:
        """Write down that the tables, made of so many, appear as `name` next."""
        self._write([{"early": name, "of": tables}])
        self.early = name, tables

    def know(self, marks: Sequence[tuple[str, int, int]]) -> None:
        """Write down what appears early, so that it is known again unless somebody has changed it."""
        self._write([{"known": marks}])
        self.known |= set(marks)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, lines: Iterable[dict[str, Any]]) -> None:
        before = self._file.tell()
        data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        try:
            if self._file.write(data) != len(data):
                raise OSError(28, os.strerror(28))
        except OSError:
            with suppress(OSError):
                self._file.truncate(before)
                self._file.seek(before)
            raise


def _line(step: Step) -> dict[str, Any]:
    shown = {name: getattr(step, name) for name in Step.__slots__}
    return {name: value for name, value in shown.items() if value}


def _read(path: Path, boot: str) -> tuple[list[dict[str, Any]], int, bool]:
    """Return the lines that can be trusted, how many bytes they are, and whether the computer ran all the time."""
    lines: list[dict[str, Any]] = []
    good = flushed = flushed_lines = 0
    same_boot = False
    try:
        with path.open("rb") as file:
            for raw in file:
                try:
                    line = json.loads(raw) if raw.endswith(b"\n") else None
                except ValueError:
                    line = None
                if not isinstance(line, dict):
                    break
                lines.append(line)
                good += len(raw)
                if "boot" in line:
                    same_boot = line["boot"] == boot
                elif "flushed" in line:
                    flushed, flushed_lines = good, len(lines)
                    same_boot = line["flushed"] == boot
    except FileNotFoundError:
        return [], 0, False
    return (lines, good, True) if same_boot else (lines[:flushed_lines], flushed, False)


def _boot() -> str:
    """Return what tells this run of the computer from the ones before."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{(time.time() - time.monotonic()) / 60:.0f}"
