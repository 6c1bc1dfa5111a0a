"""The four ways files go over (contract §3.5–3.9), each for the files of one piece."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.errors import DiskFull, FileTooLarge, FileUnreadable
from batchdock.core.ports import OnBytes, Service
from batchdock.flows.transfers.tars import pack, readable
from batchdock.store import FileRow, Sending, Way

Lose = Callable[[FileRow, str], None]
"""Told of a file that can not be sent at all, and why."""


class Carrier:
    """Takes files to the batch of one sending. `outbox` is a folder for tars on their way."""

    def __init__(self, sending: Sending, outbox: Path, lose: Lose) -> None:
        self._sending = sending
        self._outbox = outbox
        self._lose = lose

    async def carry(self, service: Service, rows: Sequence[FileRow], label: str, on_bytes: OnBytes) -> None:
        """Send `rows` in one piece. A repeated `label` tells the service that it is the same piece."""
        match self._sending.way:
            case Way.SINGLE | Way.VIDEOS:
                await self._single(service, rows[0], on_bytes)
            case Way.REFERENCES:
                await self._references(service, rows, label, on_bytes)
            case Way.TARS:
                await self._tar(service, rows, on_bytes)

    async def _single(self, service: Service, row: FileRow, on_bytes: OnBytes) -> None:
        reason = await asyncio.to_thread(readable, row)
        if reason is not None:
            self._lose(row, reason)
            return
        batch_id, name = self._sending.batch_id, self._sending.batch_name
        try:
            if self._sending.content is Content.VIDEOS:
                await service.upload_video(batch_id, row.wire, row.path, batch_name=name, on_bytes=on_bytes)
            else:
                await service.upload_image(batch_id, row.wire, row.path, batch_name=name)
                on_bytes(row.size)
        except (FileUnreadable, FileTooLarge) as error:
            self._lose(row, error.sentence())

    async def _references(self, service: Service, rows: Sequence[FileRow], label: str, on_bytes: OnBytes) -> None:
        reasons = await asyncio.to_thread(lambda: [readable(row) for row in rows])
        references = []
        for row, reason in zip(rows, reasons, strict=True):
            if reason is None:
                references.append((row.wire, row.path.as_uri()))
            else:
                self._lose(row, reason)
        if references:
            await service.add_references(
                self._sending.batch_id,
                self._sending.content,
                references,
                batch_name=self._sending.batch_name,
                ingest_id=f"{self._sending.transfer_id}-{label}",
            )
        on_bytes(sum(row.size for row in rows))

    async def _tar(self, service: Service, rows: Sequence[FileRow], on_bytes: OnBytes) -> None:
        await asyncio.to_thread(self._outbox.mkdir, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._outbox, prefix="tar-", ignore_cleanup_errors=True) as folder:
            target = Path(folder) / "shard.tar"
            try:
                lost = await asyncio.to_thread(pack, rows, target)
            except OSError as error:
                raise DiskFull(folder=self._outbox, needed="a tar", details=error.strerror or "") from error
            for row, reason in lost:
                self._lose(row, reason)
            if len(lost) < len(rows):
                await service.upload_shard(
                    self._sending.batch_id, target, batch_name=self._sending.batch_name, on_bytes=on_bytes
                )
