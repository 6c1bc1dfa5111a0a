"""Jobs on a Dask cluster: a real scheduler, real workers, and what happens to them. The results are those of this
computer, byte for byte.

Long: every test starts a service and several processes of Dask, and most wait for what is tried again after seconds.
"""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from making.certificates import Authority
from making.cluster import DaskCluster
from making.local_service import LocalService, poll
from making.media import code_picture, picture, truncated_picture, video

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="kills processes")]

PICTURES = 400


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LocalService]:
    """A service of its own: these tests change its settings."""
    with LocalService(tmp_path / "data") as running:
        yield running


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    """A scheduler without workers."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with DaskCluster(folder) as running:
        yield running


def change(service: LocalService, **settings: object) -> dict[str, Any]:
    """Change settings and return what is said about computing."""
    answer = service.ask("PATCH", "/this-computer/settings", json=settings)
    assert answer.status_code == 200, answer.text
    computing: dict[str, Any] = answer.json()["computing"]
    return computing


def computing(service: LocalService) -> dict[str, Any]:
    """Return what is said about computing."""
    found: dict[str, Any] = service.ask("GET", "/this-computer/settings").json()["computing"]
    return found


def trouble(service: LocalService, words: str) -> str:
    """Wait until the trouble is told that has these words in it."""
    found: str = poll(lambda: computing(service)["trouble"], lambda said: words in said)
    return found


def many(folder: Path, count: int = PICTURES) -> dict[str, Path]:
    """Return pictures, some of them with codes, two of them broken, one gone."""
    names = {f"{number:04}.jpg": picture(folder / f"{number:04}.jpg", number) for number in range(count)}
    names |= {f"code{number}.png": code_picture(folder / f"code{number}.png", f"no. {number}") for number in range(5)}
    names["half.jpg"] = truncated_picture(folder / "half.jpg")
    (folder / "empty.jpg").touch()
    names["empty.jpg"] = folder / "empty.jpg"
    names["gone.jpg"] = picture(folder / "gone.jpg", 1)
    return names


def refer(service: LocalService, names: dict[str, Path]) -> None:
    """Hand the pictures over; then one of them disappears."""
    assert service.refer("b", names).status_code == 200
    service.wait_for_shards("b")
    names["gone.jpg"].unlink()


def results(service: LocalService, job_id: str) -> dict[str, bytes]:
    """Return every file of the results; the list of failures, which has the time in its name, as “failures”."""
    found = service.results(job_id)
    assert len({name for name, _ in found}) == len(found)
    return {"failures" if name.startswith("failed_files") else name: data for name, data in found}


def processed(count: int, job: dict[str, Any]) -> bool:
    """Return whether a job has come as far as this."""
    return bool(job["lastNotification"].get("processed", 0) >= count)


def start(service: LocalService, job_id: str, workflow: str = "read-codes", **specification: object) -> None:
    """Start a job that keeps drawn pictures and makes a CSV."""
    specification = {"persistImagesOutputs": True, "aggregationFormat": "csv", **specification}
    answer = service.start_job(job_id, "b", workflow, specification=specification)
    assert answer.status_code == 200, answer.text


def test_same_results_with_one_worker_two_and_three_of_a_cluster_one_of_them_killed(
    service: LocalService, cluster: DaskCluster, tmp_path: Path
) -> None:
    """Four jobs over 400 pictures, and the start of five processes."""
    names = many(tmp_path / "pictures")
    refer(service, names)
    for count in (1, 2):
        assert change(service, workers=count)["workers"] == count
        start(service, f"here{count}")
        assert service.wait(f"here{count}")["error"] is False
    expected = results(service, "here1")
    assert len(expected["failures"].splitlines()) == 3
    assert b"no. 4" in expected["aggregated_results.csv"]
    assert results(service, "here2") == expected

    for _ in range(3):
        cluster.add_worker()
    assert change(service, scheduler=cluster.address)["trouble"]
    assert "3 workers" in poll(lambda: computing(service), lambda said: said["workers"] == 3)["device"]
    start(service, "there")
    service.wait("there", partial(processed, 100))
    cluster.workers[0].kill()
    cluster.add_worker()
    assert not service.job("there")["isTerminal"]
    assert service.wait("there")["error"] is False
    assert results(service, "there") == expected
    assert "Removing worker" in cluster.logs() or "Remove worker" in cluster.logs()


def test_same_results_when_the_place_changes_and_the_scheduler_dies(
    service: LocalService, cluster: DaskCluster, tmp_path: Path
) -> None:
    """One job on this computer, on a cluster, on the scheduler's successor, and here again."""
    names = many(tmp_path / "pictures", 1200)
    refer(service, names)
    start(service, "here")
    service.wait("here")
    expected = results(service, "here")

    cluster.add_worker()
    start(service, "j")
    service.wait("j", partial(processed, 50))
    change(service, scheduler=cluster.address)
    service.wait("j", partial(processed, 300))
    cluster.kill()
    assert "goes on by itself" in trouble(service, "gone")
    before = service.job("j")["lastNotification"]["processed"]
    cluster.start()
    trouble(service, "no workers")
    cluster.add_worker()
    service.wait("j", partial(processed, before + 100))
    change(service, scheduler="")
    assert service.wait("j")["error"] is False
    assert results(service, "j") == expected


def test_the_service_killed_while_the_cluster_works(
    service: LocalService, cluster: DaskCluster, tmp_path: Path
) -> None:
    """Three kills and starts of the service, and two jobs over 400 pictures."""
    refer(service, many(tmp_path / "pictures"))
    start(service, "here")
    service.wait("here")
    for _ in range(2):
        cluster.add_worker()
    change(service, scheduler=cluster.address)
    start(service, "there")
    for count in (1, 120, 250):
        service.wait("there", partial(processed, count))
        assert service.job("there")["isTerminal"] is False
        service.kill()
        service.start()
    assert service.wait("there")["error"] is False
    assert results(service, "there") == results(service, "here")


def test_everything_encrypted(service: LocalService, tmp_path: Path) -> None:
    names = many(tmp_path / "pictures", 40)
    names["film.mp4"] = names.pop("gone.jpg")
    (tmp_path / "cluster").mkdir()
    authority = Authority(tmp_path / "cluster")
    own = str(authority.signed("this computer"))
    service.refer("b", names)
    with DaskCluster(tmp_path / "cluster", authority) as cluster:
        cluster.add_worker()
        change(service, scheduler=cluster.address, tls_authority=own, tls_certificate=own, tls_key=own)
        assert "your authority did not sign" in trouble(service, "sign")
        change(service, tls_authority=str(authority.path))
        poll(lambda: computing(service)["trouble"], lambda said: not said)
        start(service, "there")
        assert service.wait("there")["error"] is False
    change(service, scheduler="")
    start(service, "here")
    service.wait("here")
    assert results(service, "there") == results(service, "here")


def test_videos_there_as_here(service: LocalService, cluster: DaskCluster, tmp_path: Path) -> None:
    films = {f"{n}.mp4": video(tmp_path / f"{n}.mp4", frames=20 + n) for n in range(3)}
    (tmp_path / "no.mp4").write_bytes(b"no film")
    films["no.mp4"] = tmp_path / "no.mp4"
    service.refer("b", films, kind="video")
    for job, where in (("here", ""), ("there", cluster.address)):
        change(service, scheduler=where)
        if where:
            cluster.add_worker()
        specification = {"persistImagesOutputs": True, "maxVideoFPS": 5}
        service.start_job(job, "b", "read-codes", type="simple-video-processing-v1", specification=specification)
        ended = service.wait(job)
        assert ended["error"] is False, ended["lastNotification"]
    assert results(service, "there") == results(service, "here")


def test_what_stands_in_the_way_is_said_and_the_work_waits(
    service: LocalService, cluster: DaskCluster, tmp_path: Path
) -> None:
    refer(service, many(tmp_path / "pictures", 20))
    host, _, port = service.url.removeprefix("http://").partition(":")
    free = cluster.address.rpartition(":")[2]
    change(service, scheduler=f"tcp://{host}:{port}")
    start(service, "j")
    assert "Nothing answers" in trouble(service, "as a Dask scheduler")
    change(service, scheduler="tcp://no-such-computer.invalid:8786")
    assert "no-such-computer" in trouble(service, "no computer called")
    change(service, scheduler=f"tls://127.0.0.1:{free}")
    assert trouble(service, "three files")
    change(service, scheduler=cluster.address)
    assert "goes on by itself" in trouble(service, "no workers")
    waiting = service.job("j")
    assert waiting["isTerminal"] is False
    assert "no workers" in waiting["lastNotification"]["message"]
    assert "Dask" in waiting["lastNotification"]["device"]
    cluster.kill()
    assert trouble(service, "gone")
    assert trouble(service, "no scheduler listens")
    change(service, scheduler="")
    assert computing(service)["trouble"] == ""
    assert service.wait("j")["error"] is False


def test_a_job_that_is_stopped_ends_at_once_and_so_does_its_work(
    service: LocalService, cluster: DaskCluster, tmp_path: Path
) -> None:
    film = video(tmp_path / "film.mp4", frames=1500, fps=25, size=(320, 240))
    service.refer("b", {"film.mp4": film}, kind="video")
    cluster.add_worker()
    change(service, scheduler=cluster.address)
    poll(lambda: computing(service)["trouble"], lambda said: not said)
    specification = {"maxVideoFPS": 25}
    service.start_job("j", "b", type="simple-video-processing-v1", specification=specification)
    fetched = tmp_path / "cluster" / "worker-0"
    poll(lambda: list(fetched.rglob("batchdock-*/0")), bool)
    assert service.jobs("/j/abort", "POST").status_code == 200
    assert service.job("j")["status"] == "aborted"
    poll(lambda: list(fetched.rglob("batchdock-*")), lambda left: not left, patience=5)
