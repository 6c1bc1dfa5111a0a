"""Handing on opened results, from the desk: into a new folder that is whole when it appears, or not there at all."""

import asyncio
import csv
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import openpyxl
import pytest

from batchdock.core.errors import FolderNotWritable, TransferStopped
from batchdock.core.finding import Filter, Share, SortBy
from batchdock.core.transfer import Hold, TransferKind, TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.results.handing import Form, Wishes
from batchdock.flows.results.opening import Opened
from batchdock.flows.transfers import receive
from making.desks import desk_at, until
from making.results import results_folder, video_results_folder

NAMES = ("수확/사진 1.jpg", "फ़सल/चित्र 2.jpg", "수확/three.jpg", "four.jpg")


def unheard(_done: int, _of: int) -> None:
    """Nobody looks at how far reading is."""


@asynccontextmanager
async def opened_at(
    root: Path, *, names: Sequence[str] = NAMES, pictures: int = 4
) -> AsyncIterator[tuple[Desk, Opened]]:
    """Open the results of a few pictures, with their originals."""
    folder = results_folder(
        root / "saved", names=names if pictures == len(names) else None, pictures=pictures, originals=root / "originals"
    )
    async with desk_at(root / "home", active=False) as (desk, _):
        opened = await desk.results.open_folder(folder, unheard)
        try:
            await opened.reconnect(root / "originals")
            yield desk, opened
        finally:
            await opened.close()


def state_of(root: Path) -> dict[Path, tuple[bytes, int]]:
    """Return all files below a folder with what is in them and when they were changed."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}


def test_everything_is_handed_on_in_one_go(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            before = state_of(tmp_path / "originals") | state_of(tmp_path / "saved")
            selection = await opened.select(Filter())
            wishes = Wishes(forms=frozenset(Form), pictures=True)
            handed = await desk.handing.hand_on(opened, selection, wishes, tmp_path / "to")
            assert handed.folder == tmp_path / "to" / "saved results"
            assert (handed.pictures, handed.findings, handed.problems) == (4, 12, ())
            assert handed.count == sum(path.is_file() for path in handed.folder.rglob("*"))
            assert {path.name for path in handed.folder.iterdir()} == {
                "saved.xlsx",
                "saved pictures.csv",
                "saved findings.csv",
                "saved.jsonl",
                "saved pictures.parquet",
                "saved findings.parquet",
                "With findings drawn",
                "Sorted by class",
                "COCO",
                "YOLO",
                "YOLO outlines",
                "Pascal VOC",
                "Label Studio",
            }
            assert [path.name for path in (tmp_path / "to").iterdir()] == ["saved results"], "nothing hidden is left"
            assert state_of(tmp_path / "originals") | state_of(tmp_path / "saved") == before
            [transfer] = desk.transfers.all()
            assert (transfer.kind, transfer.state) == (TransferKind.SAVING, TransferState.DONE)
            assert (transfer.items_done, transfer.items_total, transfer.place) == (4, 4, handed.folder)

    asyncio.run(scenario())


def test_only_what_is_shown_is_handed_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            car = next(label.number for label in opened.labels if label.name == "car")
            shown = Filter(share=Share.WITH_FINDINGS, labels=frozenset({car}), least=0.3)
            selection = await opened.select(shown, SortBy.NAME, descending=True)
            wishes = Wishes(forms=frozenset({Form.XLSX, Form.JSONL}), name="Cars")
            handed = await desk.handing.hand_on(opened, selection, wishes, tmp_path)
            seen = await opened.seen(selection.numbers.tolist(), shown)
            lines = [json.loads(line) for line in (handed.folder / "saved.jsonl").read_bytes().splitlines()]
            assert [line["picture"] for line in lines] == [each.picture.name for each in seen]
            assert 0 < len(lines) < opened.pictures
            classes = [one["class"] for line in lines for one in line["findings"]]
            assert classes == ["car"] * selection.findings
            about = openpyxl.load_workbook(handed.folder / "saved.xlsx")["About"]
            told = dict(about.iter_rows(values_only=True))
            assert (told["Classes"], told["Confidence"]) == ("car", "30% – 100%")
            assert told["Pictures (handed on / all)"] == f"{len(lines)} / 4"

    asyncio.run(scenario())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            selection = await opened.select(Filter())
            wishes = Wishes(forms=frozenset({Form.CSV}))
            first = await desk.handing.hand_on(opened, selection, wishes, tmp_path)
            before = state_of(first.folder)
            second = await desk.handing.hand_on(opened, selection, wishes, tmp_path)
            assert second.folder == tmp_path / "saved results 2"
            assert state_of(first.folder) == before

    asyncio.run(scenario())


def test_results_may_be_closed_while_they_are_handed_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            selection = await opened.select(Filter())
            wishes = Wishes(forms=frozenset({Form.CSV, Form.YOLO}))
            handing = asyncio.create_task(desk.handing.hand_on(opened, selection, wishes, tmp_path))
            await until(desk.transfers.all)
            await opened.close()
            assert (await handing).findings == 12

    asyncio.run(scenario())


def test_what_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path, pictures=400) as (desk, opened):
            selection = await opened.select(Filter())
            wishes = Wishes(forms=frozenset({Form.DRAWN, Form.XLSX}))
            (tmp_path / "to").mkdir()
            handing = asyncio.create_task(desk.handing.hand_on(opened, selection, wishes, tmp_path / "to"))
            await until(lambda: any(each.items_done > 0 for each in desk.transfers.all()), "some pictures are drawn")
            [transfer] = desk.transfers.all()
            await desk.transfers.stop(transfer.transfer_id)
            with pytest.raises(TransferStopped):
                await handing
            await until(lambda: not list((tmp_path / "to").iterdir()), "what was begun is gone")
            assert desk.transfers.all()[0].state is TransferState.STOPPED
            await desk.transfers.retry(transfer.transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE, "tried again, it is whole")
            assert [each.transfer_id for each in desk.transfers.all()] == [transfer.transfer_id]
            drawn = tmp_path / "to" / "saved results" / "With findings drawn"
            assert sum(path.suffix == ".jpg" for path in drawn.rglob("*")) == 400

    asyncio.run(scenario())


def test_a_full_disk_is_told_and_left_empty_and_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage(tmp_path)

    def almost_full(folder: object) -> object:
        return free._replace(free=receive.RESERVE_BYTES // 2)

    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            selection = await opened.select(Filter())
            wishes = Wishes(forms=frozenset({Form.CSV}))
            with monkeypatch.context() as patched:
                patched.setattr(shutil, "disk_usage", almost_full)
                handing = asyncio.create_task(desk.handing.hand_on(opened, selection, wishes, tmp_path / "to"))
                await until(lambda: any(each.hold is Hold.DISK for each in desk.transfers.all()), "it is held")
                [transfer] = desk.transfers.all()
                assert "has no room" in transfer.message
                assert not list((tmp_path / "to").iterdir())
            desk.transfers.resume_now(transfer.transfer_id)
            assert (await handing).findings == 12

    asyncio.run(scenario())


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            (tmp_path / "file").write_text("in the way")
            selection = await opened.select(Filter())
            with pytest.raises(FolderNotWritable) as raised:
                await desk.handing.hand_on(opened, selection, Wishes(forms=frozenset({Form.CSV})), tmp_path / "file")
            assert str(tmp_path / "file") in raised.value.sentence()

    asyncio.run(scenario())


def test_what_was_left_out_is_listed_beside_the_rest(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            (tmp_path / "originals" / "four.jpg").unlink()
            selection = await opened.select(Filter())
            wishes = Wishes(forms=frozenset({Form.BY_CLASS}))
            handed = await desk.handing.hand_on(opened, selection, wishes, tmp_path / "to")
            assert [problem.name for problem in handed.problems] == ["four.jpg"]
            with (handed.folder / "not handed on.csv").open(encoding="utf-8-sig", newline="") as file:
                heads, *rows = csv.reader(file)
            assert (heads, [row[0] for row in rows]) == (["file", "reason"], ["four.jpg"])
            assert desk.transfers.all()[0].state is TransferState.DONE_WITH_PROBLEMS
            [problem] = desk.problems.all()
            assert [each.name for each in problem.files] == ["four.jpg"]

    asyncio.run(scenario())


def test_a_size_that_nobody_told_is_read_from_the_original(tmp_path: Path) -> None:
    async def scenario() -> None:
        folder = results_folder(tmp_path / "saved", names=NAMES, originals=tmp_path / "originals")
        table = folder / "results.jsonl"
        rows = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            del row["predictions"]["image"]
        table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        (tmp_path / "originals" / "four.jpg").unlink()
        async with desk_at(tmp_path / "home", active=False) as (desk, _):
            opened = await desk.results.open_folder(folder, unheard)
            await opened.reconnect(tmp_path / "originals")
            selection = await opened.select(Filter())
            wishes = Wishes(forms=frozenset({Form.YOLO}))
            handed = await desk.handing.hand_on(opened, selection, wishes, tmp_path / "to")
            await opened.close()
        labels = sorted(path.name for path in (handed.folder / "YOLO" / "labels").iterdir())
        assert labels == ["फ़सल_चित्र 2.txt", "수확_three.txt", "수확_사진 1.txt"]
        assert [problem.name for problem in handed.problems] == ["four.jpg"]

    asyncio.run(scenario())


def test_frames_of_videos_are_handed_on_as_rows(tmp_path: Path) -> None:
    async def scenario() -> None:
        folder = video_results_folder(tmp_path / "saved", frames=5, rate=10.0)
        async with desk_at(tmp_path / "home", active=False) as (desk, _):
            opened = await desk.results.open_folder(folder, unheard)
            large = tmp_path / "originals" / "drive" / "one.mp4"
            large.parent.mkdir(parents=True)
            with large.open("wb") as file:
                file.truncate(10**7)
            assert (await opened.reconnect(tmp_path / "originals")).found == 1
            selection = await opened.select(Filter())
            weight = await desk.handing.weigh(opened, selection, tmp_path)
            assert weight.pictures == weight.forms[Form.DRAWN] == 0, "a video is no picture of that many bytes"
            wishes = Wishes(forms=frozenset({Form.JSONL, Form.COCO, Form.BY_CLASS}), pictures=True)
            handed = await desk.handing.hand_on(opened, selection, wishes, tmp_path / "to")
            await opened.close()
        lines = [json.loads(line) for line in (handed.folder / "saved.jsonl").read_bytes().splitlines()]
        assert [(line["video"], line["frame"], line["second"]) for line in lines] == [
            ("drive/one.mp4", number, number / 10) for number in range(5)
        ]
        coco = json.loads((handed.folder / "COCO" / "annotations.json").read_bytes())
        assert [image["file_name"] for image in coco["images"]][:2] == ["drive/one_000000.jpg", "drive/one_000001.jpg"]
        assert len(coco["annotations"]) == 10
        assert {problem.name for problem in handed.problems} == {"drive/one.mp4"}
        assert len(handed.problems) == 2, "said once by each form that wanted the frames, not for each frame"

    asyncio.run(scenario())


def test_how_large_it_gets_is_told_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened_at(tmp_path) as (desk, opened):
            weight = await desk.handing.weigh(opened, await opened.select(Filter()), tmp_path / "not there" / "yet")
            sizes = sum(path.stat().st_size for path in (tmp_path / "originals").rglob("*.jpg"))
            assert sizes * 0.9 < weight.pictures <= sizes
            assert weight.forms[Form.DRAWN] == weight.pictures
            assert weight.forms[Form.BY_CLASS] >= 2 * weight.pictures, "each picture has things of several classes"
            assert weight.free is not None
            wishes = Wishes(forms=frozenset({Form.DRAWN, Form.COCO, Form.YOLO}), pictures=True)
            tables = weight.forms[Form.COCO] + weight.forms[Form.YOLO]
            assert weight.needed(wishes) == 3 * weight.pictures + tables

    asyncio.run(scenario())
