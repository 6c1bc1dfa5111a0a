"""What a bucket of a million files costs on its way to this computer: seconds, and memory step by step.

    python tests/bench/bucket_million.py [COUNT]

Counted, written down, and handed over until the first chunk is taken; then it is stopped. The storage is a process of
its own that invents its pages, so that what is measured is this program's.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "gui"), str(ROOT / "tests")]

from batchdock.core.account import THIS_COMPUTER_ID  # noqa: E402
from batchdock.core.bucket import SignInWay, Storage, StorageKind  # noqa: E402
from batchdock.core.transfer import Transfer  # noqa: E402
from batchdock.flows.desk import Desk  # noqa: E402
from batchdock.keystore.session import SessionKeys  # noqa: E402
from making.certificates import Authority  # noqa: E402
from making.media import picture  # noqa: E402

PAGE = 1_000
_MOMENT = "2026-01-01T00:00:00Z"


class Inventing(BaseHTTPRequestHandler):
    """Answers as S3 does, for a bucket of `count` pictures that are all the same `data`."""

    protocol_version = "HTTP/1.1"
    count = 0
    data = b""

    def do_GET(self) -> None:
        """Give a page of the list, or the picture."""
        parts = urlsplit(self.path)
        if "list-type=2" not in parts.query:
            self._give(self.data, "image/jpeg")
            return
        first = int(parse_qs(parts.query).get("continuation-token", ["0"])[0])
        last = min(first + PAGE, self.count)
        listed = "".join(
            f"<Contents><Key>photos/2024-{number // 1000:04}/cam{number % 7}/{number:07}.jpg</Key>"
            f"<Size>{len(self.data)}</Size><LastModified>{_MOMENT}</LastModified></Contents>"
            for number in range(first, last)
        )
        more = f"<NextContinuationToken>{last}</NextContinuationToken>" if last < self.count else ""
        end = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{more}"
        self._give(f"<ListBucketResult>{listed}{end}</ListBucketResult>".encode(), "application/xml")

    def _give(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Threads(ThreadingHTTPServer):
    """Threads that nobody waits for."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Whoever asks may hang up."""


def serve(folder: Path, count: int) -> None:
    """Serve until killed; the certificate is made here."""
    Inventing.count, Inventing.data = count, picture(folder / "a.jpg", 1, (32, 32)).read_bytes()
    server = Threads(("127.0.0.1", 0), Inventing)
    context = Authority(folder).context("localhost")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


class Watch:
    """Says of each step how long it took, and the most memory of this process meanwhile."""

    def __init__(self) -> None:
        self._most, self._over = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self._most = max(self._most, memory())

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Print a line when the block ends; also how long the loop of the flows stood still at most."""
        before, self._most = memory(), 0.0
        began, own, worst = time.perf_counter(), time.process_time(), 0.0

        async def beat() -> None:
            nonlocal worst
            while True:
                at = time.perf_counter()
                await asyncio.sleep(0.01)
                worst = max(worst, time.perf_counter() - at - 0.01)

        beating = asyncio.get_running_loop().create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            most = max(self._most, memory())
            print(
                f"{name}: {time.perf_counter() - began:.1f} s ({time.process_time() - own:.1f} s of them this process),"
                f" memory {before:.0f} → {most:.0f} MB at most; the loop stood still {worst * 1000:.0f} ms at most",
                flush=True,
            )


def memory() -> float:
    """Return how many MB this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def measure(home: Path, port: int) -> None:
    """Print a line for each step."""
    watch = Watch()
    storage = Storage("Many", StorageKind.S3, SignInWay.TYPED, endpoint=f"https://localhost:{port}", region="eu-west-1")
    desk = await Desk.open(home, key_store=SessionKeys(), active=True)
    try:
        await desk.buckets.storages.connect(storage, access="AKID", secret="secret")
        with watch.step("one page"):
            await desk.buckets.browse(storage, "box", "photos/")
        with watch.step("counted"):
            counted = await desk.buckets.count(storage, "box", "photos/**/*.jpg")
        files = sum(each.stat().st_size for each in (home / "buckets").iterdir())
        print(f"{counted.counts.pictures:,} pictures; {files / 1e6:.0f} MB on disk")
        with watch.step("written down"):
            sendings = await desk.buckets.send(THIS_COMPUTER_ID, counted, "Many")
        with watch.step("first chunk handed over"):
            (transfer_id,) = desk.references.begin(sendings)
            await _until(desk, transfer_id, lambda row: bool(row.pieces_done))
        with watch.step("stopped"):
            await desk.transfers.stop(transfer_id)
            row = await _until(desk, transfer_id, lambda row: False)
        print(f"{row.state}: {row.pieces_done} of {row.pieces_total} chunks")
    finally:
        with watch.step("closed"):
            await desk.close()


def _row(desk: Desk, transfer_id: str) -> Transfer | None:
    return next((each for each in desk.transfers.all() if each.transfer_id == transfer_id), None)


async def _until(desk: Desk, transfer_id: str, condition: Callable[[Transfer], bool]) -> Transfer:
    while (row := _row(desk, transfer_id)) is None or not (condition(row) or row.state.is_terminal):
        await asyncio.sleep(0.02)
    return row


def main() -> None:
    """See the module."""
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
        return
    count = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        command = [sys.executable, __file__, "--serve", made, count]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            os.environ["SSL_CERT_FILE"] = str(folder / "authority.pem")
            os.environ["BATCHDOCK_FETCH_ALSO"] = f"127.0.0.1:{port}"
            asyncio.run(measure(folder / "home", port))
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
