"""A folder that is dropped again: what is there already, and that the new files join it."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.intake import Finding, Item
from batchdock.flows.desk import Desk
from batchdock.flows.transfers.known import LASTS
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, good_drop, reviewed
from making.sendings import assert_each_there_once, small_files


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


def as_it_is(item: Item) -> Item:
    """Return the item as a scan would find it now."""
    about = item.path.stat()
    return replace(item, size=about.st_size, modified=about.st_mtime)


@pytest.mark.parametrize("count", [5, 300], ids=["one by one", "in tars"])
def test_new_files_join_those_that_are_there(home: Path, tmp_path: Path, cloud: RoboflowCloud, count: int) -> None:
    items = small_files(tmp_path / "drop", count)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            assert await desk.transfers.known(account, items) is None
            await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            items[0].path.write_bytes(b"another picture by now")
            more = small_files(tmp_path / "more", 3)
            useless = replace(more[0], path=tmp_path / "x.jpg", finding=Finding.EMPTY)
            dropped = [as_it_is(item) for item in items] + [replace(each, modified=1.0) for each in more] + [useless]
            (tmp_path / "more" / "0").joinpath("사진 0.jpg").write_bytes(b"not one of the first")
            dropped = [as_it_is(item) if item.finding is None else item for item in dropped]
            known = await desk.transfers.known(account, dropped)
            assert known is not None
            assert (known.batch_id, known.batch_name) == ("lot-1", "Lot")
            assert abs(known.sent - datetime.now(UTC)) < timedelta(minutes=5)
            # The second and third of the new folder are copies, byte for byte, of files that are there.
            assert known.there == {item.path for item in (*items[1:], *more[1:])}
            assert [item.path for item in known.fresh] == [items[0].path, more[0].path]
            assert await desk.transfers.known(THIS_COMPUTER_ID, dropped) is None
            requests = len(cloud.requests("/upload/image")) + len(cloud.requests("PUT "))
            await desk.transfers.ingest(account, known.fresh, known.batch_name, batch_id=known.batch_id)
            batch = cloud.state.batches["lot-1"]
            kind = "simple-batch" if count == 5 else "sharded-batch"
            assert (batch.kind, len(cloud.arrived("lot-1"))) == (kind, count + 2)
            assert len(cloud.requests("/upload/image")) + len(cloud.requests("PUT ")) - requests == (
                2 if count == 5 else 1
            )
            # The wire name that the old picture has is not taken a second time.
            assert {each.times for each in cloud.arrived("lot-1").values()} == {1}
            again = await desk.transfers.known(account, dropped)
            assert again is not None
            assert again.fresh == ()

    asyncio.run(scenario())


def test_a_folder_that_was_moved_is_known_by_its_contents(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 40)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            shutil.copytree(tmp_path / "drop", tmp_path / "moved")
            moved = [replace(item, path=tmp_path / "moved" / item.relative) for item in items]
            for item in moved:
                os.utime(item.path, (1.0, 1.0))
            moved[3].path.write_bytes(moved[3].path.read_bytes().replace(b"3", b"4"))  # The same size.
            known = await desk.transfers.known(account, [as_it_is(item) for item in moved])
            assert known is not None
            assert len(known.there) == 39
            assert [item.path for item in known.fresh] == [moved[3].path]

    asyncio.run(scenario())


def test_pictures_and_videos_of_one_drop_are_known_together(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    pictures = small_files(tmp_path / "drop", 6)
    videos = [replace(item, content=Content.VIDEOS) for item in small_files(tmp_path / "videos", 3, size=300)]

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            first, second = await desk.transfers.ingest(account, [*pictures[:5], *videos[:2]], "Lot")
            known = await desk.transfers.known(account, [*pictures, *videos])
            assert known is not None
            assert known.batch_id == first.batch_id
            assert [item.path for item in known.fresh] == [pictures[5].path, videos[2].path]
            await desk.transfers.ingest(account, known.fresh, "Lot", batch_id=known.batch_id)
            assert_each_there_once(cloud, first.batch_id, pictures)
            assert_each_there_once(cloud, second.batch_id, videos)
            assert len(cloud.state.batches) == 2

    asyncio.run(scenario())


def test_a_batch_that_has_expired_or_gone_is_not_offered(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 6)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            for name, some in (("a", items), ("b", items[:5]), ("c", items[:4])):
                await desk.transfers.ingest(account, some, name, batch_id=f"lot-{name}")
            known = await desk.transfers.known(account, items)
            assert known is not None
            assert known.batch_id == "lot-a"  # Not the newest: the one that has most of it.
            del cloud.state.batches["lot-a"]
            known = await desk.transfers.known(account, items)
            assert known is not None
            assert known.batch_id == "lot-b"
            with closing(sqlite3.connect(home / "journal.sqlite")) as connection:
                old = (datetime.now(UTC) - LASTS).isoformat()
                connection.execute("UPDATE sendings SET started = ? WHERE batch_id = 'lot-b'", (old,))
                connection.commit()
            known = await desk.transfers.known(account, items)
            assert known is not None
            assert known.batch_id == "lot-c"

    asyncio.run(scenario())


def test_what_this_computer_has_is_known_as_well(home: Path, tmp_path: Path) -> None:
    drop = good_drop(tmp_path / "drop")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            items = await reviewed(desk, drop)
            await desk.transfers.ingest(THIS_COMPUTER_ID, items[1:], "Lot", batch_id="lot-1")
            known = await desk.transfers.known(THIS_COMPUTER_ID, items)
            assert known is not None
            assert [item.path for item in known.fresh] == [items[0].path]
            await desk.transfers.ingest(THIS_COMPUTER_ID, known.fresh, "Lot", batch_id="lot-1")
            service = await desk.accounts.service(THIS_COMPUTER_ID)
            assert await service.count("lot-1") == len(items)

    asyncio.run(scenario())


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes among the files")
def test_looking_is_given_up_at_once(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 3)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            # A file that can not be read to its end, as on a share that has gone.
            hanging = replace(items[0], path=pipe, modified=1.0)
            looking = asyncio.create_task(desk.transfers.known(account, [hanging]))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await looking
            assert looking.cancelled()
        with pipe.open("wb") as file:
            file.write(b"x")

    asyncio.run(scenario())
