"""What of a file is fetched to be looked at: as little as shows it, and nothing large unasked."""

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import QSize

from batchdock.core.errors import VersionGone
from batchdock.flows.desk import Desk
from batchdock.window.batches.browser.entries import Entry, Kind, kind_of
from batchdock.window.batches.browser.looking import Nothing, Sight, look_into, sight_of

TEXT_BYTES = 256 * 1024
"""So much of a table or text is fetched; more of it would not be read here."""
PICTURE_BYTES = 16 * 1024 * 1024
"""Pictures up to this size are fetched as they are chosen."""
ASKED_BYTES = 256 * 1024 * 1024
"""What is larger than this is not fetched only to be looked at."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """Something that was not fetched, because nobody has asked for so much. `size` in bytes, None where nobody tells.

    `may_be`: it may be asked for.
    """

    size: int | None
    may_be: bool


async def see(desk: Desk, entry: Entry, box: QSize, *, asked: bool) -> tuple[int | None, Sight | Unasked]:
    """Return how large a file is, and what it looks like. `asked`: fetch all of it, whatever it weighs.

    Runs on the flows' loop. Raises what keeps it from being read.
    """
    assert entry.file is not None
    assert entry.spot is not None
    name = entry.member.name if entry.member is not None else entry.file.name
    kind = kind_of(name)
    if asked or entry.at_hand:
        file = await desk.batches.addresses.fresh(entry.spot, entry.file)
        member = entry.member.name if entry.member is not None else None
        data = await desk.results.read(entry.spot.account_id, entry.batch_id, file, member)
        return len(data), await asyncio.to_thread(look_into, name, data, box)
    if entry.member is not None:
        return await _see_member(desk, entry, box)
    if kind is Kind.VIDEO:
        frame = await desk.glimpses.first_frame(entry.spot, entry.file)
        size = (await desk.glimpses.beginning(entry.spot, entry.file, 1)).size
        return size, sight_of(frame) if frame is not None else _unasked(size)
    most = PICTURE_BYTES if kind is Kind.PICTURE else TEXT_BYTES
    glimpse = await desk.glimpses.beginning(entry.spot, entry.file, most)
    if kind is Kind.PICTURE and not glimpse.whole:
        return glimpse.size, _unasked(glimpse.size)
    sight = await asyncio.to_thread(look_into, name, glimpse.data, box, cut=not glimpse.whole)
    return glimpse.size, sight


async def _see_member(desk: Desk, entry: Entry, box: QSize) -> tuple[int | None, Sight | Unasked]:
    """See what is in an archive that is not here."""
    assert entry.file is not None
    assert entry.spot is not None
    assert entry.member is not None
    member, kind = entry.member, kind_of(entry.member.name)
    most = TEXT_BYTES if kind not in (Kind.PICTURE, Kind.VIDEO) else PICTURE_BYTES
    if member.reach > PICTURE_BYTES or (most == PICTURE_BYTES and member.size > most):
        size = (await desk.glimpses.beginning(entry.spot, entry.file, 1)).size
        return member.size, _unasked(size)
    try:
        glimpse = await desk.glimpses.member(entry.spot, entry.file, member, most)
    except VersionGone:  # The service hands out no parts: there is only all of it.
        size = (await desk.glimpses.beginning(entry.spot, entry.file, 1)).size
        return member.size, _unasked(size)
    return member.size, await asyncio.to_thread(look_into, member.name, glimpse.data, box, cut=not glimpse.whole)


def _unasked(size: int | None) -> Sight | Unasked:
    return Nothing() if size == 0 else Unasked(size, may_be=size is not None and size <= ASKED_BYTES)
