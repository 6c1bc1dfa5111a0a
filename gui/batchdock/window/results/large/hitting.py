"""Which finding lies under a place of the picture."""

import math
from collections.abc import Sequence
from itertools import pairwise

from batchdock.core.finding import Finding, Keypoints, Lines, Polygon


def finding_at(findings: Sequence[Finding], x: float, y: float, reach: float) -> Finding | None:
    """Return the smallest finding that holds (`x`, `y`), which people mean when several do; None where none does.

    All lengths are the picture's pixels; `reach` is how far beside a line or a point still counts.
    """
    best, least = None, math.inf
    for finding in findings:
        box = finding.box
        if box is None or not (
            box.x - reach <= x <= box.x + box.width + reach and box.y - reach <= y <= box.y + box.height + reach
        ):
            continue
        area = box.width * box.height
        if area > least or (isinstance(finding.outline, Polygon) and not _holds(finding.outline, x, y)):
            continue
        if isinstance(finding.outline, Lines) and not _runs_near(finding.outline, x, y, reach):
            continue
        best, least = finding, area
    if best is None:
        best = next((each for each in findings if _has_place_near(each, x, y, reach)), None)
    return best


def _holds(polygon: Polygon, x: float, y: float) -> bool:
    """Tell whether a ray to the right crosses the outline an odd number of times."""
    if not polygon.points:
        return False
    inside = False
    last_x, last_y = polygon.points[-1]
    for next_x, next_y in polygon.points:
        if (next_y > y) != (last_y > y) and x < (last_x - next_x) * (y - next_y) / (last_y - next_y) + next_x:
            inside = not inside
        last_x, last_y = next_x, next_y
    return inside


def _runs_near(lines: Lines, x: float, y: float, reach: float) -> bool:
    """Tell whether one of the lines passes no farther than `reach`."""
    for path in lines.paths:
        for (x0, y0), (x1, y1) in pairwise(path):
            across, down = x1 - x0, y1 - y0
            length = across * across + down * down
            share = ((x - x0) * across + (y - y0) * down) / length if length else 0.0
            share = min(1.0, max(0.0, share))
            if math.hypot(x0 + share * across - x, y0 + share * down - y) <= reach:
                return True
    return False


def _has_place_near(finding: Finding, x: float, y: float, reach: float) -> bool:
    if not isinstance(finding.outline, Keypoints):
        return False
    return any(math.hypot(point.x - x, point.y - y) <= reach for point in finding.outline.points)
