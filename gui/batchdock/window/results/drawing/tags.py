"""Words on a picture: filled tags in the colour of the class, kept inside the picture and off each other."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from batchdock.core.finding import Finding, Label
from batchdock.window.wording import percent_text

_TEXT_SHOWN = 60
"""Characters."""

_TRACK_SHOWN = 6


def tag_text(finding: Finding, labels: tuple[Label, ...]) -> str:
    """Return “person 87 %”, “car #4 91 %”, “plate “KA 01” 77 %”: plain text, in one line."""
    parts = []
    if 0 <= finding.label < len(labels):
        parts.append(_line(labels[finding.label].name))
    if finding.text:
        parts.append(f"“{_line(finding.text)}”" if parts else _line(finding.text))
    if finding.track and len(finding.track) <= _TRACK_SHOWN:
        parts.append(f"#{_line(finding.track)}")
    parts.append(sureness_text(finding))
    return " ".join(filter(None, parts))


def sureness_text(finding: Finding) -> str:
    """Return “87 %”; nothing where nobody knows."""
    known = finding.confidence is not None and 0 <= finding.confidence <= 1
    return percent_text(finding.confidence) if finding.confidence is not None and known else ""


def _line(text: str) -> str:
    line = " ".join(text[: _TEXT_SHOWN * 4].split())
    return line if len(line) <= _TEXT_SHOWN else f"{line[: _TEXT_SHOWN - 1]}…"


def ink_on(background: QColor) -> QColor:
    """Return black or white, whichever can be read better on `background` (by WCAG's luminance)."""
    channels = (background.redF(), background.greenF(), background.blueF())
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return QColor("#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff")


@dataclass(frozen=True, slots=True)
class _Placed:
    tag: QRectF
    text: str
    colour: QColor


class Tags:
    """Places tags one after the other, the most important first, and paints them. One that has no room is left out:
    it could not be read on top of another, and hovering tells it."""

    def __init__(self, painter: QPainter, room: QRectF, one: float) -> None:
        """`room` is where tags may be; `one` the length of a screen's pixel, both in units of the painter."""
        self._room = room
        self._one = one
        self._font = QFont(painter.font())
        self._font.setPixelSize(max(1, round(12 * one)))
        self._font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(self._font)
        self._metrics = metrics
        self._height = metrics.height() + 2 * one
        self._placed: list[_Placed] = []
        self._taken: dict[tuple[int, int], list[QRectF]] = {}

    def add(self, text: str, colour: QColor, about: QRectF, *, needed: bool = False) -> None:
        """Place `text` above the upper left corner of `about`, or within or below it. With `needed`, in any case."""
        width = min(self._metrics.horizontalAdvance(text) + 8 * self._one, self._room.width())
        half = self._one
        places = (
            QPointF(about.left() - half, about.top() - self._height),
            QPointF(about.left() - half, about.bottom()),
            QPointF(about.left(), about.top()),
            QPointF(about.right() - width, about.top()),
        )
        tags = [self._inside(QRectF(place.x(), place.y(), width, self._height)) for place in places]
        for tag in tags:
            if self._is_free(tag):
                self._take(_Placed(tag, text, colour))
                return
        if needed:
            self._take(_Placed(tags[0], text, colour))

    def stack(self, text: str, colour: QColor) -> bool:
        """Place `text` in the upper left corner of the room, below those that are there. Tell whether it had room."""
        width = min(self._metrics.horizontalAdvance(text) + 8 * self._one, self._room.width() - 8 * self._one)
        top = self._room.top() + 4 * self._one + len(self._placed) * (self._height + 2 * self._one)
        tag = QRectF(self._room.left() + 4 * self._one, top, width, self._height)
        if width <= self._height or tag.bottom() > self._room.bottom():
            return False
        self._take(_Placed(tag, text, colour))
        return True

    def paint(self, painter: QPainter) -> None:
        """Paint all of them, the most important last."""
        painter.setFont(self._font)
        for placed in reversed(self._placed):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(placed.colour)
            painter.drawRoundedRect(placed.tag, 2 * self._one, 2 * self._one)
            painter.setPen(ink_on(placed.colour))
            inner = placed.tag.adjusted(4 * self._one, 0, -4 * self._one, 0)
            text = placed.text
            if self._metrics.horizontalAdvance(text) > inner.width() + self._one:
                text = self._metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, inner.width())
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), text)

    def _inside(self, tag: QRectF) -> QRectF:
        room = self._room
        x = max(room.left(), min(tag.x(), room.right() - tag.width()))
        y = max(room.top(), min(tag.y(), room.bottom() - tag.height()))
        return QRectF(x, y, tag.width(), tag.height())

    def _is_free(self, tag: QRectF) -> bool:
        return not any(tag.intersects(each) for cell in self._cells(tag) for each in self._taken.get(cell, ()))

    def _take(self, placed: _Placed) -> None:
        self._placed.append(placed)
        for cell in self._cells(placed.tag):
            self._taken.setdefault(cell, []).append(placed.tag)

    def _cells(self, tag: QRectF) -> list[tuple[int, int]]:
        side = self._height * 4
        return [
            (column, row)
            for column in range(int(tag.left() // side), int(tag.right() // side) + 1)
            for row in range(int(tag.top() // side), int(tag.bottom() // side) + 1)
        ]
