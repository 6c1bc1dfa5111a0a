"""Results that are broken, or mean harm: everything is shown or listed, nothing ends the reading, nothing is run."""

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from making.indexed import Indexed, indexed
from making.results import detection, results_folder

SIZE = {"width": 160, "height": 120}


def read(folder: Path, text: str | bytes, name: str = "results.jsonl") -> Indexed:
    """Read a folder with one table."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return indexed(folder)


def row(name: str = "a.jpg", *found: dict[str, Any], **more: Any) -> str:
    """Return a row of a picture with these findings."""
    return json.dumps({"image": name, "predictions": {"image": SIZE, "predictions": list(found)}, **more}) + "\n"


def test_half_a_line_costs_itself_and_is_listed(tmp_path: Path) -> None:
    whole = [row(f"{number}.jpg", detection(number, 0, "car")) for number in range(3)]
    index = read(tmp_path / "r", whole[0] + whole[1][:60] + "\n\n   \n" + whole[2] + whole[1][:80])

    assert index.names == ["0.jpg", "2.jpg"]
    assert [name for name, _ in index.troubles] == ["results.jsonl, line 2", "results.jsonl, line 6"]
    assert len(index.findings) == 2


@pytest.mark.parametrize("line", ["[1, 2]", '"text"', "3", "null", "true"])
def test_a_line_that_is_no_row_is_listed(tmp_path: Path, line: str) -> None:
    index = read(tmp_path / "r", row() + line + "\n" + row("b.jpg"))
    assert index.names == ["a.jpg", "b.jpg"]
    assert len(index.troubles) == (0 if line == "null" else 1)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400])
def test_numbers_that_are_none_cost_the_box_only(tmp_path: Path, number: str) -> None:
    text = row("a.jpg", {**detection(0, 0, "car"), "x": "HERE"}, count="HERE").replace('"HERE"', number)
    index = read(tmp_path / "r", text + row("b.jpg", detection(1, 0, "dog")))

    assert index.names == ["a.jpg", "b.jpg"]
    assert [(found["name"], found["x"] is None) for found in index.findings] == [("car", True), ("dog", False)]
    assert index.troubles
    assert index.told(0).get("count") is None or index.told(0)["count"] != index.told(0)["count"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [(87, 0.87), ("87%", 0.87), ("87 %", 0.87), ("0.5", 0.5), ("0,5", 0.5), (1, 1), (0, 0), (1.0000001, 1)],
)
def test_confidence_in_other_forms(tmp_path: Path, told: object, expected: float) -> None:
    index = read(tmp_path / "r", row("a.jpg", {**detection(0, 0, "car"), "confidence": told}))
    assert index.findings[0]["confidence"] == pytest.approx(expected)
    assert index.troubles == []


@pytest.mark.parametrize("told", [-0.5, 101, "high", [], {}])
def test_what_is_no_confidence_is_left_out_and_listed(tmp_path: Path, told: object) -> None:
    index = read(tmp_path / "r", row("a.jpg", {**detection(0, 0, "car"), "confidence": told}))
    assert index.findings[0]["confidence"] is None
    assert index.pictures[0]["best"] is None
    [(name, reason)] = index.troubles
    assert name == "a.jpg"
    assert "confidence" in reason


def test_sizes_below_zero_and_places_outside(tmp_path: Path) -> None:
    mirrored = {**detection(0, 0, "car"), "x": 30, "y": 35, "width": -40, "height": -30}
    far = {**detection(0, 1, "dog"), "x": 5000, "y": 35}
    index = read(tmp_path / "r", row("a.jpg", mirrored, far))

    found = index.findings[0]
    assert (found["x"], found["y"], found["width"], found["height"]) == (10, 20, 40, 30)
    assert index.findings[1]["x"] == 4980
    assert index.troubles == [("a.jpg", "A finding lies outside of the picture.")]


def test_numbers_as_texts_and_missing_ones(tmp_path: Path) -> None:
    texts = {"x": "30", "y": "35", "width": "40", "height": "30", "class": "car", "confidence": "0.5"}
    nowhere = {"x": None, "y": 3, "width": 4, "height": 5, "class": "dog", "confidence": 0.5}
    nameless = {"x": 30, "y": 35, "width": 40, "height": 30, "class_id": 7}
    index = read(tmp_path / "r", row("a.jpg", texts, nowhere, nameless))

    assert [(found["name"], found["x"], found["shape"]) for found in index.findings] == [
        ("car", 10, "box"),
        ("dog", None, "class"),
        ("7", 10, "box"),
    ]
    assert [name for name, _ in index.troubles] == ["a.jpg"]


@pytest.mark.parametrize(
    "mask",
    [
        {"size": [40_000, 40_000], "counts": "0"},
        {"size": [-1, 5], "counts": "0"},
        {"size": [5], "counts": "0"},
        {"size": ["5", 5], "counts": "0"},
        {"counts": "0"},
        {"size": [5, 5], "counts": [3, 99]},
        {"size": [5, 5], "counts": [-3, 28]},
        {"size": [5, 5], "counts": {"a": 1}},
        "not base64 of a PNG",
        [[1, "x"], [2, 3], [4, 5]],
    ],
)
def test_masks_that_are_none_are_left_out_and_listed(tmp_path: Path, mask: object) -> None:
    index = read(tmp_path / "r", row("a.jpg", {**detection(0, 0, "car"), "mask": mask}))
    [found] = index.findings
    assert (found["shape"], found["outline"]) == ("box", None)
    assert [name for name, _ in index.troubles] == ["a.jpg"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("a/./b//c.jpg", "a/b/c.jpg"),
        ("..\\..\\windows\\a.jpg", "windows/a.jpg"),
        ("nul\0l.jpg", "null.jpg"),
        ("..", "results.jsonl, 1"),
        ("", "results.jsonl, 1"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
        ("line\nbreak\x1b[31m.jpg", "line\nbreak\x1b[31m.jpg"),
        ("사진 हिन्दी.jpg", "사진 हिन्दी.jpg"),
        ("x" * 5_000, "x" * 2_000),
    ],
)
def test_names_never_lead_out(tmp_path: Path, name: str, expected: str) -> None:
    index = read(tmp_path / "r", row(name))
    assert index.names == [expected]
    assert index.pictures[0]["folder"] == expected.rpartition("/")[0]


def test_labels_are_kept_as_they_came(tmp_path: Path) -> None:
    label = "<b>bold</b><script>alert('x')</script>\n=1+1"
    assert read(tmp_path / "r", row("a.jpg", {**detection(0, 0, "x"), "class": label})).labels == [(label, 1)]


def test_too_many_classes_become_texts(tmp_path: Path) -> None:
    found = [{**detection(0, 0, "x"), "class": f"class {number}"} for number in range(15_000)]
    index = read(tmp_path / "r", "".join(row(f"{place}.jpg", *found[place::10]) for place in range(10)))

    assert len(index.labels) == 10_000
    beyond = [each for each in index.findings if each["label"] == -1]
    assert len(beyond) == 5_000
    assert all(each["text"].startswith("class ") for each in beyond)
    assert index.troubles == [("…", "There are more than 10,000 classes. The others are shown as texts.")]


def test_too_many_findings_of_a_picture_are_cut(tmp_path: Path) -> None:
    index = read(tmp_path / "r", row("a.jpg", *[detection(0, 0, "x")] * 20_500) + row("b.jpg", detection(0, 0, "x")))
    assert [each["findings"] for each in index.pictures] == [20_000, 1]
    assert index.troubles == [("a.jpg", "It has more than 20,000 findings. The first ones are shown.")]


def test_deep_nesting_is_no_way_in(tmp_path: Path) -> None:
    deep = '{"image": "a.jpg", "x": ' + "[" * 5_000 + "]" * 5_000 + "}\n"
    deeper = '{"image": "b.jpg", "x": ' + '{"a":' * 100_000 + "\n"
    index = read(tmp_path / "r", deep + deeper + row("c.jpg"))
    assert index.names[-1] == "c.jpg"
    assert len(index.names) + len(index.troubles) == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_other_encodings(tmp_path: Path, encoding: str, form: str) -> None:
    if form == "jsonl":
        text = json.dumps({"image": "Müller.jpg", "said": "é"}, ensure_ascii=False) + "\n"
        text += json.dumps({"image": "b.jpg", "said": "è"}, ensure_ascii=False) + "\n"
    else:
        text = 'image,said\r\nMüller.jpg,é\r\n"b.jpg",è\r\n'
    index = read(tmp_path / "r", text.encode(encoding), f"results.{form}")
    assert index.names == ["Müller.jpg", "b.jpg"]
    assert [index.told(0)["said"], index.told(1)["said"]] == ["é", "è"]


def test_wrong_bytes_are_replaced(tmp_path: Path) -> None:
    index = read(tmp_path / "r", row("한.jpg").replace("\\ud55c", "한").encode() + b'{"image": "\xff\xfe.jpg"}\n')
    assert index.names == ["한.jpg", "\ufffd\ufffd.jpg"]
    assert [name for name, _ in index.troubles] == ["results.jsonl, line 2"]


def test_half_a_letter_is_no_letter(tmp_path: Path) -> None:
    index = read(tmp_path / "r", '{"image": "a\\ud800.jpg", "said": "\\udfff"}\n')
    assert index.names == ["a?.jpg"]


@pytest.mark.parametrize("name", ["results.jsonl", "results.csv"])
def test_an_empty_table_beside_single_files(tmp_path: Path, name: str) -> None:
    folder = results_folder(tmp_path / "r", pictures=2, details=True)
    (folder / "results.jsonl").unlink()
    assert len(read(folder, b"", name).names) == 2


def test_a_table_that_does_not_name_its_pictures(tmp_path: Path) -> None:
    index = read(tmp_path / "r", '{"count": 1}\n{"count": 2}\n')
    assert index.names == ["results.jsonl, 1", "results.jsonl, 2"]
    assert index.troubles == [
        ("results.jsonl", "No column names the pictures. They are shown by the number of their row.")
    ]


def test_the_same_name_twice_is_shown_twice(tmp_path: Path) -> None:
    assert read(tmp_path / "r", row("a.jpg") * 2).names == ["a.jpg", "a.jpg"]


def test_mixed_types_in_one_column(tmp_path: Path) -> None:
    values = [1, "two", None, [3], {"four": 4}, True, {"predictions": "none"}, {"predictions": [None, 3, "x", []]}]
    text = "".join(
        json.dumps({"image": f"{place}.jpg", "predictions": each}) + "\n" for place, each in enumerate(values)
    )
    index = read(tmp_path / "r", text)
    assert len(index.names) == len(values)
    assert index.told(0) == {"predictions": 1}
    assert index.told(1) == {"predictions": "two"}
    assert index.told(4) == {"predictions.four": 4}


def test_a_sheet_of_two_hundred_columns_and_rows_of_other_lengths(tmp_path: Path) -> None:
    columns = ["image", *(f"c{number}" for number in range(199))]
    lines = [",".join(columns), "a.jpg" + ",1" * 199, "b.jpg,1", "c.jpg" + ",1" * 250, ""]
    index = read(tmp_path / "r", "\r\n".join(lines), "results.csv")
    assert index.names == ["a.jpg", "b.jpg", "c.jpg"]
    assert [len(index.told(number)) for number in range(3)] == [199, 1, 199]
    assert index.troubles == [("results.csv, row 3", "It has more cells than there are columns.")]


def test_columns_without_a_name_or_with_the_same_one(tmp_path: Path) -> None:
    index = read(tmp_path / "r", "image,a,,a\nx.jpg,1,2,3\n", "results.csv")
    assert index.told() == {"a": 1, "column 3": 2, "a (2)": 3}


def test_a_quote_that_is_never_closed_costs_its_row(tmp_path: Path) -> None:
    text = 'image,count,predictions\na.jpg,1,\nb.jpg,2,"{""predictions\nc.jpg,3,\nd.jpg,4,"x"y\ne.jpg,5,\n'
    index = read(tmp_path / "r", text, "results.csv")
    assert index.names == ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"]
    assert [index.told(number)["count"] for number in range(5)] == [1, 2, 3, 4, 5]
    assert [name for name, _ in index.troubles] == ["results.csv, line 3", "results.csv, line 5"]


def test_cells_as_python_writes_them_are_read_and_never_run(tmp_path: Path) -> None:
    cells = [
        "{'image': {'width': 160, 'height': 120}, 'predictions': [{'x': 30, 'y': 35, 'width': 40, 'height': 30, "
        "'confidence': nan, 'class': 'car', 'more': None}]}",
        "{'a': __import__('os').system('touch " + str(tmp_path / "ran") + "')}",
        "[" * 3_000,
        "{'a': " * 200,
    ]
    path = tmp_path / "r" / "results.csv"
    path.parent.mkdir()
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [("image", "found"), *((f"{number}.jpg", cell) for number, cell in enumerate(cells))]
        )
    index = indexed(tmp_path / "r")
    assert [found["name"] for found in index.of(0)] == ["car"]
    assert len(index.names) == 4
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs rights to make links")
def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = results_folder(tmp_path / "secret")
    folder = results_folder(tmp_path / "r", pictures=1)
    (folder / "inside").symlink_to(secret)
    (folder / "aggregated_results.jsonl").symlink_to(secret / "results.jsonl")
    os.mkfifo(folder / "results.csv")
    assert indexed(folder).names == ["card/IMG_0000.jpg"]


def test_a_table_that_may_not_be_read_is_listed(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "r", pictures=1)
    results_folder(tmp_path / "r", names=["other.jpg"], form="csv")
    (folder / "results.csv").unlink()
    (folder / "results.csv").mkdir()
    (folder / "details").mkdir()
    (folder / "details" / "results.json").mkdir()
    assert indexed(folder).names == ["card/IMG_0000.jpg"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("<deducted_image>"),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "image",
                    "video",
                    "predictions",
                    "x",
                    "y",
                    "width",
                    "height",
                    "confidence",
                    "class",
                    "class_id",
                    "tracker_id",
                    "points",
                    "keypoints",
                    "rle_mask",
                    "mask",
                    "size",
                    "counts",
                    "top",
                    "predicted_classes",
                    "data",
                    "text",
                    "format",
                    "position",
                    "root_parent_origin",
                    "offset_x",
                    "frame",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=7,
        )
    ),
    max_leaves=30,
)


@pytest.mark.long
@given(rows=st.lists(st.dictionaries(st.sampled_from(["image", "a", "predictions"]), JSON, max_size=3), max_size=12))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_rows_say_they_are_read(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    text = row("known.jpg", detection(0, 0, "car")) + "".join(json.dumps(each) + "\n" for each in rows)
    index = read(tmp_path / "r", text.encode("utf-8", "surrogatepass"))
    assert len(index.names) == len(rows) + 1
    assert index.of(0)[0]["name"] == "car"
    for found in index.findings:
        assert found["width"] is None or found["width"] >= 0
        assert found["confidence"] is None or 0 <= found["confidence"] <= 1


@given(data=st.binary(max_size=300))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["results.jsonl", "results.csv", "deep/results.json"])
def test_whatever_bytes_a_file_has_the_others_are_read(tmp_path: Path, name: str, data: bytes) -> None:
    folder = tmp_path / "r"
    (folder / "deep").mkdir(parents=True, exist_ok=True)
    (folder / "aggregated_results.jsonl").write_text(row("known.jpg"))
    (folder / name).write_bytes(data)
    assert "known.jpg" in indexed(folder).names
