"""Where and how the service computes, as its settings say: over HTTP, changed in the middle of a job."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from making.local_service import LocalService, poll
from making.media import picture
from making.workers import children


def change(service: LocalService, **settings: object) -> dict[str, Any]:
    """Change settings and return what is said about computing."""
    computing: dict[str, Any] = service.ask("PATCH", "/this-computer/settings", json=settings).json()["computing"]
    return computing


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
def test_workers_are_as_many_as_the_settings_say(tmp_path: Path) -> None:
    names = {f"{number:03}.jpg": picture(tmp_path / f"{number:03}.jpg", number) for number in range(400)}
    with LocalService(tmp_path / "data") as service:
        assert change(service, workers=3)["workers"] == 3
        service.refer("b", names)
        service.start_job("j", "b")
        poll(lambda: children(service.process.pid), lambda found: len(found) == 3)
        assert change(service, gentle=True)["workers"] == 1
        poll(lambda: children(service.process.pid), lambda found: len(found) == 1)
        ended = service.wait("j")
        assert (ended["error"], ended["lastNotification"]["processed"]) == (False, 400)
        service.stop()
        service.start()
        computing = service.ask("GET", "/this-computer/settings").json()["computing"]
        assert (computing["workers"], computing["trouble"]) == (1, "")
        assert computing["device"]


def test_work_waits_for_a_cluster_until_this_computer_is_to_do_it(tmp_path: Path) -> None:
    names = {f"{number}.jpg": picture(tmp_path / f"{number}.jpg", number) for number in range(40)}
    with LocalService(tmp_path / "data") as service:
        service.refer("b", names)
        change(service, scheduler="tcp://127.0.0.1:1")
        service.start_job("j", "b")
        said = service.wait("j", lambda job: "no scheduler listens" in job["lastNotification"].get("message", ""))
        assert said["lastNotification"]["processed"] == 0
        assert service.jobs("/j/abort", "POST").status_code == 200
        assert service.job("j")["status"] == "aborted"
        service.start_job("k", "b")
        assert change(service, scheduler="")["trouble"] == ""
        ended = service.wait("k")
        assert (ended["error"], ended["lastNotification"]["processed"]) == (False, 40)
        change(service, scheduler="tcp://127.0.0.1:1")  # and it ends with a cluster that nobody ever reached
    assert service.log() == ""


def test_the_service_starts_without_dask_and_pictures() -> None:
    program = (
        "import sys, batchdock.thiscomputer.service;"
        "print(*{'dask', 'distributed', 'numpy', 'PIL', 'cv2', 'av', 'onnxruntime'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
