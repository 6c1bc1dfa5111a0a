"""The four ways files go over (contract §3.5–3.9), each for the files of one piece."""

from collections.abc import Sequence

from batchdock.core.batch import Content
from batchdock.core.errors import FileUnreadable, SourceGone
from batchdock.core.ports import Service
from batchdock.flows.transfers.bodies import Body, file_body, sized, tar_body
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.sources import source_error
from batchdock.store import FileRow, Sending, Way

Lost = list[tuple[FileRow, FileUnreadable]]
"""Files that can not be read any more, and why."""


class Carrier:
    """Takes files to the batch of one sending, one try at a time."""

    def __init__(self, sending: Sending, row: Row) -> None:
        self._sending, self._row = sending, row

    async def body(self, rows: Sequence[FileRow]) -> tuple[Body, Lost]:
        """Return what is to be sent for `rows`, and the files of which nothing can be. Raise `SourceGone`."""
        if self._sending.way is Way.TARS:
            found, lost = await READERS.run(sized, rows)
            return tar_body(found, self._row), lost
        (row,) = rows
        try:
            return await READERS.run(file_body, row, self._row), []
        except FileUnreadable as error:
            return Body(row.path.name, (), self._row), [(row, error)]

    async def send(self, service: Service, body: Body) -> None:
        """Send a body with at least one file in it, once. Raise what the service raises."""
        batch_id, name = self._sending.batch_id, self._sending.batch_name
        if self._sending.way is Way.TARS:
            await service.upload_shard(
                batch_id,
                body,
                files=len(body.files),
                batch_name=name,
                ingest_id=self._sending.transfer_id,
                notice=self._sending.notice,
            )
            return
        send = service.upload_video if self._sending.content is Content.VIDEOS else service.upload_image
        await send(batch_id, body.files[0].row.wire, body, batch_name=name)

    async def refer(self, service: Service, rows: Sequence[FileRow], label: str) -> Lost:
        """Hand over the addresses of files; a repeated `label` tells the service that it is the same piece.

        Return the files that can not be read any more. Raise `SourceGone`.
        """
        lost: Lost = await READERS.run(_unreadable, rows)
        gone = {row.number for row, _ in lost}
        references = [(row.wire, row.path.as_uri()) for row in rows if row.number not in gone]
        if references:
            await service.add_references(
                self._sending.batch_id,
                self._sending.content,
                references,
                batch_name=self._sending.batch_name,
                ingest_id=f"{self._sending.transfer_id}-{label}",
                notice=self._sending.notice,
            )
        self._row.meter.add_bytes(sum(row.size for row in rows))
        return lost


def _unreadable(rows: Sequence[FileRow]) -> Lost:
    lost = []
    for row in rows:
        try:
            with row.path.open("rb"):
                pass
        except OSError as error:
            why = source_error(row.path, error)
            if isinstance(why, SourceGone):
                raise why from None
            lost.append((row, why))
    return lost
