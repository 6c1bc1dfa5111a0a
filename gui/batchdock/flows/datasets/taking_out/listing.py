"""Lists one version into the ledger, and all that is no file of it into its folder.

    index.json              what it and its segments truly are called
    catalog.json, notes.json, sensors.json, statistics.json
    labels/<segment>.jsonl  a line a file: its true path, its place here, and its label as it came

What was listed to its end is not asked for again: commits do not change.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from batchdock.core.datasets.data import Data, Json
from batchdock.core.datasets.dataset import Dataset, DatasetKind, Version
from batchdock.core.datasets.port import DatasetService
from batchdock.flows.datasets.taking_out.asking import Asking, Refused
from batchdock.flows.datasets.taking_out.files import INCOMING, write_json
from batchdock.flows.datasets.taking_out.naming import Names
from batchdock.flows.datasets.taking_out.rows import Rows
from batchdock.flows.datasets.taking_out.versions import Meant, told
from batchdock.flows.datasets.taking_out.wishes import DatasetWish
from batchdock.flows.transfers.receive import in_thread
from batchdock.store.taken import Ledger
from batchdock.store.taken_rows import Listed

IN_VERSION = (
    "labels",
    "masks",
    "COCO",
    "YOLO",
    "index.json",
    "catalog.json",
    "notes.json",
    "sensors.json",
    "statistics.json",
)
"""What else is in the folder of a version: no segment is called so."""
_ALL = "all"


class Listing:
    """Lists one version. `place` is its folder, relative to the whole; `found` is told of files as they are met."""

    def __init__(
        self,
        asking: Asking,
        ledger: Ledger,
        root: Path,
        wish: DatasetWish,
        dataset: Dataset,
        meant: Meant,
        number: int,
        place: str,
        found: Callable[[int], None],
    ) -> None:
        self._asking, self._ledger, self._root, self._found = asking, ledger, root, found
        self._wish, self._dataset, self._meant = wish, dataset, meant
        self._number, self._place = number, place
        self._folder = root / place

    async def list_all(self) -> None:
        """List it to its end. Raise `Refused`, and what the whole waits for."""
        version, dataset_id = self._meant.version, self._dataset.dataset_id
        index = self._folder / "index.json"
        scope = _scope_of(self._wish)
        if await in_thread(partial(self._is_listed, index, scope)):
            return
        segments = await self._asking.every(lambda service: service.segments(dataset_id, version))
        known = {each.mark: each for each in await in_thread(partial(self._ledger.segments, self._number))}
        names = Names(IN_VERSION)
        for kept in known.values():
            names.take_in(kept.folder)
        entries: list[dict[str, Any]] = []
        sensors: dict[str, Any] = {}
        whole = True
        for each in segments:
            if self._wish.segments is not None and each.name not in self._wish.segments:
                continue
            of_before = known.get(each.name)
            folder = of_before.folder if of_before is not None else names.folder(each.name)
            number = await in_thread(partial(self._ledger.want_segment, self._number, each.name, folder))
            entries.append({"name": each.name, "description": each.description, "folder": folder})
            try:
                if of_before is None or of_before.scope != scope:
                    await self._segment(number, each.name, folder, scope)
                if self._dataset.kind is DatasetKind.FUSION:
                    sensors[folder] = await self._sensors(each.name)
            except Refused as refused:
                whole = False
                await in_thread(partial(self._ledger.refuse, "segments", number, refused.reason))
        if self._dataset.kind is DatasetKind.FUSION:
            await in_thread(partial(write_json, self._folder / "sensors.json", sensors))
        gaps = await self._about(version)
        if gaps:
            await in_thread(partial(self._ledger.refuse, "versions", self._number, "; ".join(gaps)))
        # Without the scope it counts as not listed yet.
        entry = {"scope": scope if whole and not gaps else "", "dataset": told(self._dataset)}
        await in_thread(partial(write_json, index, {**entry, "version": self._meant.detail, "segments": entries}))

    async def _sensors(self, segment: str) -> list[dict[str, Any]]:
        dataset_id, version = self._dataset.dataset_id, self._meant.version
        return [told(each) for each in await self._asking.ask(lambda s: s.sensors(dataset_id, version, segment))]

    def _is_listed(self, index: Path, scope: str) -> bool:
        """Tell whether all of it is in the ledger and in the folder already, and want it then."""
        known = self._ledger.segments(self._number)
        try:
            entry = json.loads(index.read_text(encoding="utf-8"))
            names = [segment["name"] for segment in entry["segments"]]
            if entry["scope"] != scope:
                return False
        except (OSError, ValueError, KeyError, TypeError):
            return False
        scopes = {each.mark: each for each in known}
        if any(name not in scopes or scopes[name].scope != scope for name in names):
            return False
        for name in names:
            self._ledger.want_segment(self._number, name, scopes[name].folder)
        return True

    async def _segment(self, number: int, name: str, folder: str, scope: str) -> None:
        """List the files of a segment, and keep their labels."""
        dataset_id, version = self._dataset.dataset_id, self._meant.version
        known = await in_thread(partial(self._ledger.places_in, number))
        await in_thread(partial(self._ledger.forget_places, number))
        files = Rows(self._place, folder, known)
        scratch = self._root / INCOMING / f"labels-{number}.jsonl"
        begun: list[int] = []
        doubted: set[int] = set()
        seen: set[tuple[str, str, str]] = set()
        start: int | None = 0
        with await in_thread(lambda: scratch.open("wb")) as lines:
            while start is not None:
                page = start
                rows, after = await self._asking.ask(
                    lambda service, page=page: service.detail_page(dataset_id, version, name, page)  # type: ignore[misc]
                )
                start = after if after is not None and after > page else None
                if version.is_draft:
                    # Somebody may work on it: pages overlap by one row. Where that is not known, rows before it have
                    # gone meanwhile, and what slid between two pages is on the one before.
                    if begun and page not in doubted and (not rows or _key(rows[0]) not in seen):
                        doubted.add(page)
                        start = begun.pop()
                    else:
                        begun.append(page)
                        start = max(start - 1, page + 1) if start is not None else None
                    rows = tuple(each for each in rows if _key(each) not in seen)
                    seen.update(map(_key, rows))
                wanted = [each for each in rows if self._is_wanted(name, each)]
                work = partial(self._take_in, number, files.listed(wanted, page), lines.write)
                self._found(await in_thread(work))
        labels = self._folder / "labels" / f"{folder}.jsonl"

        def keep() -> None:
            labels.parent.mkdir(parents=True, exist_ok=True)
            scratch.replace(labels)
            self._ledger.has_listed(number, scope)

        await in_thread(keep)

    def _take_in(
        self, number: int, found: tuple[list[Listed], list[dict[str, Any]]], write: Callable[[bytes], object]
    ) -> int:
        """Write a page into the ledger and into the list of labels. Return how many files it has."""
        files, lines = found
        self._ledger.list_files(number, files)
        for line in lines:
            write(json.dumps(line, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace") + b"\n")
        return len(files)

    def _is_wanted(self, segment: str, data: Data) -> bool:
        return self._wish.paths is None or (segment, data.remote_path) in self._wish.paths

    async def _about(self, version: Version) -> list[str]:
        """Keep what is said of the version as a whole. Return what could not be had."""
        dataset_id = self._dataset.dataset_id

        async def notes(service: DatasetService) -> Json:
            return told(await service.notes(dataset_id, version))

        asked: dict[str, Callable[[DatasetService], Awaitable[Json]]] = {
            "catalog.json": lambda service: service.catalog(dataset_id, version),
            "notes.json": notes,
            "statistics.json": lambda service: service.statistics(dataset_id, version),
        }
        gaps = []
        for name, doing in asked.items():
            try:
                entry: Any = dict(await self._asking.ask(doing))
            except Refused as refused:
                gaps.append(f"{name}: {refused.reason}")
                continue
            await in_thread(partial(write_json, self._folder / name, entry))
        return gaps


def _key(data: Data) -> tuple[str, str, str]:
    """Tell a file from all others of its segment."""
    return data.frame_id, data.sensor, data.remote_path


def _scope_of(wish: DatasetWish) -> str:
    if wish.segments is None and wish.paths is None:
        return _ALL
    chosen = (sorted(wish.segments or ()), sorted(wish.paths or ()), wish.segments is None, wish.paths is None)
    return hashlib.sha1(repr(chosen).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
