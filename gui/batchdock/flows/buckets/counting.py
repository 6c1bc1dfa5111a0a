"""Counts what a pattern means in a bucket, before anything is sent: page by page, in constant memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.bucket import BucketFile, BucketPage, Glob, Storage
from batchdock.core.errors import BatchdockError
from batchdock.core.reference import content_of
from batchdock.flows.transfers.reading import READERS
from batchdock.services.buckets.port import BucketService
from batchdock.store.bucket_files import BucketCounts, BucketFiles

_TRIES = 4
_PAUSE = 0.5

OnCount = Callable[[BucketCounts], None]
"""Told after every page, on the loop of the flows."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a pattern means in a bucket."""

    count_id: str
    storage: Storage
    bucket: str
    pattern: str
    counts: BucketCounts
    files: BucketFiles = field(repr=False)

    @property
    def place(self) -> str:
        """What people know it by."""
        return f"{self.storage.kind}://{self.bucket}/{self.pattern}"

    async def without(self, had: Path) -> "Counted":
        """Leave out what is in the file `had`; see `store.had`."""
        if not await READERS.run(had.is_file):
            return self
        return replace(self, counts=await READERS.run(self.files.leave_out, had))

    async def first(self, count: int) -> list[str]:
        """Return the paths of the first files, pictures before videos."""
        found = await READERS.run(self.files.some, Content.IMAGES, 0, count)
        if len(found) < count:
            found += await READERS.run(self.files.some, Content.VIDEOS, 0, count - len(found))
        return [path for path, _ in found]


async def pages(service: BucketService, bucket: str, prefix: str) -> AsyncIterator[BucketPage]:
    """Yield all below a prefix. Trouble that may pass is borne a few times. Raises `BatchdockError`s."""
    position = ""
    while True:
        page = await page_of(service, bucket, prefix, position=position)
        yield page
        if not page.position or page.position == position:
            return
        position = page.position


async def page_of(
    service: BucketService, bucket: str, prefix: str, *, position: str = "", folders: bool = False
) -> BucketPage:
    """Return a page. Trouble that may pass is borne a few times."""
    for tried in range(1, _TRIES + 1):
        try:
            return await service.page(bucket, prefix, position=position, folders=folders)
        except BatchdockError as error:
            if not error.retryable or tried == _TRIES:
                raise
        await asyncio.sleep(_PAUSE * 2**tried)
    raise AssertionError


async def count_into(
    into: BucketFiles, service: BucketService, bucket: str, glob: Glob, on_count: OnCount
) -> BucketCounts:
    """Put down what matches. Raises what keeps the bucket from being listed."""
    counts = BucketCounts()
    async for page in pages(service, bucket, glob.prefix):
        chosen, counts = await READERS.run(_taken, page.files, glob, counts)
        await READERS.run(into.add, chosen)
        on_count(counts)
    await READERS.run(into.finish, counts)
    return counts


def _taken(
    files: tuple[BucketFile, ...], glob: Glob, counts: BucketCounts
) -> tuple[list[tuple[BucketFile, Content]], BucketCounts]:
    chosen: list[tuple[BucketFile, Content]] = []
    others = 0
    for file in files:
        if file.path.endswith("/") or not glob.matches(file.path):
            continue  # What ends with a slash stands for a folder.
        content = content_of(file.path.rpartition("/")[2])
        if content is Content.UNKNOWN or not file.size or not _fetchable(file.path):
            others += 1
        else:
            chosen.append((file, content))
    pictures = sum(content is Content.IMAGES for _, content in chosen)
    return chosen, replace(
        counts,
        looked_at=counts.looked_at + len(files),
        pictures=counts.pictures + pictures,
        videos=counts.videos + len(chosen) - pictures,
        others=counts.others + others,
        bytes=counts.bytes + sum(file.size for file, _ in chosen),
    )


def _fetchable(path: str) -> bool:
    """Tell whether an address can name it: whoever fetches resolves dots on the way."""
    return not any(part in (".", "..") for part in path.split("/"))
