"""What a network found in a picture, whatever family it is of."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy
from numpy.typing import NDArray

from batchdock.thiscomputer.engine.own.sheet import Array

Outline = NDArray[numpy.float32]
"""The corners of a polygon in pixels of the picture: (n, 2)."""


@dataclass(frozen=True, slots=True)
class Finds:
    """Things found, the most certain first: corners (left, top, right, bottom) in pixels, certainty 0–1, class.

    `outlines` has a polygon for each where the network draws them.
    """

    corners: NDArray[numpy.float32]
    scores: NDArray[numpy.float32]
    classes: NDArray[numpy.int64]
    outlines: Sequence[Outline] | None = None

    @classmethod
    def of(
        cls, corners: Array, scores: Array, classes: Array, drawn: Sequence[Outline | None] | None = None
    ) -> "Finds":
        """Return them without those that have no outline where the others have one, and no pixel."""
        shown = [place for place in range(len(scores)) if drawn is None or drawn[place] is not None]
        polygons = None if drawn is None else [each for each in drawn if each is not None]
        return cls(
            corners[shown].astype(numpy.float32),
            scores[shown].astype(numpy.float32),
            classes[shown].astype(numpy.int64),
            polygons,
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """How certain a classifier is of each class, 0–1."""

    scores: NDArray[numpy.float32]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be found: with certainty `at_least`; of two boxes that overlap by more than `overlap`, the better one,
    whatever their class with `across_classes`; at most `most`, out of the `candidates` best.
    """

    at_least: float = 0.4
    overlap: float = 0.45
    across_classes: bool = False
    most: int = 300
    candidates: int = 3000


def best(scores: Array, wanted: Wanted) -> Array:
    """Return the places of the scores that count, the best first."""
    order = numpy.argsort(-scores, kind="stable")[: wanted.candidates]
    chosen: Array = order[scores[order] >= wanted.at_least]
    return chosen


def kept(corners: Array, scores: Array, classes: Array, wanted: Wanted) -> Array:
    """Return the places of the boxes that are left where several found the same thing, the best first."""
    if not len(scores):
        return numpy.empty(0, numpy.int64)
    boxes = numpy.concatenate((corners[:, :2], corners[:, 2:] - corners[:, :2]), 1)
    groups = numpy.zeros_like(classes) if wanted.across_classes else classes
    left = cv2.dnn.NMSBoxesBatched(boxes.tolist(), scores.tolist(), groups.tolist(), 0.0, wanted.overlap)
    places = numpy.asarray(left, dtype=numpy.int64).reshape(-1)
    ordered: Array = places[numpy.argsort(-scores[places], kind="stable")][: wanted.most]
    return ordered


def centred(boxes: Array) -> Array:
    """Return boxes of centre and size as corners."""
    half = boxes[:, 2:4] / 2
    return numpy.concatenate((boxes[:, :2] - half, boxes[:, :2] + half), 1)


def sigmoid(values: Array) -> Array:
    """Return any number as a share of 1."""
    return 1 / (1 + numpy.exp(-numpy.clip(values.astype(numpy.float32), -60, 60)))


def softmax(values: Array) -> Array:
    """Return the numbers of the last axis as shares that are 1 together."""
    raised = numpy.exp((values - values.max(-1, keepdims=True)).astype(numpy.float32))
    shares: Array = raised / raised.sum(-1, keepdims=True)
    return shares
