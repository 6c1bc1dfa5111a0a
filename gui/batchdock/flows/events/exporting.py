"""Saves events: a folder with the pictures, `events.csv` for people, and `events.jsonl` for programs. Blocks."""

import csv
import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from batchdock.core.errors import DiskFull, FolderNotWritable
from batchdock.core.event import Event
from batchdock.core.facts import Fact, Value
from batchdock.flows.results.table import harmless

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Exported:
    """What was saved, and how many pictures could not be had any more."""

    folder: Path
    events: int
    pictures: int
    missing: int


def export(numbers: Sequence[int], read: Callable[[Sequence[int]], list[Event]], place: Path) -> Exported:
    """Save these events to a new folder in `place`. Raise `FolderNotWritable`, `DiskFull`."""
    try:
        folder = _new_folder(place)
        (folder / "pictures").mkdir()
        with (
            (folder / "events.jsonl").open("w", encoding="utf-8", newline="\n") as lines,
            (folder / "events.csv").open("w", encoding="utf-8-sig", newline="") as table,
        ):
            return _export(numbers, read, folder, lines.write, csv.writer(table))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(folder=place, needed="the events") from error
        raise FolderNotWritable(folder=place, reason=error.strerror or str(error)) from error


def _export(
    numbers: Sequence[int],
    read: Callable[[Sequence[int]], list[Event]],
    folder: Path,
    write: Callable[[str], int],
    table: "csv._writer",  # type: ignore[name-defined, unused-ignore]
) -> Exported:
    events = pictures = missing = 0
    table.writerow(["time", "received", "kind", "pictures", "facts"])
    for begin in range(0, len(numbers), _AT_ONCE):
        found = {event.number: event for event in read(numbers[begin : begin + _AT_ONCE])}
        for event in (found[number] for number in numbers[begin : begin + _AT_ONCE] if number in found):
            names = []
            for path in event.pictures:
                try:
                    shutil.copyfile(path, folder / "pictures" / path.name)
                except FileNotFoundError:
                    missing += 1
                    continue
                names.append(f"pictures/{path.name}")
            events, pictures = events + 1, pictures + len(names)
            write(json.dumps(_record(event, names), ensure_ascii=False) + "\n")
            facts = "; ".join(f"{name}: {value}" for name, value in flat(event.facts))
            times = (event.at.isoformat(), event.received.isoformat())
            table.writerow([*times, harmless(event.kind), " ".join(names), harmless(facts)])
    return Exported(folder, events, pictures, missing)


def flat(facts: Sequence[Fact], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value with the names above it, as text."""
    for fact in facts:
        name = f"{above}.{fact.name}" if above else fact.name
        if fact.below:
            yield from flat(fact.below, name)
        else:
            yield name, _text(fact.value)


def _record(event: Event, pictures: list[str]) -> dict[str, object]:
    return {
        "time": event.at.isoformat(),
        "received": event.received.isoformat(),
        "kind": event.kind,
        "pictures": pictures,
        "facts": _tree(event.facts),
    }


def _tree(facts: Sequence[Fact]) -> dict[str, object]:
    return {
        fact.name: _tree(fact.below)
        if fact.below
        else fact.value.isoformat()
        if isinstance(fact.value, datetime)
        else fact.value
        for fact in facts
    }


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)


def _new_folder(place: Path) -> Path:
    for number in range(1, 10_000):
        folder = place / ("Events" if number == 1 else f"Events {number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise OSError(errno.EEXIST, "There are too many folders of this name.")
