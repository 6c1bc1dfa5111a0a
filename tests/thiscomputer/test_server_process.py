"""The program itself: how it starts, ends, and survives kill -9."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from making.local_service import LocalService, poll, tar_of
from making.media import picture, picture_bytes


def _processed(service: LocalService, job_id: str) -> Counter[str]:
    """Count how often each picture is in the results: in the table and as a folder of its own."""
    found = service.results(job_id)
    (table,) = [data for name, data in found if name.endswith("aggregated_results.jsonl")]
    rows = [json.loads(line)["image"] for line in table.splitlines()]
    folders = [name.rpartition("/")[0] for name, _ in found if name.endswith("/results.json")]
    assert sorted(rows) == sorted(folders)
    return Counter(rows)


def _has_processed(count: int, job: dict[str, Any]) -> bool:
    return bool(job["lastNotification"].get("processed", 0) >= count)


def test_it_says_when_it_is_ready_and_ends_with_stdin(tmp_path: Path) -> None:
    service = LocalService(tmp_path / "data")
    said = service.launch()
    assert said["workspace"] == "this-computer"
    assert said["key_file"] is None
    assert said["url"].startswith("http://127.0.0.1:")
    assert service.stop() == 0
    assert service.log() == ""


def test_second_one_is_told_that_the_folder_is_taken(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data"):
        second = LocalService(tmp_path / "data")
        said = second.launch()
        assert (said["error"], said["folder"]) == ("busy", str(tmp_path / "data"))
        assert second.stop() == 3


def test_folder_that_can_not_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    service = LocalService(tmp_path / "file" / "data", log=tmp_path / "log")
    assert service.launch()["error"] == "folder"
    assert service.stop() == 4


def test_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data"):
        pass
    connection = sqlite3.connect(tmp_path / "data" / "known.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    service = LocalService(tmp_path / "data")
    assert "newer" in service.launch()["message"]
    assert service.stop() == 4


@pytest.mark.skipif(os.name != "posix", reason="signals and modes of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_alone_it_makes_a_key_and_ends_with_a_signal(tmp_path: Path, number: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "BATCHDOCK_API_KEY"}
    process = subprocess.Popen(
        [sys.executable, "-m", "batchdock", "serve", "--data", str(tmp_path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    key_file = Path(said["key_file"])
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    client = LocalService(tmp_path, key=key_file.read_text().strip())
    client.url = said["url"]
    assert client.ask("GET", "/").status_code == 200
    client.hang_up()
    process.send_signal(number)
    assert process.wait(60) == 0
    process.stdout.close()
    assert not key_file.exists()


def test_port_that_is_taken(tmp_path: Path) -> None:
    with LocalService(tmp_path / "one") as service:
        port = service.url.rpartition(":")[2]
        answer = subprocess.run(
            [sys.executable, "-m", "batchdock", "serve", "--data", str(tmp_path / "two"), "--port", port],
            capture_output=True,
            check=False,
        )
    assert answer.returncode == 5
    assert json.loads(answer.stdout)["error"] == "port"


def test_ends_while_it_works_and_goes_on_later(tmp_path: Path) -> None:
    names = {f"{number:03}.jpg": picture(tmp_path / f"{number:03}.jpg", number) for number in range(300)}
    with LocalService(tmp_path / "data") as service:
        service.refer("b", names)
        service.start_job("j", "b")
        service.wait("j", partial(_has_processed, 1))
        began = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - began < 10
        service.start()
        assert service.wait("j")["error"] is False
        assert _processed(service, "j") == Counter(list(names))


@pytest.mark.long
def test_killed_while_processing(tmp_path: Path) -> None:
    names = {f"{number:03}.jpg": picture(tmp_path / f"{number:03}.jpg", number) for number in range(400)}
    with LocalService(tmp_path / "data") as service:
        service.refer("b", names)
        service.start_job("j", "b", specification={"persistImagesOutputs": True, "workflowId": "read-codes"})
        for done in (1, 100, 250):
            service.wait("j", partial(_has_processed, done))
            assert service.job("j")["isTerminal"] is False
            service.kill()
            service.start()
        assert service.wait("j")["error"] is False
        assert _processed(service, "j") == Counter(list(names))
        drawn = [name for name, _ in service.results("j") if name.endswith(".jpg")]
        assert sorted(drawn) == [f"{name}/output_image.jpg" for name in sorted(names)]
        assert "goes on" in service.jobs("/j/logs").text


def test_killed_while_exporting(tmp_path: Path) -> None:
    names = {f"{number:04}.jpg": picture(tmp_path / f"{number:04}.jpg", number, (32, 24)) for number in range(1000)}
    work = tmp_path / "data" / "work"
    with LocalService(tmp_path / "data") as service:
        service.refer("b", names)
        service.start_job("j", "b")
        for _ in range(2):
            poll(lambda: list(work.glob("*/*")), bool, pause=0.001)
            service.kill()
            assert list(work.glob("*/*")), "it was not killed in the middle of an export"
            service.start()
            assert not service.staging("/j-export").is_success
        assert service.wait("j")["error"] is False
        assert [each["processingStageName"] for each in service.jobs("/j/stages").json()["stages"]] == [
            "processing",
            "export",
        ]
        assert _processed(service, "j") == Counter(list(names))
        assert not list(work.iterdir())


def test_killed_while_unpacking(tmp_path: Path) -> None:
    files = {f"{number:03}.jpg": picture_bytes(number) for number in range(256)}
    with LocalService(tmp_path / "data") as service:
        service.upload_tar("b", tar_of(files.items()))
        held = tmp_path / "data" / "files"
        poll(lambda: sum(1 for _ in held.glob("*/*")), lambda count: count > 5, pause=0.001)
        service.kill()
        service.start()
        (shard,) = service.wait_for_shards("b")
        assert (shard["statusType"], shard["shardObjectsCount"]) == ("success", 256)
        listed = service.staging("/b/list").json()["filesMetadata"]
        assert {each["fileName"]: service.plain("GET", each["downloadURL"]).content for each in listed} == files
        # What the killed process had unpacked already is swept away: nothing refers to it.
        poll(lambda: sum(1 for _ in held.glob("*/*")), lambda count: count == 256)


def test_killed_during_an_upload(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data") as service:
        service.upload("b", "whole.jpg", picture_bytes(1))
        details = service.staging("/b2/upload/video", "POST", params={"fileName": "v.mp4"}).json()["signedURLDetails"]
        incoming = tmp_path / "data" / "incoming"

        def body() -> Iterator[bytes]:
            yield bytes(3_000_000)
            poll(lambda: list(incoming.iterdir()), bool)
            service.process.kill()
            yield bytes(3_000_000)

        with pytest.raises(httpx.TransportError):
            service.plain("PUT", details["uploadURL"], content=body())
        service.stop()
        assert list(incoming.iterdir())
        service.start()
        assert not list(incoming.iterdir())
        assert service.staging("/b2").status_code == 404
        assert service.staging("/b/count").json()["count"] == 1
