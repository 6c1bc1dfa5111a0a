"""kill -9 of the command line while it saves, at fifty moments: what is there in the end is everything, once.

A minute and more: each of the fifty is a program of its own; only real ones can be killed.
"""

import json
import os
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from batchdock.store import Journal
from fakes.roboflow_cloud import RoboflowCloud
from making.exports import assert_saved_once, export

KILLS = 50
PATIENCE = 60.0

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")]


@pytest.mark.timeout(400)
def test_everything_is_there_once_after_fifty_kills(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    dice = random.Random(23)
    with RoboflowCloud() as cloud:
        wanted = export(cloud, "r", archives=60, plain=600)
        # A slow line, so that there is something to be killed in until the end.
        cloud.line(latency=0.1)
        command = [sys.executable, "-m", "batchdock", "save", "r", "--to", str(out), "--name", "Lot"]
        command += ["--api-url", cloud.url, "--json"]
        environment = {**os.environ, "BATCHDOCK_API_KEY": cloud.key, "BATCHDOCK_HOME": str(home)}
        complete = [_killed(command, environment, cloud, dice, out) for _ in range(KILLS)]
        assert sum(complete) < KILLS // 4, f"It was killed too late: {complete}"
        cloud.line()
        if unfinished(home):
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
            )
            assert done.returncode == 0, done.stderr
            saved = json.loads(done.stdout)["saved"]
            assert (saved["folder"], saved["files"]) == (str(out / "Lot"), len(wanted) + 1)
        fetched = len(cloud.requests("/storage/get"))
    assert_saved_once(out / "Lot", wanted)
    assert [each.name for each in out.iterdir()] == ["Lot"]
    assert not unfinished(home)
    # What had its place, or was here whole, was not fetched again.
    assert fetched < 660 + KILLS * 64


def unfinished(home: Path) -> int:
    with closing(Journal(home)) as journal:
        return len(journal.savings.unfinished())


def _killed(
    command: list[str], environment: dict[str, str], cloud: RoboflowCloud, dice: random.Random, out: Path
) -> bool:
    """Run the command, kill it at some moment, and tell whether everything was there already."""
    if (out / "Lot").exists() and not unfinished(Path(environment["BATCHDOCK_HOME"])):
        return True
    enough = len(cloud.seen) + dice.randrange(4) if dice.random() < 0.9 else 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        deadline = time.monotonic() + PATIENCE
        while len(cloud.seen) < enough and run.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.4))
        run.kill()
    return False
