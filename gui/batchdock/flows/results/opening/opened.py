"""Results that are open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchdock.core.finding import Cell, Filter, Picture, SortBy
from batchdock.core.job import Job
from batchdock.core.problem import FileFailure
from batchdock.flows.results.opening.answers import (
    FolderCount,
    Frames,
    Reconnected,
    Seen,
    Selection,
    TimeCounts,
    TimeKind,
    VideoEntry,
)
from batchdock.flows.results.opening.asking import Asking
from batchdock.flows.results.opening.originals import Originals
from batchdock.flows.results.opening.places import inside
from batchdock.flows.results.opening.rows import read_row
from batchdock.flows.results.opening.selecting import Selecting
from batchdock.flows.results.opening.times import Taken, Times, by_seconds, by_taken
from batchdock.flows.transfers.reading import READERS
from batchdock.store.findings.comparing import Everything, read_everything
from batchdock.store.findings.seeing import (
    Known,
    read_cells,
    read_findings,
    read_names,
    read_pictures,
    read_source,
    read_troubles,
    read_valued,
    read_videos,
)
from batchdock.store.findings.telling import count_confidences, count_folders, read_frames, read_seconds

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from batchdock.store.findings.asking import Cursor

Fetch = Callable[[str], Awaitable[Path | None]]
"""Brings the original of this name from the service."""

_KNOWN = 5_000
"""So many pictures that were seen are remembered: who sees one asks for its original next."""
_WALKED_FINDINGS = 100_000
"""So many at a time at most, whatever was asked, unless one picture alone has more."""


class Opened:
    """The results of one job, or one folder of results. Every method may be cancelled.

    After `close`, and for what is asked when it comes, every answer is a cancellation. Raises `ResultsUnreadable`
    where the tables have become unreadable.
    """

    def __init__(
        self,
        *,
        name: str,
        folder: Path,
        job: Job | None,
        known: Known,
        asking: Asking,
        selecting: Selecting,
        originals: Originals,
        taken: Taken,
        fetch: Fetch,
        on_close: Callable[[Opened], None],
    ) -> None:
        self.name, self.folder, self.job = name, folder, job
        self.labels, self.outputs = known.labels, known.outputs
        self.pictures, self.findings, self.of_videos = known.pictures, known.findings, known.of_videos
        self._asking, self._selecting, self._originals = asking, selecting, originals
        self._fetch, self._on_close = fetch, on_close
        self._known: dict[int, Picture] = {}
        self._times = Times(selecting.taken, taken, self._originals_of)

    # --- what is in them

    async def select(self, filter: Filter, by: SortBy = SortBy.NAME, *, descending: bool = False) -> Selection:
        """Return which pictures a filter lets through, in which order, with what the chips and classes say.

        What asks for times first asks the originals for them, which takes its time once.
        """
        await self._know_times(filter, by)
        return await self._asking.ask(lambda cursor: self._selecting.select(cursor, filter, by, descending))

    async def seen(self, numbers: Sequence[int], filter: Filter) -> tuple[Seen, ...]:
        """Return these pictures, in the order asked, with the findings that count. Numbers of none are left out."""
        asked = [int(number) for number in numbers]

        def see(cursor: Cursor) -> tuple[Seen, ...]:
            pictures = read_pictures(cursor, asked)
            self._remember(pictures)
            findings = read_findings(cursor, asked, filter, self.outputs)
            return tuple(
                Seen(self._dated(pictures[number]), tuple(findings.get(number, ())))
                for number in asked
                if number in pictures
            )

        return await self._asking.ask(see)

    async def counts(self, selection: Selection) -> NDArray[numpy.int32]:
        """Return how many findings count in each picture of a selection, in its order."""
        asked = selection.filter
        counts = await self._asking.ask(lambda cursor: self._selecting.counts(cursor, asked))
        return counts.findings[selection.numbers]

    async def cells(self, numbers: Sequence[int]) -> tuple[tuple[Cell, ...], ...]:
        """Return the plain values of these pictures, in the order asked."""
        asked = [int(number) for number in numbers]
        found = await self._asking.ask(lambda cursor: read_cells(cursor, asked, self.outputs))
        return tuple(tuple(found.get(number, ())) for number in asked)

    async def valued(self) -> tuple[str, ...]:
        """Return the outputs that gave a plain value for any picture."""
        return await self._asking.ask(lambda cursor: read_valued(cursor, self.outputs))

    async def tree(self, number: int) -> object:
        """Return the whole row of a picture as it came; its text where it can not be parsed, None where it has none."""
        source = await self._asking.ask(lambda cursor: read_source(cursor, number))
        return None if source is None else await READERS.run(read_row, self.folder, source)

    async def troubles(self) -> tuple[FileFailure, ...]:
        """Return what could not be read, or not as it should be, in the results themselves."""
        return await self._asking.ask(read_troubles)

    async def walk(self, selection: Selection, size: int = 1000) -> AsyncIterator[tuple[Seen, ...]]:
        """Yield a whole selection in its order, `size` pictures at a time, fewer where they have very many findings."""
        import numpy

        counts = await self._asking.ask(lambda cursor: self._selecting.counts(cursor, selection.filter))
        numbers = selection.numbers
        piled = numpy.cumsum(counts.findings[numbers], dtype=numpy.int64)
        first = 0
        while first < len(numbers):
            before = int(piled[first - 1]) if first else 0
            enough = int(numpy.searchsorted(piled, before + _WALKED_FINDINGS, side="right"))
            last = max(first + 1, min(first + size, enough))
            yield await self.seen(numbers[first:last].tolist(), selection.filter)
            first = last

    async def everything(self) -> Everything:
        """Return all pictures and findings as columns."""
        return await self._asking.ask(read_everything)

    # --- what charts show

    async def confidences(self, filter: Filter, bins: int = 20) -> tuple[int, ...]:
        """Return how many of the findings that count in the shown pictures lie in each of `bins` equal steps."""
        await self._know_times(filter)
        return await self._asking.ask(
            lambda cursor: count_confidences(cursor, filter, self._selecting.chosen(cursor, filter), bins)
        )

    async def per_folder(self, filter: Filter, most: int = 30) -> tuple[FolderCount, ...]:
        """Return the folders with the most shown pictures, at most so many, the fullest first."""
        await self._know_times(filter)

        def count(cursor: Cursor) -> tuple[FolderCount, ...]:
            numbers = self._selecting.numbers(cursor, filter)
            findings = self._selecting.counts(cursor, filter).findings[numbers]
            return tuple(FolderCount(*row) for row in count_folders(cursor, numbers, findings, most))

        return await self._asking.ask(count)

    async def over_time(self, filter: Filter) -> TimeCounts:
        """Return the shown pictures over time: when in the video, else when they were taken, else nothing.

        The first time it asks all originals when they were taken: minutes for 100,000.
        """
        await self._know_times(filter)

        def in_video(cursor: Cursor) -> TimeCounts:
            found = read_seconds(cursor, self._selecting.chosen(cursor, filter))
            findings = self._selecting.counts(cursor, filter).findings
            return by_seconds(found["seconds"], findings[found["number"]])

        counted = await self._asking.ask(in_video)
        if self.of_videos or counted.kind is TimeKind.SECONDS:
            return counted
        await self._times.fill()

        def by_clock(cursor: Cursor) -> TimeCounts:
            numbers = self._selecting.numbers(cursor, filter)
            findings = self._selecting.counts(cursor, filter).findings
            return by_taken(self._selecting.taken[numbers], findings[numbers])

        return await self._asking.ask(by_clock)

    async def frames(self, name: str, filter: Filter) -> Frames:
        """Return the frames of the video `name`, all of them, with the findings that count."""

        def read(cursor: Cursor) -> Frames:
            found = read_frames(cursor, name)
            counts = self._selecting.counts(cursor, filter)
            return Frames(found["number"], found["seconds"], counts.findings[found["number"]], found["frame"])

        return await self._asking.ask(read)

    async def videos(self) -> tuple[VideoEntry, ...]:
        """Return all videos, in the order of the results."""
        return tuple(VideoEntry(*row) for row in await self._asking.ask(read_videos))

    # --- the files they are about

    async def original(self, number: int) -> Path | None:
        """Return the original (the video's for a frame) on this computer, None where it is not there any more."""
        picture = await self._picture(number)
        return None if picture is None else await READERS.run(self._originals.find, picture.name)

    async def drawn(self, number: int) -> Path | None:
        """Return the picture (or video) that the service has drawn, if it is here."""
        picture = await self._picture(number)
        if picture is None or not picture.drawn:
            return None
        return await READERS.run(inside, self.folder, picture.drawn)

    async def fetch_original(self, number: int) -> Path | None:
        """Bring one original from the service, into the cache; None where it has none of that name.

        Raises what keeps files from being fetched.
        """
        picture = await self._picture(number)
        return None if picture is None else await self._fetch(picture.name)

    async def reconnect(self, folder: Path) -> Reconnected:
        """Look for the originals in `folder` from now on, also next time, if any of them is there.

        They are compared by name, and by size where that is known. Takes a second for 20,000. Raises
        `FolderNotWritable` where the settings can not be written.
        """
        names = await self._asking.ask(read_names)
        found = await READERS.run(self._originals.reconnect, folder, names)
        if found.found:
            self._times.forget()
        return found

    async def close(self) -> None:
        """Give everything back. Once is enough."""
        self._on_close(self)
        await self._asking.close()

    # --- inside

    async def _picture(self, number: int) -> Picture | None:
        known = self._known.get(number)
        if known is None:
            found = await self._asking.ask(lambda cursor: read_pictures(cursor, [number]))
            self._remember(found)
            known = found.get(number)
        return known

    def _remember(self, pictures: dict[int, Picture]) -> None:
        if len(self._known) + len(pictures) > _KNOWN:
            self._known = {}
        self._known.update(pictures)

    async def _originals_of(self, first: int, last: int) -> list[tuple[int, Path]]:
        found = await self._asking.ask(lambda cursor: read_pictures(cursor, range(first, last)))

        def find() -> list[tuple[int, Path]]:
            there = ((number, self._originals.find(picture.name)) for number, picture in found.items())
            return [(number, path) for number, path in there if path is not None]

        return await READERS.run(find)

    async def _know_times(self, filter: Filter, by: SortBy = SortBy.NAME) -> None:
        if by is SortBy.TAKEN or filter.since is not None or filter.until is not None:
            await self._times.fill()

    def _dated(self, picture: Picture) -> Picture:
        moment: Any = self._selecting.taken[picture.number].astype(datetime)
        return picture if moment is None else replace(picture, taken=moment)
