"""The canvas under a pointer: what lies under it, what it drags, and what it zooms."""

import math
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from batchdock.core.finding import Box, Finding, Keypoint, Keypoints, Picture, Polygon, Shape
from batchdock.flows.results.opening import Seen
from batchdock.window.results.large.canvas import Canvas
from batchdock.window.results.large.hitting import finding_at
from batchdock.window.results.large.layer import Layer, Sight

WIDTH, HEIGHT = 1_600, 1_200


def finding(number: int, box: Box | None, outline: Polygon | Keypoints | None = None) -> Finding:
    return Finding(number, 0, "predictions", Shape.BOX, 0, 0.9, box, outline)


def layer(colour: str, *findings: Finding) -> Layer:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    picture = Picture(0, "1.jpg", None, None, WIDTH, HEIGHT, None, len(findings), 0.9, "", "")
    return Layer(Seen(picture, findings), (), Sight(image, WIDTH, HEIGHT))


@pytest.fixture
def canvas(application: QApplication) -> Iterator[Canvas]:
    shown = Canvas()
    shown.resize(800, 600)
    shown.show()
    yield shown
    shown.close()
    shown.deleteLater()


def move(canvas: Canvas, x: float, y: float, *, pressed: bool = False) -> None:
    at = QPointF(x, y)
    held = Qt.MouseButton.LeftButton if pressed else Qt.MouseButton.NoButton
    none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    moved = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), none, held, keys)
    QCoreApplication.sendEvent(canvas, moved)


def drag(canvas: Canvas, start: QPoint, end: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=start)
    move(canvas, end.x(), end.y(), pressed=True)
    QTest.mouseRelease(canvas, left, pos=end)


def colour_at(canvas: Canvas, x: int, y: int) -> QColor:
    return canvas.grab().toImage().pixelColor(x, y)


def test_the_wheel_zooms_where_the_pointer_is(canvas: Canvas) -> None:
    canvas.show_layers(layer("white", finding(7, Box(390, 290, 20, 20))))
    at = QPointF(200, 150)
    hovered: list[object] = []
    canvas.hovered.connect(hovered.append)
    for _ in range(8):
        wheel = QWheelEvent(
            at,
            canvas.mapToGlobal(at),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QCoreApplication.sendEvent(canvas, wheel)
    assert canvas.scale == pytest.approx(0.5 * 1.25**8)
    move(canvas, at.x(), at.y())
    assert hovered == [7]


def test_dragging_moves_the_picture_and_is_no_click(canvas: Canvas) -> None:
    canvas.show_layers(layer("white", finding(7, Box(0, 0, WIDTH, HEIGHT))))
    clicked: list[object] = []
    canvas.clicked.connect(clicked.append)
    canvas.zoom_by(4)
    room = canvas.room()
    assert room is not None
    before = canvas.where(room)
    drag(canvas, QPoint(400, 300), QPoint(360, 330))
    after = canvas.where(room)
    assert (after.x - before.x, after.y - before.y) == pytest.approx((-40, 30))
    assert clicked == []
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
    assert clicked == [7]


def test_the_line_between_two_pictures_is_dragged(canvas: Canvas) -> None:
    canvas.show_layers(layer("red"), layer("blue"))
    canvas.divide(0.5)
    assert colour_at(canvas, 300, 100) == QColor("red")
    assert colour_at(canvas, 500, 100) == QColor("blue")
    drag(canvas, QPoint(400, 300), QPoint(200, 300))
    assert canvas.divider == pytest.approx(0.25)
    assert colour_at(canvas, 300, 100) == QColor("blue")
    drag(canvas, QPoint(200, 300), QPoint(-500, 300))
    assert canvas.divider == 0
    canvas.move_divider(100)
    assert canvas.divider == 1
    canvas.divide(None)
    assert colour_at(canvas, 700, 100) == QColor("red")


def test_what_is_chosen_is_brought_into_view(canvas: Canvas) -> None:
    canvas.show_layers(layer("white", finding(1, Box(0, 0, 40, 40)), finding(2, Box(1_500, 1_100, 40, 40))))
    canvas.zoom_by(8, QPointF(0, 0))
    canvas.choose(2)
    room = canvas.room()
    assert room is not None
    zoom = canvas.where(room)
    assert 0 < zoom.x + 1_520 * zoom.scale < canvas.width()
    assert 0 < zoom.y + 1_120 * zoom.scale < canvas.height()


def test_of_findings_over_each_other_the_smallest_is_meant() -> None:
    corner = Polygon(((0.0, 0.0), (100.0, 0.0), (0.0, 100.0)))
    findings = (
        finding(1, Box(0, 0, 1_000, 1_000)),
        finding(2, Box(0, 0, 100, 100), corner),
        finding(3, Box(math.nan, 0, 10, 10)),
        finding(4, Box(5, 5, 1, 1), Polygon(())),
        finding(5, None, Keypoints((Keypoint(-50, -50, "nose", 0.9), Keypoint(math.nan, 0, "ear", None)))),
    )

    def at(x: float, y: float) -> int | None:
        found = finding_at(findings, x, y, reach=2)
        return found.number if found is not None else None

    assert at(10, 10) == 2
    assert at(90, 90) == 1, "in the box of the outline, but not in it"
    assert at(5, 5) == 2
    assert at(-49, -51) == 5
    assert at(-20, -20) is None
    assert at(1_001, 500) == 1, "beside the line is near enough"
