"""Every workflow of this computer, over pictures and a video: nobody but this computer is ever asked for anything.

The service runs in a network of its own that has nothing but a loopback, and the kernel's calls of all its processes
are read with strace, so that also what a library does in C, and what comes to nothing quietly, is seen.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from batchdock.core.resources import resource
from batchdock.thiscomputer.workflows.catalogue import catalogue
from making.local_service import LocalService

_APART = ("unshare", "--net", "--map-root-user")
_CALLS = "trace=connect,sendto,sendmsg,sendmmsg,bind"
_TRACED = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", _CALLS, "-e", "signal=none")
_NEAR = re.compile(r"AF_UNIX|AF_NETLINK|AF_UNSPEC|inet_addr\(\"127\.0\.0\.1\"\)|inet_pton\(AF_INET6, \"::1\"")
_ADDRESS = re.compile(r"sa_family=|sin_addr")


def _can(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="networks of their own are Linux"),
]


def test_every_workflow(tmp_path: Path) -> None:
    """Loads the vendor's engine under strace and runs seven jobs."""
    if not _can(*_APART) or not _can(*_TRACED, "-o", str(tmp_path / "try")):
        pytest.skip("neither strace nor a network of its own is to be had here")
    trace, done = tmp_path / "trace", tmp_path / "done.json"
    inside = f"ip link set lo up && exec {sys.executable} {__file__} {tmp_path} {done}"
    command = [*_APART, *_TRACED, "-o", str(trace), "sh", "-c", inside]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=170, check=False)
    assert ran.returncode == 0, ran.stderr
    ended = json.loads(done.read_text())
    assert {each.workflow_id for each in catalogue()} == set(ended)
    assert {(each["status"], each["lastNotification"]["failed"]) for each in ended.values()} == {("completed", 0)}
    called = [line for line in trace.read_text().splitlines() if _ADDRESS.search(line)]
    assert called  # it does see something: the test's own requests, at least
    assert [line for line in called if not _NEAR.search(line)] == []


def test_nothing_is_collected(tmp_path: Path) -> None:
    """ONNX Runtime would note what it does in the cache folder of the person, to send it later."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from batchdock.core.resources import resource\n"
        "from batchdock.thiscomputer.engine.batch import process_batch\n"
        "from batchdock.thiscomputer.engine.options import Options\n"
        "from batchdock.thiscomputer.engine.rows import Input\n"
        "[row] = process_batch('find-objects', [Input('cat.jpg', resource('samples', 'cat.jpg'))], Options())\n"
        "print(row.cause)\n"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "None"
    assert [each for each in tmp_path.rglob("*") if "onnx" in each.name.lower()] == []


def _run_all(folder: Path) -> dict[str, object]:
    """Run every workflow and return the jobs as they ended."""
    ended: dict[str, object] = {}
    with LocalService(folder / "data") as service:
        for name in ("astronaut.jpg", "codes.jpg"):
            service.upload("pictures", name, resource("samples", name).read_bytes())
        service.refer("films", {"slides.mp4": resource("samples", "slideshow.mp4")}, kind="video")
        for workflow in catalogue():
            is_video = workflow.only_for == "videos"
            batch, kind = (
                ("films", "simple-video-processing-v1") if is_video else ("pictures", "simple-image-processing-v1")
            )
            keep = {"persistImagesOutputs": True, **({"maxVideoFPS": 1} if is_video else {})}
            answer = service.start_job(workflow.workflow_id, batch, workflow.workflow_id, type=kind, specification=keep)
            assert answer.is_success, answer.text
        for workflow in catalogue():
            ended[workflow.workflow_id] = service.wait(workflow.workflow_id, patience=150)
            assert service.results(workflow.workflow_id)
    return ended


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(_run_all(Path(sys.argv[1]))))
