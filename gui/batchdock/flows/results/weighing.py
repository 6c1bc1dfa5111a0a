"""How large results are, before they are fetched: no service tells, so the heads of a few files are looked at."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from batchdock.core.batch import BatchKind, Choice, StagedFile
from batchdock.core.errors import NotFound, VersionGone
from batchdock.core.ports import Service

LOOKED_AT = 12
"""Of a part with more files so many tell how large each of them is."""
LOOKED_THROUGH = 5_000
"""Among so many of a part, chosen ones are looked for."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much there is to fetch: the number of files, and about how many bytes. Archives grow when unpacked.

    `exact`: every file has told its size. `least`: there is more, because of archives, or of files that tell nothing.
    """

    files: int
    bytes: int
    exact: bool = False
    least: bool = False


async def weigh(service: Service, batch_ids: Sequence[str], choices: Sequence[Choice] | None = None) -> Weight:
    """Return what some batches weigh, or the files of `choices` in them. Raise `NotFound` for one that is not there,
    and what keeps it from being asked.

    A file of which the service does not tell the length weighs nothing.
    """
    chosen = None if choices is None else {each.part: each for each in choices}
    weights = []
    for batch_id in batch_ids:
        batch = await service.batch(batch_id)
        parts: list[str | None] = [None]
        if batch.kind is BatchKind.MULTIPART:
            parts = [part.name for part in await service.parts(batch_id)]
        weights += [
            await _weigh_part(service, batch_id, part, None if chosen is None else chosen[part])
            for part in parts
            if chosen is None or part in chosen
        ]
    return Weight(
        files=sum(each.files for each in weights),
        bytes=sum(each.bytes for each in weights),
        exact=all(each.exact for each in weights),
        least=any(each.least for each in weights),
    )


async def _weigh_part(service: Service, batch_id: str, part: str | None, choice: Choice | None) -> Weight:
    """Return how many files there are, and about how many bytes they have, by the first ones that are met."""
    first: list[StagedFile] = []
    looked, met = 0, False
    async with aclosing(service.files(batch_id, part)) as files:  # type: ignore[type-var]
        async for file in files:
            looked += 1
            if choice is None or choice.has(file.shard_id, file.name):
                first.append(file)
            met = choice is not None and choice.is_met(len(first))
            if met or len(first) == LOOKED_AT or looked == LOOKED_THROUGH:
                break
    there = len(first)
    if not met and (len(first) == LOOKED_AT or looked == LOOKED_THROUGH):
        counted = await service.count(batch_id, part)
        there = max(len(first), counted if choice is None else choice.count(counted))
    sizes = [await _size(service, file) for file in first]
    known = [size for size in sizes if size is not None]
    mean = sum(known) / len(sizes) if sizes else 0.0
    archives = any(file.is_archive for file in first)
    return Weight(there, round(there * mean), there == len(known), archives or len(known) < min(there, LOOKED_AT))


async def _size(service: Service, file: StagedFile) -> int | None:
    try:
        async with service.receive(file, end=1) as incoming:
            return incoming.version.size
    except VersionGone:
        return 0  # Not even its first byte is there.
    except NotFound:
        return None
