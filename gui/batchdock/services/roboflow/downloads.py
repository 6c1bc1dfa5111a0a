"""Fetches one file from its signed address (contract §3.13), going on where an earlier try stopped.

    target.part         what has arrived
    target.part.json    which file that was: its ETag and size, without which going on would be a guess

The finished file appears under its name in one step. Whether the far side knows about ranges is not documented
(§11 no. 12), so each answer is believed for what it says, and a plain 200 starts over.
"""

import asyncio
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from batchdock.core.batch import StagedFile
from batchdock.core.errors import BatchdockError, ConnectionProblem, NotFound
from batchdock.core.ports import OnBytes
from batchdock.services.http.connection import host_of
from batchdock.services.http.failures import of_storage
from batchdock.services.http.files import CHUNK, unwritable, write
from batchdock.services.http.patience import Tries
from batchdock.services.roboflow.wire import Wire

_TIMEOUT = httpx.Timeout(60.0, connect=15.0, pool=None)
_CONTENT_RANGE = re.compile(r"bytes\s+(?:(\d+)-\d+|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells one version of a file from another."""

    etag: str = ""
    size: int | None = None


@dataclass(slots=True)
class _Part:
    """The file on its way."""

    target: Path

    @property
    def path(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def note(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.json")

    def have(self) -> int:
        """Return how many bytes can be gone on from."""
        return self.path.stat().st_size if self.path.exists() and self.note.exists() else 0

    def mark(self) -> _Mark:
        try:
            return _Mark(**json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return _Mark()

    def begin(self, mark: _Mark) -> None:
        """Forget what has arrived: this is another file, or the same from its start."""
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(b"")
            self.note.write_text(json.dumps(asdict(mark)), encoding="utf-8")
        except OSError as error:
            raise unwritable(self.target.parent, error, mark.size or 0) from None

    def finish(self) -> None:
        try:
            self.path.replace(self.target)
            self.note.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.target.parent, error, 0) from None


async def fetch(wire: Wire, file: StagedFile, target: Path, on_bytes: OnBytes | None) -> None:
    """Fetch `file` to `target`. Raise `NotFound` when the address is no longer good: list again for a fresh one."""
    part = _Part(target)
    tries = Tries(wire.patience)
    if on_bytes is not None and part.have():
        on_bytes(part.have())
    while True:
        before = part.have()
        try:
            await _fetch_once(wire, file, part, on_bytes)
        except BatchdockError as error:
            if part.have() > before:
                tries.renew()  # It goes on, however slowly.
            await tries.after(error)
        else:
            return part.finish()


async def _fetch_once(wire: Wire, file: StagedFile, part: _Part, on_bytes: OnBytes | None) -> None:
    have, mark = part.have(), part.mark()
    if have and have == mark.size:
        return  # Everything had arrived; only the last step was missing.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if mark.etag and not mark.etag.startswith("W/"):
            headers["If-Range"] = mark.etag
    host = host_of(file.url)
    what = f"GET {file.name} from {host}"
    async with wire.signed("GET", file.url, what=what, timeout=_TIMEOUT, headers=headers) as response:
        if response.status_code == 416:
            _take_back(have, on_bytes)
            part.begin(_Mark())
            raise ConnectionProblem(host=host, details=f"{what}: the part is longer than the file")
        if not response.is_success:
            await response.aread()
            raise of_storage(response, service=wire.service, what=what, refused=NotFound)
        found = _mark_of(response)
        start = _start_of(response)
        if start is None:
            _take_back(have, on_bytes)
            part.begin(found)
            have = 0
        elif start != have or not _same(found, mark):
            _take_back(have, on_bytes)
            part.begin(_Mark())
            raise ConnectionProblem(host=host, details=f"{what}: the file has changed meanwhile")
        await _receive(response, part, on_bytes)
    arrived = part.have()
    if found.size is not None and arrived != found.size:
        raise ConnectionProblem(host=host, details=f"{what}: {arrived} of {found.size} bytes arrived")


async def _receive(response: httpx.Response, part: _Part, on_bytes: OnBytes | None) -> None:
    folder = part.target.parent
    try:
        sink = await asyncio.to_thread(part.path.open, "ab")
    except OSError as error:
        raise unwritable(folder, error, 0) from None
    waiting = bytearray()
    try:
        # Gathered here and not by httpx, which throws away an unfilled chunk when the connection breaks: a line that
        # breaks once in every megabyte would never get anywhere.
        async for piece in response.aiter_raw():
            waiting += piece
            if on_bytes is not None:
                on_bytes(len(piece))
            if len(waiting) >= CHUNK:
                # Emptied first: what is cancelled half-way must not be written twice.
                full, waiting = bytes(waiting), bytearray()
                await write(sink, full, folder)
    finally:
        try:
            with sink:
                sink.write(waiting)
        except OSError as error:
            raise unwritable(folder, error, len(waiting)) from None


def _start_of(response: httpx.Response) -> int | None:
    """Return where a partial answer begins, None for a whole one."""
    if response.status_code != 206:
        return None
    found = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    return int(found.group(1)) if found and found.group(1) else -1


def _mark_of(response: httpx.Response) -> _Mark:
    etag = response.headers.get("ETag", "")
    if response.status_code == 206:
        found = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        return _Mark(etag, int(found.group(2)) if found and found.group(2) != "*" else None)
    length = response.headers.get("Content-Length", "")
    return _Mark(etag, int(length) if length.isdigit() else None)


def _same(found: _Mark, before: _Mark) -> bool:
    """Tell whether both are the same version, as far as either says; with nothing to go by it is not."""
    if found.etag and before.etag and found.etag != before.etag:
        return False
    if found.size is not None and before.size is not None:
        return found.size == before.size
    return bool(found.etag and before.etag)


def _take_back(have: int, on_bytes: OnBytes | None) -> None:
    if have and on_bytes is not None:
        on_bytes(-have)
