"""Ending work that the vendor's engine does: stopped jobs, closed and killed services, and turns for two jobs."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from batchdock.core.resources import resource
from making.local_service import LocalService, poll
from making.media import picture
from making.workers import alive, children

pytestmark = [
    pytest.mark.long,  # each service here loads the vendor's engine anew
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]

SOON = 20.0
"""Seconds within which all of it is over, on a busy machine as well; the work itself would take minutes."""


def _many(path: Path, count: int = 200) -> dict[str, Path]:
    return {f"{number:03}{path.suffix}": path for number in range(count)}


def _some_are_done(job: dict[str, Any]) -> bool:
    return bool(job["lastNotification"].get("processed", 0) >= 1)


def _busy(process: int) -> float:
    """Return the seconds of processor time that a process has had."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _at_work(service: LocalService) -> set[int]:
    """Wait until the workers are past loading the engine, and return them."""
    workers: set[int] = poll(lambda: children(service.process.pid), bool)
    poll(lambda: [_busy(each) for each in workers], lambda seconds: max(seconds) > 6)
    return workers


def test_workers_with_the_engine_do_not_outlive_a_killed_service(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data") as service:
        service.refer("pile", _many(resource("samples", "dogs.jpg")))
        service.start_job("job", "pile", "find-objects")
        service.wait("job", _some_are_done)
        workers = children(service.process.pid)
        assert workers
        service.process.send_signal(signal.SIGKILL)
        begun = time.monotonic()
        poll(lambda: [each for each in workers if alive(each)], lambda left: not left)
        assert time.monotonic() - begun < SOON


def test_a_closed_service_ends_in_the_middle_of_a_text(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data") as service:
        service.refer("pile", _many(resource("samples", "printed_page.jpg")))
        service.start_job("job", "pile", "read-text")
        workers = _at_work(service)
        begun = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - begun < SOON
        assert not [each for each in workers if alive(each)]


@pytest.mark.parametrize("content", ["page", "film"])
def test_a_stopped_job_is_over_and_nobody_works_for_it(tmp_path: Path, content: str) -> None:
    """In the middle of one large picture of text, and in the middle of a video in which faces are blurred."""
    with LocalService(tmp_path / "data") as service:
        service.upload("warm", "a.jpg", resource("samples", "cat.jpg").read_bytes())
        if content == "page":
            with Image.open(resource("samples", "printed_page.jpg")) as page:
                whole = Image.new("RGB", (page.width * 3, page.height * 3), "white")
                for number in range(9):
                    whole.paste(page, (page.width * (number % 3), page.height * (number // 3)))
            whole.save(tmp_path / "page.png")
            service.refer("pile", _many(tmp_path / "page.png", 8))
            service.start_job("job", "pile", "read-text")
        else:
            film = {f"{number}.mp4": resource("samples", "slideshow.mp4") for number in range(4)}
            service.refer("pile", film, kind="video")
            service.start_job("job", "pile", "blur-faces", type="simple-video-processing-v1")
        _at_work(service)
        begun = time.monotonic()
        assert service.jobs("/job/abort", "POST").is_success
        assert service.job("job")["status"] == "aborted"
        assert time.monotonic() - begun < SOON
        # Whoever comes next has the workers: they do not go on for the one that was stopped.
        service.start_job("next", "warm", "picture-quality")
        assert service.wait("next")["error"] is False


def test_two_jobs_take_turns(tmp_path: Path) -> None:
    """A short job that comes second does not wait for the end of a long one."""
    with LocalService(tmp_path / "data") as service:
        service.refer("long", _many(picture(tmp_path / "long.jpg", 1, (1600, 1200)), 600))
        service.refer("short", _many(picture(tmp_path / "short.jpg", 2), 32))
        service.start_job("long", "long")
        service.wait("long", _some_are_done)
        service.start_job("short", "short")
        assert service.wait("short")["lastNotification"]["processed"] == 32
        assert service.job("long")["isTerminal"] is False
        service.jobs("/long/abort", "POST")
