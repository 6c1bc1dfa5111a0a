"""Names of files that are handed on: none leads out of its folder, none is given twice, every disk takes them."""

import os
from pathlib import PurePosixPath

import pytest

from batchdock.flows.results.handing.names import Names, extension_of

HOSTILE = (
    "../../etc/passwd",
    "/root/.ssh/id.jpg",
    "..\\..\\windows\\x.jpg",
    "C:/x.jpg",
    "a//b/./c.jpg",
    "con/aux.jpg",
    "a\x00b\n.jpg",
    "\udce9.jpg",
    "",
    "..",
    "x" * 5_000 + ".jpg",
    "수" * 500 + "/" + "ह" * 500 + ".jpg",
    "trailing. /dots...jpg",
)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_its_folder(name: str, flat: bool) -> None:
    stem = Names(flat=flat).stem(name)
    parts = PurePosixPath(stem).parts
    assert parts
    assert not stem.startswith("/")
    assert ".." not in parts
    assert flat <= (len(parts) == 1)
    for part in parts:
        assert len(os.fsencode(f"{part} (1000).jpeg")) <= 255
        assert not set(part) & set('\\:*?"<>|\x00\n')
    for folder in parts[:-1]:
        assert folder == folder.rstrip(". ")
    stem.encode()


def test_names_that_a_disk_takes_for_one_are_told_apart() -> None:
    names = Names()
    given = [names.stem(name) for name in ("a/B.jpg", "A/b.png", "a/b (2).jpg", "é.jpg", "e\u0301.jpg")]
    assert len({each.casefold() for each in given}) == len(given)
    assert given[:2] == ["a/B", "A/b (2)"]


def test_frames_are_told_apart_and_stay_in_order() -> None:
    names = Names(flat=True)
    given = [names.stem("drive/one.mp4", frame) for frame in (0, 9, 10, 100_000)]
    assert given == sorted(given)
    assert given[0] == "drive_one_000000"


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.JPG", ".jpg"), ("a.tiff", ".tiff"), ("a", ".jpg"), ("a.é", ".jpg"), ("a.p/g", ".jpg"), ("a.verylong", ".jpg")],
)
def test_an_extension_is_one_that_programs_know(name: str, extension: str) -> None:
    assert extension_of(name) == extension
