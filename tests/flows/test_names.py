import re

import pytest

from batchdock.core.batch import Content
from batchdock.flows.intake.names import WIRE_LIMIT_BYTES, WireNames, legal, printable

NASTY = [
    "사진.jpg",
    "चित्र.jpg",
    "图片.PNG",
    "🍎.jpg",
    "two\nlines.jpg",
    "caf\udce9.jpg",
    "con.jpg",
    "a" * 250 + ".jpg",
    "図" * 84 + ".jpg",
    'a:b*c?"<>|.jpg',
    "trailing. .jpg",
    "noending",
    ".jpg",
    " .jpg",
    "x/y/z.jpg",
    "x.tar.gz",
]


@pytest.mark.parametrize("name", NASTY)
def test_every_name_becomes_legal(name: str) -> None:
    wire = WireNames().give(name, Content.IMAGES)
    assert len(wire.encode()) <= WIRE_LIMIT_BYTES
    assert not re.search(r'[\x00-\x1f/\\:*?"<>|]', wire)
    assert wire.rpartition(".")[2].lower() in ("jpg", "png")
    assert wire.rpartition(".")[0]
    assert legal(wire) == wire


def test_good_names_stay_as_they_are() -> None:
    names = WireNames()
    for name in ("사진 1.jpg", "图片.PNG", "🍎.webp", "a-b_c (2).jpeg"):
        assert names.give(f"some/folder/{name}", Content.IMAGES) == name


def test_decomposed_letters_are_composed() -> None:
    assert WireNames().give("e\u0301.jpg", Content.IMAGES) == "é.jpg"


def test_names_are_unique_whatever_their_case() -> None:
    names = WireNames()
    given = [names.give(f"{n}/{'IMG' if n % 2 else 'img'}.jpg", Content.IMAGES) for n in range(500)]
    given += [names.give(f"{n}/img-2.jpg", Content.IMAGES) for n in range(5)]
    given += [names.give("long/" + "a" * 200 + f"{n}.jpg", Content.IMAGES) for n in range(50)]
    assert len({name.casefold() for name in given}) == len(given)
    assert all(len(name.encode()) <= WIRE_LIMIT_BYTES for name in given)


def test_names_that_are_in_the_batch_already_are_not_given_again() -> None:
    names = WireNames(["IMG.jpg", "img-2.jpg"])
    given = [names.give(f"x/{name}.jpg", Content.IMAGES) for name in ("img", "new")]
    assert given == ["img-3.jpg", "new.jpg"]


def test_printable_names_can_be_written_anywhere() -> None:
    assert printable("caf\udce9.jpg").encode() == b"caf\\xe9.jpg"
    assert printable("사진\n.jpg") == "사진\n.jpg"
