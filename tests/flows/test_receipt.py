"""The receipt of a sending: every file with its hash, its name there and when, and a page that people can read."""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.errors import FolderNotWritable, NotAllArrived
from batchdock.core.intake import Item
from batchdock.core.transfer import TransferState
from batchdock.flows.accounts import THIS_COMPUTER
from batchdock.flows.transfers.arrival import Arrival
from batchdock.flows.transfers.receipt import Receipts
from batchdock.store import FileRow, Journal, Piece, Sending, Way
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, until
from making.sendings import small_files

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>&\"'.jpg"


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def lines(page: Path) -> list[dict[str, Any]]:
    """Return the list beside a page: the head, then a line for each file."""
    return [json.loads(line) for line in page.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]


class _Page(HTMLParser):
    """Collects the texts of a page and the tags in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def begun(journal: Journal, files: list[FileRow], per_piece: int = 256) -> Sending:
    starts = range(0, len(files), per_piece)
    return journal.sendings.begin(
        transfer_id="t-1",
        account_id=THIS_COMPUTER_ID,
        batch_id="lot-1",
        batch_name="수확 <17> & more",
        content=Content.IMAGES,
        way=Way.TARS,
        started=AT,
        job_id=None,
        files=files,
        pieces=[Piece(n, first, min(first + per_piece, len(files)), 0) for n, first in enumerate(starts)],
    )


def test_every_file_is_on_the_receipt_with_its_hash(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 40)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            await desk.transfers.ingest(account, items, "수확 17", batch_id="lot-1")
            (row,) = desk.transfers.all()
            page = desk.transfers.receipt(row.transfer_id)
            assert page is not None
            assert page.parent == home / "receipts"
            assert page.name == f"lot-1-{row.transfer_id}.html"
            assert await desk.transfers.receipts(account, "lot-1") == (page,)
            head, *rest = lines(page)
            assert head["account"] == {"id": account, "name": cloud.workspace, "workspace": cloud.workspace}
            assert (head["batch"], head["arrived"]) == ({"id": "lot-1", "name": "수확 17"}, 40)
            assert {line["original"]: line["sha256"] for line in rest} == {
                item.relative: hashlib.sha256(item.path.read_bytes()).hexdigest() for item in items
            }
            assert {line["wire"] for line in rest} == set(cloud.arrived("lot-1"))
            assert {(line["batch"], line["piece"]) for line in rest} == {("lot-1", 0)}
            for line in rest:
                assert abs((datetime.now(UTC) - datetime.fromisoformat(line["sent"])).total_seconds()) < 600
            whole = page.read_text(encoding="utf-8") + page.with_suffix(".jsonl").read_text(encoding="utf-8")
            assert cloud.key not in whole
            assert "Signature" not in whole
            assert str(tmp_path) not in whole

    asyncio.run(scenario())


def test_the_page_runs_nothing_and_stays_small(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "home")
    rows = [FileRow(n, f"{n}.jpg", f"사진/{n}.jpg", tmp_path / str(n), 10, 1.5) for n in range(20_000)]
    rows[0] = FileRow(0, "0.jpg", HOSTILE, tmp_path / "0", 10, 1.5)
    rows[1] = FileRow(1, "1.jpg", "caf\udce9\nلوت.jpg", tmp_path / "1", 10, 1.5)
    sending = begun(journal, rows)
    journal.sendings.lose_all(sending.number, [(n, f"<b>gone</b> {n}") for n in range(18_000, 19_500)])
    receipts = Receipts(tmp_path / "receipts", journal)
    page = asyncio.run(receipts.write(sending, THIS_COMPUTER))
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < 300_000
    seen = _Page(text)
    assert "script" not in seen.tags
    assert "b" not in seen.tags
    assert not re.search(r"""\s(on\w+|src|href)\s*=""", text)
    assert HOSTILE in seen.texts
    assert "Receipt for “수확 <17> & more”" in seen.texts
    assert "… 18,400 more files …" in seen.texts
    assert "Not sent: 1,500" in seen.texts
    assert "<b>gone</b> 18000" in seen.texts
    head, *rest = lines(page)
    assert (head["arrived"], head["lost"], len(rest)) == (18_500, 1_500, 20_000)
    assert rest[1]["original"] == "caf\\xe9\nلوت.jpg"
    assert rest[300]["piece"] == 1
    assert rest[18_000] == {
        "original": "사진/18000.jpg",
        "wire": "18000.jpg",
        "size": 10,
        "lost": "<b>gone</b> 18000",
    }
    assert sorted(each.name for each in page.parent.iterdir()) == ["lot-1-t-1.html", "lot-1-t-1.jsonl"]
    journal.close()


def test_a_receipt_is_written_anew_when_the_rest_has_arrived(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 5)
    cloud.fail("POST .*/upload/image", status=200, body=b'{"status":"ok"}', times=7)

    async def scenario() -> None:
        async with desk_at(home, active=False, patience=20.0) as (desk, _):
            desk.transfers._sender.arrival = Arrival(settle=0.2, silence=1.0)
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            with pytest.raises(NotAllArrived):
                await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            (row,) = desk.transfers.all()
            assert desk.transfers.receipt(row.transfer_id) is None
            cloud.heal()
            await desk.transfers.retry(row.transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE, "sent again")
            page = desk.transfers.receipt(row.transfer_id)
            assert page is not None
            assert lines(page)[0]["arrived"] == 5

    asyncio.run(scenario())


def test_a_receipt_that_can_not_be_written_is_no_reason_to_send_again(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    items = small_files(tmp_path / "drop", 3)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            (home / "receipts").write_text("in the way", encoding="utf-8")
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            (row,) = desk.transfers.all()
            assert row.state is TransferState.DONE
            (problem,) = desk.problems.all()
            assert isinstance(problem.error, FolderNotWritable)
            (home / "receipts").unlink()
            await desk.problems.retry(problem.problem_id)
            assert desk.problems.all() == ()
            assert desk.transfers.receipt(row.transfer_id) is not None

    asyncio.run(scenario())


def test_files_that_were_lost_have_their_reason_on_it(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 4)
    gone: Item = items[2]

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            gone.path.unlink()
            (gone.path.parent / "another.txt").write_text("so that the folder is there", encoding="utf-8")
            await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            (row,) = desk.transfers.all()
            assert row.state is TransferState.DONE_WITH_PROBLEMS
            page = desk.transfers.receipt(row.transfer_id)
            assert page is not None
            head, *rest = lines(page)
            assert (head["arrived"], head["lost"]) == (3, 1)
            (lost,) = [line for line in rest if "lost" in line]
            assert lost["original"] == gone.relative
            assert lost["lost"] in page.read_text(encoding="utf-8")

    asyncio.run(scenario())
