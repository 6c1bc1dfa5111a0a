"""References out of a bucket, signed anew for each chunk as it goes over, so that none has run out too soon."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from batchdock.core.batch import Content
from batchdock.core.reference import Reference
from batchdock.flows.transfers.reading import READERS
from batchdock.services.buckets.port import Signer
from batchdock.store.bucket_files import BucketFiles

GiveSigner = Callable[[], Awaitable[Signer]]


class SignedFiles:
    """See `flows.references.Source`. The same files each time, under the same names; only the signatures differ."""

    def __init__(self, files: BucketFiles, give_signer: GiveSigner) -> None:
        self._files, self._give_signer = files, give_signer

    async def some(self, content: Content, first: int, count: int) -> list[Reference]:
        """See `Source.some`."""
        signer = await self._give_signer()
        return await READERS.run(self._signed, signer, content, first, count)

    async def address(self, content: Content) -> str | None:
        """See `Source.address`."""
        return None

    async def missing(
        self, content: Content, there: AsyncIterator[Sequence[str]], most: int
    ) -> tuple[int, Sequence[str]]:
        """See `Source.missing`."""
        await READERS.run(self._files.begin_listing)
        async for names in there:
            await READERS.run(self._files.note_listed, names)
        return await READERS.run(self._files.not_listed, content, most)

    async def identities(self, content: Content, first: int, count: int) -> list[tuple[str, str]]:
        """See `Source.identities`."""
        return await READERS.run(self._files.identities, content, first, count)

    async def close(self, *, ended: bool) -> None:
        """See `Source.close`."""
        await READERS.run(self._files.remove if ended else self._files.close)

    def _signed(self, signer: Signer, content: Content, first: int, count: int) -> list[Reference]:
        return [
            Reference(name, signer.address(path), signer.expires)
            for path, name in self._files.some(content, first, count)
        ]
