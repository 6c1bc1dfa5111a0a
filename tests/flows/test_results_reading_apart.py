"""Results are read in a process of their own, which can be ended and may end badly."""

import asyncio
import multiprocessing
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from batchdock.core.errors import ReadingEnded, ResultsUnreadable
from batchdock.flows.results.reading import read_apart
from making.indexed import Indexed
from making.results import results_folder


def large(folder: Path) -> Path:
    """Make results that take some seconds to read."""
    results_folder(folder, pictures=200, each=20)
    table = folder / "results.jsonl"
    piece = table.read_bytes()
    with table.open("ab") as file:
        for _ in range(150):
            file.write(piece)
    return folder


def beside(index: Path) -> list[str]:
    """Return what lies where the index was to appear."""
    return sorted(each.name for each in index.parent.iterdir())


def test_the_index_appears_and_progress_is_heard(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved", pictures=600)
    index = tmp_path / "kept" / "index.duckdb"
    index.parent.mkdir()
    heard: list[tuple[int, int]] = []
    asyncio.run(read_apart(folder, index, lambda done, total: heard.append((done, total))))

    assert len(Indexed(index).names) == 600
    size = (folder / "results.jsonl").stat().st_size
    assert heard[-1] == (size, size)
    assert beside(index) == ["index.duckdb"]


def test_results_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "kept").mkdir()
    with pytest.raises(ResultsUnreadable) as raised:
        asyncio.run(read_apart(tmp_path / "none", tmp_path / "kept" / "index", lambda done, total: None))
    assert raised.value.values["name"] == "none"
    assert beside(tmp_path / "kept" / "index") == []


def test_an_index_that_can_not_be_written(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved")
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        asyncio.run(read_apart(folder, tmp_path / "file" / "index", lambda done, total: None))


def test_cancelling_ends_the_process_and_leaves_nothing(tmp_path: Path) -> None:
    folder = large(tmp_path / "saved")
    index = tmp_path / "kept" / "index.duckdb"
    index.parent.mkdir()

    async def scenario() -> None:
        begun = asyncio.Event()
        reading = asyncio.ensure_future(read_apart(folder, index, lambda done, total: begun.set()))
        async with asyncio.timeout(60):
            await begun.wait()
        assert multiprocessing.active_children()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(scenario())
    assert multiprocessing.active_children() == []
    assert beside(index) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_process_that_is_killed_is_told_about(tmp_path: Path) -> None:
    folder = large(tmp_path / "saved")
    index = tmp_path / "kept" / "index.duckdb"
    index.parent.mkdir()
    index.write_text("the one before")

    def kill(done: int, total: int) -> None:
        for child in multiprocessing.active_children():
            if child.pid is not None:
                os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(ReadingEnded) as raised:
        asyncio.run(read_apart(folder, index, kill))
    assert raised.value.values["name"] == "saved"
    assert index.read_text() == "the one before"
    assert beside(index) == ["index.duckdb"]


def test_a_folder_that_goes_away_meanwhile(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved")
    shutil.rmtree(folder)
    with pytest.raises(ResultsUnreadable):
        asyncio.run(read_apart(folder, tmp_path / "index", lambda done, total: None))
