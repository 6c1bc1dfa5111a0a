"""How long results take to be read, beside a plain loop over the same file. `python tests/bench/results_reading.py`

Prints seconds from the call to the index, the CPU seconds and the most memory of the process that reads, and how often
the plain loop (`json.loads`, or `csv` and `json.loads`, and a sum over all findings) would fit into that CPU time.
"""

import argparse
import asyncio
import csv
import json
import random
import resource
import tempfile
import time
from pathlib import Path

from batchdock.flows.results.reading import read_apart

LABELS = ("person", "car", "dog", "cat")


def make(path: Path, pictures: int, each: int) -> None:
    """Write a table as the local service does."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file) if path.suffix == ".csv" else None
        if sheet is not None:
            sheet.writerow(("image", "count", "predictions"))
        for number in range(pictures):
            found = [
                {
                    "x": chance.random() * 600,
                    "y": chance.random() * 400,
                    "width": 50.5,
                    "height": 40.25,
                    "confidence": chance.random(),
                    "class": chance.choice(LABELS),
                    "class_id": 1,
                    "detection_id": f"{chance.getrandbits(128):032x}",
                    "parent_id": "image",
                }
                for _ in range(each)
            ]
            row = {
                "image": f"card{number // 10_000}/IMG_{number:07}.JPG",
                "count": each,
                "predictions": {"image": {"width": 640, "height": 480}, "predictions": found},
            }
            if sheet is None:
                file.write(json.dumps(row) + "\n")
            else:
                sheet.writerow([json.dumps(value) if isinstance(value, dict) else value for value in row.values()])


def plain(path: Path) -> float:
    """Return the CPU seconds of a loop over everything."""
    began = time.process_time()
    count = 0
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            for row in csv.DictReader(file):
                count += len(json.loads(row["predictions"])["predictions"])
        else:
            for line in file:
                count += len(json.loads(line)["predictions"]["predictions"])
    assert count
    return time.process_time() - began


def measure(form: str, pictures: int, each: int) -> None:
    """Measure one form of table."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "saved"
        folder.mkdir()
        table = folder / f"results.{form}"
        make(table, pictures, each)
        heard = []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        index = Path(scratch) / "index.duckdb"
        asyncio.run(read_apart(folder, index, lambda done, total: heard.append(time.monotonic() - began)))
        took = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        loop = plain(table)
        print(
            f"{form}: {pictures:,} rows, {pictures * each:,} findings, {table.stat().st_size / 1e6:.0f} MB: "
            f"{took:.2f} s"
            f" (first word after {heard[0]:.2f} s, {len(heard)} in all), CPU {spent:.2f} s,"
            f" {after.ru_maxrss / 1024:.0f} MB, index {index.stat().st_size / 1e6:.0f} MB;"
            f" plain loop {loop:.2f} s, ratio {spent / loop:.2f}",
            flush=True,
        )


def main() -> None:
    """Measure both forms, or the one that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--form", choices=("jsonl", "csv"))
    options = parser.parse_args()
    for form in [options.form] if options.form else ["jsonl", "csv"]:
        measure(form, options.pictures, options.each)


if __name__ == "__main__":
    main()
