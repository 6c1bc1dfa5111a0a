"""A bar in pieces: how many tasks are done, have problems, run and wait."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette

from batchdock.flows.jobs import TaskCounts
from batchdock.window.job_details.words import KIND_ICONS, Kind, by_kind
from batchdock.window.theme import blend, colour

LEAST = 3.0
"""In pixels: one problem among a hundred thousand tasks is seen."""


def kind_colour(kind: Kind, palette: QPalette) -> QColor:
    """Return the colour of a kind of tasks; those that wait are as pale as the groove of a bar."""
    if kind is Kind.WAITING:
        return blend(palette.text().color(), palette.base().color(), 0.7)
    return colour(KIND_ICONS[kind][1], palette)


def widths(counts: TaskCounts, room: float) -> dict[Kind, float]:
    """Return how wide each piece is; together they fill `room`. None that exists is too small to be seen."""
    there = {kind: count for kind, count in by_kind(counts).items() if count}
    total = sum(there.values())
    if not total:
        return {}
    least = min(LEAST, room / len(there))
    shares = {kind: max(least, room * count / total) for kind, count in there.items()}
    largest = max(shares, key=lambda kind: shares[kind])
    shares[largest] -= sum(shares.values()) - room
    return shares


def draw_segments(painter: QPainter, bar: QRectF, counts: TaskCounts, palette: QPalette, groove: QColor) -> None:
    """Draw the bar, rounded at its ends. Without tasks it is an empty groove."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    outline = QPainterPath()
    outline.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
    painter.fillPath(outline, groove)
    painter.setClipPath(outline)
    left = bar.left()
    for kind, width in widths(counts, bar.width()).items():
        if kind is not Kind.WAITING:
            painter.fillRect(QRectF(left, bar.top(), width, bar.height()), kind_colour(kind, palette))
        left += width
    painter.restore()
