"""kill -9 of the command line around the create request: whoever goes on makes one job, and looks first."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.media import picture
from making.starting import asked

COMMAND = (sys.executable, "-m", "batchdock")
PATIENCE = 60.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")


def killed(arguments: list[str], environment: dict[str, str], when: Callable[[], object]) -> None:
    """Run a command and kill it as soon as something is so."""
    with subprocess.Popen(
        [*COMMAND, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        deadline = time.monotonic() + PATIENCE
        while not when():
            assert run.poll() is None, "It ended by itself."
            assert time.monotonic() < deadline
            time.sleep(0.005)
        run.kill()


@pytest.mark.long
@pytest.mark.parametrize("moment", ["written down", "asked for"])
def test_one_job_after_a_kill_and_it_is_looked_first(home: Path, moment: str) -> None:
    with RoboflowCloud() as cloud:
        cloud.state.moves_by_itself = 2
        cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")
        environment = os.environ | {"BATCHDOCK_API_KEY": cloud.key}
        where = ["--api-url", cloud.url]
        fault = {
            "written down": cloud.fail("GET .*/workflows/", Kind.STALLED, times=9),
            "asked for": cloud.fail(r"POST .*/jobs/[^/]+$", Kind.STALLED, times=9),
        }
        reached = {
            "written down": lambda: cloud.requests("/workflows/"),
            "asked for": lambda: "job-1" in cloud.state.jobs,
        }
        for name, each in fault.items():
            each.times = 9 if name == moment else 0
        command = ["start", "lot-1", "--workflow", "find-things", "--job", "job-1", *where]
        killed(command, environment, reached[moment])
        cloud.heal()
        before = len(cloud.seen)
        done = subprocess.run(
            [*COMMAND, "watch", "job-1", *where, "--json"],
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["job"]["state"] == "done"
        assert list(cloud.state.jobs) == ["job-1"]
        assert asked(cloud) == ["job-1"]
        about = [each.method for each in cloud.seen[before:] if each.path.endswith("/jobs/job-1")]
        assert about[0] == "GET"


@pytest.mark.long
def test_a_kill_while_files_are_sent_makes_one_job_with_each_file_once(home: Path, tmp_path: Path) -> None:
    for number in range(40):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(16, 16))
    with RoboflowCloud() as cloud:
        cloud.state.moves_by_itself = 2
        environment = os.environ | {"BATCHDOCK_API_KEY": cloud.key}
        where = ["--api-url", cloud.url]
        fault = cloud.fail("PUT /storage", Kind.STALLED, times=9)
        command = [
            "run",
            str(tmp_path / "drop"),
            "--workflow",
            "find-things",
            "--save-to",
            str(tmp_path / "out"),
            *where,
        ]
        killed(command, environment, lambda: any(batch.shards for batch in cloud.state.batches.values()))
        fault.times = 0
        ((batch_id, batch),) = cloud.state.batches.items()
        listed = subprocess.run(
            [*COMMAND, "jobs", *where, "--json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        (job,) = json.loads(listed.stdout)["jobs"]
        assert job["batch"] == batch_id
        assert cloud.state.jobs == {}  # Who only looks starts nothing.
        done = subprocess.run(
            [*COMMAND, "watch", job["job"], *where], env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        assert list(cloud.state.jobs) == [job["job"]]
        assert {name: each.times for name, each in batch.arrived.items() if each.times != 1} == {}
        assert len(batch.arrived) == 40
