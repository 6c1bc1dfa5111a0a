"""What of a picture's findings is too slow to work out while painting: masks, and outlines with many corners."""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtGui import QImage, QPolygonF

from batchdock.core.finding import Finding, Lines, Mask, PngMask, Polygon
from batchdock.flows.results.opening import Seen

MOST_DRAWN = 2_000
"""Findings of one picture that are drawn: the most confident. More could not be told apart, and would take seconds."""

_MOST_MASKS = 400
_LARGEST_OVERLAY = 2_048
"""Pixels of its longer side."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` has worked out for one `Seen`; `paint_findings` takes both."""

    findings: tuple[Finding, ...]
    """Those to draw, the least confident first."""
    outlines: Mapping[int, QPolygonF]
    """By the number of the finding, in pixels of the picture."""
    overlay: QImage | None
    """All masks, in the colours of their classes, for the whole picture; see-through elsewhere."""
    masked: frozenset[int]
    """The numbers of the findings that are in it."""
    lines: Mapping[int, tuple[QPolygonF, ...]] = field(default_factory=dict)
    """Those that are open lines, like `outlines`."""


def prepare(seen: Seen, edge: int, size: tuple[int, int] | None = None) -> Prepared:
    """Return what painting needs. Blocks: call it in a thread, and keep the answer as long as `seen` is shown.

    `edge` is the longer side of the place that is drawn on, in device pixels; `size` the picture's real width and
    height, for results that do not tell them. Without either nothing can be placed, and nothing is.
    """
    # Late: it brings numpy, and what is drawn comes after the window.
    from batchdock.window.results.drawing.outlines import corners_of, overlay_of, paths_of

    findings = most_confident(seen.findings)
    picture_size = size_of(seen, size)
    if picture_size is None:
        return Prepared(findings, {}, None, frozenset())
    width, height = picture_size
    scale = min(1.0, min(edge, _LARGEST_OVERLAY) / max(width, height))
    outlines, lines = {}, {}
    for finding in findings:
        if isinstance(finding.outline, Polygon):
            corners = corners_of(finding.outline, scale, width, height)
            if corners is not None:
                outlines[finding.number] = corners
        elif isinstance(finding.outline, Lines):
            lines[finding.number] = paths_of(finding.outline, scale, width, height)
    masked = [finding for finding in findings if isinstance(finding.outline, Mask | PngMask)][-_MOST_MASKS:]
    overlay, drawn = overlay_of(masked, max(1, round(width * scale)), max(1, round(height * scale)))
    return Prepared(findings, outlines, overlay, drawn, lines)


def most_confident(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return those to draw, the least confident first."""
    most = findings if len(findings) <= MOST_DRAWN else heapq.nlargest(MOST_DRAWN, findings, certainty)
    return tuple(sorted(most, key=certainty))


def certainty(finding: Finding) -> float:
    """Return what findings are ordered by: one without confidence counts as certain."""
    confidence = finding.confidence
    return confidence if confidence is not None and math.isfinite(confidence) else 1.0


def size_of(seen: Seen, size: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the width and height that the findings' lengths are pixels of; None where nobody knows."""
    picture = seen.picture
    if picture.width and picture.height and picture.width > 0 and picture.height > 0:
        return picture.width, picture.height
    return size if size is not None and min(size) > 0 else None
