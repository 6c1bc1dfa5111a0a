"""One batch with everything that can be wrong: each its own outcome, the rest complete, the service alive."""

import json
import os
import sys
from pathlib import Path

import pytest

from batchdock.thiscomputer.engine.executor import DEADLY
from making.local_service import LocalService
from making.media import picture, picture_bytes, video
from making.poison import (
    GONE,
    NO_PICTURE,
    MemoryIsScarce,
    bad_pictures,
    bad_places,
    bad_videos,
    greedy_picture,
    odd_pictures,
)
from making.rights import ran_like_anybody

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

GOOD = 160
"""Ordinary pictures between the poisoned ones and those that are changed before their turn comes."""


@pytest.mark.long
def test_poisoned_pictures(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """References and uploads, two jobs at once; one picture kills each worker that takes it up, and while it does for
    the first time, files that were handed over are deleted and replaced.
    """
    if ran_like_anybody(request):
        return
    odd, bad, places = odd_pictures(tmp_path), bad_pictures(tmp_path / "bad"), bad_places(tmp_path)
    doomed = {f"z-{what}.jpg": picture(tmp_path / f"z-{what}.jpg", 7) for what in ("deleted", "replaced", "text")}
    ordinary = picture(tmp_path / "ordinary.jpg", 1, (640, 480))
    good = {f"m{number:03}.jpg": ordinary for number in range(GOOD)}
    held = odd | {name: data for name, (data, _) in bad.items()}
    paths = {"greedy.png": greedy_picture(tmp_path / "greedy.png")}
    for number, (name, data) in enumerate(held.items()):
        paths[name] = tmp_path / f"{number}.file"
        paths[name].write_bytes(data)
    paths |= {name: path for name, (path, _) in places.items()} | good | doomed

    def spoil() -> None:
        assert service.job("referred")["lastNotification"]["processed"] < GOOD
        doomed["z-deleted.jpg"].unlink()
        picture(tmp_path / "other.jpg", 8, (40, 30)).replace(doomed["z-replaced.jpg"])
        doomed["z-text.jpg"].write_text("no picture any more")

    with LocalService(tmp_path / "data") as service, MemoryIsScarce(service.process.pid, spoil) as scarce:
        assert service.refer("referred", paths).status_code == 200
        for name, data in held.items():
            assert service.upload("sent", name, data).status_code == 200
        service.start_job("referred", "referred")
        service.start_job("sent", "sent")
        expected = {name: cause for name, (_, cause) in bad.items()}
        _check(service, "sent", len(held), expected)
        expected |= {name: cause for name, (_, cause) in places.items()}
        expected |= {"greedy.png": DEADLY, "z-deleted.jpg": GONE, "z-text.jpg": NO_PICTURE}
        rows = _check(service, "referred", len(paths), expected)
        assert scarce.struck >= 2
        assert (rows["z-replaced.jpg"]["width"], rows["z-replaced.jpg"]["height"]) == (40, 30)
        assert (rows["turned.jpg"]["width"], rows["turned.jpg"]["height"]) == (120, 160)
        assert (rows["one.png"]["width"], rows["one.png"]["height"]) == (1, 1)
        # It goes on as if nothing had been.
        service.upload("after", "a.jpg", picture_bytes(1))
        service.start_job("after", "after")
        _check(service, "after", 1, {})
        assert service.log() == ""


def test_poisoned_videos(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if ran_like_anybody(request):
        return
    bad = bad_videos(tmp_path)
    good = {f"good-{number}.mp4": video(tmp_path / f"good-{number}.mp4", 30, 10) for number in range(3)}
    good["closed.mp4"] = video(tmp_path / "closed.mp4", 5, 10)
    good["closed.mp4"].chmod(0)
    paths = {name: path for name, (path, _) in bad.items()} | good
    with LocalService(tmp_path / "data") as service:
        assert service.refer("films", paths, kind="video").status_code == 200
        service.start_job("films", "films", type="simple-video-processing-v1")
        assert service.wait("films")["error"] is False
        failures = service.failures("films")
        results = dict(service.results("films"))
        assert failures.pop("cut-late.mp4").startswith("The video is damaged or incomplete after 0:")
        assert failures.pop("closed.mp4") == "This user account may not read the file."
        assert failures == {name: cause for name, (_, cause) in bad.items() if cause}
        tables = {name.partition("/")[0]: data for name, data in results.items() if name.endswith("source_0.jsonl")}
        rows = {name: len(data.splitlines()) for name, data in tables.items()}
        assert 3 < rows.pop("cut-late.mp4") < 20  # what came before the damage
        assert rows == {f"good-{number}.mp4": 3 for number in range(3)}
        counts = service.job("films")["lastNotification"]
        assert (counts["processed"], counts["failed"], counts["total"]) == (3, len(paths) - 3, len(paths))
        assert service.log() == ""


def _check(service: LocalService, job_id: str, total: int, expected: dict[str, str]) -> dict[str, dict[str, object]]:
    """Check that a job ended once, that its counts add up and that each bad file has its sentence; return the rows."""
    job = service.wait(job_id)
    assert (job["error"], job["status"]) == (False, "completed")
    assert service.failures(job_id) == expected
    counts = job["lastNotification"]
    assert (counts["processed"], counts["failed"], counts["total"]) == (total - len(expected), len(expected), total)
    logs = service.jobs(f"/{job_id}/logs", params={"pageSize": 1000}).json()["logs"]
    assert [each["logType"] for each in logs if each["logType"].startswith("job-")] == ["job-created", "job-finished"]
    results = service.results(job_id)
    [table] = [data for name, data in results if name.endswith("aggregated_results.jsonl")]
    rows = [json.loads(line) for line in table.splitlines()]
    assert len({row["image"] for row in rows}) == len(rows) == total - len(expected)
    assert sum(name.endswith("/results.json") for name, _ in results) == len(rows)
    listed = [data for name, data in results if os.path.basename(name).startswith("failed_files_processing_")]  # noqa: PTH119
    told = {each["file_path"]: each["cause"] for data in listed for each in map(json.loads, data.splitlines())}
    assert told == expected
    return {row["image"]: row for row in rows}
