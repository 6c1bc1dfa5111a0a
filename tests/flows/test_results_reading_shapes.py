"""Findings are recognised by their shape, whatever the output is called and however deep it lies."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from making.indexed import Indexed, indexed
from making.results import detection, ellipse, run_lengths

SIZE = {"width": 160, "height": 120}


def read(folder: Path, **outputs: Any) -> Indexed:
    """Read one row with these outputs."""
    folder.mkdir(exist_ok=True)
    (folder / "results.jsonl").write_text(json.dumps({"image": "a.jpg", **outputs}) + "\n")
    return indexed(folder)


def box(**more: Any) -> dict[str, Any]:
    """Return one detection."""
    return {"x": 30, "y": 35, "width": 40, "height": 30, "confidence": 0.5, "class": "car"} | more


def predictions(*found: Any) -> dict[str, Any]:
    """Return detections as an output."""
    return {"image": SIZE, "predictions": list(found)}


@pytest.mark.parametrize(
    "outputs",
    [
        {"predictions": predictions(box())},
        {"model_predictions": [box()]},
        {"anything": box()},
        {"nested": {"deep": {"deeper": [predictions(box())]}}},
        {"crops": [[predictions(box())], [predictions()]]},
        {"slices": {"predictions": [predictions(box())]}},
    ],
)
def test_a_detection_is_found_wherever_it_lies(tmp_path: Path, outputs: dict[str, Any]) -> None:
    index = read(tmp_path / "r", **outputs)
    [found] = index.findings
    assert (found["x"], found["y"], found["width"], found["height"]) == (10, 20, 40, 30)
    assert (found["shape"], found["name"], found["confidence"]) == ("box", "car", 0.5)
    assert found["output_name"] == next(iter(outputs))


def test_of_outputs_that_say_the_same_each_thing_is_counted_once(tmp_path: Path) -> None:
    plain = [box(detection_id="1"), box(detection_id="2", x=90)]
    tracked = [box(detection_id="1", tracker_id=5)]
    index = read(tmp_path / "r", plain=predictions(*plain), tracked=predictions(*tracked), again=predictions(*plain))

    assert [(found["output_name"], found["track"]) for found in index.findings] == [("tracked", "5"), ("plain", "")]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"top": "cat", "confidence": 0.75, "predictions": [{"class": "cat", "confidence": 0.75}]}, [("cat", 0.75)]),
        ({"top": "", "confidence": 0, "predictions": []}, []),
        (
            {"predictions": [{"class": "dog", "confidence": 0.25}, {"class": "cat", "confidence": 0.5}]},
            [("cat", 0.5)],
        ),
        (
            {
                "predictions": {"cat": {"confidence": 0.875, "class_id": 0}, "dog": {"confidence": 0.25}},
                "predicted_classes": ["cat"],
            },
            [("cat", 0.875)],
        ),
        ({"predictions": {"cat": {"confidence": 0.875}, "dog": {"confidence": 0.25}}}, [("cat", 0.875)]),
        (
            {"predictions": {"cat": 0.75, "dog": 0.5}, "predicted_classes": ["dog", "cat"]},
            [("dog", 0.5), ("cat", 0.75)],
        ),
    ],
)
def test_classifications(tmp_path: Path, told: dict[str, Any], expected: list[tuple[str, float]]) -> None:
    index = read(tmp_path / "r", model={"image": SIZE, **told})

    assert [(found["name"], found["confidence"]) for found in index.findings] == expected
    assert all(found["shape"] == "class" and found["x"] is None for found in index.findings)
    assert index.pictures[0]["width"] == 160


@pytest.mark.parametrize(
    ("more", "shape", "outline"),
    [
        ({"points": [{"x": 1, "y": 2}, {"x": 3, "y": 2}, {"x": 3, "y": 9}]}, "polygon", [[1, 2], [3, 2], [3, 9]]),
        ({"points": [[1, 2], [3, 2], [3, 9]]}, "polygon", [[1, 2], [3, 2], [3, 9]]),
        ({"polygon": [[1, 2], [3, 2], [3, 9]]}, "polygon", [[1, 2], [3, 2], [3, 9]]),
        ({"mask": [[[1, 2], [3, 2], [3, 9]], [[0, 0]]]}, "polygon", [[1, 2], [3, 2], [3, 9]]),
        ({"mask": {"size": [2, 3], "counts": [1, 4, 1]}}, "mask", [3, 2, "141"]),
        ({"rle_mask": {"size": [2, 3], "counts": "141"}}, "mask", [3, 2, "141"]),
        ({"mask": "iVBORw0KGgoAAAA"}, "mask", "iVBORw0KGgoAAAA"),
        ({"keypoints": [{"x": 1, "y": 2, "class": "nose", "confidence": 0.5}]}, "keypoints", [[1, 2, "nose", 0.5]]),
        ({"keypoints": [{"x": 1, "y": 2}]}, "keypoints", [[1, 2, "", None]]),
    ],
)
def test_outlines(tmp_path: Path, more: dict[str, Any], shape: str, outline: object) -> None:
    index = read(tmp_path / "r", predictions=predictions(box(**more)))
    [found] = index.findings

    assert found["shape"] == shape
    assert list(json.loads(found["outline"]).values()) == [outline]
    assert found["x"] == 10
    assert index.troubles == []


def test_run_lengths_are_compressed_as_the_tool_of_the_format_does(tmp_path: Path) -> None:
    bits = ellipse(10, 20)
    column_by_column = bits.T.ravel().astype(int)
    changes = (column_by_column[1:] != column_by_column[:-1]).nonzero()[0] + 1
    edges = [0, *changes.tolist(), column_by_column.size]
    runs = [after - before for before, after in pairwise(edges)]
    index = read(tmp_path / "r", predictions=predictions(box(rle_mask={"size": [120, 160], "counts": runs})))

    assert json.loads(index.findings[0]["outline"])["mask"] == [160, 120, run_lengths(bits)["counts"]]


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        (
            {"codes": [{"format": "QRCode", "text": "hi", "position": [[1, 2], [5, 2], [5, 8], [1, 8]]}]},
            ("QRCode", "hi"),
        ),
        ({"one": {"barcode_type": "EAN13", "data": "4006381333931"}}, ("EAN13", "4006381333931")),
        ({"predictions": predictions(box(data="hi"))}, ("car", "hi")),
    ],
)
def test_codes(tmp_path: Path, outputs: dict[str, Any], expected: tuple[str, str]) -> None:
    [found] = read(tmp_path / "r", **outputs).findings
    assert (found["name"], found["text"]) == expected
    assert found["shape"] == "code"


@pytest.mark.parametrize(
    "outputs",
    [
        {"lines": [{"text": "Hello", "confidence": 0.5, "position": [[1, 2], [5, 2], [5, 8], [1, 8]]}]},
        {"lines": [[[[1, 2], [5, 2], [5, 8], [1, 8]], ["Hello", 0.5]]]},
        {"lines": [[[[1, 2], [5, 2], [5, 8], [1, 8]], "Hello", 0.5]]},
        {"lines": {"text": "Hello", "score": 0.5, "bbox": [1, 2, 5, 8]}},
    ],
)
def test_lines_of_text(tmp_path: Path, outputs: dict[str, Any]) -> None:
    [found] = read(tmp_path / "r", **outputs).findings
    assert (found["shape"], found["text"], found["label"], found["confidence"]) == ("text", "Hello", -1, 0.5)
    assert (found["x"], found["y"], found["width"], found["height"]) == (1, 2, 4, 6)


def test_a_name_that_a_picture_has_as_its_text_is_still_a_class(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    rows = [
        {
            "image": f"{number}.jpg",
            "name": name,
            "predictions": predictions(box(**{"class": name, "class_id": number % 2})),
        }
        for number, name in enumerate(["car", "dog"] * 3)
    ]
    (tmp_path / "r" / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    index = indexed(tmp_path / "r")
    assert dict(index.labels) == {"car": 3, "dog": 3}


def test_plain_values_are_cells_and_the_rest_is_not(tmp_path: Path) -> None:
    index = read(
        tmp_path / "r",
        count=3,
        share=0.5,
        yes=True,
        word="good",
        names=["a", "b", 2],
        line={"in": 3, "out": 1},
        nothing=None,
        picture="<deducted_image>",
        encoded={"type": "base64", "value": "AAAA", "video_metadata": None},
        deep={"a": {"b": {"c": 1}}},
        long="x" * 40_000,
    )
    assert index.told() == {
        "count": 3,
        "share": 0.5,
        "yes": "true",
        "word": "good",
        "names": "a, b, 2",
        "line.in": 3,
        "line.out": 1,
    }


def test_cells_of_a_sheet_are_what_they_say(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    cells = {
        "image": "a.jpg",
        "number": "-1.5e2",
        "parcel": "00123",
        "long": "12345678901234567890",
        "formula": "'=1+1",
        "said": "'quoted'",
        "yes": "True",
        "empty": "",
        "python": "\"{'in': 1, 'out': None, 'name': 'it''s'}\"".replace("''", "\\'"),
    }
    (tmp_path / "r" / "results.csv").write_text(",".join(cells) + "\r\n" + ",".join(cells.values()) + "\r\n")
    assert indexed(tmp_path / "r").told() == {
        "number": -150,
        "parcel": "00123",
        "long": "12345678901234567890",
        "formula": "=1+1",
        "said": "'quoted'",
        "yes": "true",
        "python.in": 1,
        "python.name": "it's",
    }


def test_findings_of_a_crop_lie_where_they_are_in_the_whole_picture(tmp_path: Path) -> None:
    origin = {"offset_x": 100, "offset_y": 50, "width": 640, "height": 480}
    found = box(parent_id="crop", root_parent_id="image", root_parent_origin=origin)
    index = read(tmp_path / "r", predictions={"image": {"width": 80, "height": 70}, "predictions": [found]})

    assert (index.findings[0]["x"], index.findings[0]["y"]) == (110, 70)
    assert (index.pictures[0]["width"], index.pictures[0]["height"]) == (640, 480)


def test_every_detection_of_the_builder_is_read_back(tmp_path: Path) -> None:
    found = [detection(0, place, "dog") for place in range(5)]
    assert len(read(tmp_path / "r", predictions=predictions(*found)).findings) == 5
