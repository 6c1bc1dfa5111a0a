"""What listing a bucket of a hundred thousand files with a pattern costs: seconds, and memory while it goes on.

    python tests/bench/buckets.py MOTO_PYTHON [COUNT]

MOTO_PYTHON is a Python that has `moto[server]`. The bucket is filled inside the server, not over the wire.
"""

import asyncio
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "gui")]

from batchdock.core.bucket import Glob  # noqa: E402
from batchdock.services.buckets.port import S3Keys, S3Place  # noqa: E402
from batchdock.services.buckets.s3 import S3  # noqa: E402

_SERVER = """
import sys
from moto.s3.models import s3_backends
backend = s3_backends["123456789012"]["aws"]
backend.create_bucket("many", "us-east-1")
for number in range(int(sys.argv[1])):
    day, cam = number // 1000, number % 7
    ending = "mp4" if number % 50 == 0 else "jpg"
    backend.put_object("many", f"photos/2024-{day:04}/cam{cam}/{number:07}.{ending}", b"x")
from moto.server import main
main(["-H", "127.0.0.1", "-p", "0"])
"""
PATTERNS = ("photos/**/*.jpg", "photos/2024-*/cam[0-3]/*.mp4", "photos/2024-000?/**", "photos/2024-0099/**/*.jpg")


def memory() -> float:
    """Return how many MB this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def listed(s3: S3, pattern: str) -> tuple[int, int, float]:
    """Return how many matched, of how many, and the most memory."""
    glob, position = Glob(pattern), ""
    count = seen = 0
    most = 0.0
    while True:
        page = await s3.page("many", glob.prefix, position=position)
        seen += len(page.files)
        count += sum(glob.matches(each.path) for each in page.files)
        most = max(most, memory())
        position = page.position
        if not position:
            return count, seen, most


async def measure(address: str) -> None:
    """Print a line for each pattern."""

    async def keys() -> S3Keys:
        return S3Keys("key", "secret")

    s3 = S3("moto", keys, S3Place("", address))
    await s3.page("many", "", most=10)
    before = memory()
    print(f"{before:.0f} MB before")
    for pattern in PATTERNS:
        began, own = time.perf_counter(), time.process_time()
        count, seen, most = await listed(s3, pattern)
        print(
            f"{pattern}: {count:,} of {seen:,} in {time.perf_counter() - began:.1f} s "
            f"({time.process_time() - own:.1f} s of them this program), {most:.0f} MB at most"
        )
    signer, began = await s3.signer("many", 24), time.perf_counter()
    for number in range(100_000):
        signer.address(f"photos/2024-0001/cam1/{number:07}.jpg")
    print(f"100,000 addresses signed in {time.perf_counter() - began:.1f} s")
    await s3.close()


def main() -> None:
    """See the module."""
    count = sys.argv[2] if len(sys.argv) > 2 else "100000"
    server = subprocess.Popen([sys.argv[1], "-c", _SERVER, count], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        address = next(found[1] for line in server.stderr if (found := re.search(r"(http://127\.0\.0\.1:\d+)", line)))
        asyncio.run(measure(address))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
