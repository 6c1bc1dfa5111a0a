"""An index is written by the column, in chunks."""

from pathlib import Path

import pytest

from batchdock.core.finding import Shape
from batchdock.store.findings.writing import NONE, SHAPES, Chunk, IndexWriter
from making.indexed import Indexed

NAN = float("nan")


def chunk(*names: str, label: int = 0) -> Chunk:
    """Return pictures with one box each, of class `label`."""
    made = Chunk()
    for place, name in enumerate(names):
        pictures, findings = made.pictures, made.findings
        pictures.name.append(name)
        for column in (pictures.frame, pictures.width, pictures.height, pictures.source, pictures.start):
            column.append(NONE)
        pictures.length.append(NONE)
        pictures.seconds.append(NAN)
        findings.picture.append(place)
        findings.output.append(0)
        findings.shape.append(SHAPES.index(Shape.BOX))
        findings.label.append(label)
        findings.confidence.append(place / 4)
        for number, side in enumerate((findings.x, findings.y, findings.width, findings.height), 1):
            side.append(number)
    return made


@pytest.fixture
def writer(tmp_path: Path) -> IndexWriter:
    """Return a writer for an empty index."""
    return IndexWriter(tmp_path / "index", tmp_path / "spilled")


def test_numbers_go_on_from_chunk_to_chunk(tmp_path: Path, writer: IndexWriter) -> None:
    writer.add(chunk("a/1.jpg", "a/2.jpg"))
    writer.add(Chunk())
    writer.add(chunk("b.jpg"))
    writer.finish({"car": 0}, ["found"], [("results.csv", 5, 1.5)], [("a", "b")])
    index = Indexed(tmp_path / "index")

    assert [(row["number"], row["name"], row["folder"]) for row in index.pictures] == [
        (0, "a/1.jpg", "a"),
        (1, "a/2.jpg", "a"),
        (2, "b.jpg", ""),
    ]
    assert [(row["number"], row["picture"]) for row in index.findings] == [(0, 0), (1, 1), (2, 2)]
    assert index.pictures[0]["frame"] is index.pictures[0]["seconds"] is index.pictures[0]["source"] is None
    assert [row["best"] for row in index.pictures] == [0, 0.25, 0]
    assert index.sources == ["results.csv"]
    assert index.troubles == [("a", "b")]


def test_classes_get_their_number_by_how_often_they_are_found(tmp_path: Path, writer: IndexWriter) -> None:
    writer.add(chunk("1", label=0))
    writer.add(chunk("2", "3", "4", label=1))
    writer.add(chunk("5", "6", label=3))
    writer.add(chunk("7", label=NONE))
    writer.finish({"rare": 0, "often": 1, "never": 2, "now and then": 3}, [], [], [])
    index = Indexed(tmp_path / "index")

    assert index.labels == [("often", 3), ("now and then", 2), ("rare", 1)]
    assert [row["name"] for row in index.findings] == ["rare"] + ["often"] * 3 + ["now and then"] * 2 + [None]


def test_boxes_are_whole_or_none_and_never_below_nothing(tmp_path: Path, writer: IndexWriter) -> None:
    made = chunk("a", "b", "c")
    made.pictures.width[2], made.pictures.height[2] = 1, 1
    made.findings.x[0], made.findings.confidence[0] = 1e300, NAN
    made.findings.width[1] = -3
    assert writer.add(made) == [2]
    writer.finish({"car": 0}, [], [], [])
    first, second, _ = Indexed(tmp_path / "index").findings

    assert [first[side] for side in ("x", "y", "width", "height", "confidence")] == [None] * 5
    assert [second[side] for side in ("x", "y", "width", "height")] == [-2, 2, 3, 4]


def test_drawn_pictures_belong_to_the_name_that_fits_best(tmp_path: Path, writer: IndexWriter) -> None:
    writer.add(chunk("a.jpg", "a.png", "b.jpg", "c.jpg"))
    drawn = [
        ("a", "pictures", "pictures/a/x.jpg"),
        ("a.png", "pictures", "pictures/a.png/x.jpg"),
        ("list", "b", "pictures/b/list/0.jpg"),
        ("b", "pictures", "pictures/b/z.jpg"),
    ]
    writer.draw(drawn)
    writer.finish({"car": 0}, [], [], [])
    index = Indexed(tmp_path / "index")

    assert [row["drawn"] for row in index.pictures] == [
        "pictures/a/x.jpg",
        "pictures/a.png/x.jpg",
        "pictures/b/z.jpg",
        "",
    ]


def test_a_place_that_takes_no_index(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="index"):
        IndexWriter(tmp_path / "nowhere" / "index", tmp_path)


def test_names_that_the_memory_does_not_take_stay_in_the_order_they_came(
    tmp_path: Path, writer: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"folder/{number * 7919 % 100_003:060}.jpg" for number in range(100_000)]
    writer.add(chunk(*names))
    monkeypatch.setattr("batchdock.store.findings.writing._MEMORY_LIMIT_MB", 24)
    monkeypatch.setattr("batchdock.store.findings.writing._SORTING_BYTES", 0)
    writer.finish({"car": 0}, [], [], [])
    places = Indexed(tmp_path / "index").places

    assert [row["number"] for row in places] == list(range(100_000))
