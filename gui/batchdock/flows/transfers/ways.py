"""The four ways files go over (contract §3.5–3.9), each for the files of one piece."""

import asyncio
from collections.abc import Callable, Sequence

from batchdock.core.batch import Content
from batchdock.core.errors import FileTooLarge, FileUnreadable
from batchdock.core.ports import Service
from batchdock.flows.transfers.bodies import OnHash, file_body, sized, tar_body, unreadable
from batchdock.flows.transfers.row import Row
from batchdock.store import FileRow, Sending, Way

Lose = Callable[[FileRow, str], None]
"""Told of a file that can not be sent at all, and why."""


class Carrier:
    """Takes files to the batch of one sending, one try at a time."""

    def __init__(self, sending: Sending, row: Row, lose: Lose, on_hash: OnHash = lambda row, digest: None) -> None:
        self._sending, self._row, self._lose, self._on_hash = sending, row, lose, on_hash

    async def carry(self, service: Service, rows: Sequence[FileRow], label: str) -> None:
        """Send `rows` in one piece. A repeated `label` tells the service that it is the same piece."""
        match self._sending.way:
            case Way.SINGLE | Way.VIDEOS:
                await self._single(service, rows[0])
            case Way.REFERENCES:
                await self._references(service, rows, label)
            case Way.TARS:
                await self._tar(service, rows)

    async def _single(self, service: Service, row: FileRow) -> None:
        batch_id, name = self._sending.batch_id, self._sending.batch_name
        send = service.upload_video if self._sending.content is Content.VIDEOS else service.upload_image
        try:
            body = await asyncio.to_thread(file_body, row, self._row, self._on_hash)
            try:
                await send(batch_id, row.wire, body, batch_name=name)
            except BaseException:
                body.take_back()
                raise
        except (FileUnreadable, FileTooLarge) as error:
            self._lose(row, _why(error))

    async def _references(self, service: Service, rows: Sequence[FileRow], label: str) -> None:
        reasons = await asyncio.to_thread(lambda: [_reason(row) for row in rows])
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
        self._row.meter.add_bytes(sum(row.size for row in rows))

    async def _tar(self, service: Service, rows: Sequence[FileRow]) -> None:
        found, lost = await asyncio.to_thread(sized, rows)
        for row, error in lost:
            self._lose(row, _why(error))
        if not found:
            return
        body = tar_body(found, self._row, self._on_hash)
        try:
            await service.upload_shard(
                self._sending.batch_id, body, files=len(found), batch_name=self._sending.batch_name
            )
        except BaseException:
            body.take_back()
            raise


def _reason(row: FileRow) -> str | None:
    try:
        with row.path.open("rb"):
            return None
    except OSError as error:
        return _why(unreadable(row.path, error))


def _why(error: FileUnreadable | FileTooLarge) -> str:
    return error.filled("{reason}") if isinstance(error, FileUnreadable) else error.sentence()
