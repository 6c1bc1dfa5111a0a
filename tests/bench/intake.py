"""How fast a drop of many pictures is looked at and planned, beside the plainest loop there is, in the same run.

    python tests/bench/intake.py [how many files, else 100000] [how many empty files for the memory of the walk, else 0]

The pictures are small JPEGs, every one with other bytes, many of the same size, in folders of a thousand. Printed are
files a second, the seconds until the first rows, the most memory of the process, and the ratio to `os.walk` with
`PIL.Image.open`. Every measurement is a process of its own; the files are warm for all of them.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

from batchdock.core.intake import Item, Review
from batchdock.flows.intake import Intake
from batchdock.flows.intake.plan import plans
from batchdock.flows.intake.scan import walk
from making.media import picture_bytes

LEAST_FILES_A_SECOND = 5_000
MOST_MEGABYTES = 400
_IN_FOLDER = 1_000


def make_pictures(root: Path, count: int) -> None:
    """Write `count` small JPEGs: the same picture, each with other bytes behind it, in 200 sizes."""
    data = picture_bytes(1, (64, 48))
    for number in range(count):
        folder = root / str(number // _IN_FOLDER)
        if number % _IN_FOLDER == 0:
            folder.mkdir(parents=True)
        comment = number.to_bytes(8, "big") + bytes(number % 200)
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (folder / f"IMG_{number}.JPG").write_bytes(data[:2] + segment + data[2:])


def make_links(root: Path, count: int) -> None:
    """Write `count` names of one empty file, a thousand in a folder: enough for a walk, and quickly made."""
    root.mkdir()
    for number in range(count):
        folder = root / str(number // _IN_FOLDER)
        if number % _IN_FOLDER == 0:
            folder.mkdir()
            (folder / "0.jpg").touch()
        else:
            os.link(folder / "0.jpg", folder / f"{number}.jpg")


def plain(root: Path) -> int:
    """Open every picture, and know its size: what a script of ten lines does."""
    count = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - the plain loop
            os.stat(path)  # noqa: PTH116
            with Image.open(path) as picture:
                count += picture.width > 0
    return count


def ours(root: Path) -> int:
    """Look at the drop and plan what is sent, as the sheet does."""
    items: list[Item] = []
    started = time.perf_counter()
    first: list[float] = []

    def on_update(review: Review) -> None:
        if review.fresh and not first:
            first.append(time.perf_counter() - started)
        items.extend(review.fresh)

    asyncio.run(Intake().review([root], on_update=on_update))
    looked = time.perf_counter() - started
    made = plans(items, file_references=False)
    planned = time.perf_counter() - started - looked
    print(f"  first rows after {first[0]:.2f} s, looked at in {looked:.2f} s, planned in {planned:.2f} s")
    return sum(len(plan.files) for plan in made)


def walked(root: Path) -> int:
    """Only walk."""
    return sum(1 for _ in walk([root]))


def measured(way: str, root: Path) -> tuple[float, float]:
    """Run one way in a process of its own. Return files a second and megabytes, and print them."""
    command = [sys.executable, __file__, "--one", way, str(root)]
    answer = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()
    rate, megabytes = (float(each) for each in answer[-1].split())
    print(f"{way:<8}{rate:>10,.0f} files/s{megabytes:>8.0f} MB", *answer[:-1], sep="\n" if answer[:-1] else "")
    return rate, megabytes


def one(way: str, root: Path) -> None:
    """Do it, and print files a second and the most megabytes of this process."""
    started = time.perf_counter()
    count = {"plain": plain, "ours": ours, "walk": walked}[way](root)
    seconds = time.perf_counter() - started
    print(count / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
        return 0
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    names = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "pictures"
        make_pictures(root, count)
        print(f"{count:,} pictures")
        plain(root)  # Warm for everybody.
        plain_rate, _ = measured("plain", root)
        rate, megabytes = measured("ours", root)
        print(f"ours does {rate / plain_rate:.2f} of the plain loop's files a second")
        if names:
            make_links(Path(home) / "names", names)
            print(f"{names:,} names")
            measured("walk", Path(home) / "names")
    return 0 if rate >= LEAST_FILES_A_SECOND and megabytes < MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
