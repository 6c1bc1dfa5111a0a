"""How many thumbnails a second are made, and what that does to the window's thread.

    python tests/bench/pictures.py [how many pictures, else 200]

For pictures of 12 megapixels without and with the camera's preview, for what is kept already, and for frames of a
1080p video: thumbnails a second. Then, while they are made, the longest gap and the 99th percentile between two beats
of a 5 ms heartbeat on the window's thread, with nothing else to do there. Other programs at work count in.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.flows.desk import Desk
from batchdock.flows.results.opening import Opened
from batchdock.keystore.session import SessionKeys
from making.heartbeat import Heartbeat
from making.media import filmed, numbered, scene, with_preview
from making.opened import Rows
from making.opened import opened as opened_rows

SIZE = (4000, 3000)
AT_ONCE = 3
"""As the grid asks."""


async def make(desk: Desk, results: Opened, numbers: Sequence[int], edge: int) -> float:
    """Make thumbnails as the grid does; return how many a second."""
    waiting, began, made = list(reversed(numbers)), time.perf_counter(), 0

    async def turn() -> None:
        nonlocal made
        while waiting:
            pixels = await desk.pictures.thumbnail(results, waiting.pop(), edge)
            made += pixels is not None

    await asyncio.gather(*(turn() for _ in range(AT_ONCE)))
    assert made == len(numbers)
    return made / (time.perf_counter() - began)


def write(folder: Path, count: int) -> Rows:
    """Write the originals: pictures, pictures with previews, and a video."""
    rows = Rows()
    folder.mkdir(parents=True)
    photo = scene(1, (1000, 750)).resize(SIZE, Image.Resampling.BICUBIC)
    photo.save(folder / "plain.jpg", quality=92)
    photo.save(folder / "camera.jpg", quality=92, exif=with_preview(photo.resize((160, 120))))
    for kind in ("plain", "camera"):
        data = (folder / f"{kind}.jpg").read_bytes()
        for number in range(count):
            (folder / f"{kind} {number}.jpg").write_bytes(data)
            rows.picture(f"{kind} {number}.jpg")
    filmed(
        folder / "film.mp4",
        range(0, count * 40, 40),
        pictures=lambda number: numbered(number, (1920, 1080)),
        codec_options={"g": "250", "preset": "ultrafast"},
    )
    for number in range(count):
        rows.picture("film.mp4", frame=number, seconds=number * 0.04)
    return rows


async def play(count: int, home: Path) -> int:
    rows = write(home / "originals", count)
    async with opened(home / "home", key_store=SessionKeys()) as window:
        window.show()
        context = window._context
        (home / "scratch").mkdir()
        holder = opened_rows(rows, home / "scratch")
        results = await context.background.run(holder.__aenter__())
        await context.background.run(results.reconnect(home / "originals"))
        keep()
        await asyncio.sleep(1.0)
        heart = Heartbeat()
        await asyncio.sleep(3.0)
        print(f"{'nothing':<24}{'':17}   gaps p99 {heart.below(0.99)[0]:5.1f} ms, longest {heart.longest:5.1f} ms")
        plain, camera, frames = (range(first * count, (first + 1) * count) for first in range(3))
        for name, numbers, edge in (
            ("12 MP, 256 pixels", plain, 256),
            ("the same, kept", plain, 256),
            ("12 MP, 128 pixels", plain, 128),
            ("with a preview, 128", camera, 128),
            ("frames of 1080p, 256", frames, 256),
            ("the same, kept", frames, 256),
        ):
            heart.reset()
            rate = await context.background.run(make(context.desk, results, numbers, edge))
            gap, computing = heart.below(0.99)
            print(
                f"{name:<24}{rate:8.0f} a second   gaps p99 {gap:5.1f} ms, longest {heart.longest:5.1f} ms, "
                f"computing p99 {computing:4.1f} ms"
            )
        heart.stop()
        await context.background.run(holder.__aexit__(None, None, None))
    return 0


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        return loop.run(application, play(count, Path(home)))


if __name__ == "__main__":
    sys.exit(main())
