"""COCO and YOLO files that come along with pictures, as a service of datasets wants them."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from batchdock.core.datasets.data import LabelType
from batchdock.flows.datasets.labels.bringing import NO_PICTURE, NOT_ALL, NOT_READABLE, ONE_CLASS
from batchdock.flows.datasets.labels.brought import catalog_with, read_brought
from batchdock.flows.datasets.labels.coco import is_coco
from batchdock.flows.datasets.labels.yolo import yolo_files

SIZE = (60, 40)


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", SIZE).save(path)
    return path


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def coco(path: Path, *annotations: object, **more: object) -> Path:
    document = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": annotations,
        "categories": [
            {"id": 1, "name": "船", "keypoints": ["bow", "stern"], "skeleton": [[1, 2], [0, 9], "x"]},
            {"id": "two", "name": "fish"},
        ],
        **more,
    }
    return written(path, json.dumps(document))


def test_each_form_of_an_annotation_becomes_a_label(tmp_path: Path) -> None:
    file = picture(tmp_path / "deep" / "a.png")
    ring = [1, 1, 5, 1, 5, 5]
    path = coco(
        tmp_path / "labels.json",
        {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4.5], "segmentation": [ring]},
        {"image_id": 1, "category_id": "two", "segmentation": [ring, ring]},
        {"image_id": 1, "category_id": 1, "segmentation": {"size": [2, 3], "counts": [1, 2, 3]}},
        {"image_id": 1, "category_id": 1, "segmentation": {"size": [2, 3], "counts": "123"}},
        {"image_id": 1, "category_id": 1, "keypoints": [1, 2, 2, 3, 4, 0]},
        {"image_id": 1, "category_id": "two"},
    )
    assert is_coco(path)
    brought = read_brought([file], [path])
    corners = [{"x": 1.0, "y": 1.0}, {"x": 5.0, "y": 1.0}, {"x": 5.0, "y": 5.0}]
    ship = {"category": "船"}
    assert brought.labels[file] == {
        "BOX2D": [{"box2d": {"xmin": 1.0, "ymin": 2.0, "xmax": 4.0, "ymax": 6.5}, **ship}],
        "POLYGON": [{"polygon": corners, **ship}],
        "MULTI_POLYGON": [{"multiPolygon": [corners, corners], "category": "fish"}],
        "RLE": [{"rle": [1, 2, 3], **ship}, {"rle": [1, 2, 3], **ship}],
        "KEYPOINTS2D": [{"keypoints2d": [{"x": 1, "y": 2, "v": 2}, {"x": 3, "y": 4, "v": 0}], **ship}],
        "CLASSIFICATION": {"category": "fish"},
    }
    assert brought.keypoints == {"number": 2, "names": ["bow", "stern"], "skeleton": [[0, 1]]}
    assert brought.left_out == []


def test_a_catalog_never_loses_what_it_has(tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    path = coco(
        tmp_path / "labels.json",
        {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "keypoints": [1, 2, 2, 3, 4, 1]},
        {"image_id": 1, "category_id": "two", "bbox": [1, 2, 3, 4]},
    )
    attributes = [{"name": "wet", "type": "boolean"}]
    there: dict[str, Any] = {
        "BOX2D": {
            "description": "boxes",
            "categories": [{"name": "船", "description": "kept"}, {"name": "old"}],
            "attributes": attributes,
        },
        "SENTENCE": {"isSample": True},
    }
    merged = catalog_with(there, read_brought([file], [path]))
    assert merged["SENTENCE"] == there["SENTENCE"]
    assert merged["BOX2D"] == {**there["BOX2D"], "categories": [*there["BOX2D"]["categories"], {"name": "fish"}]}
    assert merged["KEYPOINTS2D"]["keypoints"] == [{"number": 2, "names": ["bow", "stern"], "skeleton": [[0, 1]]}]
    assert catalog_with(merged, read_brought([file], [path])) == merged


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("classes.txt", "boat\nbuoy\n"),
        ("obj.names", "boat\r\nbuoy\r\n"),
        ("data.yaml", "path: .\nnames: [boat, 'buoy']\nnc: 2\n"),
        ("data.yaml", 'names:\n- boat\n- "buoy"\nnc: 2\n'),
        ("data.yml", "# all\nnames:\n  0: boat  # first\n\n  1: buoy\ntrain: images\n"),
        ("dataset.yaml", "names: {0: boat, 1: buoy}\n"),
    ],
)
def test_classes_are_found_however_they_are_written(tmp_path: Path, name: str, text: str) -> None:
    file = picture(tmp_path / "images" / "train" / "a.png")
    lines = "0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.5 0.5 0.9\n\n1 0 0 1 0 1 1\n"
    label, names = written(tmp_path / "labels" / "train" / "a.txt", lines), written(tmp_path / name, text)
    readme = written(tmp_path / "readme.txt", "hello")
    assert yolo_files([file, label, names, readme]) == {label, names}
    brought = read_brought([file], sorted([label, names]))
    box = {"box2d": {"xmin": 15.0, "ymin": 10.0, "xmax": 45.0, "ymax": 30.0}}
    assert brought.labels[file] == {
        "BOX2D": [{**box, "category": "boat"}, {**box, "category": "buoy"}],
        "POLYGON": [
            {"polygon": [{"x": 0, "y": 0}, {"x": 60, "y": 0}, {"x": 60, "y": 40}], "category": "buoy"},
        ],
    }
    assert brought.left_out == []


def test_poses_and_classes_of_whole_pictures(tmp_path: Path) -> None:
    files = [picture(tmp_path / "a.png"), picture(tmp_path / "b.png")]
    labels = [
        written(tmp_path / "a.txt", "0 0.5 0.5 1 1 0.5 0.5 2 0 0 0\n"),
        written(tmp_path / "b.txt", "1\n0\n"),
        written(tmp_path / "data.yaml", "kpt_shape: [2, 3]\nnames: [boat, buoy]\n"),
    ]
    brought = read_brought(files, labels)
    places = [{"x": 30.0, "y": 20.0, "v": 2}, {"x": 0.0, "y": 0.0, "v": 0}]
    assert brought.labels[files[0]]["KEYPOINTS2D"] == [{"keypoints2d": places, "category": "boat"}]
    assert len(brought.labels[files[0]]["BOX2D"]) == 1
    assert brought.labels[files[1]] == {"CLASSIFICATION": {"category": "buoy"}}
    assert brought.keypoints == {"number": 2}
    assert brought.left_out == [("b.txt", ONE_CLASS)]
    assert set(brought.classes) == {LabelType.BOX2D, LabelType.KEYPOINTS2D, LabelType.CLASSIFICATION}


@pytest.mark.parametrize(
    "annotation",
    [
        {"image_id": 1, "category_id": [], "bbox": [1, 2, 3]},
        {"image_id": 1, "category_id": {}, "bbox": [1, 2, 3, float("nan")]},
        {"image_id": 1, "bbox": [1, 2, 3, 10**400]},
        {"image_id": 1, "bbox": [1, 2, 3, True]},
        {"image_id": 1, "segmentation": [[1, 2], "x", None]},
        {"image_id": 1, "segmentation": {"size": [10**9, 10**9], "counts": "123"}},
        {"image_id": 1, "segmentation": {"size": [-2, 3], "counts": "123"}},
        {"image_id": 1, "segmentation": {"size": [2, 3], "counts": "\x00ü"}},
        {"image_id": 1, "segmentation": {"counts": [-1, 2]}},
        {"image_id": 1, "keypoints": [1, 2, float("inf")]},
        {"image_id": 1, "keypoints": "many"},
    ],
)
def test_what_makes_no_sense_is_named_and_left_out(tmp_path: Path, annotation: dict[str, Any]) -> None:
    file = picture(tmp_path / "a.png")
    brought = read_brought([file], [coco(tmp_path / "labels.json", annotation)])
    assert (brought.labels, brought.left_out) == ({}, [("labels.json", NOT_ALL)])


@pytest.mark.parametrize("image_id", [[], {}, None, 7, "1"])
def test_labels_of_other_pictures_are_named(tmp_path: Path, image_id: object) -> None:
    path = coco(tmp_path / "labels.json", {"image_id": image_id, "category_id": 1, "bbox": [1, 2, 3, 4]})
    assert read_brought([picture(tmp_path / "a.png")], [path]).left_out == [("labels.json", NO_PICTURE)]


def test_ids_that_are_no_whole_numbers_never_bring_labels_to_another_picture(tmp_path: Path) -> None:
    first, second = picture(tmp_path / "a.png"), picture(tmp_path / "b.png")
    images = [{"id": 1.0, "file_name": "a.png"}, {"id": 2.0, "file_name": "b.png"}]
    annotation = {"image_id": 1.0, "category_id": 1.0, "bbox": [1, 2, 3, 4]}
    brought = read_brought([first, second], [coco(tmp_path / "labels.json", annotation, images=images)])
    assert (set(brought.labels), brought.left_out) == ({first}, [])
    assert brought.labels[first]["BOX2D"][0]["category"] == "船"
    nameless = coco(tmp_path / "other.json", {"bbox": [1, 2, 3, 4]}, images=[{"file_name": "a.png"}])
    assert read_brought([first], [nameless]).left_out == [("other.json", NO_PICTURE)]


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "[" * 100_000, '{"images": 1, "annotations": []}'])
def test_other_documents_are_not_taken_for_labels(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "labels.json", text)
    assert not is_coco(path)
    brought = read_brought([picture(tmp_path / "a.png")], [path])
    assert brought.labels == {}
    assert brought.left_out in ([], [("labels.json", NOT_READABLE)])


@pytest.mark.parametrize(
    "line", ["inf 1 1 1 1", "1e400 1 1 1 1", "-1 0 0 1 1", "0.5 0 0 1 1", "a b c", "0 1 2", "0 nan 1 1 1"]
)
def test_lines_that_make_no_sense_are_named(tmp_path: Path, line: str) -> None:
    file = picture(tmp_path / "a.png")
    labels = [written(tmp_path / "a.txt", f"{line}\n"), written(tmp_path / "classes.txt", "boat\n")]
    brought = read_brought([file], labels)
    assert (brought.labels, brought.left_out) == ({}, [("a.txt", NOT_ALL)])


def test_two_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    files = [picture(tmp_path / "one" / "a.png"), picture(tmp_path / "two" / "a.png")]
    box = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    told = coco(tmp_path / "l.json", box, images=[{"id": 1, "file_name": "two\\a.png"}])
    assert [*read_brought(files, [told]).labels] == [files[1]]
    untold = coco(tmp_path / "l.json", box)
    assert read_brought(files, [untold]).left_out == [("l.json", NO_PICTURE)]
