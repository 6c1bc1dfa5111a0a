"""How many workers the engine has and how modest they are, and what happens when that changes in the middle of work."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from batchdock.thiscomputer.engine.capacity import usual_workers, workers_for
from batchdock.thiscomputer.engine.executor import Engine
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row
from making.local_service import poll
from making.media import picture_bytes, video
from making.workers import Doing, alive, children, dawdle

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

PICTURE = picture_bytes(1)
PATIENCE = 150
FRAMES = 900
EVERY_FRAME = Options(max_video_fps=25)
IDLE = 5
"""SCHED_IDLE."""


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine of two workers, ended with the test."""
    made = Engine(2)
    yield made
    made.close(cancel=True)


def send(engine: Engine, *names: str) -> Future[list[Row]]:
    """Submit a batch of small pictures."""
    return engine.submit("picture-quality", [Input(name, data=PICTURE) for name in names], Options())


def film(path: Path) -> Input:
    """Make a video that takes a worker some seconds."""
    return Input(path.name, video(path, FRAMES, 25, (320, 240)), content="videos")


def slow(folder: Path, name: str, seconds: float) -> Doing:
    """Return a name that leaves a trace where a worker takes it up, and takes its time there, as C code does."""
    return Doing(name, dawdle, folder / name, seconds)


def names_of(future: Future[list[Row]]) -> list[str]:
    """Wait for the rows and return their names; all were processed."""
    rows = future.result(PATIENCE)
    assert [row.cause for row in rows] == [None] * len(rows)
    return [row.name for row in rows]


def test_gentle_is_half_of_it() -> None:
    assert [workers_for(count, gentle=True) for count in (1, 2, 3, 8)] == [1, 1, 1, 4]
    assert [workers_for(count, gentle=False) for count in (1, 2, 3, 8)] == [1, 2, 3, 8]
    assert 1 <= usual_workers() <= len(os.sched_getaffinity(0))
    assert workers_for(None, gentle=True) == max(1, usual_workers() // 2)


def test_what_has_begun_ends_gently_and_the_rest_goes_to_fewer_workers(engine: Engine, tmp_path: Path) -> None:
    begun = [engine.submit("picture-quality", [film(tmp_path / f"{n}.mp4")], EVERY_FRAME) for n in range(2)]
    poll(lambda: [engine.progress(each) for each in begun], lambda parts: min(parts) > 0.01)
    waiting = [send(engine, f"{number}a", f"{number}b") for number in range(10)]
    before = children()
    assert {os.sched_getscheduler(each) for each in before} == {os.SCHED_OTHER}
    engine.change(2, gentle=True)
    assert engine.workers == 1
    poll(lambda: {os.sched_getscheduler(each) for each in before if alive(each)}, lambda found: found == {IDLE})
    assert [len(each.result(PATIENCE)) for each in begun] == [FRAMES, FRAMES]
    assert [names_of(each) for each in waiting] == [[f"{number}a", f"{number}b"] for number in range(10)]
    (worker,) = poll(lambda: children() - before, bool)
    assert (os.sched_getscheduler(worker), os.getpriority(os.PRIO_PROCESS, worker)) == (IDLE, 19)
    poll(lambda: [each for each in before if alive(each)], lambda left: not left)


def test_more_workers_from_now_on(engine: Engine) -> None:
    names_of(send(engine, "a"))
    engine.change(3, gentle=False)
    futures = [send(engine, str(number)) for number in range(30)]
    poll(children, lambda found: len(found) == 3)
    assert [names_of(each) for each in futures] == [[str(number)] for number in range(30)]


def test_same_settings_again_change_nothing(engine: Engine) -> None:
    names_of(send(engine, "a"))
    before = children()
    engine.change(2, gentle=False)
    names_of(send(engine, "b"))
    assert before <= children()


def test_worker_that_does_not_leave_what_nobody_wants_is_ended(engine: Engine, tmp_path: Path) -> None:
    unwanted = send(engine, slow(tmp_path, "unwanted", 60))
    wanted = send(engine, slow(tmp_path, "wanted", 60), "another")
    poll(lambda: len(list(tmp_path.iterdir())), lambda count: count == 2)
    before = children()
    (tmp_path / "wanted").unlink()
    assert unwanted.cancel()
    poll(lambda: [each for each in before if alive(each)], lambda left: not left)
    poll(lambda: (tmp_path / "wanted").exists(), bool)
    assert not wanted.done()
    assert names_of(send(engine, "after")) == ["after"]
    assert wanted.cancel()


def test_a_video_that_somebody_wants_is_not_begun_anew_for_that(engine: Engine, tmp_path: Path) -> None:
    wanted = engine.submit("picture-quality", [film(tmp_path / "film.mp4")], EVERY_FRAME)
    poll(lambda: engine.progress(wanted), lambda part: part > 0.01)
    unwanted = send(engine, slow(tmp_path, "unwanted", 2))
    poll(lambda: (tmp_path / "unwanted").exists(), bool)
    before = children()
    assert unwanted.cancel()
    assert len(wanted.result(PATIENCE)) == FRAMES
    assert before <= children()
