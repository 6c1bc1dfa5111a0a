"""kill -9 of an ingest, at fifty moments: what is there in the end is everything, once.

A minute and more: each of the fifty is a program of its own that looks at 5,000 files; only real ones can be killed.
"""

import hashlib
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
from making.sendings import assert_each_there_once, pictures_at

KILLS = 50
COUNT = 5000
PATIENCE = 60.0

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")]


@pytest.mark.timeout(600)
def test_everything_is_there_once_after_fifty_kills(home: Path, tmp_path: Path) -> None:
    items = pictures_at(tmp_path / "drop", COUNT)
    dice = random.Random(17)
    with RoboflowCloud() as cloud:
        cloud.state.page = COUNT
        # Small tars over a slow line, so that there is something to be killed in until the end.
        cloud.state.limits = {"maxFilesNumber": 100}
        cloud.line(latency=0.005, bytes_per_second=1_200_000)
        command = [sys.executable, "-m", "batchdock", "ingest", str(tmp_path / "drop")]
        command += ["--api-url", cloud.url, "--json"]
        environment = {**os.environ, "BATCHDOCK_API_KEY": cloud.key, "BATCHDOCK_HOME": str(home)}
        arrived = [_killed(command, environment, cloud, dice) for _ in range(KILLS)]
        assert sum(count == COUNT for count in arrived) < KILLS // 4, f"It was killed too late: {arrived}"
        cloud.line()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300)
        assert done.returncode == 0, done.stderr
        (batch,) = json.loads(done.stdout)["batches"]
        assert list(cloud.state.batches) == [batch["batch"]]
        assert_each_there_once(cloud, batch["batch"], items)
    with closing(Journal(home)) as journal:
        (sending,) = journal.sendings.of_batch(batch["account"], batch["batch"])
        assert sending.finished
        for row in journal.sendings.every_file(sending.number):
            assert (row.sha256, row.lost) == (hashlib.sha256(row.path.read_bytes()).digest(), None)
            assert row.sent is not None


def _killed(command: list[str], environment: dict[str, str], cloud: RoboflowCloud, dice: random.Random) -> int:
    """Run the command, kill it at some moment, and return how many files have arrived by then."""
    enough = len(cloud.seen) + dice.randrange(5) if dice.random() < 0.9 else 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        deadline = time.monotonic() + PATIENCE
        while len(cloud.seen) < enough and run.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.8))
        run.kill()
    return len(cloud.arrived(next(iter(cloud.state.batches), "")))
