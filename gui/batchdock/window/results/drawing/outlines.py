"""Outlines and masks, made ready to be painted. Runs in threads."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPolygonF

from batchdock.core.finding import Finding, Lines, Mask, PngMask, Polygon
from batchdock.flows.results.masks import sampled, sampled_png
from batchdock.window.results.colours import colour_of

_FILL = 0.42
_MOST_CORNERS = 4_000
_MOST_PATHS = 500


def corners_of(outline: Polygon, scale: float, width: int, height: int) -> QPolygonF | None:
    """Return the outline without the corners that could not be seen apart; None where there is no area."""
    if len(outline.points) < 3:
        return None
    points = _seen_apart(outline.points, scale, width, height)
    return QPolygonF([QPointF(x, y) for x, y in points]) if len(points) >= 3 else None


def paths_of(lines: Lines, scale: float, width: int, height: int) -> tuple[QPolygonF, ...]:
    """Return open lines without the places that could not be seen apart."""
    paths = (_seen_apart(path, scale, width, height) for path in lines.paths[:_MOST_PATHS])
    return tuple(QPolygonF([QPointF(x, y) for x, y in path]) for path in paths if len(path) >= 2)


def _seen_apart(
    told: Sequence[tuple[float, float]], scale: float, width: int, height: int
) -> list[tuple[float, float]]:
    points: NDArray[np.float64] = np.asarray(told, np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    # Far outside is as good as outside, and Qt's arithmetic stays where it is exact.
    points = np.clip(points, (-width, -height), (2 * width, 2 * height))
    steps = np.floor(points * (scale * 2)).astype(np.int64)
    moved = np.ones(len(points), bool)
    moved[1:] = (np.diff(steps, axis=0) != 0).any(axis=1)
    points = points[moved]
    return [(x, y) for x, y in points[:: max(1, math.ceil(len(points) / _MOST_CORNERS))].tolist()]


def overlay_of(findings: Sequence[Finding], width: int, height: int) -> tuple[QImage | None, frozenset[int]]:
    """Return all masks in the colours of their classes, see-through elsewhere, and the numbers of those that are in
    it: masks that are none, or have nothing inside, are not."""
    pixels: NDArray[np.uint32] | None = None
    drawn = set()
    for finding in findings:
        outline = finding.outline
        part = sampled(outline, width, height) if isinstance(outline, Mask) else None
        if isinstance(outline, PngMask):
            part = sampled_png(outline, width, height)
        if part is None:
            continue
        if pixels is None:
            pixels = np.zeros((height, width), np.uint32)
        left, top, bits = part
        colour = colour_of(finding.label)
        target = pixels[top : top + bits.shape[0], left : left + bits.shape[1]]
        target[bits] = _premultiplied(colour, _FILL)
        target[_rim(bits)] = _premultiplied(colour, 1.0)
        drawn.add(finding.number)
    if pixels is None:
        return None, frozenset()
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
    return image, frozenset(drawn)


def _premultiplied(colour: QColor, cover: float) -> int:
    """Return a pixel as `Format_ARGB32_Premultiplied` has it."""
    alpha, red, green, blue = (round(part * cover) for part in (255, colour.red(), colour.green(), colour.blue()))
    return alpha << 24 | red << 16 | green << 8 | blue


def _rim(bits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels inside that have a neighbour outside."""
    inner = bits.copy()
    inner[1:] &= bits[:-1]
    inner[:-1] &= bits[1:]
    inner[:, 1:] &= bits[:, :-1]
    inner[:, :-1] &= bits[:, 1:]
    inner[0] = inner[-1] = False
    inner[:, 0] = inner[:, -1] = False
    return bits & ~inner
