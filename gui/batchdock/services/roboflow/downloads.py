"""Opens files at their signed addresses (contract §3.13), from where an earlier try stopped if the far side can.

Whether it knows about ranges is not documented (§11 no. 12), so each answer is believed for what it says.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from batchdock.core.batch import StagedFile
from batchdock.core.errors import NotFound, UnreadableAnswer, VersionGone
from batchdock.core.ports import Incoming, Version
from batchdock.services.http.bulk import Arriving
from batchdock.services.http.failures import of_storage
from batchdock.services.http.places import host_of
from batchdock.services.http.portal import is_page, refuse_sign_in_page, sign_in_needed
from batchdock.services.roboflow.wire import Wire

_CONTENT_RANGE = re.compile(r"bytes\s+(?:(\d+)-\d+|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class _Opened:
    """See `core.ports.Incoming`."""

    start: int
    version: Version
    arriving: Arriving

    def pieces(self) -> AsyncIterator[bytes]:
        """See `core.ports.Incoming.pieces`."""
        return self.arriving.pieces()


@asynccontextmanager
async def open_file(wire: Wire, file: StagedFile, start: int, version: Version) -> AsyncIterator[Incoming]:
    """Open `file` from byte `start` on, if it still is that `version`; else from its beginning."""
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if version.etag and not version.etag.startswith("W/"):
            headers["If-Range"] = version.etag
    host = host_of(file.url)
    what = f"GET {file.name} from {host}"
    if not wire.may_lead_to(file.url):
        raise UnreadableAnswer(service=wire.service, details=f"{what}: not an address to fetch a file from")
    async with wire.bulk.receive(file.url, what=what, headers=headers) as arriving:
        if arriving.status == 416:
            raise VersionGone(host=host, details=f"{what}: there is nothing from byte {start} on")
        if arriving.status not in (200, 206):
            answer = await arriving.text(wire.limits)
            refuse_sign_in_page(answer, file.url, what)
            raise of_storage(answer, service=wire.service, what=what, refused=NotFound)
        if is_page(arriving.headers) and not file.name.lower().endswith((".html", ".htm")):
            raise sign_in_needed(file.url, f"{what} → a page")
        found = _version_of(arriving.status, arriving.headers)
        begins = _start_of(arriving.status, arriving.headers)
        if begins is not None and (begins != start or not _same(found, version)):
            raise VersionGone(host=host, details=f"{what}: the file has changed meanwhile")
        yield _Opened(begins or 0, found, arriving)


def _start_of(status: int, headers: Mapping[str, str]) -> int | None:
    """Return where a partial answer begins, None for a whole one."""
    if status != 206:
        return None
    found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
    return int(found.group(1)) if found and found.group(1) else -1


def _version_of(status: int, headers: Mapping[str, str]) -> Version:
    etag = headers.get("ETag", "")
    if status == 206:
        found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
        return Version(etag, int(found.group(2)) if found and found.group(2) != "*" else None)
    length = headers.get("Content-Length", "")
    return Version(etag, int(length) if length.isdigit() else None)


def _same(found: Version, before: Version) -> bool:
    """Tell whether both are the same version, as far as either says; with nothing to go by it is not."""
    if found.etag and before.etag and found.etag != before.etag:
        return False
    if found.size is not None and before.size is not None:
        return found.size == before.size
    return bool(found.etag and before.etag)
