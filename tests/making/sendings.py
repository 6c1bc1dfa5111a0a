"""Files on their way: rows of the transfers page, files of a sending, and the bytes of a body."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.intake import Item
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.transfers.bodies import Body
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.row import Row
from batchdock.store import FileRow
from fakes.roboflow_cloud import RoboflowCloud
from making.media import picture


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


def small_files(folder: Path, count: int, size: int = 200) -> list[Item]:
    """Write files of about `size` bytes, no two alike, and return them as items. No service of a test decodes them."""
    items = []
    for number in range(count):
        relative = f"{number % 7}/사진 {number}.jpg"
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{number} ".encode() * (size // 5 + number % 40))
        about = path.stat()
        items.append(Item(path, relative, about.st_size, about.st_mtime, Content.IMAGES))
    return items


def assert_each_there_once(cloud: RoboflowCloud, batch_id: str, items: Sequence[Item]) -> None:
    """Check that a batch has every item, byte for byte, and that nothing came over twice."""
    arrived = cloud.arrived(batch_id)
    assert Counter(each.sha256 for each in arrived.values()) == Counter(
        hashlib.sha256(item.path.read_bytes()).hexdigest() for item in items
    )
    assert {name: each.times for name, each in arrived.items() if each.times != 1} == {}


def pictures_at(folder: Path, count: int) -> list[Item]:
    """Write small real pictures, no two alike, and return them as items."""
    items = []
    for number in range(count):
        path = picture(folder / f"{number % 7}" / f"사진 {number}.png", seed=number, size=(8, 6), format="PNG")
        about = path.stat()
        relative = path.relative_to(folder).as_posix()
        items.append(Item(path, relative, about.st_size, about.st_mtime, Content.IMAGES))
    return items
