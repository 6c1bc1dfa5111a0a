"""Ways into Data Staging: single pictures, videos, tars of pictures, references (contract §3.5–§3.9)."""

import re
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx

from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError, FileTooLarge, FileUnreadable, ServiceTrouble, UnreadableAnswer
from batchdock.core.ports import OnBytes
from batchdock.services.http.connection import host_of
from batchdock.services.http.failures import of_storage
from batchdock.services.http.files import read_in_pieces, read_whole, size_of
from batchdock.services.http.patience import Tries
from batchdock.services.roboflow.reading import answered, entry, number, optional_text
from batchdock.services.roboflow.wire import Wire, staging

_SIZE_LIMIT = re.compile(r"(?i)^max.*size")
_REFERENCES_SECONDS = 120.0
_PUT_TIMEOUT = httpx.Timeout(60.0, connect=15.0, read=300.0, pool=None)
"""A storage service answers only when it has put a large file together."""


async def send_image(wire: Wire, workspace: str, batch_id: str, name: str, source: Path, batch_name: str) -> None:
    """Send one picture (§3.5). Sent again it replaces itself, so it may be repeated.

    The name that counts is the query's; the form field is called `file`, as the documents have it.
    """
    data = await read_whole(source)
    await wire.ask(
        "POST",
        staging(workspace, "batches", batch_id, "upload", "image"),
        params={"fileName": _sendable(name), "displayName": batch_name},
        files={"file": (name, data)},
    )


async def send_video(
    wire: Wire,
    workspace: str,
    batch_id: str,
    name: str,
    source: Path,
    *,
    batch_name: str,
    on_bytes: OnBytes | None,
) -> None:
    """Send one video from disk (§3.6)."""
    where = staging(workspace, "batches", batch_id, "upload", "video")
    await _put(wire, where, {"fileName": _sendable(name), "displayName": batch_name}, source, on_bytes)


async def send_shard(
    wire: Wire, workspace: str, batch_id: str, tar: Path, *, batch_name: str, on_bytes: OnBytes | None
) -> None:
    """Send one tar of pictures from disk (§3.7). One call is one shard."""
    where = staging(workspace, "batches", batch_id, "bulk-upload", "image-files")
    await _put(wire, where, {"displayName": batch_name}, tar, on_bytes)


async def send_references(
    wire: Wire,
    workspace: str,
    batch_id: str,
    content: Content,
    references: Sequence[tuple[str, str]],
    *,
    batch_name: str,
    ingest_id: str,
) -> None:
    """Hand over addresses instead of files (§3.8, §3.9). The ingest id makes a repetition harmless."""
    kind = "video" if content is Content.VIDEOS else "image"
    await wire.ask(
        "POST",
        staging(workspace, "batches", batch_id, "bulk-upload", f"{kind}-references"),
        params={"displayName": batch_name},
        body={
            f"{kind}References": [{"name": _sendable(name), "url": url} for name, url in references],
            "ingestId": ingest_id,
        },
        timeout=_REFERENCES_SECONDS,
    )


class _Sent:
    """Counts what one try has sent, and takes it back when the try was in vain."""

    def __init__(self, on_bytes: OnBytes | None) -> None:
        self._on_bytes = on_bytes
        self._total = 0

    def add(self, more: int) -> None:
        self._total += more
        if self._on_bytes is not None:
            self._on_bytes(more)

    def take_back(self) -> None:
        if self._total:
            self.add(-self._total)


async def _put(
    wire: Wire, where: str, params: Mapping[str, str | int | None], source: Path, on_bytes: OnBytes | None
) -> None:
    """Ask for a signed address and put the file there; every try gets a new address, as they run out."""
    size = await size_of(source)
    tries = Tries(wire.patience)
    while True:
        sent = _Sent(on_bytes)
        try:
            return await _put_once(wire, where, params, source, size, sent.add)
        except BatchdockError as error:
            sent.take_back()
            await tries.after(error)


async def _put_once(
    wire: Wire, where: str, params: Mapping[str, str | int | None], source: Path, size: int, on_bytes: OnBytes
) -> None:
    answer = answered(await wire.ask_once("POST", where, params=params), wire, where)
    details = entry(answer.get("signedURLDetails"))
    url = optional_text(details.get("uploadURL"))
    if url is None:
        raise UnreadableAnswer(service=wire.service, details=f"{where}: no signed address in the answer")
    limit = _limit_of(details)
    if limit is not None and size > limit:
        raise FileTooLarge(name=source.name, service=wire.service, size=f"{size:,}", limit=f"{limit:,}")
    # Only what the answer asks for: a header that was not signed may break the signature (§3.6).
    headers = httpx.Headers({name: str(value) for name, value in entry(details.get("extensionHeaders")).items()})
    headers["Content-Length"] = str(size)
    method = optional_text(details.get("method")) or "PUT"
    what = f"{method} to {host_of(url)}"
    async with (
        aclosing(read_in_pieces(source, size, on_bytes)) as pieces,
        wire.signed(method, url, what=what, timeout=_PUT_TIMEOUT, headers=headers, content=pieces) as response,
    ):
        await response.aread()
        if not response.is_success:
            # Whatever the reason, another try gets another address.
            raise of_storage(response, service=wire.service, what=what, refused=ServiceTrouble)


def _limit_of(details: dict[str, Any]) -> int | None:
    """Return the largest size in bytes, whatever the field is called exactly (§3.6)."""
    limits = [number(value) for name, value in details.items() if _SIZE_LIMIT.match(name)]
    return min((int(limit) for limit in limits if limit), default=None)


def _sendable(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise FileUnreadable(name=ascii(name), reason="Its name is not text.") from None
    return name
