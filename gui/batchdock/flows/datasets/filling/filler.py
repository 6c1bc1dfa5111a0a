"""Fills a draft: segments, catalog, files with their labels, and a look whether everything is there."""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from batchdock.core.datasets.data import Arrived
from batchdock.core.datasets.dataset import DraftState, Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import (
    BadRequest,
    BatchdockError,
    FileUnreadable,
    NameTaken,
    NotAllowedNow,
    ServiceError,
    SourceGone,
)
from batchdock.core.problem import FileFailure
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.filling.wishes import FillFile, FillWish
from batchdock.flows.datasets.labels.bringing import Brought
from batchdock.flows.datasets.labels.brought import catalog_with, read_brought
from batchdock.flows.datasets.taking_out.asking import Asking, Reach, Refused
from batchdock.flows.intake.names import printable
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.bodies import file_body
from batchdock.flows.transfers.pace import Lanes
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.sources import FileChanged, source_error
from batchdock.flows.transfers.trouble import Trouble
from batchdock.store import FileRow

START, MOST = 4, 16
TOGETHER = 50
"""Files made known in one request (contract §1.6)."""
READ_BYTES = 1024 * 1024

NOT_THERE = QT_TRANSLATE_NOOP("errors", "The service does not list it.")
GONE = QT_TRANSLATE_NOOP("errors", "It could not be reached any more when the rest was sent.")
CLOSED = QT_TRANSLATE_NOOP("errors", "The draft was closed meanwhile.")

_Result = TypeVar("_Result")
_Each = TypeVar("_Each")


@dataclass(slots=True)
class Filled:
    """What became of it: the draft, the commit where there is one, and what is not there. `notes` are about labels."""

    draft: int
    commit: str = ""
    lost: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: tuple[FileFailure, ...] = ()

    @property
    def failures(self) -> tuple[FileFailure, ...]:
        """Return what is not there, and why, and what could not be read of the labels."""
        lost = (FileFailure(printable(f"{segment}/{path}"), why) for (segment, path), why in self.lost.items())
        return (*lost, *self.notes)


class Filler:
    """One go at it. Called again it goes on where it was: what the service lists with the same bytes is not sent."""

    def __init__(self, reach: Reach, patience: Patience, wish: FillWish, row: Row) -> None:
        self._reach, self._wish, self._row = reach, wish, row
        self._trouble = Trouble(row, patience)
        self._asking = Asking(reach, self._trouble)
        self._lanes = Lanes(start=START, most=MOST)
        self._draft = 0

    async def find_draft(self) -> int:
        """Return the number of the draft: the open one of the branch, or a new one.

        One whose making nobody knows about is found by the next look: a branch has one open draft at most.
        """
        wish = self._wish

        async def open_one(service: DatasetService) -> int:
            async for each in service.drafts(wish.dataset_id, branch=wish.branch):
                return each.number
            return await service.create_draft(wish.dataset_id, wish.branch, wish.title or self._row.transfer.name)

        return await _whole(self._asking.ask(open_one))

    async def fill(self, draft: int) -> Filled:
        """Send what is missing, look whether all is there, and commit where that is wished for and all is.

        Raises what keeps the service from being asked, and what it refuses for all files.
        """
        self._draft = draft
        filled = Filled(draft)
        self._row.change(state=TransferState.LISTING)
        if commit := await _whole(self._asking.ask(self._committed)):
            return await self._found(commit)
        refused: ServiceError | None = None
        try:
            await self._send(filled)
        except ServiceError as error:
            refused = error
        # A commit that an earlier go asked for, and was stopped at, may be carried out under the hands of this one.
        if (refused or filled.lost) and (commit := await _whole(self._asking.ask(self._committed))):
            return await self._found(commit)
        if refused:
            raise refused
        return filled

    async def _send(self, filled: Filled) -> None:
        wish, row = self._wish, self._row
        brought = await asyncio.to_thread(read_brought, [each.path for each in wish.files], wish.labels)
        filled.notes = tuple(FileFailure(printable(name), cause) for name, cause in brought.left_out)
        await self._prepare(brought)
        row.meter.restart(0, 0)
        row.change(state=TransferState.MOVING, message="")
        for segment, files in _by_segment(wish).items():
            await self._fill_segment(segment, files, brought, filled)
        if wish.commit and not filled.failures:
            row.change(state=TransferState.CHECKING)
            title = wish.title or wish.tag or row.transfer.name
            filled.commit = await _whole(
                self._asking.ask(lambda at: at.commit_draft(wish.dataset_id, self._draft, title, tag=wish.tag))
            )

    async def _found(self, commit: str) -> Filled:
        """Return what is in the commit that the draft has become: what is not there can not be sent any more."""
        wish, version, filled = self._wish, Version(commit=commit), Filled(self._draft, commit)
        there = await _whole(self._asking.every(lambda at: at.segments(wish.dataset_id, version)))
        names = {each.name for each in there}
        self._row.meter.restart(0, 0)
        for segment, files in _by_segment(wish).items():
            known = await self._known(segment, version) if segment in names else {}
            for each in files:
                if each.remote_path in known:
                    self._row.meter.skip(1, each.size)
                else:
                    filled.lost[segment, each.remote_path] = NOT_THERE
        self._row.change(failed=len(filled.lost))
        return filled

    # --- the draft

    async def _committed(self, service: DatasetService) -> str:
        """Return the commit that the draft has become in an earlier go, empty while it is open."""
        wish = self._wish
        async for draft in service.drafts(wish.dataset_id, None):
            if draft.number != self._draft:
                continue
            if draft.state is DraftState.COMMITTED:
                async for commit in service.commits(wish.dataset_id, draft.branch):
                    if commit.parent == draft.parent:
                        return commit.commit_id
            if draft.state in (DraftState.CLOSED, DraftState.COMMITTED):
                raise NotAllowedNow(reason=CLOSED)
        return ""

    async def _prepare(self, brought: Brought) -> None:
        """Make the segments and classes that are not there yet: labels need them (contract §4.7)."""
        wish, version, ask = self._wish, Version(draft=self._draft), self._asking.ask
        there = await _whole(self._asking.every(lambda at: at.segments(wish.dataset_id, version)))
        names = {each.name for each in there}
        for segment in _by_segment(wish):
            if segment not in names:
                await _whole(ask(partial(self._make_segment, segment)))
        if brought.classes:
            catalog = await _whole(ask(lambda at: at.catalog(wish.dataset_id, version)))
            merged = catalog_with(catalog, brought)
            if merged != catalog:
                await _whole(ask(lambda at: at.put_catalog(wish.dataset_id, self._draft, merged)))

    async def _make_segment(self, segment: str, service: DatasetService) -> None:
        try:
            await service.create_segment(self._wish.dataset_id, self._draft, segment)
        except NameTaken:
            return  # By somebody else, or by us, and the answer was lost.

    # --- files

    async def _fill_segment(self, segment: str, files: Sequence[FillFile], brought: Brought, filled: Filled) -> None:
        known = await self._known(segment, Version(draft=self._draft))
        digests: dict[str, str] = {}

        async def send(file: FillFile) -> Arrived | None:
            """Return a file that is to be made known."""
            try:
                seen = await READERS.run(_look, file)
                digests[file.remote_path] = seen.sha1
                label = brought.labels.get(file.path, {})
                is_there = known.get(file.remote_path) == seen.sha1
                if is_there and not label:
                    self._row.meter.skip(1, seen.size)
                    return None
                if is_there:
                    self._row.meter.skip(0, seen.size)
                else:
                    await self._upload(segment, file, seen)
            except SourceGone:
                if not self._wish.without:
                    raise
                filled.lost[segment, file.remote_path] = GONE
            except FileUnreadable as error:
                filled.lost[segment, file.remote_path] = error.sentence()
            except Refused as error:
                filled.lost[segment, file.remote_path] = error.reason
            else:
                return Arrived(file.remote_path, seen.sha1, seen.size, label)
            return None

        for some in _by(TOGETHER, files):
            # Made known as they come: what is known is not sent again after a kill.
            sent = await _all([send(each) for each in some])
            await self._register(segment, [each for each in sent if each is not None], filled)
            self._row.change(failed=len(filled.lost))
        listed = await self._known(segment, Version(draft=self._draft))
        for path, digest in digests.items():
            if listed.get(path) != digest:
                filled.lost.setdefault((segment, path), NOT_THERE)
        self._row.change(failed=len(filled.lost))

    async def _known(self, segment: str, version: Version) -> dict[str, str]:
        """Return the checksums of what a version has, by path."""
        listed = await _whole(self._asking.every(lambda at: at.data(self._wish.dataset_id, version, segment)))
        return {each.remote_path: each.checksum for each in listed}

    async def _upload(self, segment: str, file: FillFile, seen: "_Seen") -> None:
        shown = FileRow(0, file.remote_path, file.remote_path, file.path, seen.size, seen.modified)

        async def send(service: DatasetService) -> None:
            body = await READERS.run(file_body, shown, self._row)
            if any((each.size, each.modified) != (seen.size, seen.modified) for each in body.files):
                # Its checksum is of what it was: under it nobody may find anything else.
                raise FileChanged(name=file.path.name, reason="It keeps changing while it is sent.")
            try:
                await service.upload(self._wish.dataset_id, self._draft, segment, body, seen.sha1)
            except BaseException as error:
                body.take_back()
                if isinstance(error, BatchdockError):
                    self._lanes.pushed_back(error)
                raise
            self._lanes.arrived(seen.size)

        async with self._lanes.lane(seen.size):
            await self._asking.ask(send)

    async def _register(self, segment: str, files: Sequence[Arrived], filled: Filled) -> None:
        """Make files known. Where the service refuses them together, each is tried alone, to name the one it means."""
        if not files:
            return
        try:
            await self._asking.ask(lambda at: at.register(self._wish.dataset_id, self._draft, segment, files))
        except Refused as error:
            if not isinstance(error.__cause__, BadRequest):
                raise (error.__cause__ or error) from None
            if len(files) == 1:
                filled.lost[segment, files[0].remote_path] = error.reason
                return
            for each in files:
                await self._register(segment, [each], filled)
            return
        self._row.meter.add_items(len(files))


async def _whole(asking: Awaitable[_Result]) -> _Result:
    """Return what is asked for. What is refused here is refused for everything."""
    try:
        return await asking
    except Refused as error:
        raise (error.__cause__ or error) from None


async def _all(doing: Sequence[Awaitable[_Result]]) -> list[_Result]:
    """Do them side by side. When one raises, the others are ended before that is raised."""
    tasks = [asyncio.ensure_future(each) for each in doing]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it is now, which may be another than when it was dropped. `sha1` is what the store knows it by."""

    sha1: str
    size: int
    modified: float


def _look(file: FillFile) -> _Seen:
    """Look at a file. Blocks. Raise `FileUnreadable`, `SourceGone`."""
    digest = hashlib.sha1(usedforsecurity=False)
    try:
        with file.path.open("rb") as opened:
            told = os.fstat(opened.fileno())
            while piece := opened.read(READ_BYTES):
                digest.update(piece)
    except OSError as error:
        raise source_error(file.path, error) from None
    return _Seen(digest.hexdigest(), told.st_size, told.st_mtime)


def _by_segment(wish: FillWish) -> dict[str, list[FillFile]]:
    """Return the files of each segment, in the order in which they are first named."""
    segments: dict[str, list[FillFile]] = {}
    for each in wish.files:
        segments.setdefault(each.segment, []).append(each)
    return segments


def _by(most: int, items: Sequence[_Each]) -> Iterator[Sequence[_Each]]:
    """Yield the items, so many at once."""
    return (items[first : first + most] for first in range(0, len(items), most))
