"""What somebody would write without this app: one process that goes from file to file, and the same model.

No rows, no drawings, no files that can not be read. Every loop runs in a process of its own, with one thread for
arithmetic and with the priority that workers have, so that other work on the computer slows both alike.
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self

_SURE, _OVERLAP = 0.4, 0.45
_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took to look at pictures (or frames): how many a second, and milliseconds of a processor for each."""

    rate: float
    computing: float


class PlainLoops:
    """As many processes as asked for, each with one plain loop. Use as a context."""

    def __init__(self, kind: str, processes: int = 1) -> None:
        self._kind = kind
        self._pools = [ProcessPoolExecutor(1, get_context("spawn"), _begin) for _ in range(processes)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._pools:
            pool.shutdown()

    def warm(self, path: Path) -> None:
        """Load the model."""
        self.run([path] * len(self._pools))

    def run(self, paths: Sequence[Path]) -> Cost:
        """Return what it costs all loops together, each over its share."""
        count = len(self._pools)
        running = [pool.submit(_run, self._kind, paths[each::count]) for each, pool in enumerate(self._pools)]
        costs = [each.result() for each in running]
        return Cost(sum(each.rate for each in costs), sum(each.computing for each in costs) / count)


def _begin() -> None:
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def _run(kind: str, paths: Sequence[Path]) -> Cost:
    import cv2

    cv2.setNumThreads(1)
    look = _look(kind)
    begun, used = time.perf_counter(), time.process_time()
    looked = 0
    for path in paths:
        if kind == "count-in-video":
            film = cv2.VideoCapture(str(path))
            while True:
                read, pixels = film.read()
                if not read:
                    break
                look(pixels)
                looked += 1
        else:
            look(path if kind in {"picture-quality", "find-copies"} else cv2.imread(str(path)))
            looked += 1
    return Cost(looked / (time.perf_counter() - begun), (time.process_time() - used) / looked * 1000)


def _look(kind: str) -> Callable[[Any], object]:
    """Return the model of a workflow: pixels in (where the model measures files: a path), something out."""
    from batchdock.thiscomputer.engine.vendor.models import detectors, text_reader
    from batchdock.thiscomputer.engine.vendor.shelf import FACES, OBJECTS

    if kind in {"find-objects", "count-in-video", "blur-faces"}:
        network = detectors()[FACES if kind == "blur-faces" else OBJECTS]
        return lambda pixels: network.find(pixels, _SURE, _OVERLAP)
    if kind == "read-text":
        return text_reader().read
    if kind == "read-codes":
        import zxingcpp

        return zxingcpp.read_barcodes
    return _measured if kind == "picture-quality" else _fingerprint


def _measured(path: Path) -> object:
    from batchdock.thiscomputer.engine.reading import open_picture
    from batchdock.thiscomputer.workflows.measuring import Thresholds, measured

    return measured(open_picture(path.read_bytes(), 1024), Thresholds(60, 45, 215, 300))


def _fingerprint(path: Path) -> object:
    from batchdock.thiscomputer.engine.reading import open_picture
    from batchdock.thiscomputer.workflows.measuring import fingerprint

    return fingerprint(open_picture(path.read_bytes(), 256))
