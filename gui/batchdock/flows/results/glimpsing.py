"""Looks at files of a batch without fetching the rest of them: their beginnings, what is in archives, first frames."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from batchdock.core.batch import StagedFile
from batchdock.core.errors import ArchiveDamaged, NotFound, VersionGone
from batchdock.core.pixels import Pixels
from batchdock.core.ports import Service
from batchdock.core.streams import FileVersion
from batchdock.flows.accounts import Accounts
from batchdock.flows.batches import Addresses, Spot
from batchdock.flows.results.distant import Distant, GivenUp, Piece, TooFar
from batchdock.flows.results.looking import Member
from batchdock.flows.results.unpack import Refused, members_in
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.receive import in_thread

_Result = TypeVar("_Result")

ARCHIVE_BYTES = 8 * 1024 * 1024
"""So much of an archive is read to see what is in it, without being asked."""
VIDEO_BYTES = 16 * 1024 * 1024
"""So much of a video is read to find its first frame."""
_FRAME_EDGE = 1280


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The first bytes of a file. `size` is that of all of it, None where nobody tells. `whole`: there are no more."""

    data: bytes
    size: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in an archive, as far as it was read. `whole`: all of it. `size` in bytes is that of the archive."""

    members: tuple[Member, ...]
    whole: bool
    size: int | None


class Glimpses:
    """One try each: whoever looks is told at once what stands in the way. All methods are safe to cancel."""

    def __init__(self, accounts: Accounts, addresses: Addresses, speed: SpeedLimit) -> None:
        self._accounts, self._addresses, self._speed = accounts, addresses, speed

    async def beginning(self, spot: Spot, file: StagedFile, most: int) -> Glimpse:
        """Return the first bytes of a file, at most `most`."""
        piece = await _Source(self._accounts, self._addresses, self._speed, spot, file).part(0, most)
        whole = len(piece.data) == piece.size if piece.size is not None else len(piece.data) < most
        return Glimpse(piece.data, piece.size, whole)

    async def inside(self, spot: Spot, archive: StagedFile, most: int = ARCHIVE_BYTES) -> Inside:
        """Return what is in an archive, reading at most `most` bytes of it. Raise `ArchiveDamaged`."""

        def look(distant: Distant) -> Inside:
            found: list[Member] = []
            try:
                for each in members_in(distant, None, archive.name, leaps=True):
                    # Read to its end by now, so that what was fetched up to here has it whole.
                    if found and found[-1].at is None:
                        last = found[-1]
                        found[-1] = Member(last.name, last.size, distant.tell())
                    if isinstance(each, Refused):
                        continue  # Named when it is saved; nothing of it can be looked at.
                    name = "/".join(each.parts)
                    at = each.at
                    found.append(Member(name, each.size, each.size if at is not None else 0, at))
            except TooFar:
                return Inside(_reached(found, distant), False, distant.size)
            except ArchiveDamaged:
                if not found:
                    raise
            return Inside(_reached(found, distant), True, distant.size)

        return await self._read(spot, archive, most, look)

    async def member(self, spot: Spot, archive: StagedFile, member: Member, most: int) -> Glimpse:
        """Return the first bytes, at most `most`, of a file in an archive that `inside` has told of."""
        wanted = min(member.size, most)
        if member.at is not None:
            source = _Source(self._accounts, self._addresses, self._speed, spot, archive)
            piece = await source.part(member.at, member.at + wanted) if wanted else Piece(member.at, b"", None)
            if piece.start != member.at:
                raise VersionGone(host="", details=f"{archive.name}: the service hands out no parts")
            return Glimpse(piece.data, member.size, wanted == member.size)

        def look(distant: Distant) -> Glimpse:
            for each in members_in(distant, None, archive.name, leaps=True):
                if not isinstance(each, Refused) and "/".join(each.parts) == member.name:
                    data = bytearray()
                    for piece in each.pieces():
                        data += piece
                        if len(data) >= wanted:
                            break
                    return Glimpse(bytes(data[:wanted]), member.size, wanted == member.size)
            raise ArchiveDamaged(name=archive.name, reason=f"There is no {member.name} in it.")

        # A little more than it took the last time: where a read ends depends on how the bytes came.
        return await self._read(spot, archive, member.reach + 1024 * 1024, look)

    async def first_frame(self, spot: Spot, video: StagedFile, most: int = VIDEO_BYTES) -> Pixels | None:
        """Return the first picture of a video, None where it is not found in at most `most` bytes of it."""

        def look(distant: Distant) -> Pixels | None:
            try:
                return _frame(distant)
            except TooFar:
                return None

        return await self._read(spot, video, most, look)

    async def _read(self, spot: Spot, file: StagedFile, most: int, look: Callable[[Distant], _Result]) -> _Result:
        source = _Source(self._accounts, self._addresses, self._speed, spot, file)
        distant = Distant(source.part, asyncio.get_running_loop(), most)
        try:
            return await in_thread(lambda: look(distant), distant.stop)
        except GivenUp:
            if distant.trouble is not None:
                raise distant.trouble from None
            raise


class _Source:
    """One file at its service, whose address is renewed where it has run out."""

    def __init__(
        self, accounts: Accounts, addresses: Addresses, speed: SpeedLimit, spot: Spot, file: StagedFile
    ) -> None:
        self._accounts, self._addresses, self._speed = accounts, addresses, speed
        self._spot, self._file = spot, file
        self._version = FileVersion()

    async def part(self, start: int, end: int) -> Piece:
        """See `distant.Ask`."""
        service = await self._accounts.service(self._spot.account_id)
        file = await self._addresses.fresh(self._spot, self._file)
        try:
            return await self._part(service, file, start, end)
        except NotFound:
            file = await self._addresses.fresh(self._spot, self._file, refused=file.url)
            return await self._part(service, file, start, end)

    async def _part(self, service: Service, file: StagedFile, start: int, end: int) -> Piece:
        try:
            async with service.receive(file, start=start, end=end, version=self._version) as incoming:
                self._version = incoming.version
                data = bytearray()
                async with aclosing(incoming.pieces()) as pieces:  # type: ignore[type-var]
                    async for piece in pieces:
                        await self._speed.take(len(piece))
                        data += piece
                        if len(data) >= end - start:
                            break
                return Piece(incoming.start, bytes(data[: end - start]), incoming.version.size)
        except VersionGone:
            if start:
                raise
            return Piece(0, b"", 0)  # There is nothing even at the beginning.


def _reached(found: list[Member], distant: Distant) -> tuple[Member, ...]:
    if found and found[-1].at is None and not found[-1].reach:
        found[-1] = Member(found[-1].name, found[-1].size, distant.size or distant.tell())
    return tuple(found)


def _frame(distant: Distant) -> Pixels | None:
    # Here, because most people look at no video, and it takes long to load.
    import av

    try:
        with av.open(cast(Any, distant), mode="r") as container:
            stream = container.streams.video[0]
            stream.thread_type = "NONE"
            for frame in container.decode(stream):
                width, height = frame.width, frame.height
                scale = min(1.0, _FRAME_EDGE / max(width, height, 1))
                size = max(2, round(width * scale)), max(2, round(height * scale))
                small = frame.to_ndarray(format="rgb24", width=size[0], height=size[1])
                return Pixels(size[0], size[1], small.tobytes(), width, height)
    except (av.FFmpegError, IndexError, ValueError) as error:
        for cause in (error.__cause__, error.__context__):
            if isinstance(cause, TooFar | GivenUp):
                raise cause from None
        if distant.trouble is not None:
            raise GivenUp("It can not be had.") from None
    return None
