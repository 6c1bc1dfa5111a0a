"""Lists of references: looked at, found again when they are sent, forgotten in the end."""

import asyncio
import secrets
import threading
import time
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from batchdock.core.batch import Content
from batchdock.core.errors import (
    BatchdockError,
    FolderNotWritable,
    ListAddressForgotten,
    ListNotHttps,
    NothingUsable,
)
from batchdock.core.reference import most_in_a_request, without_signature
from batchdock.flows.intake.names import printable
from batchdock.flows.key_access import KeyAccess
from batchdock.flows.references.apart import look_apart
from batchdock.flows.references.looking import Cutter, Lookout, OnProgress, look_at_file
from batchdock.flows.references.sources import ListAddress, ListFile, Source
from batchdock.flows.references.wishes import Looked
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.sources import source_error
from batchdock.services.http.lists import Lists as Fetching
from batchdock.store.looked import Counts, LookedList, written
from batchdock.store.references import ReferenceSending

LIST, ADDRESS = "list", "address"
"""The kinds of origins that are lists."""

_LOOKS_KEPT_SECONDS = 7 * 24 * 3600.0
_PAGE = 10_000
_APART_FROM = 4 * 1024 * 1024
"""Bytes. A longer list takes longer than a process to begin."""


class Lists:
    """Lists, and the files below `home` with what was found in them."""

    def __init__(self, home: Path, secrets: KeyAccess) -> None:
        self._home, self._secrets = home, secrets
        self._fetching = Fetching()
        self._known_addresses: dict[str, str] = {}

    async def look(self, source: Path | str, *, on_progress: OnProgress = lambda done, lines, total: None) -> Looked:
        """Look at a list, a file or an https address, line by line. May be cancelled; takes half a minute a million.

        `on_progress` is called on another thread. Raise `FileUnreadable`, `SourceGone`, `ListNotHttps`,
        `ListNotFetched`.
        """
        path = source if isinstance(source, Path) else None
        url = "" if isinstance(source, Path) else str(source).strip()
        if path is None and not url.lower().startswith("https://"):
            raise ListNotHttps
        look_id = f"l-{secrets.token_hex(8)}"
        into = await asyncio.to_thread(LookedList, self._place(look_id))
        try:
            if path is not None:
                counts = await self._look_at_file(path, into, on_progress)
                return Looked(look_id, path.name, counts, await asyncio.to_thread(path.absolute), _list=into)
            name = name_of(url)
            counts = await self._look_at_address(url, name, into, on_progress)
            return Looked(look_id, name, counts, address=url, _list=into)
        except BaseException:
            await asyncio.shield(READERS.run(into.remove))
            raise

    async def discard(self, looked: Looked) -> None:
        """Forget what was found in a list that is not to be sent."""
        looked.close()
        await asyncio.to_thread(self._place(looked.look_id).unlink, missing_ok=True)

    async def write_left_out(self, looked: Looked, to: Path) -> None:
        """Write the lines that are left out into a file, one JSON object a line. Raise `FolderNotWritable`."""
        if looked.findings_file is None:
            return
        try:
            await READERS.run(_write_findings, looked.findings_file, to)
        except OSError as error:
            raise FolderNotWritable(folder=to.parent, reason=error.strerror or str(error)) from error

    async def origin(self, looked: Looked) -> dict[str, Any]:
        """Return how a list is found again after a restart; where its address is a secret, that is kept elsewhere."""
        counts = looked.counts
        told: dict[str, Any] = {"look": looked.look_id, "name": looked.name}
        if looked.path is not None:
            return told | {"kind": LIST, "path": str(looked.path)}
        whole = [] if counts.left_out or (counts.pictures and counts.videos) else [_only(counts)]
        handed = [str(each) for each in whole if counts.of(each) <= most_in_a_request(each)]
        await self._remember(looked.look_id, looked.address)
        return told | {"kind": ADDRESS, "address": without_signature(looked.address), "whole": handed}

    async def forget(self, look_id: str) -> None:
        """Forget the address of a list that is over."""
        if self._known_addresses.pop(look_id, None) is not None:
            with suppress(BatchdockError):
                await self._secrets.drop(_secret(look_id))

    def tidy(self, used: set[Any]) -> None:
        """Delete what was found in lists that nobody sends any more. Blocks."""
        before = time.time() - _LOOKS_KEPT_SECONDS
        for path in self._home.glob("l-*.sqlite"):
            with suppress(OSError):
                if path.stem not in used and path.stat().st_mtime < before:
                    path.unlink()

    async def close(self) -> None:
        """Give back connections."""
        await self._fetching.close()

    async def open_file(self, sending: ReferenceSending) -> Source:
        """Return the source of references that are in a file."""
        path = Path(sending.origin["path"])
        return ListFile(path, await self._opened(sending.origin["look"], path.name))

    async def open_address(self, sending: ReferenceSending) -> Source:
        """Return the source of references in a list at an address. Raise `ListAddressForgotten`."""
        look, name = sending.origin["look"], sending.origin["name"]
        url = await self._remembered(look)
        if url is None:
            raise ListAddressForgotten(name=name)
        whole = frozenset(Content(each) for each in sending.origin["whole"])
        return ListAddress(url, name, await self._opened(look, name), self._fetching.fetch, whole=whole)

    async def _opened(self, look_id: str, name: str) -> LookedList:
        opened = await asyncio.to_thread(LookedList, self._place(look_id))
        if not opened.finished:
            await asyncio.to_thread(opened.remove)
            raise NothingUsable(count=0, details=f"What was found in {name} is gone.")
        return opened

    async def _look_at_file(self, path: Path, into: LookedList, on_progress: OnProgress) -> Counts:
        stopped = threading.Event()
        try:
            size = (await READERS.run(path.stat)).st_size
            look = look_apart if size > _APART_FROM else look_at_file
            return await READERS.run(
                partial(look, path, into, datetime.now(UTC), stopped=stopped, on_progress=on_progress)
            )
        except OSError as error:
            raise source_error(path, error) from None
        finally:
            stopped.set()

    async def _look_at_address(self, url: str, name: str, into: LookedList, on_progress: OnProgress) -> Counts:
        cutter, lookout = Cutter(), Lookout(into, datetime.now(UTC))

        def take(lines: list[tuple[bytes, int]]) -> None:
            for raw, length in lines:
                lookout.take(raw, length)

        async with aclosing(self._fetching.fetch(url, name)) as pieces:
            async for piece in pieces:
                await READERS.run(take, list(cutter.feed(piece)))
                on_progress(lookout.bytes, lookout.lines, 0)
        await READERS.run(take, list(cutter.end()))
        return await READERS.run(lookout.finish)

    def _place(self, look_id: str) -> Path:
        return self._home / f"{look_id}.sqlite"

    # --- addresses of lists, which may be secrets -------------------------------------------------------------------

    async def _remember(self, look_id: str, url: str) -> None:
        self._known_addresses[look_id] = url
        with suppress(BatchdockError):  # Without a password store it is known until the end.
            await self._secrets.put(_secret(look_id), url)

    async def _remembered(self, look_id: str) -> str | None:
        if look_id not in self._known_addresses:
            with suppress(BatchdockError):
                kept = await self._secrets.load()
                if _secret(look_id) in kept:
                    self._known_addresses[look_id] = kept[_secret(look_id)]
        return self._known_addresses.get(look_id)


def name_of(url: str) -> str:
    """Return what people know a list by that is at an address: nothing of it that may be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "–"
    return printable(parts.path.rpartition("/")[2] or parts.hostname or "–")


def _write_findings(found: LookedList, to: Path) -> None:
    line = 0
    with to.open("w", encoding="utf-8") as out:
        while some := found.findings_after(line, _PAGE):
            out.writelines(f"{each}\n" for each in written(some))
            line = some[-1].line


def _only(counts: Counts) -> Content:
    return Content.VIDEOS if counts.videos else Content.IMAGES


def _secret(look_id: str) -> str:
    return f"list {look_id}"
