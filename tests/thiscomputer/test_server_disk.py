"""A disk that is full, for real: a small file system of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from making.local_service import LocalService
from making.media import code_picture


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 5 MiB, where this process may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.name != "posix"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", place], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a file system can be mounted by root on Linux only")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_uploads_are_refused_before_the_disk_is_full(small_disk: Path, tmp_path: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=40m", small_disk], check=True)
    with LocalService(small_disk / "data", log=tmp_path / "log") as service:
        answers = [service.upload("b", f"{number}.jpg", os.urandom(1_000_000)) for number in range(45)]
        taken = [each.status_code for each in answers].count(200)
        assert {each.status_code for each in answers} == {200, 507}
        refused = answers[-1].json()["error"]
        assert refused["type"] == "disk-full"
        assert "2.1 MB of the disk stay free for the computer itself" in refused["message"]
        assert shutil.disk_usage(small_disk).free > 1_000_000
        assert service.staging("/b/count").json()["count"] == taken
        assert not list((small_disk / "data" / "incoming").iterdir())
        assert service.staging("/b", "DELETE").status_code == 200
        assert service.upload("b", "again.jpg", os.urandom(1_000_000)).status_code == 200
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_full_disk_is_said_and_work_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    names = {f"{number:03}.png": code_picture(tmp_path / "code.png", "x" * 300) for number in range(200)}
    with LocalService(small_disk / "data", log=tmp_path / "log") as service:
        assert service.refer("b", names).status_code == 200
        assert service.upload("small", "a.jpg", bytes(1000)).status_code == 200
        refused = service.upload("large", "a.jpg", bytes(6 * 1024 * 1024))
        assert (refused.status_code, refused.json()["error"]["type"]) == (507, "disk-full")
        assert "The disk is full" in refused.json()["error"]["message"]
        assert not list((small_disk / "data" / "incoming").iterdir())

        (small_disk / "ballast").write_bytes(bytes(3 * 1024 * 1024))
        service.start_job("j", "b", "read-codes", specification={"persistImagesOutputs": True})
        job = service.wait("j")
        assert (job["error"], job["status"]) == (True, "failed")
        assert "The disk is full" in job["lastNotification"]["message"]
        assert service.staging("").status_code == 200

        (small_disk / "ballast").unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
        assert service.jobs("/j/restart", "POST").status_code == 200
        assert service.wait("j")["lastNotification"]["processed"] == 200
        assert len([name for name, _ in service.results("j") if name.endswith("results.json")]) == 200
    assert "Traceback" not in (tmp_path / "log").read_text()
