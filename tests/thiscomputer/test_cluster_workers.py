"""The engine's side of a cluster, without the service: workers that are killed, unfit, or have too much to do.

Long: every test starts several processes of Dask, which takes seconds each.
"""

import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.cluster import Cluster
from batchdock.thiscomputer.engine.executor import DEADLY
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.engine.scheduler import Scheduler
from making.cluster import DaskCluster
from making.local_service import poll
from making.media import picture_bytes, video
from making.workers import Doing, dawdle, die, die_once

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="starts processes as on POSIX")]

PICTURE = picture_bytes(1)
PATIENCE = 60


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[DaskCluster]:
    """A scheduler that gives a task up with the first worker that dies of it."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with DaskCluster(folder, patience=0) as running:
        yield running


@pytest.fixture
def cluster(dask: DaskCluster) -> Iterator[Cluster]:
    """What the service computes with."""
    made = Cluster(Scheduler(dask.address))
    yield made
    made.close(cancel=True)


def send(cluster: Cluster, *names: str) -> Future[list[Row]]:
    """Submit a batch of small pictures."""
    return cluster.submit("picture-quality", [Input(name, data=PICTURE) for name in names], Options())


def names_of(future: Future[list[Row]]) -> list[str]:
    """Wait for the rows and return their names; all were processed."""
    rows = future.result(PATIENCE)
    assert [row.cause for row in rows] == [None] * len(rows)
    return [row.name for row in rows]


def test_deadly_input_is_named_and_takes_no_other_along(dask: DaskCluster, cluster: Cluster, tmp_path: Path) -> None:
    for _ in range(4):
        dask.add_worker()
    poll(lambda: cluster.workers, lambda count: count == 4)
    deadly = send(cluster, "left", Doing("deadly", die), "right")
    unlucky = send(cluster, "a", Doing("unlucky", die_once, tmp_path / "mark"), "b")
    others = [send(cluster, f"{number}a", f"{number}b") for number in range(20)]
    assert [(row.name, row.cause) for row in deadly.result(PATIENCE)] == [
        ("left", None),
        ("deadly", DEADLY),
        ("right", None),
    ]
    assert names_of(unlucky) == ["a", "unlucky", "b"]
    assert [names_of(each) for each in others] == [[f"{number}a", f"{number}b"] for number in range(20)]
    assert sum(each.poll() is not None for each in dask.workers) == 3
    assert names_of(send(cluster, "after")) == ["after"]


def test_unfit_workers_get_nothing_and_it_is_said_why(dask: DaskCluster, cluster: Cluster) -> None:
    dask.add_worker(preload="import batchdock; batchdock.__version__ = '0.0.1'")
    assert "Batchdock 0.0.1" in poll(lambda: cluster.trouble, lambda said: "can not be used" in said)
    waiting = send(cluster, "a")
    dask.add_worker(preload="import sys; sys.modules['batchdock'] = None")
    said = poll(lambda: cluster.trouble, lambda said: "2 of 2 workers" in said)
    assert "goes on by itself" in said
    assert not waiting.done()
    dask.add_worker()
    assert names_of(waiting) == ["a"]
    assert [names_of(send(cluster, str(number))) for number in range(10)] == [[str(number)] for number in range(10)]
    assert "2 of 3 workers" in cluster.trouble
    assert "Compute Failed" not in dask.logs()


def test_a_worker_that_does_not_answer_keeps_nobody_waiting(dask: DaskCluster) -> None:
    silent = dask.add_worker()
    poll(dask.logs, lambda said: said.count("Registered to") == 1)
    silent.send_signal(signal.SIGSTOP)
    cluster = Cluster(Scheduler(dask.address))
    try:
        dask.add_worker()
        futures = [send(cluster, f"{number}a", f"{number}b") for number in range(10)]
        assert [names_of(each) for each in futures] == [[f"{number}a", f"{number}b"] for number in range(10)]
        assert cluster.workers == 1
        silent.send_signal(signal.SIGCONT)
        poll(lambda: cluster.workers, lambda count: count == 2)
    finally:
        cluster.close(cancel=True)


def test_what_is_cancelled_is_left_and_the_next_begins(dask: DaskCluster, cluster: Cluster, tmp_path: Path) -> None:
    dask.add_worker()
    slow = send(cluster, Doing("slow", dawdle, tmp_path / "slow", 1), "next")
    poll(lambda: (tmp_path / "slow").exists(), bool)
    never = send(cluster, Doing("never", dawdle, tmp_path / "never", 60))
    assert slow.cancel()
    assert never.cancel()
    assert names_of(send(cluster, "after")) == ["after"]
    assert not (tmp_path / "never").exists()


def test_how_far_a_video_is_is_told(dask: DaskCluster, cluster: Cluster, tmp_path: Path) -> None:
    film = Input("film.mp4", video(tmp_path / "film.mp4", 1500, 25, (320, 240)), content="videos")
    future = cluster.submit("picture-quality", [film], Options(max_video_fps=25))
    assert cluster.progress(future) == 0.0
    dask.add_worker()
    first = poll(lambda: cluster.progress(future), lambda part: 0 < part < 1)
    poll(lambda: cluster.progress(future) > first or future.done(), bool)
    assert len(future.result(PATIENCE)) == 1500
    assert cluster.progress(future) == 0.0


def test_threads_of_one_worker_share_it(dask: DaskCluster, cluster: Cluster) -> None:
    dask.add_worker(threads=4)
    poll(lambda: cluster.workers, lambda count: count == 4)
    futures = [send(cluster, *(f"{number}-{each}" for each in range(16))) for number in range(16)]
    assert [names_of(each) for each in futures] == [[f"{n}-{each}" for each in range(16)] for n in range(16)]


def test_closing_in_peace_finishes_everything(dask: DaskCluster) -> None:
    cluster = Cluster(Scheduler(dask.address))
    futures = [send(cluster, str(number)) for number in range(8)]
    dask.add_worker()
    cluster.close(cancel=False)
    assert [names_of(each) for each in futures] == [[str(number)] for number in range(8)]
    with pytest.raises(RuntimeError, match="closed"):
        send(cluster, "late")


def test_closing_now_while_nobody_answers() -> None:
    cluster = Cluster(Scheduler("tcp://127.0.0.1:1"))
    future = send(cluster, "a")
    assert "no scheduler listens" in poll(lambda: cluster.trouble, lambda said: "listens" in said)
    cluster.close(cancel=True)
    assert future.cancelled()


def test_what_belongs_to_an_input_goes_along(dask: DaskCluster, cluster: Cluster, tmp_path: Path) -> None:
    inputs = [
        Input("usual", data=PICTURE),
        Input("other", data=PICTURE, values={"blurred_below": 0}),
        Input("gone", tmp_path / "gone.jpg"),
        Input("troubled", tmp_path / "gone.jpg", trouble="It has no metadata."),
        Input("bad", data=PICTURE, values={"blurred_below": "much"}),
    ]
    dask.add_worker()
    rows = cluster.submit("picture-quality", inputs, Options()).result(PATIENCE)
    assert rows == process_batch("picture-quality", inputs, Options())
    assert [bool(row.cause) for row in rows] == [False, False, True, True, True]
    assert rows[0].outputs["verdict"] != rows[1].outputs["verdict"]


def test_an_unknown_workflow_is_the_owners_to_know(dask: DaskCluster, cluster: Cluster) -> None:
    dask.add_worker()
    with pytest.raises(LookupError, match="no-such"):
        cluster.submit("no-such", [Input("a", data=PICTURE)], Options()).result(PATIENCE)
    assert names_of(send(cluster, "b")) == ["b"]
