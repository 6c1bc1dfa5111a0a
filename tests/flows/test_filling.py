"""Files into a draft of a dataset: nothing twice, nothing missing, with their labels, whatever breaks."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from batchdock.core.datasets.dataset import Version
from batchdock.core.finding import Shape
from batchdock.core.transfer import Transfer, TransferState
from batchdock.flows.datasets.filling import FillWish, Plan, plan
from batchdock.flows.datasets.labels.classes import Classes
from batchdock.flows.datasets.labels.reading import read_label
from batchdock.flows.desk import Desk
from batchdock.keystore.session import SessionKeys
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.taking import ended, no_secret_in, until
from making.tensorbay import connect_desk

FILES = 130


def card(root: Path, count: int = FILES) -> Path:
    """Make a folder with two segments, and something that lies loose in it."""
    folder = root / "card"
    for number in range(count):
        path = folder / ("train" if number % 2 else "a#b?c") / "deep" / f"{number:04}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"bytes {number}".encode() * 50)
    (folder / "loose ü.txt").write_text("loose", encoding="utf-8")
    (folder / ".hidden").write_text("x", encoding="utf-8")
    (folder / "empty.bin").touch()
    return folder


def wish_of(dataset_id: str, planned: Plan, *, commit: bool = True, tag: str = "") -> FillWish:
    return FillWish(
        dataset_id=dataset_id, files=planned.files, labels=planned.labels, title="from the card", commit=commit, tag=tag
    )


def there(bay: TensorBay, name: str = "harbor") -> dict[tuple[str, str], str]:
    """Return the checksums of the head of the only branch, by segment and path."""
    dataset = bay.dataset(name)
    content = dataset.commits[dataset.branches["main"]].content
    return {
        (segment.name, file.remote_path): file.checksum
        for segment in content.segments.values()
        for file in segment.files.values()
    }


def meant(planned: Plan) -> dict[tuple[str, str], str]:
    return {
        (each.segment, each.remote_path): hashlib.sha1(each.path.read_bytes(), usedforsecurity=False).hexdigest()
        for each in planned.files
    }


async def fill(desk: Desk, account_id: str, wish: FillWish) -> Transfer:
    """Send to the end."""
    return await ended(desk, await desk.filling.fill(account_id, "harbor", wish))


def test_what_was_dropped_goes_to_the_segments_of_its_folders(tmp_path: Path) -> None:
    single = tmp_path / "single.jpg"
    single.write_bytes(b"one")
    planned = plan([card(tmp_path, 4), single])
    places = {(each.segment, each.remote_path) for each in planned.files}
    assert places == {
        ("a#b?c", "deep/0000.bin"),
        ("a#b?c", "deep/0002.bin"),
        ("train", "deep/0001.bin"),
        ("train", "deep/0003.bin"),
        ("card", "loose ü.txt"),
        ("default", "single.jpg"),
    }
    assert [each.name for each in planned.left_out] == ["card/empty.bin"]
    assert {each.segment for each in plan([tmp_path / "card"], "../x").files} == {"../x"}


def test_everything_arrives_and_is_committed(home: Path, tmp_path: Path) -> None:
    planned = plan([card(tmp_path)])

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=0)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await fill(desk, account.account_id, wish_of(dataset_id, planned, tag="v1"))
                assert (row.state, row.items_done, row.failed) == (TransferState.DONE, FILES + 1, 0), row
                assert row.bytes_done == planned.bytes
                # The same once more: everything is there, so nothing is sent, and there is nothing to commit.
                again = await fill(desk, account.account_id, wish_of(dataset_id, planned, commit=False))
                assert again.state is TransferState.DONE
            assert there(bay) == meant(planned)
            assert set(bay.store.put.values()) == {1}
            assert [*bay.dataset("harbor").tags] == ["v1"]
            assert not any("X-Token" in each.headers for each in bay.store_seen)
            no_secret_in(home, bay)

    asyncio.run(scenario())


@pytest.mark.parametrize("backend", ["oss", "s3", "azure", "fps"])
def test_each_kind_of_store_is_sent_to(home: Path, tmp_path: Path, backend: str) -> None:
    planned = plan([card(tmp_path, 3)])

    async def scenario() -> None:
        with TensorBay() as bay:
            bay.backend = backend
            bay.store.malformed = 1
            dataset_id = bay.add_dataset("harbor", versions=0)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await fill(desk, account.account_id, wish_of(dataset_id, planned))
                assert row.state is TransferState.DONE, row
            assert there(bay) == meant(planned)

    asyncio.run(scenario())


def test_it_goes_on_where_it_was_when_the_app_is_opened_again(home: Path, tmp_path: Path) -> None:
    planned = plan([card(tmp_path)])

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id, keys = bay.add_dataset("harbor", versions=0), SessionKeys()
            async with desk_at(home, keys=keys) as (desk, _):
                account = await connect_desk(desk, bay)
                await desk.filling.fill(account.account_id, "harbor", wish_of(dataset_id, planned))
                await until(lambda: bay.requests("multi/callback"))
            async with desk_at(home, keys=keys) as (desk, _):
                await until(lambda: desk.transfers.all())
                row = await ended(desk, desk.transfers.all()[0].transfer_id)
                assert (row.state, row.items_done) == (TransferState.DONE, FILES + 1), row
            assert there(bay) == meant(planned)
            assert len(bay.dataset("harbor").commits) == 1
            assert len(bay.dataset("harbor").drafts) == 1

    asyncio.run(scenario())


def test_lost_answers_make_nothing_twice(home: Path, tmp_path: Path) -> None:
    planned = plan([card(tmp_path, 60)])

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=0)
            bay.fail("POST .*/drafts$", status=502, body="<html>", after=True)
            bay.fail("POST .*/segments$", status=503, after=True, times=2)
            bay.fail("PUT .*/multi/callback", status=502, body="<html>", after=True, times=2)
            bay.fail("POST .*/commits$", status=504, after=True)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await fill(desk, account.account_id, wish_of(dataset_id, planned, tag="v1"))
                assert row.state is TransferState.DONE, (row, desk.problems.all())
            assert there(bay) == meant(planned)
            dataset = bay.dataset("harbor")
            assert (len(dataset.commits), len(dataset.drafts), [*dataset.tags]) == (1, 1, ["v1"])
            assert set(bay.store.put.values()) == {1}

    asyncio.run(scenario())


def test_policies_that_run_out_are_asked_for_again(home: Path, tmp_path: Path) -> None:
    planned = plan([card(tmp_path, 120)])

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=0)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                transfer_id = await desk.filling.fill(account.account_id, "harbor", wish_of(dataset_id, planned))
                await until(lambda: bay.requests("multi/callback"))
                bay.store.expire_policies()
                row = await ended(desk, transfer_id)
                assert row.state is TransferState.DONE, row
            assert there(bay) == meant(planned)

    asyncio.run(scenario())


def test_a_file_that_goes_is_named_and_nothing_is_committed(home: Path, tmp_path: Path) -> None:
    planned = plan([card(tmp_path, 8)])
    gone = planned.files[3]
    gone.path.unlink()

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=0)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await fill(desk, account.account_id, wish_of(dataset_id, planned))
                assert (row.state, row.failed) == (TransferState.DONE_WITH_PROBLEMS, 1), row
                [problem] = desk.problems.all()
                assert [each.name for each in problem.files] == [f"{gone.segment}/{gone.remote_path}"]
                assert not bay.dataset("harbor").commits
                gone.path.write_bytes(b"back again")
                await desk.transfers.retry(row.transfer_id)
                await until(lambda: not desk.problems.all())
            assert len(there(bay)) == len(planned.files)
            assert [each.status for each in bay.dataset("harbor").drafts.values()] == ["COMMITTED"]

    asyncio.run(scenario())


def coco(folder: Path, names: list[str]) -> None:
    annotations = [
        {"image_id": 1, "category_id": 7, "bbox": [1, 2, 10, 20], "segmentation": [[1, 2, 11, 2, 11, 22, 1, 22]]},
        {"image_id": 1, "category_id": 8, "segmentation": {"size": [40, 60], "counts": [10, 20, 2370]}},
        {"image_id": 2, "category_id": 8, "keypoints": [3, 4, 2, 5, 6, 1]},
        {"image_id": 9, "category_id": 8, "bbox": [0, 0, 1, 1]},
        "nonsense",
    ]
    document = {
        "images": [{"id": place, "file_name": name} for place, name in enumerate(names, 1)],
        "annotations": annotations,
        "categories": [{"id": 7, "name": "ship"}, {"id": 8, "name": "鱼", "keypoints": ["head", "tail"]}],
    }
    (folder / "labels.json").write_text(json.dumps(document), encoding="utf-8")


def test_labels_that_came_along_are_there(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "card"
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", (60, 40)).save(folder / "images" / name)
    coco(folder, ["images/a.png", "b.png"])
    (folder / "labels" / "c.txt").write_text("0 0.5 0.5 0.5 0.5\n1 0 0 1 0 1 1\n", encoding="utf-8")
    (folder / "data.yaml").write_text("path: .\nnames:\n  0: boat\n  1: 'buoy'\n", encoding="utf-8")
    planned = plan([folder])
    assert [each.name for each in planned.labels] == ["data.yaml", "c.txt", "labels.json"]
    assert [each.path.name for each in planned.files] == ["a.png", "b.png", "c.png"]

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=1, segments={"old": 1})
            bay.fail("PUT .*/catalogs", status=503, times=1)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await fill(desk, account.account_id, wish_of(dataset_id, planned, commit=False))
                assert row.state is TransferState.DONE_WITH_PROBLEMS, row
                [problem] = desk.problems.all()
                assert [each.name for each in problem.files] == ["labels.json"]
                service = await desk.datasets.of(account.account_id)
                [draft] = [each async for each in service.drafts(dataset_id)]
                version = Version(draft=draft.number)
                before = bay.dataset("harbor").commits[bay.dataset("harbor").branches["main"]].content.catalog
                catalog: Any = await service.catalog(dataset_id, version)
                shapes = {}
                async for each in service.details(dataset_id, version, "images"):
                    read = read_label(each.label, Classes(), size=(60, 40))
                    shapes[each.remote_path] = [finding.shape for finding in read.findings]
                assert shapes == {
                    "a.png": [Shape.BOX, Shape.POLYGON, Shape.MASK],
                    "b.png": [Shape.KEYPOINTS],
                    "c.png": [Shape.BOX, Shape.POLYGON],
                }
                for label_type, told in before.items():
                    for category in told.get("categories", []):
                        assert category in catalog[label_type]["categories"]
                assert {"name": "鱼"} in catalog["RLE"]["categories"]
                assert {"name": "buoy"} in catalog["POLYGON"]["categories"]

    asyncio.run(scenario())
