"""What is in a part and in an archive, as rows. Runs on the other thread, lists and all."""

from batchdock.core.batch import Content
from batchdock.flows.batches import FilePage, Spot
from batchdock.flows.desk import Desk
from batchdock.window.batches.browser.entries import Entry, Kind, entries_of_files, in_order, members_of

OPENED_AT_ONCE = 4
"""So many archives are opened together without being asked; more would fetch a lot that nobody looks at."""
NEAR_BYTES = 256 * 1024 * 1024
"""Archives of this computer, which are opened unasked, are together no larger."""


async def first_page(desk: Desk, spot: Spot, *, near: bool) -> tuple[FilePage, list[Entry]]:
    """Return the first page, and all rows where there is no other: with what is in its archives where these are few
    or small, and `near`."""
    page = await desk.batches.page(spot)
    if page.following is not None:
        return page, []
    entries = entries_of_files(spot.batch_id, page.files, page.spot)
    nested = {entry.file.nested_content if entry.file else None for entry in entries}
    few = len(entries) <= OPENED_AT_ONCE or nested == {Content.METADATA}
    if not near or not few or any(entry.kind is not Kind.ARCHIVE for entry in entries):
        return page, entries
    if not await _are_small(desk, entries):
        return page, entries
    found = []
    for archive in entries:
        _, members = await inside_archive(desk, archive, near=near, whole=True)
        found += members
    return page, in_order(found)


async def inside_archive(desk: Desk, archive: Entry, *, near: bool, whole: bool = False) -> tuple[bool, list[Entry]]:
    """Return whether this is all that is in there, and what it is. `whole`: fetch all of it, however large it is."""
    file, spot = archive.file, archive.spot
    assert file is not None
    assert spot is not None
    if whole or (near and await _are_small(desk, [archive])):
        fresh = await desk.batches.addresses.fresh(spot, file)
        members = await desk.results.members(spot.account_id, archive.batch_id, fresh)
        return True, in_order(members_of(archive, members))
    inside = await desk.glimpses.inside(spot, file)
    return inside.whole, in_order(members_of(archive, inside.members, at_hand=False))


async def _are_small(desk: Desk, archives: list[Entry]) -> bool:
    """Tell whether archives are so small together that they are opened unasked."""
    size = 0
    for each in archives:
        assert each.file is not None
        assert each.spot is not None
        told = (await desk.glimpses.beginning(each.spot, each.file, 1)).size
        size += NEAR_BYTES + 1 if told is None else told
        if size > NEAR_BYTES:
            return False
    return True
