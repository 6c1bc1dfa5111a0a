"""The engine against what happens to processes: killed, dying, cancelled, orphaned."""

import multiprocessing.spawn
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from batchdock.thiscomputer.engine.capacity import usual_workers
from batchdock.thiscomputer.engine.executor import DEADLY, Engine, NoWorkers
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.pool import WorkerPool
from batchdock.thiscomputer.engine.rows import Input, Row
from making.media import picture_bytes, video
from making.workers import Doing, alive, children, dawdle, die, die_once

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

PICTURE = picture_bytes(1)
PATIENCE = 150


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine of two workers, ended with the test."""
    made = Engine(2)
    yield made
    made.close(cancel=True)
    assert eventually(lambda: not children())


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Look at a condition until it is true, or the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def batch(*names: str) -> list[Input]:
    """Return one small picture a name."""
    return [Input(name, data=PICTURE) for name in names]


def send(engine: Engine, *names: str) -> Future[list[Row]]:
    """Submit a batch."""
    return engine.submit("picture-quality", batch(*names), Options())


def names_of(rows: list[Row]) -> list[str]:
    """Return the names of rows that were all processed."""
    assert [row.cause for row in rows] == [None] * len(rows)
    return [row.name for row in rows]


def test_every_batch_comes_back_in_its_order(engine: Engine) -> None:
    futures = [send(engine, f"{number}a", f"{number}b") for number in range(40)]
    assert [names_of(each.result(PATIENCE)) for each in futures] == [[f"{n}a", f"{n}b"] for n in range(40)]
    assert 1 <= len(children()) <= 2


def test_workers_start_with_the_first_batch_and_stay(engine: Engine) -> None:
    assert children() == set()
    send(engine, "a").result(PATIENCE)
    first = children()
    assert first
    send(engine, "b").result(PATIENCE)
    assert first <= children()


def test_killed_workers_lose_nothing(engine: Engine) -> None:
    futures = [send(engine, *(f"{number}-{each}" for each in range(8))) for number in range(30)]
    for moment in (2, 10, 20):
        futures[moment].result(PATIENCE)
        for process in children():
            os.kill(process, signal.SIGKILL)
    rows = [row for each in futures for row in each.result(PATIENCE)]
    assert names_of(rows) == [f"{number}-{each}" for number in range(30) for each in range(8)]


def test_worker_killed_while_idle_is_replaced(engine: Engine) -> None:
    send(engine, "a").result(PATIENCE)
    before = children()
    for process in before:
        os.kill(process, signal.SIGKILL)
    assert eventually(lambda: not any(alive(process) for process in before))
    assert names_of(send(engine, "b").result(PATIENCE)) == ["b"]


def test_deadly_input_is_named_and_takes_no_other_along(engine: Engine) -> None:
    before = [send(engine, f"a{number}") for number in range(6)]
    deadly = send(engine, "left", Doing("deadly", die), "right")
    after = [send(engine, f"b{number}") for number in range(6)]
    rows = deadly.result(PATIENCE)
    assert [(row.name, row.cause) for row in rows] == [("left", None), ("deadly", DEADLY), ("right", None)]
    for each in (*before, *after):
        names_of(each.result(PATIENCE))


def test_input_that_kills_once_is_processed(engine: Engine, tmp_path: Path) -> None:
    future = send(engine, "left", Doing("unlucky", die_once, tmp_path / "mark"), "right")
    assert names_of(future.result(PATIENCE)) == ["left", "unlucky", "right"]
    assert (tmp_path / "mark").exists()


def test_cancelled_batches_never_begin(engine: Engine, tmp_path: Path) -> None:
    def slow(number: int) -> Doing:
        return Doing(str(number), dawdle, tmp_path / str(number), 0.2)

    futures = [send(engine, slow(number)) for number in range(30)]
    assert eventually(lambda: (tmp_path / "0").exists())
    for each in futures[1:]:
        assert each.cancel()
    assert names_of(futures[0].result(PATIENCE)) == ["0"]
    assert wait(futures, timeout=PATIENCE).not_done == set()
    assert names_of(send(engine, "after").result(PATIENCE)) == ["after"]
    # Of what was in the hands of the pool some may have begun; what was waiting has not.
    assert len(list(tmp_path.iterdir())) <= 6


@pytest.mark.long
def test_a_cancelled_video_is_left_in_the_middle(tmp_path: Path) -> None:
    film = Input("film.mp4", video(tmp_path / "film.mp4", frames=1500, fps=25, size=(640, 480)), content="videos")
    engine = Engine(1)
    try:
        send(engine, "warm").result(PATIENCE)
        begun = time.monotonic()
        future = engine.submit("picture-quality", [film], Options(max_video_fps=25))
        assert eventually(lambda: engine.progress(future) > 0.01)
        first = engine.progress(future)
        assert eventually(lambda: engine.progress(future) > first)
        to_go = (time.monotonic() - begun) * (1 / engine.progress(future) - 1)
        worker = children()
        assert future.cancel()
        cancelled = time.monotonic()
        assert names_of(send(engine, "after").result(PATIENCE)) == ["after"]
        assert time.monotonic() - cancelled < to_go
        assert children() == worker
        assert engine.progress(future) == 0.0
    finally:
        engine.close(cancel=True)


def test_closing_now_waits_for_no_batch(tmp_path: Path) -> None:
    engine = Engine(2)
    futures = [send(engine, Doing(str(number), dawdle, tmp_path / str(number), 60)) for number in range(10)]
    assert eventually(lambda: len(list(tmp_path.iterdir())) == 2)
    workers = children()
    begun = time.monotonic()
    engine.close(cancel=True)
    assert time.monotonic() - begun < 30
    assert all(each.cancelled() for each in futures)
    assert not any(alive(process) for process in workers)
    with pytest.raises(RuntimeError, match="closed"):
        send(engine, "late")
    engine.close(cancel=True)


def test_closing_now_while_lost_batches_run_again(tmp_path: Path) -> None:
    engine = Engine(1)
    future = send(
        engine, Doing("unlucky", die_once, tmp_path / "first"), Doing("slow", dawdle, tmp_path / "second", 60)
    )
    assert eventually(lambda: (tmp_path / "second").exists())
    begun = time.monotonic()
    engine.close(cancel=True)
    assert time.monotonic() - begun < 30
    assert future.cancelled()


def test_closing_in_peace_finishes_everything() -> None:
    engine = Engine(2)
    futures = [send(engine, str(number)) for number in range(12)]
    engine.close(cancel=False)
    assert [names_of(each.result(0)) for each in futures] == [[str(number)] for number in range(12)]
    assert children() == set()


def test_engine_that_never_worked_closes() -> None:
    Engine(2).close(cancel=False)
    assert usual_workers() >= 1


def test_unknown_workflow_is_the_owners_to_know(engine: Engine) -> None:
    with pytest.raises(LookupError, match="no-such"):
        engine.submit("no-such", batch("a"), Options()).result(PATIENCE)
    assert names_of(send(engine, "b").result(PATIENCE)) == ["b"]


def test_workers_ignore_interrupts(engine: Engine, tmp_path: Path) -> None:
    future = send(engine, Doing("a", dawdle, tmp_path / "mark", 0.3))
    assert eventually((tmp_path / "mark").exists)
    workers = children()
    for process in workers:
        os.kill(process, signal.SIGINT)
    assert names_of(future.result(PATIENCE)) == ["a"]
    assert workers <= children()


def test_workers_are_modest() -> None:
    with WorkerPool(1) as pool:
        assert pool.submit(os.getenv, "OMP_NUM_THREADS").result(PATIENCE) == "1"
        assert pool.submit(os.nice, 0).result(PATIENCE) >= 10


def test_workers_end_when_the_leash_is_let_go() -> None:
    pool = WorkerPool(1)
    worker = pool.submit(os.getpid).result(PATIENCE)
    sleeping = pool.submit(time.sleep, 60)
    pool._leash.close()
    assert eventually(lambda: not alive(worker))
    assert isinstance(sleeping.exception(PATIENCE), BrokenProcessPool)
    pool.kill()


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from batchdock.thiscomputer.engine.options import Options\n"
        "from batchdock.thiscomputer.engine.executor import Engine\n"
        "from batchdock.thiscomputer.engine.rows import Input\n"
        "from making.workers import Doing, children, dawdle\n"
        "if __name__ == '__main__':\n"
        "    engine, marks = Engine(2), [Path(each) for each in sys.argv[1:]]\n"
        "    for mark in marks: engine.submit('read-codes', [Input(Doing('a', dawdle, mark, 60))], Options())\n"
        "    while not all(mark.exists() for mark in marks): time.sleep(0.01)\n"
        "    print(*children(), flush=True)\n"
        "    time.sleep(60)\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(program)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, str(script), str(tmp_path / "1"), str(tmp_path / "2")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        workers = {int(each) for each in parent.stdout.readline().split()}
        parent.kill()
    assert len(workers) == 2
    assert eventually(lambda: not any(alive(process) for process in workers))


def test_where_no_worker_can_start_it_is_said() -> None:
    usual = multiprocessing.spawn.get_executable()
    engine = Engine(1)
    multiprocessing.spawn.set_executable("/bin/false")
    try:
        futures = [send(engine, "a"), send(engine, "b")]
        for each in futures:
            assert isinstance(each.exception(PATIENCE), NoWorkers)
    finally:
        multiprocessing.spawn.set_executable(usual)
    assert names_of(send(engine, "c").result(PATIENCE)) == ["c"]
    engine.close(cancel=False)
