"""What a service calls anything it likes gets names that every disk takes, none of them twice."""

import pytest

from batchdock.flows.datasets.taking_out.naming import PATH_LIMIT, Names


@pytest.mark.parametrize(
    ("remote", "place"),
    [
        ("a/b.jpg", "a/b.jpg"),
        ("../../etc/passwd", "etc/passwd"),
        ("/abs/x.jpg", "abs/x.jpg"),
        ("C:\\temp\\x.jpg", "C_/temp/x.jpg"),
        ("a/./b//c.jpg", "a/b/c.jpg"),
        ("con.jpg", "_con.jpg"),
        ("AUX/x.", "_AUX/x"),
        ("..", "_"),
        ("", "_"),
        ("what? a*b|c.jpg", "what_ a_b_c.jpg"),
        ("名前/画像 1.jpg", "名前/画像 1.jpg"),
        ("line\nbreak.jpg", "line_break.jpg"),
        ("\udce9.jpg", "\\udce9.jpg".replace("\\", "_")),
    ],
)
def test_a_path_stays_within_its_folder_and_is_one_that_every_disk_takes(remote: str, place: str) -> None:
    assert Names().file(remote) == place


def test_names_that_some_disk_takes_for_the_same_are_never_given_twice() -> None:
    names = Names()
    given = [names.file(each) for each in ("A.jpg", "a.jpg", "a.JPG", "e\u0301.jpg", "\u00e9.jpg", "x:y", "x?y")]
    assert given == ["A.jpg", "a (2).jpg", "a (3).JPG", "\u00e9.jpg", "\u00e9 (2).jpg", "x_y", "x_y (2)"]


def test_a_file_and_a_folder_of_the_same_name_stand_side_by_side() -> None:
    names = Names()
    assert [names.file(each) for each in ("a", "a/b", "a/c", "d/e", "d")] == ["a", "a (2)/b", "a (2)/c", "d/e", "d (2)"]


def test_a_path_that_no_disk_takes_gets_a_short_one_that_stays_the_same() -> None:
    remote = "/".join("folder" * 5 for _ in range(40)) + "/x.jpg"
    place = Names().file(remote)
    assert len(place) < PATH_LIMIT
    assert place.endswith(".jpg")
    assert Names().file(remote) == place
    assert Names().file(f"y{remote}") != place
    assert len(Names().file("長" * 140 + ".jpg").encode()) <= 255


def test_folders_are_short_and_keep_clear_of_what_is_there() -> None:
    names = Names(["labels", "COCO"])
    assert [names.folder(each) for each in ("labels", "coco", "..", "a#b?c", "../x", "", "n" * 300)] == [
        "labels (2)",
        "coco (2)",
        "_",
        "a#b_c",
        ".._x",
        "_ (2)",
        "n" * 60,
    ]


def test_what_was_given_before_is_known_again() -> None:
    names = Names()
    names.take_in("a/b.jpg")
    assert [names.file(each) for each in ("A/B.jpg", "a")] == ["A/B (2).jpg", "a (2)"]
