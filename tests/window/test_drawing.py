"""Findings over a picture: where they are, in which colours, and what does no harm."""

import math

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from batchdock.core.finding import (
    Box,
    Finding,
    Keypoint,
    Keypoints,
    Label,
    Lines,
    Mask,
    Outline,
    Picture,
    Polygon,
    Shape,
)
from batchdock.flows.results.opening import Seen
from batchdock.window.results.colours import colour_of
from batchdock.window.results.drawing import MOST_DRAWN, Prepared, paint_findings, prepare, tag_text
from batchdock.window.results.drawing.tags import ink_on
from batchdock.window.results.large.hitting import finding_at
from batchdock.window.results.viewing import Looks

LABELS = (Label(0, "person", 1), Label(1, "<b>모종</b>", 1))
WIDTH, HEIGHT = 400, 300


def finding(
    box: Box | None, *, label: int = 0, confidence: float | None = 0.9, outline: Outline | None = None, number: int = 0
) -> Finding:
    return Finding(number, 0, "predictions", Shape.BOX, label, confidence, box, outline)


def seen(*findings: Finding, size: tuple[int | None, int | None] = (WIDTH, HEIGHT)) -> Seen:
    return Seen(Picture(0, "1.jpg", None, None, *size, None, len(findings), 0.9, "", ""), findings)


def painted(
    shown: Seen,
    *,
    words: bool = False,
    looks: Looks | None = None,
    ratio: float = 1.0,
    side: tuple[int, int] = (WIDTH, HEIGHT),
    place: QRectF | None = None,
    prepared: Prepared | None = None,
    size: tuple[int, int] | None = None,
    chosen: int | None = None,
) -> QImage:
    image = QImage(round(side[0] * ratio), round(side[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_findings(
        painter,
        shown,
        place or QRectF(0, 0, *side),
        looks or Looks(),
        words=words,
        ratio=ratio,
        labels=LABELS,
        prepared=prepared,
        size=size,
        chosen=chosen,
    )
    assert painter.pen().color() == QColor("black"), "the painter is left as it was"
    painter.end()
    return image


def is_coloured(image: QImage, x: float, y: float, label: int = 0) -> bool:
    return image.pixelColor(round(x), round(y)).rgb() == colour_of(label).rgb()


def is_untouched(image: QImage) -> bool:
    blank = image.copy()
    blank.fill(Qt.GlobalColor.white)
    return image == blank


@pytest.mark.usefixtures("application")
class TestPainted:
    def test_a_box_is_where_it_was_found_in_the_colour_of_its_class(self) -> None:
        image = painted(seen(finding(Box(100, 50, 80, 60), label=1)))
        for x, y in ((100, 80), (180, 80), (140, 50), (140, 110)):
            assert is_coloured(image, x, y, 1), (x, y)
        assert image.pixelColor(140, 80) == QColor("white")

    def test_it_goes_where_the_picture_goes(self) -> None:
        image = painted(seen(finding(Box(0, 0, 400, 300))), place=QRectF(200, 150, 200, 150))
        assert is_coloured(image, 201, 200)
        assert image.copy(0, 0, 195, 300) == painted(seen(), side=(195, 300))

    def test_findings_outside_the_picture_end_at_its_edge(self) -> None:
        beyond = finding(Box(-100, 250, 300, 300))
        image = painted(seen(beyond), side=(500, 400), place=QRectF(50, 50, WIDTH, HEIGHT))
        assert is_coloured(image, 51, 320)
        assert image.copy(0, 0, 48, 400) == painted(seen(), side=(48, 400))
        assert is_untouched(painted(seen(finding(Box(500, 10, 20, 20)))))

    def test_open_lines_are_drawn_without_closing_them_and_without_their_box(self) -> None:
        course = Lines((((50, 50), (350, 50), (350, 250)), ((20, 280), (120, 280))))
        shown = seen(finding(Box(20, 50, 330, 230), label=1, outline=course))
        for chosen in (None, 0):
            image = painted(shown, prepared=prepare(shown, 400), chosen=chosen)
            for x, y in ((200, 50), (350, 150), (70, 280)):
                assert is_coloured(image, x, y, 1), (x, y, chosen)
            for x, y in ((200, 150), (20, 150), (200, 280)):  # between the ends, on the box, between the lines
                assert image.pixelColor(x, y) == QColor("white"), (x, y, chosen)

    def test_lines_of_which_nobody_knows_where_they_are_are_not_said_of_the_whole_picture(self) -> None:
        nowhere = Finding(0, 0, "BOX3D", Shape.LINE, 0, None, None, None, "2 × 2 × 2")
        assert is_untouched(painted(seen(nowhere), words=True))

    def test_what_is_no_number_is_not_drawn(self) -> None:
        for strange in (math.nan, math.inf, -math.inf):
            assert is_untouched(painted(seen(finding(Box(strange, 0, 10, 10)))))
            points = Keypoints((Keypoint(strange, 1, "nose", 0.5),))
            assert is_untouched(painted(seen(finding(None, outline=points, label=-1, confidence=None))))
            shape = Polygon(((1, 1), (strange, 5), (9, strange)))
            shown = seen(finding(None, outline=shape))
            assert is_untouched(painted(shown, prepared=prepare(shown, 400)))
            shown = seen(finding(None, outline=Lines((((1, 1), (strange, 5)), ()))))
            assert is_untouched(painted(shown, prepared=prepare(shown, 400)))

    def test_lines_are_as_wide_on_every_screen(self) -> None:
        def width_of_line(ratio: float) -> float:
            image = painted(seen(finding(Box(100, 50, 200, 150))), ratio=ratio)
            row = [image.pixelColor(x, round(120 * ratio)) != QColor("white") for x in range(round(200 * ratio))]
            return sum(row) / ratio

        assert width_of_line(2.0) == pytest.approx(width_of_line(1.0), abs=1)

    def test_polygons_are_filled_and_masks_are_spread_over_the_picture(self) -> None:
        triangle = Polygon(((100, 100), (300, 100), (200, 250)))
        shown = seen(finding(Box(100, 100, 200, 150), outline=triangle))
        image = painted(shown, prepared=prepare(shown, 400))
        assert image.pixelColor(200, 150) != QColor("white")
        assert image.pixelColor(110, 240) == QColor("white")
        # A mask of another size than the picture: 4 × 3 pixels, of which the left column is inside.
        shown = seen(finding(Box(0, 0, 100, 300), outline=Mask(4, 3, "039")))
        image = painted(shown, prepared=prepare(shown, 400))
        assert image.pixelColor(50, 150) != QColor("white")
        assert image.pixelColor(150, 150) == QColor("white")

    def test_a_mask_that_is_none_leaves_its_box(self) -> None:
        shown = seen(finding(Box(100, 50, 80, 60), outline=Mask(4, 3, "☃")))
        assert is_coloured(painted(shown, prepared=prepare(shown, 400)), 100, 80)

    def test_words_only_where_they_are_wanted_and_have_room(self) -> None:
        shown = seen(finding(Box(100, 100, 80, 60)))
        without = painted(shown)
        assert painted(shown, words=True) != without
        assert painted(shown, words=True, looks=Looks(words=False)) == without
        assert is_untouched(painted(shown, words=True, looks=Looks(boxes=False)))
        assert painted(shown, words=True, side=(160, 120)) == painted(shown, side=(160, 120))

    def test_words_stay_inside_the_picture(self) -> None:
        shown = seen(finding(Box(380, -5, 20, 20)), finding(Box(-5, 290, 20, 20), number=1))
        image = painted(shown, words=True, side=(500, 400), place=QRectF(50, 50, WIDTH, HEIGHT))
        inner = QRectF(49, 49, WIDTH + 2, HEIGHT + 2)
        outside = (
            QPointF(x, y) for x in range(0, 500, 3) for y in range(0, 400, 3) if not inner.contains(QPointF(x, y))
        )
        assert all(image.pixelColor(at.toPoint()) == QColor("white") for at in outside)

    def test_what_is_said_of_the_whole_picture_stands_in_its_corner(self) -> None:
        said = Finding(0, 0, "predictions", Shape.CLASS, 1, 0.8)
        assert is_coloured(painted(seen(said)), 6, 12, 1)

    def test_without_a_known_size_the_pictures_own_serves(self) -> None:
        shown = seen(finding(Box(100, 50, 80, 60)), size=(None, None))
        assert is_untouched(painted(shown))
        assert is_coloured(painted(shown, size=(WIDTH, HEIGHT)), 100, 80)

    def test_what_is_chosen_stands_out(self) -> None:
        shown = seen(finding(Box(100, 50, 80, 60)), finding(Box(200, 50, 80, 60), number=1))
        image, plain = painted(shown, chosen=1), painted(shown)
        assert image != plain
        assert image.copy(0, 0, 190, 300) == plain.copy(0, 0, 190, 300)
        told = painted(shown, chosen=1, words=True, looks=Looks(words=False))
        assert is_coloured(told, 201, 40), "what it is is told, even where no others are"
        assert told.copy(0, 0, 190, 300) == plain.copy(0, 0, 190, 300)


def test_of_too_many_the_surest_are_drawn() -> None:
    many = [finding(Box(1, 1, 5, 5), confidence=number % 997 / 997, number=number) for number in range(5_000)]
    kept = prepare(seen(*many), 400).findings
    assert len(kept) == MOST_DRAWN
    confidences = [each.confidence or 0 for each in kept]
    assert confidences == sorted(confidences)
    assert confidences[0] >= sorted(each.confidence or 0 for each in many)[-MOST_DRAWN]


def test_words_are_plain_and_in_one_line() -> None:
    plate = Finding(0, 0, "codes", Shape.CODE, 1, 0.777, Box(0, 0, 1, 1), None, "KA 01\nAB", "4")
    assert tag_text(plate, LABELS) == "<b>모종</b> “KA 01 AB” #4 77 %"
    assert tag_text(finding(None, label=-1, confidence=math.nan), LABELS) == ""
    long = Finding(0, 0, "codes", Shape.TEXT, -1, None, None, None, "x" * 10**6)
    assert len(tag_text(long, LABELS)) <= 60


def test_words_can_be_read_on_every_colour(application: QApplication) -> None:
    def luminance(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for label in range(-1, 200):
        below = colour_of(label)
        darker, lighter = sorted((luminance(below), luminance(ink_on(below))))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, label


def test_an_open_line_is_hit_where_it_runs_and_not_beside_it() -> None:
    course = finding(Box(0, 0, 100, 100), outline=Lines((((0, 0), (100, 100)), ((0, 90),))))
    assert finding_at((course,), 50, 52, reach=4) is course
    assert finding_at((course,), 80, 20, reach=4) is None
    assert finding_at((course,), 0, 90, reach=4) is None
