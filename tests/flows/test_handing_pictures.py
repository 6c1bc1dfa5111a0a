"""Pictures that are handed on: with findings drawn on them, and sorted into folders."""

from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from PIL import Image

from batchdock.core.colours import rgb_of
from batchdock.core.finding import Box, Keypoint, Keypoints, Mask, Outline, PngMask, Polygon, Shape
from batchdock.flows.results.handing import Form
from batchdock.flows.results.handing.drawn import painted_on
from batchdock.flows.results.handing.lettering import font_for
from making.handing import HOSTILE, SIZE, found, order_at, sight, written
from making.media import picture, truncated_picture

GREY = (90, 90, 90)
BOX = Box(40, 40, 60, 50)


def colour_at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """Return the colour of a pixel."""
    value = image.convert("RGB").getpixel((x, y))
    assert isinstance(value, tuple)
    return tuple(int(part) for part in value)


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 12) -> bool:
    """Tell whether two colours are the same, as far as a JPEG knows."""
    return all(abs(first - second) <= by for first, second in zip(one, other, strict=True))


def grey(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Make a picture of one colour."""
    return Image.new("RGB", size, GREY)


def test_a_box_is_drawn_in_the_colour_of_its_class(tmp_path: Path) -> None:
    original = tmp_path / "card" / "a.png"
    original.parent.mkdir()
    grey().save(original)
    given = [sight(0, "card/수확 a.png", [found(0, 0, 3, BOX)], size=(400, 300), original=original)]
    folder = written(order_at(tmp_path, Form.DRAWN), given)
    with Image.open(folder / "With findings drawn" / "card" / "수확 a.jpg") as image:
        assert image.size == (400, 300)
        assert near(colour_at(image, 70, 90), rgb_of(3), 40)
        assert near(colour_at(image, 70, 70), GREY)


def test_findings_are_drawn_where_they_are_also_on_a_picture_of_another_size() -> None:
    image = painted_on(grey((800, 600)), [found(0, 0, 1, BOX)], lambda one: "", (400, 300))
    assert near(colour_at(image, 140, 180), rgb_of(1))
    assert near(colour_at(image, 140, 140), GREY)


def test_a_picture_that_lies_on_its_side_is_drawn_upright(tmp_path: Path) -> None:
    original = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    grey((300, 400)).save(original, exif=exif)
    given = [sight(0, "a.jpg", [found(0, 0, 1, Box(300, 40, 60, 50))], size=(400, 300), original=original)]
    folder = written(order_at(tmp_path, Form.DRAWN), given)
    with Image.open(folder / "With findings drawn" / "a.jpg") as image:
        assert image.size == (400, 300)
        assert near(colour_at(image, 330, 90), rgb_of(1), 40)


ODD_OUTLINES: list[Outline | None] = [
    None,
    Polygon(((1e30, -1e30), (5.0, 5.0), (float("nan"), 3.0))),
    Polygon(()),
    Keypoints((Keypoint(float("inf"), 1.0, "nose", None),)),
    Mask(10**9, 10**9, "0"),
    PngMask("nothing"),
]


@pytest.mark.parametrize("outline", ODD_OUTLINES)
@pytest.mark.parametrize("box", [None, Box(-1e30, 1e30, 1e30, 1e30), Box(float("nan"), 0, 1, 1), Box(9999, 0, 5, 5)])
def test_nothing_that_results_say_keeps_a_picture_from_being_drawn(outline: Outline | None, box: Box | None) -> None:
    odd = found(0, 0, 7, box, outline=outline, text="\x00<b>\u202e\n" * 99)
    image = painted_on(grey(), [odd, found(1, 0, 1, BOX)], lambda one: HOSTILE[1], (400, 300))
    assert near(colour_at(image, 70, 90), rgb_of(1))


def test_a_mask_lies_over_its_pixels_and_lets_them_through() -> None:
    bits = numpy.zeros((300, 400), bool)
    bits[100:200, 100:200] = True
    from making.results import run_lengths

    counts = str(run_lengths(bits)["counts"])
    mask = found(0, 0, 2, Box(100, 100, 100, 100), shape=Shape.MASK, outline=Mask(400, 300, counts))
    image = painted_on(grey(), [mask], lambda one: "", (400, 300))
    within = colour_at(image, 150, 150)
    assert within != GREY
    assert within != rgb_of(2)
    assert near(colour_at(image, 250, 250), GREY)


def test_letters_of_any_script_find_a_font() -> None:
    assert font_for("person 87%", 20).getmask("person 87%").size[0] > 20
    for words in ("자동차", "चित्र", "汽车", "\U0010fffd"):
        assert font_for(words, 20).getmask(words).size[1] > 0


def test_what_can_not_be_drawn_is_named(tmp_path: Path) -> None:
    cut = truncated_picture(tmp_path / "cut.jpg")
    by_service = picture(tmp_path / "service.jpg", 3)
    given = [
        sight(0, "cut.jpg", original=cut),
        sight(1, "gone.jpg"),
        sight(2, "service.jpg", drawn=by_service),
        sight(3, "a.mp4", frame=0),
        sight(4, "a.mp4", frame=1),
    ]
    narrowed = sight(5, "narrowed.jpg", drawn=by_service)
    given.append(replace(narrowed, picture=replace(narrowed.picture, findings=3)))
    order = order_at(tmp_path, Form.DRAWN)
    folder = written(order, given) / "With findings drawn"
    assert {path.name for path in folder.iterdir()} == {"service.jpg", "narrowed.jpg"}
    named = [problem.name for problem in order.notes.all()]
    assert named == ["cut.jpg", "gone.jpg", "a.mp4", "narrowed.jpg"], "the service drew more than was chosen"


def test_two_pictures_that_differ_in_their_ending_are_both_there(tmp_path: Path) -> None:
    given = []
    for number, name in enumerate(("a.jpg", "A.png", "b/a.jpg")):
        original = picture(tmp_path / "originals" / name, number, size=SIZE)
        given.append(sight(number, name, original=original))
    folder = written(order_at(tmp_path, Form.DRAWN), given) / "With findings drawn"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg")} == {"a.jpg", "A (2).jpg", "b/a.jpg"}


def test_copies_are_sorted_by_class_and_a_picture_with_two_is_in_both(tmp_path: Path) -> None:
    def at(name: str, number: int) -> Path:
        return picture(tmp_path / "originals" / name, number)

    given = [
        sight(0, "lot/a.jpg", [found(0, 0, 0, BOX), found(1, 0, 3, BOX), found(2, 0, 0, BOX)], original=at("a.jpg", 0)),
        sight(1, "lot/b.jpg", original=at("b.jpg", 1)),
        sight(2, "c.jpg", [found(3, 2, 1, BOX)], original=at("c.jpg", 2)),
        sight(3, "d.jpg", [found(4, 3, -1, BOX)], original=at("d.jpg", 3)),
        sight(4, "gone.jpg", [found(5, 4, 0, BOX)]),
        sight(5, "broken.jpg", original=at("broken.jpg", 5), problem="It is damaged."),
    ]
    order = order_at(tmp_path, Form.BY_CLASS)
    folder = written(order, given) / "Sorted by class"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg")}
    assert there == {
        "person/lot/a.jpg",
        "자동차/lot/a.jpg",
        "Nothing found/lot/b.jpg",
        "=HYPERLINK(_http___x_,_y_)/c.jpg",
        "Without a class/d.jpg",
        "Not readable/broken.jpg",
    }
    copy, original = folder / "person" / "lot" / "a.jpg", tmp_path / "originals" / "a.jpg"
    assert copy.read_bytes() == original.read_bytes()
    assert copy.stat().st_ino != original.stat().st_ino
    assert [problem.name for problem in order.notes.all()] == ["gone.jpg"]


def test_classes_that_a_disk_takes_for_one_have_a_folder_each(tmp_path: Path) -> None:
    original = picture(tmp_path / "a.jpg")
    order = order_at(tmp_path, Form.BY_CLASS, labels=["Car", "car", "../car", "con"])
    given = [sight(0, "a.jpg", [found(n, 0, n, BOX) for n in range(4)], original=original)]
    folder = written(order, given) / "Sorted by class"
    assert {path.name for path in folder.iterdir()} == {"Car", "car (2)", ".._car", "_con"}
