"""Gathers what writers need of each picture, in the order of the selection, a handful at a time."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from batchdock.flows.results.handing.sizes import Size, honest, size_of
from batchdock.flows.results.handing.wishes import DATASETS, PICTURES, Form, Wishes
from batchdock.flows.results.handing.writer import Sight
from batchdock.flows.results.opening import Opened, Seen, Selection

_AT_ONCE = 1_000
_PICTURES_AT_ONCE = 32
"""Where pictures are moved: few, so that it can be seen how far it is, and ended soon."""
_SIZED = DATASETS | {Form.DRAWN}


async def sights(opened: Opened, selection: Selection, wishes: Wishes) -> AsyncIterator[list[Sight]]:
    """Yield the pictures of a selection with all that the wanted forms need to know of them."""
    moved = bool(wishes.forms & PICTURES) or (wishes.pictures and bool(wishes.forms & DATASETS))
    async for group in opened.walk(selection, _PICTURES_AT_ONCE if moved else _AT_ONCE):
        cells = await opened.cells([seen.picture.number for seen in group])
        sizes = [honest(seen.picture.width, seen.picture.height) for seen in group]
        originals = await _originals(opened, group, sizes, wishes, moved=moved)
        if any(size is None and path is not None for size, path in zip(sizes, originals, strict=True)):
            sizes = await asyncio.to_thread(_sizes, sizes, originals)
        drawn: list[Path | None] = [None] * len(group)
        if Form.DRAWN in wishes.forms:
            for place, (seen, original) in enumerate(zip(group, originals, strict=True)):
                if original is None and seen.picture.drawn and seen.picture.frame is None:
                    drawn[place] = await opened.drawn(seen.picture.number)
        yield [
            Sight(seen.picture, seen.findings, values, size, path, by_service)
            for seen, values, size, path, by_service in zip(group, cells, sizes, originals, drawn, strict=True)
        ]


async def average_size(opened: Opened, selection: Selection, sample: int) -> int:
    """Return how many bytes an original has on average, by a few of them; 0 where none is here.

    Frames have no file of their own, so they are never copied.
    """
    if opened.of_videos:
        return 0
    numbers = selection.numbers
    chosen = numbers[:: max(1, len(numbers) // sample)][:sample].tolist()
    paths = await asyncio.gather(*map(opened.original, chosen))

    def weigh() -> int:
        sizes = []
        for path in paths:
            try:
                sizes.append(os.path.getsize(path) if path is not None else 0)  # noqa: PTH202 - one of many
            except OSError:
                sizes.append(0)
        return sum(sizes) // max(1, len(sizes))

    return await asyncio.to_thread(weigh)


async def _originals(
    opened: Opened, group: Sequence[Seen], sizes: Sequence[Size | None], wishes: Wishes, *, moved: bool
) -> list[Path | None]:
    """Return the originals of pictures whose file is wanted, or whose size nobody has told. Frames have no file."""
    sized = bool(wishes.forms & _SIZED)
    wanted = [
        seen.picture.frame is None and (moved or (sized and size is None))
        for seen, size in zip(group, sizes, strict=True)
    ]
    asked = [seen.picture.number for seen, wants in zip(group, wanted, strict=True) if wants]
    if opened.of_videos or not asked:
        return [None] * len(group)
    found = iter(await asyncio.gather(*map(opened.original, asked)))
    return [next(found) if wants else None for wants in wanted]


def _sizes(sizes: Sequence[Size | None], originals: Sequence[Path | None]) -> list[Size | None]:
    return [
        size if size is not None or path is None else size_of(path) for size, path in zip(sizes, originals, strict=True)
    ]
