"""Runs the networks that come with the app: pixels in, boxes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy
import onnxruntime
from numpy.typing import NDArray

Pixels = NDArray[numpy.uint8]
"""A picture as OpenCV has it: rows, columns, blue-green-red."""

Numbers = NDArray[numpy.float32]


@dataclass(frozen=True, slots=True)
class Boxes:
    """What was found, the most certain first: corners (left, top, right, bottom) in pixels, certainty 0–1, class."""

    corners: Numbers
    scores: Numbers
    classes: NDArray[numpy.int64]


class Detector(Protocol):
    """A network that finds things."""

    @property
    def names(self) -> Sequence[str]:
        """The name of every class."""

    def find(self, image: Pixels, at_least: float, overlap: float) -> Boxes:
        """Return what is in the picture with certainty `at_least`; of two that overlap by more, the better one."""


class Yolox:
    """A YOLOX network as its authors export it: raw outputs on three grids."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.names = names
        self._path = path

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return session(self._path)

    @cached_property
    def _side(self) -> int:
        return int(self._session.get_inputs()[0].shape[2])

    @cached_property
    def _grid(self) -> tuple[Numbers, Numbers]:
        """Return the cell of every output, and the cell's size in pixels."""
        cells, strides = [], []
        for stride in (8, 16, 32):
            count = self._side // stride
            across, down = numpy.meshgrid(numpy.arange(count), numpy.arange(count))
            cells.append(numpy.stack((across, down), 2).reshape(-1, 2))
            strides.append(numpy.full((count * count, 1), stride))
        return numpy.concatenate(cells).astype(numpy.float32), numpy.concatenate(strides).astype(numpy.float32)

    def find(self, image: Pixels, at_least: float, overlap: float) -> Boxes:
        """See `Detector`."""
        height, width = image.shape[:2]
        scale = min(self._side / height, self._side / width)
        small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))))
        sheet = numpy.full((self._side, self._side, 3), 114, numpy.float32)
        sheet[: small.shape[0], : small.shape[1]] = small
        given = numpy.ascontiguousarray(sheet.transpose(2, 0, 1)[None])
        raw = numpy.asarray(self._session.run(None, {self._session.get_inputs()[0].name: given})[0])[0]
        certain = raw[:, 4] >= at_least  # a box is never more certain than that there is anything at all
        raw, cells, strides = raw[certain], self._grid[0][certain], self._grid[1][certain]
        scores = raw[:, 5:] * raw[:, 4:5]
        classes = scores.argmax(1)
        best = scores[numpy.arange(len(scores)), classes]
        middle, half = (raw[:, :2] + cells) * strides, numpy.exp(raw[:, 2:4]) * strides / 2
        corners = numpy.concatenate((middle - half, middle + half), 1) / scale
        good = best >= at_least
        return _best(corners[good], best[good], classes[good], overlap, (width, height))


class CenterFace:
    """The CenterFace network: a map of certainties, and the size of the face around every point."""

    names = ("face",)
    _SIDES = (640, 1280)
    """A face that fills the picture is found in a small copy of it, one of a thirtieth of its height in a large one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return session(self._path)

    def find(self, image: Pixels, at_least: float, overlap: float) -> Boxes:
        """See `Detector`."""
        height, width = image.shape[:2]
        sides = [side for side in self._SIDES if side == self._SIDES[0] or max(height, width) > side * 0.75]
        looks = [self._look(image, side, at_least) for side in sides]
        corners = numpy.concatenate([each[0] for each in looks])
        scores = numpy.concatenate([each[1] for each in looks])
        return _best(corners, scores, numpy.zeros(len(scores), numpy.int64), overlap, (width, height))

    def _look(self, image: Pixels, side: int, at_least: float) -> tuple[Numbers, Numbers]:
        """Return corners and certainties of what is seen in a copy whose longer side is at most `side`."""
        height, width = image.shape[:2]
        scale = min(1.0, side / max(height, width))
        across, down = (max(32, round(each * scale / 32) * 32) for each in (width, height))
        small = cv2.resize(image, (across, down), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        given = numpy.ascontiguousarray(small[:, :, ::-1].transpose(2, 0, 1)[None], dtype=numpy.float32)
        maps = [numpy.asarray(each)[0] for each in self._session.run(None, {self._session.get_inputs()[0].name: given})]
        certainty, size, offset = maps[0][0], maps[1], maps[2]
        rows, columns = numpy.nonzero(certainty >= at_least)
        tall, wide = numpy.exp(size[:, rows, columns]) * 4
        top = (rows + offset[0, rows, columns] + 0.5) * 4 - tall / 2
        left = (columns + offset[1, rows, columns] + 0.5) * 4 - wide / 2
        corners = numpy.stack((left, top, left + wide, top + tall), 1)
        corners *= numpy.tile((width / across, height / down), 2)
        return corners.astype(numpy.float32), certainty[rows, columns]


def session(path: Path) -> onnxruntime.InferenceSession:
    """Load a network for one thread: the other cores have workers of their own."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it keeps a plan for every size of picture it ever saw
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


def _best(corners: Numbers, scores: Numbers, classes: NDArray[Any], overlap: float, size: tuple[int, int]) -> Boxes:
    """Keep the better of two boxes of one class that overlap, inside the picture."""
    if not len(scores):
        return Boxes(numpy.empty((0, 4), numpy.float32), numpy.empty(0, numpy.float32), numpy.empty(0, numpy.int64))
    places = corners.copy()
    places[:, 2:] -= places[:, :2]
    kept = numpy.asarray(
        cv2.dnn.NMSBoxesBatched(places.tolist(), scores.tolist(), classes.tolist(), 0.0, overlap), dtype=numpy.int64
    )
    kept = kept[numpy.argsort(-scores[kept], kind="stable")]
    inside = numpy.clip(corners[kept], 0, numpy.tile(size, 2)).astype(numpy.float32)
    return Boxes(inside, scores[kept], classes[kept].astype(numpy.int64))
