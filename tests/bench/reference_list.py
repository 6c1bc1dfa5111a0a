"""What a look at a list of references costs: seconds, and memory at the most.

python tests/bench/reference_list.py [LINES]
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.flows.desk import Desk
from batchdock.keystore.session import SessionKeys

GOOD = (
    "https://bucket.s3.eu-central-1.amazonaws.com/season/2026/{0:08}.jpg"
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&{1}&X-Amz-Signature={0:064x}"
)
FRESH, OLD = "X-Amz-Date=20990101T000000Z&X-Amz-Expires=86400", "X-Amz-Date=20200101T000000Z&X-Amz-Expires=86400"


def write(path: Path, lines: int) -> None:
    """Write a list in which 10 % have expired, and some of everything else is wrong."""
    with path.open("wb") as out:
        out.write(b"\xef\xbb\xbf")
        for number in range(lines):
            name, url = f"{number:08}.jpg", GOOD.format(number, OLD if number % 10 == 3 else FRESH)
            match number % 1000:
                case 0:
                    out.write(b'{"name": \r\n')
                    continue
                case 1:
                    url = "http://example.org/a.jpg"
                case 2:
                    url = "https://169.254.169.254/latest"
                case 4:
                    name = f"{number - 1:08}.jpg".upper() if number > 1000 else name
                case 5:
                    name = "00000006.jpg"
                case 7:
                    name = f"{number:08}.mp4"
                case 8:
                    out.write(b"\r\n")
                    continue
            out.write(json.dumps({"name": name, "url": url}).encode() + b"\r\n")


async def measure(folder: Path, lines: int) -> None:
    """Look, and say what it took."""
    path = folder / "list.jsonl"
    write(path, lines)
    desk = await Desk.open(folder / "home", key_store=SessionKeys(), active=False)
    try:
        before, began, worst = _memory(), time.monotonic(), 0.0

        async def beat() -> None:
            nonlocal worst
            while True:
                at = time.monotonic()
                await asyncio.sleep(0.01)
                worst = max(worst, time.monotonic() - at - 0.01)

        beating = asyncio.create_task(beat())
        looked = await desk.references.look(path)
        beating.cancel()
        took = time.monotonic() - began
        size = sum(each.stat().st_size for each in (folder / "home" / "references").iterdir())
        print(
            f"{lines:,} lines, {path.stat().st_size / 1e6:.0f} MB: {took:.1f} s, "
            f"memory {before:.0f} → {_memory():.0f} MB"
        )
        print(f"what was found: {size / 1e6:.0f} MB on disk; longest wait on the loop meanwhile {worst * 1000:.0f} ms")
        print(looked.counts)
        began = time.monotonic()
        for first in range(0, looked.counts.pictures, 20_000):
            found = looked._list.places(Content.IMAGES, first, 20_000)  # type: ignore[union-attr]
            assert len(found) <= 20_000
        print(f"all places again: {time.monotonic() - began:.1f} s")
        await desk.references.discard(looked)
    finally:
        await desk.close()


def _memory() -> float:
    # Of this process, or of the one that looks, whichever is larger.
    usages = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usages) / 1024


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(Path(made), int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
