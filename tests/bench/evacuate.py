"""A whole account taken out while it is broken off again and again and links expire: how long, and what was fetched.

    python tests/bench/evacuate.py [--datasets 3] [--versions 4] [--files 5000] [--changed 500] [--breaks 10]
                                   [--bytes 4000] [--expire 997] [--keep FOLDER]

Each version after the first gives `changed` files other bytes. Each run is a program of its own; every second one is
killed (SIGKILL), the others are told to close. All links that were given out expire after every `expire` files. In the
end every file of every version is held against the stand-in, byte by byte. Needs Linux and room for it once.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes.tensorbay import TensorBay
from making.taking import assert_whole, child, contents_of, no_secret_in


def main() -> None:
    asked = _asked()
    root = Path(asked.keep or tempfile.mkdtemp(prefix="evacuate-"))
    try:
        with TensorBay() as bay:
            _fill(bay, asked)
            _run(bay, root, asked)
    finally:
        if not asked.keep:
            shutil.rmtree(root, ignore_errors=True)


def _fill(bay: TensorBay, asked: argparse.Namespace) -> None:
    def body(segment: str, number: int, version: int) -> bytes:
        return f"{name} {segment} {number} {version} ".encode().ljust(asked.bytes, b".")

    for nth in range(asked.datasets):
        name = f"dataset {nth}"
        test = asked.files // 5
        segments = {"train": asked.files - test, "test": test}
        bay.add_dataset(name, versions=asked.versions, segments=segments, changed=asked.changed // 2, body=body)
    bay.store.links_last = asked.expire


def _run(bay: TensorBay, root: Path, asked: argparse.Namespace) -> None:
    wanted = contents_of(bay)
    home, out = root / "home", root / "out"
    print(
        f"{asked.datasets} datasets × {asked.versions} versions × {asked.files:,} files, {len(wanted):,} different ones"
    )
    began = time.monotonic()
    for nth in range(1, asked.breaks + 1):
        share = len(wanted) * nth // (asked.breaks + 1)
        before = Counter(bay.fetched)
        run = child(bay, home, out)
        while len(bay.fetched) < share and run.poll() is None:
            time.sleep(0.02)
        _end(run, killed=bool(nth % 2))
        again = sum(count for each, count in bay.fetched.items() if before[each]) - sum(before.values())
        word = "killed" if nth % 2 else "closed"
        print(f"  {word} at {len(bay.fetched):,} files after {time.monotonic() - began:.1f} s; came again: {again}")
    with child(bay, home, out) as run:
        assert run.stdout is not None
        said = run.stdout.readline()
    seconds = time.monotonic() - began
    assert said.strip() == "done", said
    fetched, requests = sum(bay.fetched.values()), len(bay.seen)
    files = assert_whole(bay, out)
    no_secret_in(out / ".batchdock", bay)
    no_secret_in(home, bay)
    print(f"{seconds:.1f} s in all, {files:,} files complete and verified, {_on_disk(out) / 1e6:,.0f} MB on the disk")
    print(f"asked of the service {requests:,} times, of the store {len(bay.store_seen):,} times")
    print(f"fetched {fetched:,} for {len(wanted):,} files: {fetched - len(wanted)} more than once")
    print(f"most memory of a run: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:,.0f} MB")


def _end(run: "subprocess.Popen[str]", *, killed: bool) -> None:
    assert run.stdin is not None
    assert run.stdout is not None
    if killed:
        run.kill()
    run.stdin.close()
    run.wait()
    run.stdout.close()


def _on_disk(folder: Path) -> int:
    seen: set[int] = set()
    size = 0
    for each, _, names in os.walk(folder):
        for name in names:
            about = Path(each, name).stat()
            size += 0 if about.st_ino in seen else about.st_size
            seen.add(about.st_ino)
    return size


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name, default in (
        ("datasets", 3),
        ("versions", 4),
        ("files", 5000),
        ("changed", 500),
        ("breaks", 10),
        ("bytes", 4000),
        ("expire", 997),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--keep", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
