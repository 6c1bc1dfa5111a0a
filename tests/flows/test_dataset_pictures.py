"""Rows of a segment, pictures and masks of a dataset: fetched when looked at, and kept by their checksums."""

import asyncio
import io
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from batchdock.core.datasets.data import Data, LabelType
from batchdock.core.datasets.dataset import Version
from batchdock.core.errors import BatchdockError, FileUnreadable
from batchdock.flows.datasets.kept_files import KeptFiles
from batchdock.flows.datasets.kinds import FileKind, kind_of
from batchdock.flows.datasets.pictures import Place
from batchdock.flows.datasets.rows import Rows
from batchdock.flows.desk import Desk
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.tensorbay import connect_desk

MAIN = Version(commit="main")


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


def picture(segment: str, number: int, version: int) -> bytes:
    """Return a picture that no other is equal to."""
    file = io.BytesIO()
    Image.new("RGB", (300, 200), (number % 256, version * 40, len(segment))).save(file, "PNG")
    return file.getvalue()


def run(home: Path, bay: TensorBay, work: Callable[[Desk, str], Awaitable[None]]) -> None:
    """Do `work` with a desk and the id of an account of it."""

    async def scenario() -> None:
        async with desk_at(home, active=False, patience=20) as (desk, _):
            account = await connect_desk(desk, bay)
            await work(desk, account.account_id)

    asyncio.run(scenario())


async def first(desk: Desk, place: Place) -> Data:
    return (await Rows(desk.datasets, place).some((0,)))[0][0]


# --- rows


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 256, 640, 1000])
def test_rows_are_counted_without_walking_over_them(home: Path, bay: TensorBay, count: int) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": count})

    async def work(desk: Desk, account: str) -> None:
        told: list[tuple[int, bool]] = []
        rows = Rows(desk.datasets, Place(account, dataset, MAIN, "train"))
        await rows.measure(lambda rows, whole: told.append((rows, whole)))
        assert told[-1] == (count, True)
        assert [each for each, _ in told] == sorted(each for each, _ in told)
        found = await rows.some((0, count - 1, count)) if count else {}
        assert [each[0].remote_path for each in found.values() if each] == sorted(
            {"0000.jpg", f"{count - 1:04}.jpg"} if count else ()
        )

    run(home, bay, work)


def test_many_rows_are_counted_with_few_requests(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 0})
    rows = [{"remotePath": f"{number:06}.jpg", "checksum": "", "url": "", "label": {}} for number in range(128)]

    def endless(asked: Any, said: Any) -> Any:
        begin = int(asked.query["offset"][0] if isinstance(asked.query["offset"], list) else asked.query["offset"])
        here = [{**row, "remotePath": f"{begin}-{row['remotePath']}"} for row in rows[: max(0, 100_000 - begin)]]
        return {**said, "dataDetails": here, "recordSize": 0, "totalCount": 0}

    bay.rewrite("GET .*/data/details", endless)

    async def work(desk: Desk, account: str) -> None:
        told: list[tuple[int, bool]] = []
        await Rows(desk.datasets, Place(account, dataset, MAIN, "train")).measure(
            lambda rows, whole: told.append((rows, whole))
        )
        assert told[-1] == (100_000, True)
        assert len(bay.requests("/data/details")) < 40

    run(home, bay, work)


def test_a_service_that_always_answers_with_the_beginning_is_seen_through(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 128})
    page: list[Any] = []

    def same(_asked: Any, said: Any) -> Any:
        page.append(said)
        return page[0]

    bay.rewrite("GET .*/data/details", same)

    async def work(desk: Desk, account: str) -> None:
        told: list[tuple[int, bool]] = []
        await Rows(desk.datasets, Place(account, dataset, MAIN, "train")).measure(
            lambda rows, whole: told.append((rows, whole))
        )
        assert told[-1] == (128, True)

    run(home, bay, work)


def test_rows_that_are_null_leave_their_place_empty_behind(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 200})

    def holed(_asked: Any, said: Any) -> Any:
        return {**said, "dataDetails": [None, *said["dataDetails"][1:]]}

    bay.rewrite("GET .*/data/details", holed)

    async def work(desk: Desk, account: str) -> None:
        rows = Rows(desk.datasets, Place(account, dataset, MAIN, "train"))
        told: list[tuple[int, bool]] = []
        await rows.measure(lambda rows, whole: told.append((rows, whole)))
        found = await rows.some((0, 126, 127, 128))
        assert [each[0].remote_path if each else "" for each in found.values()] == [
            "0001.jpg",
            "0127.jpg",
            "",
            "0129.jpg",
        ]
        assert told[-1] == (199, True)

    run(home, bay, work)


def test_the_files_of_a_frame_are_one_row(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("road", segments={"drive": 130}, fusion=True)

    async def work(desk: Desk, account: str) -> None:
        rows = Rows(desk.datasets, Place(account, dataset, MAIN, "drive"))
        row = (await rows.some((129,)))[129]
        assert sorted(each.sensor for each in row) == ["camera", "lidar"]
        assert len({each.frame_id for each in row}) == 1

    run(home, bay, work)


# --- pictures


def test_a_picture_is_fetched_once_and_shown_small_and_large(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 1}, body=picture, suffix=".png")

    async def work(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "train")
        data = await first(desk, place)
        pictures = desk.dataset_pictures
        some = await asyncio.gather(*(pictures.small(place, data, 128) for _ in range(5)))
        large = await pictures.large(place, data, None)
        assert {(each.width, each.full_width, each.full_height) for each in some} == {(128, 300, 200)}
        assert (large.width, large.height, large.data[:3]) == (300, 200, bytes((0, 40, 5)))
        assert bay.fetched[data.checksum] == 1

    run(home, bay, work)

    async def again(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "train")
        await desk.dataset_pictures.small(place, await first(desk, place), 128)

    run(home, bay, again)
    assert set(bay.fetched.values()) == {1}


def test_links_that_have_run_out_are_renewed(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 2}, body=picture, suffix=".png")

    async def work(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "train")
        data = await first(desk, place)
        bay.expire_links()
        assert (await desk.dataset_pictures.small(place, data, 128)).full_width == 300
        assert len(bay.requests("/data/urls")) == 1

    run(home, bay, work)


def test_files_of_frames_may_have_no_checksum_and_are_kept_all_the_same(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("road", segments={"drive": 1}, fusion=True, body=picture, suffix=".png")

    def bare(_asked: Any, said: Any) -> Any:
        for row in said["dataDetails"]:
            for each in row["frame"]:
                each.pop("checksum", None)
        return said

    bay.rewrite("GET .*/data/details", bare)

    async def work(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "drive")
        row = (await Rows(desk.datasets, place).some((0,)))[0]
        data = next(each for each in row if each.sensor == "camera")
        assert data.checksum == ""
        for _ in range(2):
            fresh = (await Rows(desk.datasets, place).some((0,)))[0]
            data = next(each for each in fresh if each.sensor == "camera")
            assert (await desk.dataset_pictures.large(place, data, None)).width == 300
        assert sum(bay.fetched.values()) == 1

    run(home, bay, work)


def test_a_file_that_is_no_picture_or_has_other_bytes_says_so(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 2})

    async def work(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "train")
        rows = await Rows(desk.datasets, place).some((0, 1))
        with pytest.raises(FileUnreadable) as no_picture:
            await desk.dataset_pictures.small(place, rows[0][0], 128)
        assert no_picture.value.values["reason"] == "It is no picture that can be read here."
        bay.fail("GET", at="store", status=200, body="other bytes")
        with pytest.raises(FileUnreadable) as other:
            await desk.dataset_pictures.small(place, rows[1][0], 128)
        assert "not those that the service names" in str(other.value.values["reason"])

    run(home, bay, work)


def test_a_file_without_a_link_raises_what_the_service_says(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 1}, body=picture)
    bay.rewrite("GET .*/data/details", lambda _asked, said: {**said, "dataDetails": [_bare(said["dataDetails"][0])]})
    bay.rewrite("GET .*/data/urls", lambda _asked, said: {**said, "urls": []})

    async def work(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "train")
        data = await first(desk, place)
        with pytest.raises(BatchdockError):
            await desk.dataset_pictures.small(place, data, 128)

    run(home, bay, work)


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("url", "checksum")}


def test_masks_come_with_their_pictures(home: Path, bay: TensorBay) -> None:
    mask = io.BytesIO()
    Image.new("L", (300, 200), 7).save(mask, "PNG")
    checksum, _ = bay.store.keep(mask.getvalue())
    label = {"SEMANTIC_MASK": {"checksum": checksum, "remotePath": "0000.png"}}
    dataset = bay.add_dataset("harbor", segments={"train": 1}, body=picture, label=lambda *_: label)

    async def work(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "train")
        data = await first(desk, place)
        bay.expire_links()
        masks = await desk.dataset_pictures.masks(place, data)
        assert masks == {LabelType.SEMANTIC_MASK: mask.getvalue()}
        bay.expire_links()
        bay.fail("GET .*masks", status=404, code="ResourceNotExist", times=9)
        assert await desk.dataset_pictures.masks(place, data) == masks  # kept by its checksum

    run(home, bay, work)


def test_no_link_is_ever_written_down(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("road", segments={"drive": 3}, fusion=True, body=picture, suffix=".png")

    async def work(desk: Desk, account: str) -> None:
        place = Place(account, dataset, MAIN, "drive")
        rows = await Rows(desk.datasets, place).some((0, 1, 2))
        for row in rows.values():
            assert all(each.url for each in row)
            for each in row:
                await desk.dataset_pictures.small(place, each, 128)
        address = rows[0][0].url.partition("?")[0]
        written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
        assert address.encode() not in written
        assert address.rpartition("/")[2].encode() not in written

    run(home, bay, work)


def test_what_was_longest_not_looked_at_goes_first(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path / "kept", limit=1000)
    paths = [kept.keep(f"aa{number}", bytes(240)) for number in range(4)]
    for age, number in enumerate((0, 3, 2, 1)):  # 1 is the oldest
        os.utime(paths[number], (1_700_000_000 - age, 1_700_000_000 - age))

    kept.keep("bb", bytes(240))

    assert [path.exists() for path in paths] == [True, False, False, True]
    assert kept.find("bb") is not None


@pytest.mark.parametrize(
    ("path", "sensor", "kind"),
    [
        ("a/b.JPG", "", FileKind.PICTURE),
        ("noending", "", FileKind.PICTURE),
        ("x.pcd", "", FileKind.POINTS),
        ("scan", "LIDAR", FileKind.POINTS),
        ("depth.png", "LIDAR", FileKind.PICTURE),
        ("clip.mp4", "", FileKind.VIDEO),
        ("said.wav", "", FileKind.SOUND),
        ("notes.txt", "", FileKind.WORDS),
    ],
)
def test_files_are_told_apart_by_their_names(path: str, sensor: str, kind: FileKind) -> None:
    assert kind_of(path, sensor) is kind
