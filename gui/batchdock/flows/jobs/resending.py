"""The files of a batch once more, from where they were: for a batch that its service has deleted or never had whole."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from batchdock.core.batch import Content
from batchdock.core.errors import FilesGone
from batchdock.core.ids import new_batch_id
from batchdock.core.intake import Item
from batchdock.flows.intake.names import printable
from batchdock.flows.intake.plan import plans
from batchdock.flows.transfers.orders import begin_sending
from batchdock.store import FileRow, JobRecord, Journal, Phase, PieceState

_NAMED = 5
_GONE = "It is no longer where it was."


async def sent_again(journal: Journal, record: JobRecord, *, file_references: bool) -> JobRecord | None:
    """Write down that the files of the job's batch go into a new one; return the record as it is then.

    None where this app did not send them. A file that is no longer there counts as lost, by its name; raise
    `FilesGone` when that is all of them.
    """
    definition = record.definition
    assert definition is not None
    items = await asyncio.to_thread(items_of, journal, record.job.account_id, definition.batch_id)
    if not items:
        return None
    gone = [item for item in items if item.size < 0]
    if len(gone) == len(items):
        names = ", ".join(printable(item.relative) for item in gone[:_NAMED])
        raise FilesGone(name=record.job.name, names=f"{names} …" if len(gone) > _NAMED else names)
    counted = [replace(item, size=max(0, item.size)) for item in items]
    (plan,) = await asyncio.to_thread(plans, counted, file_references=file_references)
    batch_id = new_batch_id(datetime.now(UTC).date())
    sending = await begin_sending(
        journal,
        plan,
        account_id=record.job.account_id,
        batch_id=batch_id,
        batch_name=record.job.name,
        job_id=record.job.job_id,
    )
    lost = {item.path for item in gone}
    await asyncio.to_thread(
        journal.sendings.lose_all, sending.number, [(row.number, _GONE) for row in plan.files if row.path in lost]
    )
    job = replace(record.job, batch_id=batch_id, items_total=len(plan.files), bytes_total=plan.bytes)
    whole = replace(definition, batch_id=batch_id, part=None, metadata_part=None)
    return replace(record, job=job, phase=Phase.SENDING, definition=whole)


def items_of(journal: Journal, account_id: str, batch_id: str) -> list[Item]:
    """Return what this app sent into a batch, as it is now; the size of a file that is gone is -1. For a thread."""
    return [_item(row, content) for row, content in _rows(journal, account_id, batch_id)]


def is_whole(journal: Journal, account_id: str, batch_id: str) -> bool:
    """Tell whether all that this app was to send into a batch has arrived; True where it sent nothing."""
    sent = journal.sendings.of_batch(account_id, batch_id)
    return all(
        piece.state is PieceState.CONFIRMED for sending in sent for piece in journal.sendings.pieces(sending.number)
    )


def _rows(journal: Journal, account_id: str, batch_id: str) -> Iterator[tuple[FileRow, Content]]:
    for sending in journal.sendings.of_batch(account_id, batch_id):
        for row in journal.sendings.every_file(sending.number):
            yield row, sending.content


def _item(row: FileRow, content: Content) -> Item:
    try:
        about = row.path.stat()
    except OSError:
        return Item(row.path, row.original, -1, row.modified, content)
    return Item(row.path, row.original, about.st_size, about.st_mtime, content)
