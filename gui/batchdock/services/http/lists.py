"""Fetches a list from an address that a person has: over https only, not larger than a list can be."""

from collections.abc import AsyncGenerator

from batchdock.core.errors import ListNotFetched, ListNotHttps, ListTooLarge
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.places import host_of, scheme_of

MOST_BYTES = 2 * 1024**3


class Lists:
    """Fetches lists, one try at a time. The address may be a secret: nothing that is said has it in it."""

    def __init__(self, limits: Limits = LIMITS, *, most: int = MOST_BYTES) -> None:
        self._bulk = Bulk("The server", limits)
        self._most = most

    async def fetch(self, url: str, name: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes. Raise `ListNotHttps`, `ListNotFetched`, `ListTooLarge`, `ConnectionProblem`s."""
        if scheme_of(url) != "https":
            raise ListNotHttps
        read = 0
        async with self._bulk.receive(url, what="GET a list of references") as arriving:
            if arriving.status != 200:
                reason = f"{arriving.status} {arriving.reason}".strip()
                raise ListNotFetched(name=name, host=host_of(url), reason=reason)
            async for piece in arriving.pieces():
                read += len(piece)
                if read > self._most:
                    raise ListTooLarge(name=name, limit=f"{self._most:,} bytes")
                yield piece

    async def close(self) -> None:
        """Give back the connections."""
        await self._bulk.close()
