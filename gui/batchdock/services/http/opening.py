"""Opens files at their signed addresses, from where an earlier try stopped if the far side can.

Whether a store knows about ranges is nowhere documented, so each answer is believed for what it says.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from batchdock.core.errors import NotFound, UnreadableAnswer, VersionGone
from batchdock.core.streams import FileVersion, Incoming
from batchdock.services.http.bulk import Arriving, Bulk
from batchdock.services.http.failures import of_storage
from batchdock.services.http.limits import Limits
from batchdock.services.http.places import host_of
from batchdock.services.http.portal import is_page, refuse_sign_in_page, sign_in_needed

_CONTENT_RANGE = re.compile(r"bytes\s+(?:(\d+)-\d+|\*)/(\d+|\*)")


class Opening(Protocol):
    """Who opens: what it is called, its door for bytes, and which addresses it may follow."""

    service: str
    bulk: Bulk
    limits: Limits

    def may_lead_to(self, url: str) -> bool:
        """Tell whether an address that the service names may be followed."""
        ...


@dataclass(frozen=True, slots=True)
class _Opened:
    """See `core.ports.Incoming`."""

    start: int
    version: FileVersion
    arriving: Arriving

    def pieces(self) -> AsyncIterator[bytes]:
        """See `core.ports.Incoming.pieces`."""
        return self.arriving.pieces()


@asynccontextmanager
async def open_file(
    wire: Opening, url: str, name: str, start: int, version: FileVersion, end: int | None = None
) -> AsyncIterator[Incoming]:
    """Open the file at `url` from byte `start` on, up to byte `end`, if it still is that `version`; else from its
    beginning. `name` is what people know it by."""
    headers = {"Accept-Encoding": "identity"}
    if start or end is not None:
        headers["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
    if start and version.etag and not version.etag.startswith("W/"):
        headers["If-Range"] = version.etag
    host = host_of(url)
    what = f"GET {name} from {host}"
    if not wire.may_lead_to(url):
        raise UnreadableAnswer(service=wire.service, details=f"{what}: not an address to fetch a file from")
    async with wire.bulk.receive(url, what=what, headers=headers) as arriving:
        if arriving.status == 416:
            raise VersionGone(host=host, details=f"{what}: there is nothing from byte {start} on")
        if arriving.status not in (200, 206):
            answer = await arriving.text(wire.limits)
            refuse_sign_in_page(answer, url, what)
            raise of_storage(answer, service=wire.service, what=what, refused=NotFound)
        if is_page(arriving.headers) and not name.lower().endswith((".html", ".htm")):
            raise sign_in_needed(url, f"{what} → a page")
        found = _version_of(arriving.status, arriving.headers)
        begins = _start_of(arriving.status, arriving.headers)
        # A part of a file, and its beginning, are what they are; what goes on must be of the same version.
        goes_on = start and (end is None or version != FileVersion())
        if begins is not None and (begins != start or (goes_on and not _same(found, version))):
            raise VersionGone(host=host, details=f"{what}: the file has changed meanwhile")
        yield _Opened(begins or 0, found, arriving)


def _start_of(status: int, headers: Mapping[str, str]) -> int | None:
    """Return where a partial answer begins, None for a whole one."""
    if status != 206:
        return None
    found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
    return int(found.group(1)) if found and found.group(1) else -1


def _version_of(status: int, headers: Mapping[str, str]) -> FileVersion:
    etag = headers.get("ETag", "")
    if status == 206:
        found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
        return FileVersion(etag, int(found.group(2)) if found and found.group(2) != "*" else None)
    length = headers.get("Content-Length", "")
    return FileVersion(etag, int(length) if length.isdigit() else None)


def _same(found: FileVersion, before: FileVersion) -> bool:
    """Tell whether both are the same version, as far as either says; with nothing to go by it is not."""
    if found.etag and before.etag and found.etag != before.etag:
        return False
    if found.size is not None and before.size is not None:
        return found.size == before.size
    return bool(found.etag and before.etag)
