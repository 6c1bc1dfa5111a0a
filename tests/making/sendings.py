"""Files on their way: rows of the transfers page, files of a sending, and the bytes of a body."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.transfers.bodies import Body
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.row import Row
from batchdock.store import FileRow


def shown_row(put: Callable[[Transfer], None] = lambda transfer: None, speed: SpeedLimit | None = None) -> Row:
    """Return a row that nobody has counted anything in."""
    transfer = Transfer(
        transfer_id="t-1",
        kind=TransferKind.SENDING,
        name="Lot 17",
        account_id="a",
        state=TransferState.MOVING,
        items_done=0,
        items_total=10,
        bytes_done=0,
        bytes_total=1000,
        started=datetime.now(UTC),
    )
    return Row(transfer, put, speed or SpeedLimit())


def file_rows(folder: Path, contents: dict[str, bytes]) -> list[FileRow]:
    """Write files under numbers and return them as rows whose wire names are the keys."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (wire, data) in enumerate(contents.items()):
        path = folder / str(number)
        path.write_bytes(data)
        about = path.stat()
        rows.append(FileRow(number, wire, wire, path, about.st_size, about.st_mtime))
    return rows


def streamed(body: Body) -> bytes:
    """Return all bytes of a body."""

    async def read() -> bytes:
        async with aclosing(body.open()) as pieces:
            return b"".join([piece async for piece in pieces])

    return asyncio.run(read())
