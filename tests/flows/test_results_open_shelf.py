"""Folders of results are read once, again when they have changed, and what was read is kept up to a limit."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from batchdock.core.errors import ResultsUnreadable
from batchdock.core.finding import Filter
from batchdock.flows.desk import Desk
from batchdock.flows.results.opening import Opened, indexes
from batchdock.flows.results.opening.indexes import Indexes
from making.desks import desk_at
from making.results import results_folder, video_results_folder


class Heard:
    """Counts how often something was really read."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.told.append((done, total))


async def opened(desk: Desk, folder: Path, *, read: bool) -> Opened:
    """Open a folder, and see whether it was read for that."""
    heard = Heard()
    results = await desk.results.open_folder(folder, heard)
    assert bool(heard.told) == read, folder
    return results


def kept(home: Path) -> set[str]:
    return {path.name for path in (home / "opened" / "indexes").glob("*.duckdb")}


def test_a_folder_is_read_once_for_all_who_open_it(home: Path, tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "Lot 17", originals=tmp_path / "Lot 17" / "files", drawn=True)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            one, other = await asyncio.gather(
                *(desk.results.open_folder(folder, lambda done, total: None) for _ in range(2))
            )
            assert len(kept(home)) == 1
            assert (one.name, one.folder, one.job) == ("Lot 17", folder, None)
            assert (one.pictures, one.findings, one.of_videos) == (12, 36, False)
            assert sorted(each.name for each in one.labels) == ["car", "dog", "person"]
            await one.close()
            (seen,) = await other.seen([0], Filter())
            assert seen.picture.name == "card/IMG_0000.jpg"
            assert await other.original(0) == folder / "files" / "card" / "IMG_0000.jpg"
            assert await other.drawn(0) == folder / "pictures" / "card" / "IMG_0000" / "output_image.jpg"
            row = await other.tree(3)
            assert isinstance(row, dict)
            assert row["image"] == "card/IMG_0003.jpg"
            again = await opened(desk, folder, read=False)
            selection = await again.select(Filter(least=0.5))
            assert len(selection.numbers) == 12
        # The desk has closed what was open.
        with pytest.raises(asyncio.CancelledError):
            await again.seen([0], Filter())
        async with desk_at(home, active=False) as (desk, _):
            await opened(desk, folder, read=False)

    asyncio.run(scenario())


def test_csv_and_videos_are_opened_as_well(home: Path, tmp_path: Path) -> None:
    csv = results_folder(tmp_path / "csv", form="csv")
    video = video_results_folder(tmp_path / "video", rate=10.0)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            results = await opened(desk, csv, read=True)
            row = await results.tree(2)
            assert isinstance(row, dict)
            assert (row["image"], row["count"]) == ("card/IMG_0002.jpg", "3")
            assert isinstance(row["predictions"], dict)
            results = await opened(desk, video, read=True)
            assert results.of_videos
            frames = await results.frames("drive/one.mp4", Filter())
            assert frames.seconds.tolist() == [number / 10 for number in range(20)]
            assert frames.findings.tolist() == [2] * 20

    asyncio.run(scenario())


def test_what_has_changed_is_read_anew(home: Path, tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "Lot 17")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            before = await opened(desk, folder, read=True)
            results_folder(folder, pictures=15)
            after = await opened(desk, folder, read=True)
            # Who has it open goes on with what was.
            assert (before.pictures, after.pictures) == (12, 15)
            assert len(await before.seen(range(20), Filter())) == 12
            # Deeper inside it is told by the files that were read.
            table = folder / "results.jsonl"
            state = table.stat()
            table.write_text(table.read_text(encoding="utf-8").replace("person", "parson"), encoding="utf-8")
            os.utime(table, ns=(state.st_atime_ns, state.st_mtime_ns + 5_000_000_000))
            after = await opened(desk, folder, read=True)
            assert "parson" in {each.name for each in after.labels}
            (folder / ".DS_Store").touch()
            (folder / "~$results.csv").touch()
            await opened(desk, folder, read=False)
            (folder / "nowhere").symlink_to(tmp_path / "nowhere")
            await opened(desk, folder, read=False)
            (folder / "pictures").mkdir()
            await opened(desk, folder, read=True)

    asyncio.run(scenario())


def test_a_broken_index_is_made_anew_without_a_word(home: Path, tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "Lot 17")

    def other_version(index: Path, note: Path) -> None:
        note.write_text(
            json.dumps({**json.loads(note.read_text(encoding="utf-8")), "version": "0.1"}), encoding="utf-8"
        )

    damages: tuple[Callable[[Path, Path], object], ...] = (
        lambda index, note: os.truncate(index, index.stat().st_size // 2),
        lambda index, note: index.write_bytes(b""),
        lambda index, note: index.write_bytes(b"something else " * 10_000),
        lambda index, note: index.unlink(),
        lambda index, note: note.write_text('{"index": 3', encoding="utf-8"),
        other_version,
    )

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            await (await opened(desk, folder, read=True)).close()
            for damage in damages:
                (index,), (note,) = ((home / "opened" / "indexes").glob(each) for each in ("*.duckdb", "*.json"))
                damage(index, note)
                results = await opened(desk, folder, read=True)
                assert len((await results.select(Filter())).numbers) == 12
                assert len(kept(home)) == 1
                await results.close()

    asyncio.run(scenario())


def test_what_is_no_results_is_told_as_such(home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            for folder in (empty, tmp_path / "nowhere"):
                with pytest.raises(ResultsUnreadable) as caught:
                    await desk.results.open_folder(folder, lambda done, total: None)
                assert caught.value.values["name"] == folder.name
            assert not kept(home)

    asyncio.run(scenario())


def test_only_so_many_are_kept_and_never_fewer_than_are_open(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "MOST", 2)
    folders = [results_folder(tmp_path / f"Lot {number}", pictures=2) for number in range(4)]

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            first = await opened(desk, folders[0], read=True)
            for folder in folders[1:]:
                await (await opened(desk, folder, read=True)).close()
            assert len(kept(home)) == 3
            assert len(await first.seen([0, 1], Filter())) == 2
            await first.close()
            await opened(desk, folders[3], read=False)
            await asyncio.to_thread(desk.results.forget_old)
            assert len(kept(home)) == 2
            await opened(desk, folders[0], read=True)

    asyncio.run(scenario())


def test_old_indexes_go_by_their_size_too_and_strays_by_their_age(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "MOST_BYTES", 250)
    made = Indexes(tmp_path / "indexes")
    places = []
    for number in range(4):
        results = tmp_path / f"Lot {number}"
        results.mkdir()
        index = made.new(results)
        index.write_bytes(b"x" * 100)
        made.keep(results, index, indexes.state_of(results))
        os.utime(
            next(path for path in (tmp_path / "indexes").glob("*.json") if index.name in path.read_text()),
            (number, number),
        )
        places.append(index)
    young, old = (tmp_path / "indexes" / name for name in ("young-1.duckdb", "old-1.duckdb"))
    for stray in (young, old):
        stray.touch()
    os.utime(old, (0, 0))
    made.forget_old()
    assert [index.exists() for index in (*places, young, old)] == [False, False, True, True, True, False]
