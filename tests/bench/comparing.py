"""What comparing two runs costs, and what drawing findings does.

    python tests/bench/comparing.py [pictures, else 100000] [findings each, else 5]

The tables are made directly. The second run has the same pictures and other findings.
"""

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter

from batchdock.core.finding import Box, Finding, Label, Picture, Polygon, Shape
from batchdock.flows.results.comparing import Comparing
from batchdock.flows.results.opening import Seen
from batchdock.store.findings.asking import Question, Tables
from batchdock.store.findings.comparing import Everything, read_everything
from batchdock.window.results.drawing import paint_findings, prepare
from batchdock.window.results.viewing import Looks
from bench.results import make_index

LABELS = tuple(Label(number, f"class {number}", 1) for number in range(21))
TIMES = 5


class Run:
    """As much of opened results as is asked here."""

    def __init__(self, index: Path, scratch: Path) -> None:
        self.labels = LABELS
        self._tables = Tables(index, scratch)

    async def everything(self) -> Everything:
        """See `Opened.everything`."""
        return await asyncio.to_thread(self._tables.ask, Question(read_everything))

    def close(self) -> None:
        """Give the file back."""
        self._tables.close()


async def compare(scratch: Path, pictures: int, each: int) -> None:
    """Compare two runs, all of them and then a part."""
    runs = []
    for place in range(2):
        index = scratch / f"{place}.duckdb"
        make_index(index, pictures, each)
        with duckdb.connect(str(index)) as connection:
            connection.execute(
                "update findings set x = (number::bigint * 7919) % 1000 + random() * 90, "
                "y = (number::bigint * 104729) % 800, width = 90, height = 90, label = number % 20"
            )
        runs.append(Run(index, scratch / f"scratch {place}"))
    began = time.perf_counter()
    comparing = await Comparing.begin(*runs)  # type: ignore[arg-type]
    _tell("both runs read", began)
    for name, wish in (("all compared", 0.0), ("the sure ones compared", 0.5)):
        began = time.perf_counter()
        comparison = await comparing.compare(least=wish)
        _tell(f"{name}: {comparison.agreement:.0%} agree", began)
    for run in runs:
        run.close()


def draw() -> None:
    """Draw thumbnails and large pictures."""
    for count, shape, side, words in (
        (20, Shape.BOX, 256, False),
        (200, Shape.BOX, 256, False),
        (200, Shape.POLYGON, 256, False),
        (200, Shape.BOX, 1600, True),
        (2_000, Shape.POLYGON, 1600, True),
        (30_000, Shape.BOX, 1600, True),
    ):
        seen = _seen(count, shape)
        began = time.perf_counter()
        prepared = prepare(seen, side)
        _tell(f"{count:,} × {shape.value} prepared for {side} pixels", began)
        image = QImage(side, side * 3 // 4, QImage.Format.Format_ARGB32_Premultiplied)
        took = []
        for _ in range(TIMES):
            painter = QPainter(image)
            began = time.perf_counter()
            place = QRectF(image.rect())
            paint_findings(painter, seen, place, Looks(), words=words, ratio=1, labels=LABELS, prepared=prepared)
            took.append(1000 * (time.perf_counter() - began))
            painter.end()
        print(f"{'painted':56} {min(took):8.1f} {max(took):8.1f} ms")


def _seen(count: int, shape: Shape) -> Seen:
    findings = []
    for number in range(count):
        x, y = number * 7919 % 1500, number * 104729 % 1100
        corners = tuple((x + dx, y + dy) for dx, dy in ((0, 20), (20, 0), (60, 5), (80, 40), (50, 60), (10, 50)))
        outline = Polygon(corners) if shape is Shape.POLYGON else None
        findings.append(Finding(number, 0, "", shape, number % 20, number % 97 / 97, Box(x, y, 80, 60), outline))
    picture = Picture(0, "1.jpg", None, None, 1600, 1200, None, count, 0.9, "", "")
    return Seen(picture, tuple(findings))


def _tell(name: str, began: float) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:56} {1000 * (time.perf_counter() - began):8.1f} ms   {memory:5.0f} MB")


def main() -> None:
    """Compare, then draw."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pictures", type=int, nargs="?", default=100_000)
    parser.add_argument("each", type=int, nargs="?", default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(compare(Path(scratch), wanted.pictures, wanted.each))
    application = QGuiApplication(sys.argv[:1])
    draw()
    application.quit()


if __name__ == "__main__":
    main()
