"""The pictures of datasets, small and large, and their masks: fetched once, kept by their checksums.

Signed addresses are used and renewed in memory; none is ever written down.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from batchdock.core.datasets.data import Data, LabelType, MaskFile
from batchdock.core.datasets.dataset import Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import BatchdockError, FileUnreadable, NotFound
from batchdock.core.pixels import Pixels
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.datasets.datasets import Datasets
from batchdock.flows.datasets.kept_files import KeptFiles
from batchdock.flows.results.pictures import Pictures

MOST_BYTES = 256_000_000
"""Of a file that is fetched only to be looked at."""

_AT_ONCE = 4
_LINKS_KNOWN = 4_000
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")

_TOO_LARGE = QT_TRANSLATE_NOOP("errors", "It is larger than what is fetched only to be looked at.")
_OTHER_BYTES = QT_TRANSLATE_NOOP("errors", "Its bytes are not those that the service names.")


@dataclass(frozen=True, slots=True)
class Place:
    """A segment of a version of a dataset of an account."""

    account_id: str
    dataset_id: str
    version: Version
    segment: str


Renew = Callable[[], Awaitable[str]]


class DatasetPictures:
    """For all datasets. Everything is called on the flows' loop; bytes are written and pictures decoded in threads."""

    def __init__(self, datasets: Datasets, pictures: Pictures, folder: Path) -> None:
        """`folder` is the app's own cache."""
        self._datasets = datasets
        self._pictures = pictures
        self._files = KeptFiles(folder / "datasets")
        self._fetching = asyncio.Semaphore(_AT_ONCE)
        self._coming: dict[str, asyncio.Lock] = {}
        self._links: OrderedDict[tuple[Place, str, str, str], str] = OrderedDict()
        """Those that were renewed: kept while the app runs, in memory only."""

    async def small(self, place: Place, data: Data, edge: int) -> Pixels:
        """Return a picture for a place of `edge` device pixels. Cancel it when it is not wanted any more.

        Raises `FileUnreadable` for what is no picture, `NotFound` where there is no way to the file, and what keeps it
        from being fetched.
        """
        name = _name_of(data.checksum, data.url)
        if not name:
            path = await self._file(place, data)
            return await self._pictures.kept(path.name, edge, lambda: _told(path))
        return await self._pictures.kept(name, edge, lambda: self._file(place, data))

    async def large(self, place: Place, data: Data, edge: int | None) -> Pixels:
        """Return a picture, its longer side at most `edge` pixels, or all of it. Raises like `small`."""
        return await self._pictures.decoded(await self._file(place, data), edge)

    async def masks(self, place: Place, data: Data) -> Mapping[LabelType, bytes]:
        """Return the mask files of a picture: those that can be had."""
        found = {}
        for mask in data.masks:
            try:
                path = await self._mask(place, data, mask)
                found[mask.label_type] = await asyncio.to_thread(path.read_bytes)
            except (BatchdockError, OSError):
                continue  # Reading the label counts those that are not here, and says so.
        return found

    async def _file(self, place: Place, data: Data) -> Path:
        async def renew() -> str:
            service = await self._datasets.of(place.account_id)
            return await service.url_of(place.dataset_id, place.version, place.segment, data.remote_path)

        known = (place, data.sensor, data.remote_path, "")
        return await self._fetched(place, known, data.remote_path, data.checksum, data.url, renew)

    async def _mask(self, place: Place, data: Data, mask: MaskFile) -> Path:
        async def renew() -> str:
            service = await self._datasets.of(place.account_id)
            asked = place.dataset_id, place.version, place.segment, mask.label_type, data.remote_path
            async for each in service.masks(*asked):
                if each.remote_path == mask.remote_path or not mask.remote_path:
                    return each.url
            return ""

        known = (place, data.sensor, data.remote_path, mask.label_type.value)
        return await self._fetched(place, known, mask.remote_path, mask.checksum, mask.url, renew)

    async def _fetched(
        self,
        place: Place,
        known: tuple[Place, str, str, str],
        remote_path: str,
        checksum: str,
        url: str,
        renew: Renew,
    ) -> Path:
        """Return where a file is kept, which is fetched first where it is not; an address that has run out is renewed
        once."""
        url = self._links.get(known, url)
        name = _name_of(checksum, url)
        if not name:
            url = self._renewed(known, await renew())
            name = _name_of(checksum, url)
            if not name:
                raise NotFound(reason="")
        lock = self._coming.setdefault(name, asyncio.Lock())
        try:
            async with lock:
                there = await asyncio.to_thread(self._files.find, name)
                if there is not None:
                    return there
                service = await self._datasets.of(place.account_id)
                async with self._fetching:
                    try:
                        if not url:
                            raise NotFound(reason="")
                        held = await _received(service, url, remote_path)
                    except NotFound:
                        url = self._renewed(known, await renew())
                        if not url:
                            raise
                        held = await _received(service, url, remote_path)
                return await asyncio.to_thread(self._keep, name, checksum, remote_path, held)
        finally:
            if not lock.locked():
                self._coming.pop(name, None)

    def _renewed(self, known: tuple[Place, str, str, str], url: str) -> str:
        if url:
            self._links[known] = url
            while len(self._links) > _LINKS_KNOWN:
                self._links.popitem(last=False)
        return url

    def _keep(self, name: str, checksum: str, remote_path: str, held: bytes) -> Path:
        if _SHA1.fullmatch(checksum) and hashlib.sha1(held, usedforsecurity=False).hexdigest() != checksum.lower():
            raise FileUnreadable(name=remote_path, reason=_OTHER_BYTES)
        return self._files.keep(name, held)


async def _received(service: DatasetService, url: str, remote_path: str) -> bytes:
    held = bytearray()
    async with service.receive(url) as incoming:
        async for piece in incoming.pieces():
            held += piece
            if len(held) > MOST_BYTES:
                raise FileUnreadable(name=remote_path, reason=_TOO_LARGE)
    return bytes(held)


async def _told(path: Path) -> Path:
    return path


def _name_of(checksum: str, url: str) -> str:
    """Return what a file is kept as: its checksum, else what its address names without the signature, digested; empty
    where neither is known. Stores put files under their checksums (contract §5.1)."""
    if _SHA1.fullmatch(checksum):
        return checksum.lower()
    if not url:
        return ""
    parts = urlsplit(url)
    return hashlib.blake2b(f"{parts.netloc}{parts.path}".encode(), digest_size=20).hexdigest() + "-a"
