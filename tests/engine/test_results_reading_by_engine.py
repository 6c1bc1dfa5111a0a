"""What the vendor's engine and our own workflows really write is recognised when results are read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import pytest
import supervision
from pycocotools import mask as coco

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input
from batchdock.thiscomputer.engine.table import table_file
from making.indexed import Indexed, indexed
from making.results import HEIGHT, WIDTH, ellipse, run_lengths


def read(folder: Path, rows: Mapping[str, Mapping[str, Any]], form: str) -> Indexed:
    """Write the rows as the local service does, and read them."""
    folder.mkdir()
    columns = [*dict.fromkeys(column for row in rows.values() for column in row), "image"]
    path = folder / f"aggregated_results.{form}"
    with table_file(path, form, columns) as table:  # type: ignore[arg-type]
        for name, row in rows.items():
            table.add({**row, "image": name})
    return indexed(folder)


def outputs_of(workflow: str, *names: str) -> dict[str, Mapping[str, Any]]:
    """Return what a workflow says of bundled pictures."""
    rows = process_batch(workflow, [Input(name, resource("samples", name)) for name in names], Options())
    assert all(row.cause is None for row in rows)
    return {row.name: row.outputs for row in rows}


def detections(**more: Any) -> supervision.Detections:
    """Return two things as blocks of the vendor hand them on."""
    data = {
        "class_name": numpy.array(["nut", "bolt"]),
        "detection_id": numpy.array(["a", "b"]),
        "parent_id": numpy.array(["image", "image"]),
        "image_dimensions": numpy.array([[HEIGHT, WIDTH]] * 2),
    }
    return supervision.Detections(
        xyxy=numpy.array([[10, 20, 50, 50], [60, 40, 100, 70]], float),
        confidence=numpy.array([0.75, 0.25]),
        class_id=numpy.array([0, 1]),
        **{key: value for key, value in more.items() if key != "data"},
        data={**data, **more.get("data", {})},
    )


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_objects(tmp_path: Path, form: str) -> None:
    rows = outputs_of("find-objects", "dogs.jpg", "coffee.jpg", "rocket.jpg")
    index = read(tmp_path / "results", rows, form)

    assert [[found["name"] for found in index.of(number)] for number in range(3)] == [
        ["dog", "dog"],
        ["cup", "dining table"],
        [],
    ]
    told = rows["coffee.jpg"]["predictions"]["predictions"][0]
    found = index.of(1)[0]
    assert found["x"] + found["width"] / 2 == pytest.approx(told["x"])
    assert found["y"] + found["height"] / 2 == pytest.approx(told["y"])
    assert found["confidence"] == pytest.approx(told["confidence"])
    assert (index.pictures[1]["width"], index.pictures[1]["height"]) == (600, 400)
    assert index.told(1) == {"count": 2, "names": "cup, dining table"}
    assert index.troubles == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_lines_of_text_are_texts_and_no_classes(tmp_path: Path, form: str) -> None:
    rows = outputs_of("read-text", "printed_page.jpg", "invoice_scan.jpg", "cat.jpg")
    index = read(tmp_path / "results", rows, form)

    assert [found["text"] for found in index.of(0)] == rows["printed_page.jpg"]["text"].split("\n")
    assert {(found["shape"], found["label"]) for found in index.findings} == {("text", -1)}
    assert all(json.loads(found["outline"])["polygon"] for found in index.findings)
    assert index.labels == []
    assert index.told(0)["text"] == rows["printed_page.jpg"]["text"]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_codes_are_there_once_with_what_they_say(tmp_path: Path, form: str) -> None:
    rows = outputs_of("read-codes", "codes.jpg")
    index = read(tmp_path / "results", rows, form)

    assert sorted(found["text"] for found in index.findings) == sorted(
        code["text"] for code in rows["codes.jpg"]["codes"]
    )
    assert {found["shape"] for found in index.findings} == {"code"}
    assert {found["name"] for found in index.findings} <= {"qr_code", "barcode"}


def test_measures_of_a_picture_are_plain_values(tmp_path: Path) -> None:
    rows = outputs_of("picture-quality", "cat.jpg", "blurred_clock.jpg")
    index = read(tmp_path / "results", rows, "csv")

    for number, row in enumerate(rows.values()):
        assert index.told(number) == {key: value for key, value in row.items() if value is not None}
        assert (index.pictures[number]["width"], index.pictures[number]["height"]) == (row["width"], row["height"])
    assert index.findings == []


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of pycocotools
def test_detections_as_the_vendor_serialises_them(tmp_path: Path) -> None:
    from roboflow_workflows.core_steps.common.serializers import serialise_rle_sv_detections, serialise_sv_detections

    masks = numpy.array([ellipse(10, 20), ellipse(60, 40)])
    points = {
        "keypoints_class_id": numpy.array([[0, 1]] * 2),
        "keypoints_class_name": numpy.array([["head", "foot"]] * 2),
        "keypoints_confidence": numpy.array([[0.5, 1.0]] * 2),
        "keypoints_xy": numpy.array([[[20, 30], [25, 45]]] * 2, float),
    }
    rows = {
        "box.jpg": {"found": serialise_sv_detections(detections(tracker_id=numpy.array([7, 8])))},
        "polygon.jpg": {"found": serialise_sv_detections(detections(mask=masks))},
        "mask.jpg": {
            "found": serialise_rle_sv_detections(detections(data={"rle_mask": numpy.array([*map(run_lengths, masks)])}))
        },
        "keypoints.jpg": {"found": serialise_sv_detections(detections(data=points))},
        "code.jpg": {"found": serialise_sv_detections(detections(data={"data": numpy.array(["one", "two"])}))},
        "none.jpg": {"found": serialise_sv_detections(supervision.Detections.empty())},
        "crops.jpg": {"found": [serialise_sv_detections(detections()), None, [serialise_sv_detections(detections())]]},
    }
    index = read(tmp_path / "results", rows, "jsonl")

    assert [[found["shape"] for found in index.of(number)] for number in range(6)] == [
        ["box"] * 2,
        ["polygon"] * 2,
        ["mask"] * 2,
        ["keypoints"] * 2,
        ["code"] * 2,
        [],
    ]
    for found in index.findings:
        corner = (10, 20) if found["name"] == "nut" else (60, 40)
        assert (found["x"], found["y"], found["width"], found["height"]) == (*corner, 40, 30)
    assert [found["track"] for found in index.of(0)] == ["7", "8"]
    width, height, counts = json.loads(index.of(2)[1]["outline"])["mask"]
    assert (coco.decode({"size": [height, width], "counts": counts.encode()}) == masks[1]).all()
    assert json.loads(index.of(3)[0]["outline"])["keypoints"] == [[20, 30, "head", 0.5], [25, 45, "foot", 1]]
    assert [found["text"] for found in index.of(4)] == ["one", "two"]
    # The same things again, of other crops: they have the same marks.
    assert len(index.of(6)) == 2
    assert index.troubles == []
