"""A whole job of the vendor's engine through the service; every look-up and connection of its processes is seen."""

import json
import os
from pathlib import Path

import pytest

from batchdock.core.resources import resource
from making.local_service import LocalService

TRAP = """\
import os, sys

def note(*said):
    with open(os.environ["TRAP_FILE"], "a") as file:
        print(os.getpid(), *said, file=file)

def hook(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        note(event, args)
    elif event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if not isinstance(address, tuple) or address[0] not in ("127.0.0.1", "::1"):
            note(event, address)

note("watched")
sys.addaudithook(hook)
"""


def test_a_job_reaches_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python reads `sitecustomize` at the start of every process, so the workers are watched as well."""
    (tmp_path / "sitecustomize.py").write_text(TRAP)
    seen = tmp_path / "seen.txt"
    monkeypatch.setenv("TRAP_FILE", str(seen))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    names = ("astronaut.jpg", "coffee.jpg", "invoice_scan.jpg")
    with LocalService(tmp_path / "data") as service:
        for name in names:
            service.upload("pile", name, resource("samples", name).read_bytes())
        for workflow in ("find-objects", "blur-faces", "read-text", "find-copies"):
            keep = {"persistImagesOutputs": True}
            assert service.start_job(f"j-{workflow}", "pile", workflow, specification=keep).status_code == 200
        for workflow in ("find-objects", "blur-faces", "read-text", "find-copies"):
            job = service.wait(f"j-{workflow}")
            assert (job["status"], job["lastNotification"]["failed"]) == ("completed", 0)
        results = dict(service.results("j-find-objects"))
    found = {name: json.loads(results[f"{name}/results.json"])["names"] for name in names}
    assert found == {"astronaut.jpg": ["person"], "coffee.jpg": ["cup", "dining table"], "invoice_scan.jpg": []}
    assert results["astronaut.jpg/output_image.jpg"].startswith(b"\xff\xd8")
    lines = seen.read_text().splitlines()
    assert len({line.split()[0] for line in lines if line.endswith("watched")}) >= 2  # the service, and a worker
    assert [line for line in lines if not line.endswith("watched")] == []


def test_what_is_for_videos_is_refused_for_pictures(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data") as service:
        service.upload("pile", "cat.jpg", resource("samples", "cat.jpg").read_bytes())
        answer = service.start_job("j-count", "pile", "count-in-video")
        assert answer.status_code == 400
        assert answer.json()["error"]["message"] == ("“Count people and vehicles in a video” is for videos only.")
        listed = [each["url"] for each in service.ask("GET", "/this-computer/workflows").json()["workflows"]]
        assert {"find-objects", "blur-faces", "read-text", "count-in-video", "find-copies"} <= set(listed)
