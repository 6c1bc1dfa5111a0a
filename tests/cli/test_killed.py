"""kill -9 of the command line at work: whoever goes on has every picture exactly once, and nothing is left lying."""

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import OperationalError, connect

import pytest

from batchdock.store import Journal
from making.media import picture_bytes
from making.workers import alive

COMMAND = (sys.executable, "-m", "batchdock")
PATIENCE = 60.0
COUNT = 300

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")]


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"It did not come true: {what}"
        time.sleep(0.002)


def told(*arguments: str | Path) -> dict[str, object]:
    """Run a command to its good end and return its JSON."""
    command = [*COMMAND, *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=150)
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def number(database: Path, question: str) -> int:
    """Ask a database of a running program for one number; 0 while it is not there yet."""
    try:
        with closing(connect(f"file:{database}?mode=ro", uri=True)) as known:
            answer: int = known.execute(question).fetchone()[0]
    except OperationalError:
        return 0
    return answer


def ordered(home: Path) -> int:
    """Return how many orders are written down and not sent yet."""
    return number(home / "journal.sqlite", "SELECT count(*) FROM sendings WHERE finished = 0")


def processed(home: Path) -> int:
    """Return how many items the local service has an outcome for, now."""
    return number(home / "this-computer" / "known.sqlite", "SELECT coalesce(sum(done), 0) FROM tasks")


@pytest.mark.parametrize("moment", ["ordered", "processing", "saving"])
def test_every_picture_is_there_once_after_a_kill(home: Path, tmp_path: Path, moment: str) -> None:
    drop, out = tmp_path / "drop", tmp_path / "out"
    drop.mkdir()
    names = [f"{each}.jpg" for each in range(COUNT)]
    for seed, name in enumerate(names):
        (drop / name).write_bytes(picture_bytes(seed, (400, 300)))
    reached = {
        "ordered": lambda: ordered(home),
        "processing": lambda: 0 < processed(home) < COUNT,
        "saving": lambda: list(out.glob(".batchdock-*/incoming")),
    }[moment]
    command = [*COMMAND, "run", str(drop), "--workflow", "read-codes", "--save-to", str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        until(reached, moment)
        children = [int(each) for each in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()]
        run.kill()
    assert not [each for each in out.glob("*") if not each.name.startswith(".")], "It was killed too late."
    until(lambda: not any(map(alive, children)), "its local service ends with it")
    with closing(Journal(home)) as journal:
        (record,) = journal.jobs.all()
    watched = told("watch", record.job.job_id)
    assert (watched["ok"], watched["job"]["items"]["done"]) == (True, COUNT)  # type: ignore[index]
    saved = told("save", _results(watched), "--to", out)
    assert saved["saved"]["originals"] == COUNT  # type: ignore[index]
    (folder,) = out.iterdir()
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row["image"] for row in csv.DictReader(file)]
    assert sorted(rows) == sorted(names)


def _results(watched: dict[str, object]) -> str:
    (batch,) = watched["job"]["results"]  # type: ignore[index]
    return str(batch)
