"""Feeds a watched folder from another process while the watching one is killed, and counts what was processed."""

import csv
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import OperationalError, connect

from making.media import picture_bytes

COMMAND = (sys.executable, "-m", "batchdock", "watch-folder")

WRITER = """
import json, os, sys, time
from pathlib import Path
folder, pictures = Path(sys.argv[1]), sorted(Path(sys.argv[2]).iterdir())
pause, every = float(sys.argv[3]), int(sys.argv[4])
for number, picture in enumerate(pictures):
    data = picture.read_bytes()
    partial = number % 3 == 0
    target = folder / (picture.name + (".part" if partial else ""))
    with target.open("wb") as file:
        for start in range(0, len(data), max(1, len(data) // 3)):
            file.write(data[start:start + max(1, len(data) // 3)])
            file.flush()
            time.sleep(pause)
    if partial:
        target.rename(folder / picture.name)
    if number % every == every - 1:
        time.sleep(1.5)
        earlier = folder / pictures[number - every + 1].name
        earlier.rename(folder / ("renamed-" + earlier.name))
        again = folder / pictures[number - every + 2].name
        same = again.read_bytes()
        again.unlink()
        time.sleep(0.1)
        again.write_bytes(same)
"""


def number(home: Path, question: str) -> int:
    try:
        with closing(connect(f"file:{home / 'journal.sqlite'}?mode=ro", uri=True)) as known:
            answer: int = known.execute(question).fetchone()[0]
    except OperationalError:
        return 0
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeding:
    """How many files, kills, files of a full batch, the writer's pause, and after how many files one is renamed
    and one is deleted and written again."""

    files: int
    kills: int
    batch: int
    pause: float
    every: int
    patience: float


def processed(feeding: Feeding, home: Path, tmp_path: Path) -> Counter[str]:
    """Return how many times each file is in the saved results, by the name it was made under."""
    made, drop, out = tmp_path / "made", tmp_path / "drop", tmp_path / "out"
    for folder in (made, drop, out):
        folder.mkdir()
    for seed in range(feeding.files):
        (made / f"{seed:05}.jpg").write_bytes(picture_bytes(seed, (200, 150)))
    command = [*COMMAND, str(drop), "--workflow", "read-codes", "--save-to", str(out)]
    command += ["--every", "0.02", "--at", str(feeding.batch), "--settled", "0.6"]
    batches = "SELECT count(*) FROM watched_batches"
    done = f"{batches} WHERE done = 1"
    finished = (
        "SELECT count(*) FROM watched_files JOIN watched_batches USING (folder, batch) WHERE renamed = 0 AND done = 1"
    )
    deadline = time.monotonic() + feeding.patience
    said = tmp_path / "said.txt"
    with (
        said.open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(drop), str(made), str(feeding.pause), str(feeding.every)]
        ) as writer,
    ):
        for kill in range(feeding.kills + 1):
            before = number(home, batches)
            with subprocess.Popen(command, stdout=log, stderr=log) as watching:
                while time.monotonic() < deadline and watching.poll() is None:
                    if (
                        kill < feeding.kills
                        and number(home, batches) > before
                        and number(home, f"{batches} WHERE done = 0")
                    ):
                        time.sleep(0.15 * kill)  # In another moment of the batch each time.
                        break
                    if kill == feeding.kills and writer.poll() == 0 and number(home, finished) == feeding.files:
                        break
                    time.sleep(0.01)
                assert watching.poll() is None, f"It ended by itself: {said.read_text(errors='replace')[-2000:]}"
                watching.kill()
        assert writer.wait(10) == 0
    assert number(home, finished) == feeding.files, f"{number(home, done)} batches are done"
    rows: Counter[str] = Counter()
    for table in out.glob("*/results.csv"):
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows.update(row["image"].removeprefix("renamed-") for row in csv.DictReader(file))
    return rows
