"""Draws findings. Bounded in time, whatever the results say: nothing here grows with what is not seen."""

import math
from collections.abc import Iterable
from itertools import islice

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from batchdock.core.finding import Finding, Keypoints, Label, Shape
from batchdock.flows.results.opening import Seen
from batchdock.window.results.colours import colour_of
from batchdock.window.results.drawing.prepared import Prepared, most_confident, size_of
from batchdock.window.results.drawing.tags import Tags, tag_text
from batchdock.window.results.viewing import Looks

_MOST_TAGS = 150
"""In view; more could not be read."""

_SMALL = 200.0
"""Screen pixels of the longer side, below which a picture has no room for words beside its boxes."""

_MOST_CHIPS = 4
_LIGHT = 34
"""Of 255: how much a polygon covers what is in it."""

_CROWD, _SMALL_CROWD = 300, 60
"""From so many shapes in view on, on a large and on a small picture, lines are thin and bare: what makes them stand
out costs ten times as much, and nothing stands out among so many."""

_RIMMED = 80
"""Up to so many boxes have a dark rim, by which they are seen on a ground of their own colour."""


def paint_findings(
    painter: QPainter,
    seen: Seen,
    place: QRectF,
    looks: Looks,
    *,
    words: bool,
    ratio: float,
    labels: tuple[Label, ...] = (),
    prepared: Prepared | None = None,
    size: tuple[int, int] | None = None,
    chosen: int | None = None,
) -> None:
    """Draw the findings of `seen` over its picture, which fills `place`. The painter is left as it was.

    `words` allows labels with confidence, which need the `labels` of the results; on small pictures there are none.
    `ratio` is how many pixels of the device one pixel of an ordinary screen is: `devicePixelRatioF()` of a widget or
    pixmap, more on paper. `prepared` is what `prepare` made of the same `seen` in a thread: without it masks and
    polygons are drawn as their boxes. `size` is the picture's real size, used where the results do not tell it.
    `chosen` is the number of the finding to emphasise. What is clipped away costs little: set the painter's clip.
    """
    picture_size = size_of(seen, size)
    if not seen.findings or not looks.boxes or picture_size is None or place.isEmpty():
        return
    scale = painter.deviceTransform()
    one = ratio / max(1e-6, math.hypot(scale.m11(), scale.m12()))
    painter.save()
    try:
        room = place & painter.clipBoundingRect() if painter.hasClipping() else place
        painter.setClipRect(room, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        findings = prepared.findings if prepared is not None else most_confident(seen.findings)
        drawing = _Drawing(painter, place, room, picture_size, one)
        drawing.shapes(findings, prepared, chosen)
        drawing.words(findings, labels, chosen if words else None, all_of_them=words and looks.words)
    finally:
        painter.restore()


def draw_part(painter: QPainter, image: QImage, place: QRectF, room: QRectF) -> None:
    """Draw what of `image`, which fills `place`, is seen in `room`: close up, the whole would be far larger than what
    Qt reckons with."""
    seen = place & room
    if seen.isEmpty():
        return
    across, down = image.width() / place.width(), image.height() / place.height()
    left, top = math.floor((seen.left() - place.left()) * across), math.floor((seen.top() - place.top()) * down)
    right, bottom = math.ceil((seen.right() - place.left()) * across), math.ceil((seen.bottom() - place.top()) * down)
    source = QRectF(left, top, min(right, image.width()) - left, min(bottom, image.height()) - top)
    target = QRectF(
        place.left() + left / across, place.top() + top / down, source.width() / across, source.height() / down
    )
    painter.drawImage(target, image, source)


class _Drawing:
    """One picture's findings on one place. `one` is the length of a screen's pixel in units of the painter."""

    def __init__(self, painter: QPainter, place: QRectF, room: QRectF, size: tuple[int, int], one: float) -> None:
        self._painter = painter
        self._place = place
        self._room = room
        self._one = one
        small = max(place.width(), place.height()) < _SMALL * one
        self._line = (1.25 if small else 2.0) * one
        self._large = not small
        self._left, self._top = place.x(), place.y()
        self._wide, self._high = place.width() / size[0], place.height() / size[1]
        self._to_place = QTransform.fromTranslate(self._left, self._top)
        self._to_place.scale(self._wide, self._high)
        half, far = self._line / 2, 64 * one
        self._outer = (room.left(), room.top(), room.right(), room.bottom())
        self._inner = (
            max(place.left() + half, room.left() - far),
            max(place.top() + half, room.top() - far),
            min(place.right() - half, room.right() + far),
            min(place.bottom() - half, room.bottom() + far),
        )

    def shapes(self, findings: Iterable[Finding], prepared: Prepared | None, chosen: int | None) -> None:
        """Draw masks, then polygons, lines, boxes and keypoints, class by class, and what is chosen at last."""
        painter = self._painter
        if prepared is not None and prepared.overlay is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            draw_part(painter, prepared.overlay, self._place, self._room)
        boxes: dict[int, list[QRectF]] = {}
        polygons: list[tuple[int, QPolygonF]] = []
        lines: list[tuple[int, tuple[QPolygonF, ...]]] = []
        for finding in findings:
            outline = prepared.outlines.get(finding.number) if prepared is not None else None
            if outline is not None:
                polygon = self._to_place.map(outline)
                if polygon.boundingRect().intersects(self._room):
                    polygons.append((finding.label, polygon))
            elif prepared is not None and finding.number in prepared.lines:
                lines.append((finding.label, prepared.lines[finding.number]))
            elif prepared is None or finding.number not in prepared.masked:
                box = self.box(finding)
                if box is not None:
                    boxes.setdefault(finding.label, []).append(box)
        count = len(polygons) + len(lines) + sum(map(len, boxes.values()))
        crowded = count > (_CROWD if self._large else _SMALL_CROWD)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not crowded)
        line = self._one if crowded else self._line
        for label, polygon in polygons:
            self._polygon(polygon, colour_of(label), line, 0 if crowded else _LIGHT)
        for label, paths in lines:
            self._lines(paths, colour_of(label), line)
        for label, places in boxes.items():
            self._boxes(places, colour_of(label), line, halo=self._large and count <= _RIMMED)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for finding in findings:
            if isinstance(finding.outline, Keypoints):
                self._keypoints(finding.outline, colour_of(finding.label))
            if finding.number == chosen:
                self._emphasise(finding, prepared)

    def words(
        self, findings: tuple[Finding, ...], labels: tuple[Label, ...], chosen: int | None, *, all_of_them: bool
    ) -> None:
        """Write in a corner what is said of the whole picture, and then beside shapes what they are, the surest first,
        as far as there is room. Without `all_of_them` only the classes of the whole, and what is `chosen`."""
        tags = Tags(self._painter, self._room, self._one)
        of_all = [
            finding
            for finding in reversed(findings)
            # A line of which nobody knows where it is in the picture is still not said of the whole of it.
            if finding.box is None and finding.outline is None and finding.shape is not Shape.LINE
        ]
        for finding in of_all[:_MOST_CHIPS]:
            text = tag_text(finding, labels)
            if not all_of_them and 0 <= finding.label < len(labels):
                text = labels[finding.label].name
            if text:
                tags.stack(text, colour_of(finding.label))
        if self._large:
            meant = [finding for finding in findings if finding.number == chosen]
            others = (finding for finding in reversed(findings) if all_of_them and finding.number != chosen)
            boxed = ((finding, self.box(finding)) for finding in (*meant, *others))
            seen = ((finding, box) for finding, box in boxed if box is not None)
            for finding, box in islice(seen, _MOST_TAGS):
                text = tag_text(finding, labels)
                if text:
                    tags.add(text, colour_of(finding.label), box, needed=finding.number == chosen)
        tags.paint(self._painter)

    def box(self, finding: Finding) -> QRectF | None:
        """Return where a finding's box is drawn: the part within the picture; None where nothing of it is."""
        box = finding.box
        if box is None or not math.isfinite(box.x + box.y + box.width + box.height):
            return None
        left, top = self._left + box.x * self._wide, self._top + box.y * self._high
        right, bottom = left + box.width * self._wide, top + box.height * self._high
        outer = self._outer
        if right < outer[0] or bottom < outer[1] or left > outer[2] or top > outer[3]:
            return None
        # A frame at the very edge of the picture would be half hidden, and one far outside of what is seen cost time
        # and exactness.
        inner = self._inner
        left, top = max(left, inner[0]), max(top, inner[1])
        right, bottom = min(right, inner[2]), min(bottom, inner[3])
        return QRectF(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def _pen(self, colour: QColor, width: float) -> QPen:
        return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin)

    def _boxes(self, boxes: list[QRectF], colour: QColor, width: float, *, halo: bool) -> None:
        painter = self._painter
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if halo:
            painter.setPen(self._pen(QColor(0, 0, 0, 90), width + 2 * self._one))
            painter.drawRects(boxes)
        painter.setPen(self._pen(colour, width))
        painter.drawRects(boxes)

    def _polygon(self, polygon: QPolygonF, colour: QColor, width: float, light: int) -> None:
        painter = self._painter
        inner = QColor(colour)
        inner.setAlpha(light)
        painter.setBrush(inner if light else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, width))
        painter.drawPolygon(polygon)

    def _lines(self, paths: Iterable[QPolygonF], colour: QColor, width: float) -> None:
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for path in paths:
            self._painter.drawPolyline(self._to_place.map(path))

    def _keypoints(self, keypoints: Keypoints, colour: QColor) -> None:
        painter = self._painter
        painter.setPen(QPen(QColor(0, 0, 0, 150), self._one))
        painter.setBrush(colour)
        radius = (1.5 if not self._large else 3.0) * self._one
        for point in keypoints.points:
            if math.isfinite(point.x) and math.isfinite(point.y):
                at = self._to_place.map(QPointF(point.x, point.y))
                if self._room.contains(at):
                    painter.drawEllipse(at, radius, radius)

    def _emphasise(self, finding: Finding, prepared: Prepared | None) -> None:
        """Draw it thicker and on white, so that it stands out whatever its colour."""
        colour = colour_of(finding.label)
        outline = prepared.outlines.get(finding.number) if prepared is not None else None
        box = self.box(finding)
        if outline is not None:
            self._polygon(self._to_place.map(outline), QColor("#ffffff"), self._line * 3.5, 0)
            self._polygon(self._to_place.map(outline), colour, self._line * 2, 3 * _LIGHT)
        elif prepared is not None and finding.number in prepared.lines:
            self._lines(prepared.lines[finding.number], QColor("#ffffff"), self._line * 3.5)
            self._lines(prepared.lines[finding.number], colour, self._line * 2)
        elif box is not None:
            light = QColor(colour)
            light.setAlpha(2 * _LIGHT)
            self._painter.fillRect(box, light)
            self._boxes([box], QColor("#ffffff"), self._line * 3.5, halo=False)
            self._boxes([box], colour, self._line * 2, halo=False)
        if isinstance(finding.outline, Keypoints):
            self._keypoints(finding.outline, colour)
