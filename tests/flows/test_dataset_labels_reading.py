"""Labels of all thirteen kinds become findings; what can not be read is counted, and nothing ever raises."""

import io
import math
from typing import Any

import numpy
import pytest
from PIL import Image

from batchdock.core.datasets.data import LabelType
from batchdock.core.finding import Box, Finding, Keypoint, Keypoints, Lines, Mask, Polygon, Shape
from batchdock.flows.datasets.labels.reading import Classes, ReadLabel, Unread, Why, read_label
from batchdock.flows.results.masks import sampled

SIZE = (30, 20)
CATALOG = {
    "BOX2D": {"categories": [{"name": "ship"}, {"name": "buoy"}]},
    "SEMANTIC_MASK": {"categories": [{"name": "background", "categoryId": 0}, {"name": "sea", "categoryId": 7}]},
    "PANOPTIC_MASK": {"categories": [{"name": "boat", "categoryId": 2}]},
    "KEYPOINTS2D": {"keypoints": [{"number": 2, "names": ["bow", "stern"]}]},
}
CAMERA = {"intrinsics": {"cameraMatrix": {"fx": 20, "fy": 20, "cx": 15, "cy": 10}}}


def mask_file(values: Any, mode: str | None = None) -> bytes:
    """Return a mask as a PNG."""
    image = Image.fromarray(numpy.asarray(values))
    file = io.BytesIO()
    (image.convert(mode) if mode else image).save(file, "PNG")
    return file.getvalue()


def read(label: object, **given: Any) -> ReadLabel:
    return read_label(label, Classes.of_catalog(CATALOG), size=SIZE, **given)


def only(label: object, **given: Any) -> Finding:
    (finding,) = read(label, **given).findings
    return finding


def points(*pairs: tuple[float, float]) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in pairs]


def pixels(finding: Finding) -> set[tuple[int, int]]:
    """Return the (x, y) that a mask has."""
    assert isinstance(finding.outline, Mask)
    part = sampled(finding.outline, *SIZE)
    assert part is not None
    left, top, bits = part
    return {(left + int(x), top + int(y)) for y, x in zip(*bits.nonzero(), strict=True)}


def test_a_box_has_its_class_attributes_and_instance() -> None:
    box = {"xmin": 1, "ymin": 2, "xmax": 5, "ymax": 8}
    told = read(
        {"BOX2D": [{"box2d": box, "category": "buoy", "attributes": {"wet": True}, "instance": "7"}]}, picture=3
    )

    (finding,), (detail,) = told.findings, told.details
    assert (finding.shape, finding.label, finding.box) == (Shape.BOX, 1, Box(1, 2, 4, 6))
    assert (finding.picture, finding.track, finding.confidence) == (3, "7", None)
    assert (detail.kind, detail.entry, dict(detail.attributes)) == (LabelType.BOX2D, 0, {"wet": True})


def test_polygons_and_lines_keep_their_corners() -> None:
    ring = ((1.0, 2.0), (9.0, 2.0), (9.0, 7.0))
    path = ((1.0, 2.0), (9.0, 4.0))

    polygon = only({"POLYGON": [{"polygon": points(*ring)}]})
    line = only({"POLYLINE2D": [{"polyline2d": points(*path)}]})
    lines = only({"MULTI_POLYLINE2D": [{"multiPolyline2d": [points(*path), points(*ring)]}]})

    assert (polygon.outline, polygon.box) == (Polygon(ring), Box(1, 2, 8, 5))
    assert (line.shape, line.outline, line.box) == (Shape.LINE, Lines((path,)), Box(1, 2, 8, 2))
    assert lines.outline == Lines((path, ring))


def test_the_polygons_of_one_label_belong_together() -> None:
    ring, other = points((1, 1), (4, 1), (4, 5)), points((6, 1), (9, 1), (9, 5))
    told = read({"MULTI_POLYGON": [{"multiPolygon": [ring]}, {"multiPolygon": [ring, other], "instance": "a"}]})

    assert [detail.entry for detail in told.details] == [0, 1, 1]
    assert [finding.track for finding in told.findings] == ["", "a", "a"]


def test_keypoints_that_are_not_seen_are_left_out_and_the_others_keep_their_names() -> None:
    told = [{"x": 1, "y": 2, "v": 0}, {"x": 5, "y": 6, "v": 1}, {"x": 7, "y": 8}]

    finding = only({"KEYPOINTS2D": [{"keypoints2d": told}]})

    assert finding.outline == Keypoints((Keypoint(5, 6, "stern", None), Keypoint(7, 8, "", None)))
    assert finding.box == Box(5, 6, 2, 2)


@pytest.mark.parametrize(
    "runs",
    [
        [41, 3, 17, 3, 536],
        [41, 3, 17, 3],
        [41, 3, 17, 3, 0],
        {"size": [20, 30], "counts": [41, 3, 17, 3, 536]},
        "Y13a00W`0",
    ],
)
def test_run_lengths_go_down_the_columns_and_may_leave_out_the_end(runs: object) -> None:
    finding = only({"RLE": [{"rle": runs, "category": "ship"}]})

    assert pixels(finding) == {(2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3)}
    assert finding.box == Box(2, 1, 2, 3)


def test_run_lengths_need_the_size_of_the_picture() -> None:
    told = read_label({"RLE": [{"rle": [41, 3]}]}, Classes())

    assert told.unread == (Unread("RLE", 1, Why.NO_SIZE),)


def test_what_is_said_of_the_whole_file_is_words() -> None:
    told = read(
        {
            "CLASSIFICATION": {"category": "ship", "attributes": {"fog": False}},
            "SENTENCE": [{"sentence": [{"text": "two", "begin": 0}, {"text": "ships"}]}, {"spell": [{"text": "er4"}]}],
        }
    )

    assert [(found.shape, found.label, found.text, found.box) for found in told.findings] == [
        (Shape.CLASS, 0, "", None),
        (Shape.TEXT, -1, "two ships", None),
        (Shape.TEXT, -1, "er4", None),
    ]


def test_a_semantic_mask_is_a_class_for_each_value() -> None:
    values = numpy.zeros((20, 30), numpy.uint8)
    values[2:4, 3:6] = 7
    values[10, 10] = 9
    told = {"SEMANTIC_MASK": {"remotePath": "m.png", "info": [{"categoryId": 7, "attributes": {"calm": True}}]}}
    classes = Classes.of_catalog(CATALOG)

    read_mask = read_label(told, classes, size=SIZE, masks={LabelType.SEMANTIC_MASK: mask_file(values)})

    sea, unknown = read_mask.findings
    assert [classes.labels[found.label].name for found in (sea, unknown)] == ["sea", "9"]
    assert pixels(sea) == {(x, y) for x in (3, 4, 5) for y in (2, 3)}
    assert (sea.box, unknown.box) == (Box(3, 2, 3, 2), Box(10, 10, 1, 1))
    assert dict(read_mask.details[0].attributes) == {"calm": True}


def test_a_panoptic_mask_tells_things_apart_and_their_class_by_the_label() -> None:
    values = numpy.zeros((20, 30), numpy.uint16)
    values[0, 0], values[0, 5] = 1, 300
    info = [{"instanceId": 1, "categoryId": 2}, {"instanceId": 300, "categoryId": 2}]
    classes = Classes.of_catalog(CATALOG)

    told = read_label({"PANOPTIC_MASK": {"info": info}}, classes, masks={LabelType.PANOPTIC_MASK: mask_file(values)})

    assert [(classes.labels[found.label].name, found.track) for found in told.findings] == [
        ("boat", "1"),
        ("boat", "300"),
    ]


def test_the_colours_of_an_instance_mask_are_numbers() -> None:
    values = numpy.zeros((20, 30, 3), numpy.uint8)
    values[4, 4] = (1, 2, 0)

    told = read({"INSTANCE_MASK": {}}, masks={LabelType.INSTANCE_MASK: mask_file(values)})

    assert [(found.track, pixels(found)) for found in told.findings] == [("513", {(4, 4)})]


def test_a_mask_may_be_read_coarser_than_it_is_and_stays_where_it_is() -> None:
    values = numpy.zeros((200, 400), numpy.uint8)
    values[40:80, 100:300] = 7

    told = read({"SEMANTIC_MASK": {}}, masks={LabelType.SEMANTIC_MASK: mask_file(values)}, finest=100)

    (finding,) = told.findings
    assert isinstance(finding.outline, Mask)
    assert (finding.outline.width, finding.outline.height) == (100, 50)
    assert finding.box == Box(100, 40, 200, 40)


@pytest.mark.parametrize("mode", ["1", "P"])
def test_masks_of_one_bit_and_with_a_palette_are_told_by_their_numbers(mode: str) -> None:
    values = numpy.zeros((20, 30), numpy.uint8)
    values[3, 4] = 255
    image = Image.fromarray(values).convert("1") if mode == "1" else Image.fromarray(values // 51)
    if mode == "P":
        image.putpalette([level for level in range(255, -1, -1) for _ in range(3)])
    file = io.BytesIO()
    image.save(file, "PNG")

    told = read({"INSTANCE_MASK": {}}, masks={LabelType.INSTANCE_MASK: file.getvalue()})

    assert [(found.track, pixels(found)) for found in told.findings] == [("1" if mode == "1" else "5", {(4, 3)})]


@pytest.mark.parametrize("png", [None, b"", b"<html>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_mask_without_its_file_is_said(png: bytes | None) -> None:
    told = read({"SEMANTIC_MASK": {}}, masks={} if png is None else {LabelType.SEMANTIC_MASK: png})

    assert (told.findings, told.unread) == ((), (Unread("SEMANTIC_MASK", 1, Why.NO_FILE),))


def solid(x: float, y: float, z: float, **more: Any) -> dict[str, Any]:
    return {"box3d": {"size": {"x": 2, "y": 2, "z": 2}, "translation": {"x": x, "y": y, "z": z}, **more}}


def test_a_box_in_space_is_drawn_where_the_camera_sees_it() -> None:
    finding = only({"BOX3D": [{**solid(0, 0, 5), "category": "ship"}]}, sensor=CAMERA)

    # Its near face is 4 away and 1 to each side of the middle: 20 / 4 pixels.
    assert finding.box == Box(10, 5, 10, 10)
    assert isinstance(finding.outline, Lines)
    assert len(finding.outline.paths) == 12


def test_a_turned_box_in_space_shows_its_corner() -> None:
    half = math.sqrt(0.5)
    eighth = {"w": math.cos(math.pi / 8), "x": 0, "y": 0, "z": math.sin(math.pi / 8)}
    finding = only({"BOX3D": [solid(0, 0, 5, rotation=eighth)]}, sensor=CAMERA)

    assert finding.box is not None
    assert finding.box.width == pytest.approx(2 * 5 * 2 * half)


def test_a_box_of_another_sensor_is_brought_into_the_camera() -> None:
    lidar = {"extrinsics": {"translation": {"x": 0, "y": 0, "z": 2}}}
    # The camera looks along the x of the car: its own z is the car's x, its x the car's -y, its y the car's -z.
    turned = {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5}
    camera = CAMERA | {"extrinsics": {"translation": {"x": 1, "y": 0, "z": 1}, "rotation": turned}}
    label = {"BOX3D": [solid(6, 0, -1), solid(-6, 0, -1)], "BOX2D": [{"box2d": {}}]}

    told = read(label, sensor=lidar, seen_by=camera)

    assert [found.box for found in told.findings] == [Box(10, 5, 10, 10)]
    assert told.unread == ()


@pytest.mark.parametrize("sensor", [None, {}, {"intrinsics": {"cameraMatrix": {"fx": "wide"}}}])
def test_a_box_in_space_that_no_camera_sees_is_listed_with_its_numbers(sensor: dict[str, Any] | None) -> None:
    finding = only({"BOX3D": [solid(1, 2.5, 5)]}, sensor=sensor)

    assert (finding.box, finding.outline, finding.text) == (None, None, "2 × 2 × 2 (1, 2.5, 5)")


NOTHINGS: list[object] = [None, 0, -1, "", "x", [], {}, [None], [[]], [{}], {"": None}, math.nan, 10**400, True]


@pytest.mark.parametrize("kind", [*LabelType, "SOMETHING_NEW"])
@pytest.mark.parametrize("wrong", NOTHINGS, ids=repr)
def test_what_is_written_otherwise_never_raises(kind: str, wrong: object) -> None:
    keys: tuple[str, ...] = (
        "box2d",
        "box3d",
        "polygon",
        "multiPolygon",
        "polyline2d",
        "multiPolyline2d",
        "keypoints2d",
        "rle",
    )
    keys += ("sentence", "category", "attributes", "instance", "info")
    shapes = ("size", "translation", "rotation", "xmin", "counts", "x", "text")
    inner = [wrong, [wrong], dict.fromkeys(shapes, wrong), [dict.fromkeys(shapes, wrong)]]
    tries = [wrong, [wrong], *([dict.fromkeys(keys, each)] for each in inner), dict.fromkeys(keys, wrong)]
    for told in tries:
        found = read({kind: told}, sensor=CAMERA | {"extrinsics": wrong}, seen_by=None, masks={})
        assert len(found.findings) == len(found.details)
        assert all(each.count > 0 for each in found.unread)


@pytest.mark.parametrize("wrong", NOTHINGS, ids=repr)
def test_catalogs_and_calibrations_of_any_shape_are_borne(wrong: object) -> None:
    for catalog in ({"BOX2D": wrong}, {"BOX2D": {"categories": wrong}}, {"BOX2D": {"categories": [wrong]}}):
        assert Classes.of_catalog(catalog).number("ship") >= 0
    for sensor in ({"intrinsics": wrong}, {"intrinsics": {"cameraMatrix": wrong}}, {"extrinsics": wrong}):
        assert len(read({"BOX3D": [solid(0, 0, 5)]}, sensor=sensor).findings) == 1
        read({"BOX3D": [solid(0, 0, 5)]}, sensor=sensor, seen_by=CAMERA | sensor)


def test_of_endless_labels_the_rest_is_counted() -> None:
    box = {"box2d": {"xmin": 1, "ymin": 2, "xmax": 5, "ymax": 8}}

    told = read({"BOX2D": [box] * 20_010})

    assert len(told.findings) == 20_000
    assert told.unread == (Unread("BOX2D", 10, Why.TOO_MANY),)


def test_classes_have_the_numbers_of_the_catalog_in_every_picture() -> None:
    classes = Classes.of_catalog(CATALOG)
    read_label({"CLASSIFICATION": {"category": "new"}}, classes)
    finding = read_label({"CLASSIFICATION": {"category": "buoy"}}, classes).findings[0]

    assert finding.label == 1
    assert [label.name for label in classes.labels] == ["ship", "buoy", "background", "sea", "boat", "new"]
    assert classes.number("") == -1
