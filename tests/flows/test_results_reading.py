"""Folders of results of any layout become one index."""

import json
from pathlib import Path

import pytest

from batchdock.core.errors import ResultsUnreadable
from batchdock.core.finding import Shape
from batchdock.flows.results.reading import read_results
from making.indexed import indexed
from making.media import picture, picture_bytes
from making.results import confidence_of, corner_of, results_folder, video_results_folder


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_saved_results_have_a_row_a_picture_and_one_a_finding(tmp_path: Path, form: str) -> None:
    folder = results_folder(tmp_path / "saved", pictures=5, each=lambda number: number, form=form)  # type: ignore[arg-type]
    index = indexed(folder)

    assert index.names == [f"card/IMG_{number:04}.jpg" for number in range(5)]
    assert [row["findings"] for row in index.pictures] == [0, 1, 2, 3, 4]
    assert {(row["folder"], row["width"], row["height"], row["problem"]) for row in index.pictures} == {
        ("card", 160, 120, "")
    }
    assert len(index.findings) == 10
    third = index.of(3)
    for place, found in enumerate(third):
        x, y = corner_of(3, place)
        assert (found["x"], found["y"], found["width"], found["height"]) == (x, y, 40, 30)
        assert found["confidence"] == pytest.approx(confidence_of(3, place))
        assert (found["shape"], found["output_name"], found["outline"]) == ("box", "predictions", None)
    assert [found["name"] for found in third] == ["person", "car", "dog"]
    assert index.pictures[3]["best"] == pytest.approx(max(confidence_of(3, place) for place in range(3)))
    assert index.pictures[0]["best"] is None
    assert index.told(4) == {"count": 4}
    assert index.troubles == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_row_can_be_found_again_in_its_file(tmp_path: Path, form: str) -> None:
    names = ["a\nb.jpg", "한국어/사진.jpg", "c.jpg"]
    folder = results_folder(tmp_path / "saved", names=names, form=form)  # type: ignore[arg-type]
    index = indexed(folder)

    data = (folder / f"results.{form}").read_bytes()
    for row, name in zip(index.pictures, names, strict=True):
        piece = data[row["start"] : row["start"] + row["length"]].decode()
        assert name in (json.loads(piece)["image"] if form == "jsonl" else piece)
        assert piece.endswith("\n")
    assert data.endswith(data[index.pictures[-1]["start"] :])


def test_the_most_frequent_class_is_the_first(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved", pictures=7, each=1, labels=("rare", "often", "often", "often"))

    assert indexed(folder).labels == [("often", 5), ("rare", 2)]


def test_pictures_come_as_people_count(tmp_path: Path) -> None:
    index = indexed(results_folder(tmp_path / "saved", names=["b/10.jpg", "b/2.jpg", "a/1.jpg"]))

    assert [index.names[row["number"]] for row in index.places] == ["a/1.jpg", "b/2.jpg", "b/10.jpg"]


def test_where_a_table_has_a_picture_its_single_file_is_not_read(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved", pictures=2, details=True)
    (folder / "details/card/IMG_0001.jpg/results.json").write_text("{ not even JSON")
    more = folder / "details/card/only here.jpg/results.json"
    more.parent.mkdir()
    more.write_text('{"count": 0, "predictions": {"image": {"width": 9, "height": 8}, "predictions": []}}')
    index = indexed(folder)

    assert index.names == ["card/IMG_0000.jpg", "card/IMG_0001.jpg", "card/only here.jpg"]
    assert index.sources == ["results.jsonl", "details/card/only here.jpg/results.json"]
    assert index.pictures[2]["width"] == 9
    assert index.troubles == []


def test_single_files_alone_are_results_too(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved", pictures=3, details=True)
    (folder / "results.jsonl").unlink()
    index = indexed(folder)

    assert index.names == ["card/IMG_0000.jpg", "card/IMG_0001.jpg", "card/IMG_0002.jpg"]
    assert [row["findings"] for row in index.pictures] == [3, 3, 3]
    whole = (folder / "details/card/IMG_0001.jpg/results.json").stat().st_size
    assert (index.pictures[1]["start"], index.pictures[1]["length"]) == (0, whole)


def test_a_folder_of_the_reference_client(tmp_path: Path) -> None:
    saved = results_folder(tmp_path / "saved", names=["a.jpg", "b.jpg"])
    part = tmp_path / "client" / "predictions-part"
    part.mkdir(parents=True)
    (saved / "results.jsonl").rename(part / "aggregated_results.jsonl")
    for name in ("a.jpg", "b.jpg"):
        (part / name).mkdir()
        (part / name / "results.json").write_text("{}")
    picture(part / "a.jpg" / "crops" / "0.jpg")
    picture(part / "a.jpg" / "label_visualization.jpg")
    picture(tmp_path / "client" / "images-part" / "b.jpg" / "crops" / "0.jpg")
    (part / "failed_files_processing_2026_01_01.jsonl").write_text(
        '{"file_path": "/in/c.jpg", "cause": "No picture."}\n'
    )
    (part / "progress.log").write_text("a.jpg\n")
    (tmp_path / "client" / ".export_log.jsonl").write_text('{"file_metadata": {}}\n')
    index = indexed(tmp_path / "client")

    assert index.names == ["a.jpg", "b.jpg", "c.jpg"]
    assert [row["problem"] for row in index.pictures] == ["", "", "No picture."]
    assert [row["drawn"] for row in index.pictures] == [
        "predictions-part/a.jpg/label_visualization.jpg",
        "images-part/b.jpg/crops/0.jpg",
        "",
    ]
    assert index.sources == ["predictions-part/aggregated_results.jsonl"]
    assert len(index.findings) == 6


def test_a_folder_of_the_reference_client_with_videos(tmp_path: Path) -> None:
    saved = video_results_folder(tmp_path / "saved", frames=3, videos=("ignored",))
    rows = [json.loads(line) for line in (saved / "results.jsonl").read_text().splitlines()]
    for video in ("one.mp4", "two.mov"):
        below = tmp_path / "client" / video
        below.mkdir(parents=True)
        text = "".join(json.dumps({key: row[key] for key in row if key != "video"}) + "\n" for row in rows)
        (below / "workflow_results_source_0.jsonl").write_text(text)
        (below / "source_0_output_drawn_preview.mp4").write_bytes(b"")
    index = indexed(tmp_path / "client")

    assert [(row["name"], row["frame"], row["seconds"]) for row in index.pictures] == [
        (video, frame, None) for video in ("one.mp4", "two.mov") for frame in range(3)
    ]
    assert {row["drawn"] for row in index.pictures[:3]} == {"one.mp4/source_0_output_drawn_preview.mp4"}


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_frames_are_counted_and_know_their_second_where_it_is_told(tmp_path: Path, form: str) -> None:
    folder = video_results_folder(tmp_path / "v", frames=3, videos=("a.mp4", "b.mp4"), form=form, rate=10)  # type: ignore[arg-type]
    index = indexed(folder)

    assert [(row["name"], row["frame"], row["seconds"]) for row in index.pictures] == [
        (video, frame, frame / 10) for video in ("a.mp4", "b.mp4") for frame in range(3)
    ]
    assert [found["track"] for found in index.of(0)] == ["0", "1"]
    assert "seconds" not in index.told(0)


def test_drawn_pictures_are_found_by_name_and_by_name_without_extension(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved", names=["x/one.jpg", "x/one.png", "x/two.jpg"], originals=tmp_path / "o")
    picture(folder / "pictures/x/one/output_image.jpg")
    picture(folder / "pictures/x/one.png/output_image.jpg")
    index = indexed(folder)

    assert [row["drawn"] for row in index.pictures] == [
        "pictures/x/one/output_image.jpg",
        "pictures/x/one.png/output_image.jpg",
        "",
    ]


def test_drawn_pictures_alone_are_shown(tmp_path: Path) -> None:
    picture(tmp_path / "saved/pictures/x/one/output_image.jpg")
    index = indexed(tmp_path / "saved")

    assert [(row["name"], row["drawn"]) for row in index.pictures] == [("x/one", "pictures/x/one/output_image.jpg")]


def test_what_could_not_be_processed_is_there_with_its_reason(tmp_path: Path) -> None:
    told = {
        "card/broken.jpg": "It is no picture.",
        "card/IMG_0000.jpg": "Saved as “card/IMG_0000 (2).jpg”.",
        "archive.tar.gz: a/../b": "It leads out of its folder.",
        "'=cmd.jpg": "No.",
    }
    index = indexed(results_folder(tmp_path / "saved", pictures=1, not_processed=told))

    assert [(row["name"], row["problem"]) for row in index.pictures] == [
        ("card/IMG_0000.jpg", ""),
        ("card/broken.jpg", "It is no picture."),
        ("=cmd.jpg", "No."),
    ]
    assert {name for name, _ in index.troubles} == {"card/IMG_0000.jpg", "archive.tar.gz: a/../b"}


def test_tables_of_other_programs_are_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "any" / "deep").mkdir(parents=True)
    (tmp_path / "any" / "deep" / "list.csv").write_text("File_Name;score;verdict\nx/a.jpg;0,5;good\nx/b.jpg;7;00123\n")
    index = indexed(tmp_path / "any")

    assert index.names == ["x/a.jpg", "x/b.jpg"]
    assert index.told(0) == {"score": "0,5", "verdict": "good"}
    assert index.told(1) == {"score": 7, "verdict": "00123"}


def test_two_tables_that_say_the_same_are_read_once(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved", pictures=3, form="csv")
    results_folder(folder, pictures=4, form="jsonl")
    index = indexed(folder)

    assert sorted(index.names) == [f"card/IMG_{number:04}.jpg" for number in range(4)]
    assert index.troubles == [
        ("results.jsonl", "Rows about pictures that another table tells of, left out: 3."),
    ]


@pytest.mark.parametrize("there", ["nothing", "photos", "other files"])
def test_a_folder_without_results_says_so_and_leaves_nothing(tmp_path: Path, there: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if there == "photos":
        (folder / "a.jpg").write_bytes(picture_bytes())
    if there == "other files":
        (folder / "package.json").write_text('{"name": "thing", "version": 1}')
        (folder / "accounts.csv").write_text("user,mail\na,b\n")
    with pytest.raises(ResultsUnreadable):
        read_results(folder, tmp_path / "index.duckdb", lambda done, total: None)
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "saved", pictures=600)
    heard: list[tuple[int, int]] = []
    read_results(folder, tmp_path / "index.duckdb", lambda done, total: heard.append((done, total)))

    size = (folder / "results.jsonl").stat().st_size
    assert heard[-1] == (size, size)
    assert heard == sorted(heard)


def test_an_index_is_replaced_only_by_a_complete_one(tmp_path: Path) -> None:
    (tmp_path / "index.duckdb").write_text("the one before")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ResultsUnreadable):
        read_results(tmp_path / "empty", tmp_path / "index.duckdb", lambda done, total: None)
    assert (tmp_path / "index.duckdb").read_text() == "the one before"


@pytest.mark.parametrize("shape", [each for each in Shape if each is not Shape.LINE])
def test_every_shape_comes_through(tmp_path: Path, shape: Shape) -> None:
    """Of all that workflows find; lines are drawn by people and come from datasets."""
    for form in ("jsonl", "csv"):
        index = indexed(results_folder(tmp_path / form, pictures=2, shape=shape, form=form))
        assert {found["shape"] for found in index.findings} == {shape.value}
        assert len(index.findings) == (2 if shape is Shape.CLASS else 6)
        assert index.troubles == []
