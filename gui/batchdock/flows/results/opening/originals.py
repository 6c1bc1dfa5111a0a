"""Finds the originals of results on this computer: where a person has shown them, where they were sent from, or with
the results. Everything here blocks."""

import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from batchdock.flows.intake.names import printable
from batchdock.flows.results.opening.answers import Reconnected
from batchdock.flows.results.opening.places import below, composed, inside, parts_of
from batchdock.store import FileRow, Journal, Settings

SETTING = "results/originals"
"""Where people have shown originals: by what is open, the folder and how many components of the names lie above it."""
_REMEMBERED = 200
_SAMPLE = 50
_MOST_ROOTS = 32


class Originals:
    """The originals of what is open as `key`. `batches` are those that were sent for it: account and batch."""

    def __init__(
        self, journal: Journal, settings: Settings, key: str, folder: Path, batches: Sequence[tuple[str, str]]
    ) -> None:
        self._journal, self._settings = journal, settings
        self._key, self._folder, self._batches = key, folder, tuple(batches)
        self._shown = self._remembered()
        self._roots: list[Path] | None = None
        self._twice: set[str] = set()
        """Names that several files came with."""
        self._odd: dict[str, str] | None = None
        self._turn = threading.Lock()

    def find(self, name: str) -> Path | None:
        """Return the original called `name`, None where it is not there, or nobody could say which it is."""
        parts = parts_of(name)
        if self._shown is not None:
            folder, above = self._shown
            found = below(folder, parts[above:])
            if found is not None:
                return found
        found = self._at_its_place(name, parts)
        return found or inside(self._folder, f"files/{name}") or inside(self._folder, name)

    def reconnect(self, folder: Path, names: Sequence[str]) -> Reconnected:
        """Look in `folder` from now on, where at least one is there. `names` are those of all originals."""
        sizes = {composed(printable(row.original)): row.size for row in self._rows()}
        step = max(1, len(names) // _SAMPLE)
        sample = names[::step]
        places = {(place, above) for place in _near(folder) for above in range(_depth(sample))}
        ordered = sorted(places, key=lambda each: (len(each[0].parts), each[1]))
        counted = [(_count(*place, sample, sizes), place) for place in ordered]
        most, best = max(counted, key=lambda each: each[0], default=(0, (folder, 0)))
        if not most:
            return Reconnected(0, len(names))
        found = _count(*best, names, sizes)
        self._shown = best
        self._remember(best)
        return Reconnected(found, len(names))

    def wire(self, name: str) -> tuple[str, str, str] | None:
        """Return account, batch and name there of an original that was sent by this app."""
        for account_id, batch_id in self._batches:
            wire = self._journal.files.wire(account_id, batch_id, name)
            if wire is not None:
                return account_id, batch_id, wire
        return None

    def _at_its_place(self, name: str, parts: tuple[str, ...]) -> Path | None:
        """Return the file as the journal knows it. A name that two have is nobody's: no picture beats a wrong one."""
        with self._turn:
            if self._roots is None:
                self._roots = [root for each in self._batches for root in self._journal.files.roots(*each)]
                if len(self._roots) > 1:
                    twice = (each for batch in self._batches for each in self._journal.files.twice(*batch))
                    self._twice = {composed(printable(each)) for each in twice}
        if not self._roots or composed(name) in self._twice:
            return None
        if len(self._roots) <= _MOST_ROOTS:
            found = [path for root in self._roots if (path := below(root, parts)) is not None]
            if found:
                return found[0]
        with self._turn:
            if self._odd is None:
                self._odd = self._read_odd(every=len(self._roots) > _MOST_ROOTS)
        odd = self._odd.get(composed(name))
        return Path(odd) if odd is not None and Path(odd).is_file() else None

    def _read_odd(self, *, every: bool) -> dict[str, str]:
        """Return by name the paths that are not the name below some folder, or `every` one."""
        odd = {}
        for row in self._rows():
            path, name = str(row.path), composed(printable(row.original))
            if every or name != row.original or not path.replace(os.sep, "/").endswith(f"/{name}"):
                odd[name] = path
        return odd

    def _rows(self) -> Iterator[FileRow]:
        for account_id, batch_id in self._batches:
            for sending in self._journal.sendings.of_batch(account_id, batch_id):
                yield from self._journal.sendings.every_file(sending.number)

    def _remembered(self) -> tuple[Path, int] | None:
        match self._settings.get(SETTING):
            case dict(kept):
                match kept.get(self._key):
                    case [str(folder), int(above)] if above >= 0:
                        return Path(folder), above
        return None

    def _remember(self, shown: tuple[Path, int]) -> None:
        folder, above = shown
        try:
            str(folder).encode()
        except UnicodeEncodeError:
            return  # The settings are text, which not every name of a folder is.
        kept = self._settings.get(SETTING)
        known = {key: place for key, place in kept.items() if key != self._key} if isinstance(kept, dict) else {}
        newest = list(known.items())[-_REMEMBERED + 1 :]
        self._settings.set(SETTING, {**dict(newest), self._key: [str(folder), above]})


def _near(folder: Path) -> Iterator[Path]:
    """Yield the folder, and those directly in it: people also show the one above."""
    yield folder
    try:
        inner = sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError:
        return
    yield from inner[:_SAMPLE]


def _depth(names: Sequence[str]) -> int:
    """Return how many components the names mostly have."""
    counted = Counter(len(parts_of(name)) for name in names)
    return max(counted, default=1)


def _count(folder: Path, above: int, names: Sequence[str], sizes: dict[str, int]) -> int:
    """Return how many are there under their names, with their sizes where those are known."""
    found = 0
    for name in names:
        path = below(folder, parts_of(name)[above:])
        if path is not None:
            size = sizes.get(composed(name))
            try:
                found += size is None or path.stat().st_size == size
            except OSError:
                continue
    return found
