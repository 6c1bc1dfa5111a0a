"""How fast, and how big, transfers are, beside the reference client and a plain httpx loop, in one run.

    python tests/bench/transfers.py [--reference PATH] [--quick] [--runs N] [--only bulk …] [--huge] [--no-window]

PATH is the executable `inference` of inference-cli 1.8.3 (also: the environment variable BATCHDOCK_INFERENCE_CLI);
without it only the other two are measured. Each is run as a whole command, its start included, against one fast
service on this computer that is a process of its own (`fast_cloud.py`). They take turns, so that they meet the same
machine, and the median of the runs counts; the loop, to which nothing is compared, runs once. `--quick` takes less of
everything, once. `--huge` adds a video of 20 GB (sparse on the disk) for ours.

Printed: seconds, the ratio ours / reference, the target and whether it is met, seconds of computing (which say more
when the machine has other things to do), the most memory in MB, and how long the event loop of the real window stands
still while it sends and saves (`window_sending.py`). Needs Linux (`/proc`), about 3 GB of memory for the reference
client and 500 MB of disk.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import aiohttp

from bench.commands import Cost, Refused, httpx_loop, ours, reference
from bench.fast_cloud import ARCHIVES, FILES_IN_ARCHIVE, PLAIN, WORKSPACE
from making.media import picture_bytes, video

_HERE = Path(__file__).resolve().parent
_PICTURE, _SPREAD = 40_000, 10_000
"""Bytes, give or take: no camera makes pictures that are all of one size, and equal sizes are compared for copies."""
ENOUGH = 2_000
"""Small uploads a second that the service must take, so that it is not the service that is measured."""
SLOW = 0.05


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    bulk: int = 5_000
    single: int = 1_000
    video: int = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Case:
    """`target` is what ours may take of the reference client's seconds, `memory` the MB that it may have.

    `rate` is how many times as many pictures a second must arrive, counted by the service, without start and end.
    """

    kind: str
    name: str
    what: str
    latency: float
    batch: str
    arrived: int
    target: float | None = None
    memory: float | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Drops:
    """The folders that are sent."""

    bulk: Path
    single: Path
    video: Path


class Measuring:
    """Runs the cases and prints their lines."""

    def __init__(self, drops: Drops, place: Path, executable: Path | None, runs: int) -> None:
        self._drops, self._place, self._executable, self._runs = drops, place, executable, runs
        self._number = 0
        self.met = True

    def case(self, case: Case, url: str, *, only_ours: bool = False) -> None:
        """Measure all three, taking turns, and print the line."""
        costs: dict[str, list[Cost]] = {}
        for run in range(self._runs):
            for name in ("ours",) if only_ours else ("reference", "httpx", "ours"):
                if (name == "reference" and self._executable is None) or (name == "httpx" and run):
                    continue
                try:
                    cost = self._once(name, case, url)
                except Refused as problem:
                    print(f"! {case.name}: {name}: {problem}", flush=True)
                else:
                    costs.setdefault(name, []).append(cost)
        self._print(case, costs)

    def _once(self, name: str, case: Case, url: str) -> Cost:
        self._number += 1
        sending = case.what != "export"
        folder = {"bulk": self._drops.bulk, "single": self._drops.single, "video": self._drops.video}.get(case.what)
        folder = folder or self._place / f"saved-{self._number}"
        batch = f"{case.batch}-{self._number}" if sending else case.batch
        home = self._place / f"home-{self._number}"
        folder.mkdir(exist_ok=True)
        try:
            if name == "reference":
                assert self._executable is not None
                cost = reference(self._executable, case.what, url, batch, folder)
            else:
                cost = (
                    httpx_loop(case.what, url, batch, folder)
                    if name == "httpx"
                    else ours(case.what, url, batch, folder, home)
                )
            found = asked(url, batch, "count") if sending else _pictures_in(folder)
            if found != case.arrived:
                raise Refused(f"{found:,} of {case.arrived:,} files arrived")
            return replace(cost, rate=found / asked(url, batch, "seconds")) if case.what == "single" else cost
        finally:
            shutil.rmtree(home, ignore_errors=True)
            if not sending:
                shutil.rmtree(folder)

    def _print(self, case: Case, costs: dict[str, list[Cost]]) -> None:
        seconds = {name: statistics.median(cost.seconds for cost in found) for name, found in costs.items()}
        computing = {name: statistics.median(cost.computing for cost in found) for name, found in costs.items()}
        peaks = {name: max(cost.megabytes for cost in found) for name, found in costs.items()}
        ratio = seconds["ours"] / seconds["reference"] if {"ours", "reference"} <= seconds.keys() else None
        wanted, holds = [], []
        if case.target is not None:
            wanted.append(f"≤ {case.target:.3f}")
            holds.append(ratio is not None and ratio <= case.target)
        if case.memory is not None:
            wanted.append(f"≤ {case.memory:.0f} MB")
            holds.append("ours" in peaks and peaks["ours"] <= case.memory)
        rates = {
            name: statistics.median(cost.rate for cost in found if cost.rate)
            for name, found in costs.items()
            if found[0].rate
        }
        if case.rate is not None:
            wanted.append(f"≥ {case.rate:.0f} ×")
            holds.append("reference" in rates and rates.get("ours", 0) >= case.rate * rates["reference"])
        self.met &= all(holds)
        cells = [f"{seconds[name]:9.2f}" if name in seconds else f"{'–':>9}" for name in ("reference", "httpx", "ours")]
        cells.append(f"{ratio:7.3f}" if ratio is not None else f"{'–':>7}")
        cells.append(f"{' '.join(wanted):>9}")
        cells.append(f"{('yes' if all(holds) else 'NO') if holds else '':>4}")
        cells += [f"{computing[name]:7.2f}" if name in computing else f"{'–':>7}" for name in ("reference", "ours")]
        cells += [f"{peaks[name]:7.0f}" if name in peaks else f"{'–':>7}" for name in ("reference", "httpx", "ours")]
        print(f"{case.name:<34}{' '.join(cells)}", flush=True)
        if rates:
            print("  a second: " + ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items()), flush=True)


@contextmanager
def service(latency: float) -> Iterator[str]:
    """Run the fast service and give its address."""
    program = [sys.executable, str(_HERE / "fast_cloud.py"), "--latency", str(latency)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.stdin.close()


async def uploads_a_second(url: str, count: int = 6_000, at_once: int = 32) -> float:
    """Return how many small uploads the service takes in a second."""
    where = f"{url}/data-staging/v1/external/{WORKSPACE}/batches/simple-probe/upload/image"
    content, numbers = b"x" * 2_000, iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def send() -> None:
            for number in numbers:
                async with session.post(where, params={"fileName": f"{number}.jpg"}, data=content) as answer:
                    assert answer.status == 200

        began = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(at_once)))
        return count / (time.perf_counter() - began)


def asked(url: str, batch: str, what: str) -> float:
    """Ask the service how many files of a batch there are, or how many seconds they took to come."""
    with urlopen(f"{url}/data-staging/v1/external/{WORKSPACE}/batches/{batch}/{what}") as answer:
        return float(json.load(answer)[what])


def drops(folder: Path, size: Size) -> Drops:
    """Make what is sent. Every picture is another one; the video is a short one with nothing behind it."""
    made = Drops(folder / "bulk", folder / "single", folder / "video")
    for each in (made.bulk, made.single, made.video):
        each.mkdir()
    fill, base = random.Random(3), picture_bytes(1)
    for number in range(size.bulk):
        comment = _PICTURE - len(base) - 4 + fill.randrange(-_SPREAD, _SPREAD)
        # A comment block behind the first marker makes a picture of any size.
        block = b"\xff\xfe" + (comment + 2).to_bytes(2, "big") + fill.randbytes(comment)
        (made.bulk / f"picture {number:05}.jpg").write_bytes(base[:2] + block + base[2:])
    for path in sorted(made.bulk.iterdir())[: size.single]:
        os.link(path, made.single / path.name)
    grown(made.video / "long.mp4", size.video)
    return made


def grown(path: Path, size: int) -> None:
    """Make a video of `size` bytes: behind a real one lies a box that players skip, sparse on the disk."""
    short = video(path).stat().st_size
    with path.open("ab") as file:
        file.write((1).to_bytes(4, "big") + b"free" + (size - short).to_bytes(8, "big"))
        file.truncate(size)


def _pictures_in(folder: Path) -> int:
    return sum(path.suffix in (".jpg", ".json") and path.is_file() for path in folder.rglob("*"))


def cases(size: Size) -> list[Case]:
    """All cases; whatever is not in a full run has no target."""
    full = size == Size()
    fast = 0.3 if full else None
    members = ARCHIVES * FILES_IN_ARCHIVE
    late = f"{SLOW * 1e3:.0f} ms"
    return [
        Case("bulk", f"{size.bulk:,} × 40 kB, bulk", "bulk", 0, "bulk", size.bulk, 0.4 if full else None),
        Case("bulk", f"{size.bulk:,} × 40 kB, bulk, {late}", "bulk", SLOW, "bulk", size.bulk),
        Case("single", f"{size.single:,} one by one", "single", 0, "simple", size.single),
        Case(
            "single",
            f"{size.single:,} one by one, {late}",
            "single",
            SLOW,
            "simple",
            size.single,
            rate=12 if full else None,
        ),
        Case("video", f"video, {size.video / 1024**3:.2f} GB", "video", 0, "video", 1, None, 150.0),
        Case("archives", f"{ARCHIVES} archives ({members:,} files)", "export", 0, "archives", members, fast),
        Case("archives", f"{ARCHIVES} archives, {late}", "export", SLOW, "archives", members, fast),
        Case("plain", f"{PLAIN:,} plain files", "export", 0, "plain", PLAIN, fast),
        Case("plain", f"{PLAIN:,} plain files, {late}", "export", SLOW, "plain", PLAIN, fast),
    ]


def print_gaps(url: str, made: Drops) -> bool:
    """Measure the window, print, and tell whether it stays quick."""
    program = [sys.executable, str(_HERE / "window_sending.py"), url, str(made.bulk), str(made.video)]
    done = subprocess.run(program, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"! window: ended with {done.returncode}")
        return False
    head = f"{'window, gaps in ms':<34}{'p50':>9} {'p99':>9} {'max':>9} {'computing':>9}"
    print(f"\n{head}   target p99 ≤ 16, max ≤ 100")
    quick = True
    for name, found in json.loads(done.stdout.splitlines()[-1]).items():
        holds = found["p99"] <= 16 and found["max"] <= 100
        quick &= holds
        cells = " ".join(f"{found[each]:9.1f}" for each in ("p50", "p99", "max", "computing"))
        print(f"{name:<34}{cells}   {'yes' if holds else 'NO'}")
    return quick


def measure(options: argparse.Namespace, place: Path) -> bool:
    """Run everything that was asked for, and tell whether every target is met."""
    size = Size(bulk=1_000, single=200, video=256 * 1024**2) if options.quick else Size()
    made = drops(place, size)
    measuring = Measuring(made, place, options.reference, 1 if options.quick else options.runs)
    wanted: Callable[[str], bool] = lambda kind: not options.only or kind in options.only  # noqa: E731
    with service(0.0) as near, service(SLOW) as late:
        rate = max(asyncio.run(uploads_a_second(near)) for _ in range(3))
        print(f"The service takes {rate:,.0f} small uploads a second{'' if rate > ENOUGH else ': TOO FEW'}.")
        head = f"{'case':<34}{'reference':>9} {'httpx':>9} {'ours':>9} {'ratio':>7} {'target':>9} {'met':>4}"
        print(f"{head} {'ref CPU':>7} {'ours':>7} {'ref MB':>7} {'httpx':>7} {'ours':>7}")
        for case in cases(size):
            if wanted(case.kind):
                measuring.case(case, late if case.latency else near)
        if options.huge:
            grown(made.video / "long.mp4", 20 * 1024**3)
            measuring.case(Case("huge", "video, 20 GB", "video", 0, "video", 1, None, 150.0), near, only_ours=True)
            grown(made.video / "long.mp4", size.video)
        quick = print_gaps(near, made) if options.window and wanted("window") else True
    return measuring.met and quick and rate > ENOUGH


def main() -> int:
    """Print the table; the exit code is 0 when every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=os.environ.get("BATCHDOCK_INFERENCE_CLI"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="less of everything, once; no targets")
    parser.add_argument("--huge", action="store_true", help="also a video of 20 GB")
    parser.add_argument("--no-window", dest="window", action="store_false")
    parser.add_argument("--only", nargs="*", help="bulk, single, video, archives, plain, window")
    options = parser.parse_args()
    if options.reference is None:
        print("The reference client is not measured: give --reference or BATCHDOCK_INFERENCE_CLI.")
    elif not Path(options.reference).is_file():
        parser.error(f"There is no {options.reference}.")
    options.reference = Path(options.reference) if options.reference else None
    with tempfile.TemporaryDirectory(prefix="batchdock-bench-") as folder:
        return 0 if measure(options, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
