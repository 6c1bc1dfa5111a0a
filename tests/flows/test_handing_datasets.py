"""Data sets that are handed on, read back by the tools that people train with: the same counts and places."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy
import pytest
import supervision
from pycocotools import mask as masks
from pycocotools.coco import COCO

from batchdock.core.colours import rgb_of
from batchdock.core.finding import Box, Keypoint, Keypoints, Mask, PngMask, Polygon, Shape
from batchdock.flows.results.handing import DATASETS, Form
from batchdock.flows.results.handing.geometry import run_text
from batchdock.flows.results.handing.writer import Order, Sight
from making.handing import HOSTILE, NAMES, SIZE, found, order_at, png_mask, sight, sights, written
from making.media import picture
from making.results import ellipse, run_lengths

WIDTH, HEIGHT = SIZE

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in pycocotools


def with_originals(root: Path, given: list[Sight]) -> list[Sight]:
    """Return the pictures with real originals."""
    made = []
    for number, each in enumerate(given):
        path = root / "originals" / each.picture.name
        picture(path, number, size=SIZE, format="PNG" if each.picture.name.endswith("png") else "JPEG")
        made.append(
            sight(number, each.picture.name, each.findings, original=path, size=each.size, taken=each.picture.taken)
        )
    return made


def mask_at(x: float, y: float, size: tuple[int, int] = SIZE) -> Mask:
    """Return an ellipse as a mask of a size."""
    made: Any = run_lengths(ellipse(x, y, size))
    return Mask(size[0], size[1], made["counts"])


def coco_of(folder: Path) -> COCO:
    """Load COCO the way everybody does."""
    return COCO(str(folder / "COCO" / "annotations.json"))


def boxes_given(given: list[Sight]) -> dict[tuple[str, str], list[tuple[float, ...]]]:
    """Return the boxes by name of picture and class."""
    boxes: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    for each in given:
        for one in each.findings:
            assert one.box is not None
            key = (each.picture.name, HOSTILE[one.label])
            boxes.setdefault(key, []).append((one.box.x, one.box.y, one.box.width, one.box.height))
    return boxes


def test_coco_loads_in_pycocotools(tmp_path: Path) -> None:
    given = sights()
    coco = coco_of(written(order_at(tmp_path, Form.COCO), given))
    assert len(coco.getImgIds()) == len(NAMES)
    assert [each["name"] for each in coco.loadCats(coco.getCatIds())] == list(HOSTILE)
    read: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    for one in coco.loadAnns(coco.getAnnIds()):
        name = coco.imgs[one["image_id"]]["original_name"]
        read.setdefault((name, coco.cats[one["category_id"]]["name"]), []).append(tuple(one["bbox"]))
    assert read == boxes_given(given)
    names = [image["file_name"] for image in coco.imgs.values()]
    assert names[:2] == ["수확/사진 1.jpg", "फ़सल/चित्र 10.png"]
    assert len(set(names)) == len(names)
    assert not any(set(name) & set('<>:"|?*') for name in names)


def test_coco_has_outlines_that_pycocotools_draws(tmp_path: Path) -> None:
    x, y = 40.0, 30.0
    bits = ellipse(x, y)
    box = Box(x, y, 40, 30)
    corners = Polygon(((40.0, 30.0), (80.0, 30.0), (80.0, 60.0), (40.0, 60.0)))
    given = [
        sight(0, "rle.jpg", [found(0, 0, 0, box, shape=Shape.MASK, outline=mask_at(x, y))]),
        sight(1, "png.jpg", [found(1, 1, 0, box, shape=Shape.MASK, outline=PngMask(png_mask(bits)))]),
        sight(2, "polygon.jpg", [found(2, 2, 1, box, shape=Shape.POLYGON, outline=corners)]),
    ]
    coco = coco_of(written(order_at(tmp_path, Form.COCO), given))
    drawn = {one["id"]: coco.annToMask(one).astype(bool) for one in coco.loadAnns(coco.getAnnIds())}
    assert numpy.array_equal(drawn[1], bits)
    assert numpy.array_equal(drawn[2], bits)
    assert drawn[3].sum() == 40 * 30
    assert [coco.anns[number]["area"] for number in (1, 2, 3)] == [bits.sum(), bits.sum(), 1200]


def test_a_mask_of_another_size_is_brought_to_that_of_its_picture(tmp_path: Path) -> None:
    half = ellipse(20, 10, (WIDTH // 2, HEIGHT // 2))
    made: Any = run_lengths(half)
    outline = Mask(WIDTH // 2, HEIGHT // 2, made["counts"])
    given = [sight(0, "a.jpg", [found(0, 0, 0, Box(40, 20, 80, 60), shape=Shape.MASK, outline=outline)])]
    coco = coco_of(written(order_at(tmp_path, Form.COCO), given))
    [one] = coco.loadAnns(coco.getAnnIds())
    assert one["segmentation"]["size"] == [HEIGHT, WIDTH]
    assert numpy.array_equal(coco.annToMask(one).astype(bool), half.repeat(2, 0).repeat(2, 1))


@pytest.mark.parametrize(
    "outline",
    [Mask(10**5, 10**5, "~~~~"), Mask(WIDTH, HEIGHT, "0"), Mask(-1, 4, "00"), PngMask("no base64 !"), Polygon(())],
)
def test_an_outline_that_can_not_be_read_leaves_the_box(tmp_path: Path, outline: Any) -> None:
    order = order_at(tmp_path, Form.COCO)
    given = [sight(0, "a.jpg", [found(0, 0, 0, Box(1, 2, 3, 4), shape=Shape.MASK, outline=outline)])]
    coco = coco_of(written(order, given))
    [one] = coco.loadAnns(coco.getAnnIds())
    assert (one["bbox"], one["segmentation"]) == ([1, 2, 3, 4], [])
    assert [problem.name for problem in order.notes.all()] == ["a.jpg"]


def test_places_of_one_class_are_in_one_order_and_as_many(tmp_path: Path) -> None:
    def places(*named: tuple[str, float, float]) -> Keypoints:
        return Keypoints(tuple(Keypoint(x, y, name, 0.9) for name, x, y in named))

    first = found(0, 0, 0, Box(0, 0, 9, 9), shape=Shape.KEYPOINTS, outline=places(("nose", 1, 2)))
    second = found(1, 1, 0, None, shape=Shape.KEYPOINTS, outline=places(("hand", 5, 6), ("nose", 3, 4)))
    coco = coco_of(written(order_at(tmp_path, Form.COCO), [sight(0, "a.jpg", [first]), sight(1, "b.jpg", [second])]))
    assert coco.cats[1]["keypoints"] == ["nose", "hand"]
    assert [coco.anns[number]["keypoints"] for number in (1, 2)] == [[1, 2, 2, 0, 0, 0], [3, 4, 2, 5, 6, 2]]
    assert [coco.anns[number]["num_keypoints"] for number in (1, 2)] == [1, 2]
    assert coco.anns[2]["bbox"] == [3, 4, 2, 2]


def test_what_has_no_place_is_named_and_what_has_no_class_gets_one(tmp_path: Path) -> None:
    order = order_at(tmp_path, Form.COCO)
    whole = found(0, 0, 0, None, shape=Shape.CLASS)
    read = found(1, 0, -1, Box(1, 2, 3, 4), shape=Shape.TEXT, text="hello")
    coco = coco_of(written(order, [sight(0, "a.jpg", [whole, read])]))
    [one] = coco.loadAnns(coco.getAnnIds())
    assert (coco.cats[one["category_id"]]["name"], one["text"]) == ("text", "hello")
    assert [problem.name for problem in order.notes.all()] == ["a.jpg"]


def yolo_of(folder: Path, *, masks: bool = False) -> supervision.DetectionDataset:
    """Load YOLO the way people do who train with it."""
    images, labels, data = (str(folder / part) for part in ("images", "labels", "data.yaml"))
    return supervision.DetectionDataset.from_yolo(images, labels, data, force_masks=masks)


def flat_name(given: Sight) -> str:
    """Return what a picture is called where all are in one folder."""
    return given.picture.name.replace("/", "_")


def compared(data: Any, given: list[Sight], tolerance: float) -> None:
    """Compare what was loaded with what was given: the classes, the counts, and the corners."""
    assert len(data) == len(given)
    loaded = sorted(((path, detections) for path, _, detections in data), key=lambda each: each[0])
    for (path, detections), each in zip(loaded, sorted(given, key=flat_name), strict=True):
        assert len(detections) == len(each.findings), path
        boxes = [one.box for one in each.findings if one.box is not None]
        wanted = [[box.x, box.y, box.x + box.width, box.y + box.height] for box in boxes]
        assert numpy.allclose(detections.xyxy, wanted, atol=tolerance), path
        assert [data.classes[number] for number in detections.class_id] == [HOSTILE[one.label] for one in each.findings]


PLAIN = ("card one/a.jpg", "card one/b.png", "둘/c.jpg", "दो/d.jpg", "two.jpg")


def test_yolo_loads_in_supervision(tmp_path: Path) -> None:
    given = with_originals(tmp_path, sights(PLAIN))
    folder = written(order_at(tmp_path, Form.YOLO, pictures=True), given) / "YOLO"
    data = yolo_of(folder)
    assert data.classes == list(HOSTILE)
    compared(data, given, 1e-3)


def test_classes_stay_as_they_are_whatever_they_are_called(tmp_path: Path) -> None:
    names = ["a\x85b\u2028\x9f\x7f\x00", '"\\: # {}', "🍎 'so'", "- no", "true", "\ud800x", "\ufeff"]
    given = with_originals(tmp_path, [sight(0, "a.jpg", [found(0, 0, 2, Box(1, 2, 3, 4))])])
    for form in (Form.YOLO, Form.COCO, Form.LABEL_STUDIO):
        written(order_at(tmp_path / form, form, labels=names, pictures=True), given)
    read = [*names[:5], r"\ud800x", names[6]]
    assert yolo_of(tmp_path / Form.YOLO / "done" / "YOLO").classes == read
    coco = coco_of(tmp_path / Form.COCO / "done")
    assert [each["name"] for each in coco.loadCats(coco.getCatIds())] == read
    interface = (tmp_path / Form.LABEL_STUDIO / "done" / "Label Studio" / "labelling interface.xml").read_bytes()
    assert len(ElementTree.fromstring(interface).findall("RectangleLabels/Label")) == len(names)


def test_yolo_outlines_load_as_polygons(tmp_path: Path) -> None:
    corners = Polygon(((40.0, 30.0), (80.0, 30.0), (80.0, 60.0), (40.0, 60.0)))
    given = with_originals(
        tmp_path,
        [
            sight(0, "a.jpg", [found(0, 0, 0, Box(40, 30, 40, 30), shape=Shape.POLYGON, outline=corners)]),
            sight(1, "b.jpg", [found(1, 1, 1, Box(40, 30, 40, 30), shape=Shape.MASK, outline=mask_at(40, 30))]),
            sight(2, "c.jpg", [found(2, 2, 2, Box(40, 30, 40, 30))]),
        ],
    )
    folder = written(order_at(tmp_path, Form.YOLO_OUTLINES, pictures=True), given) / "YOLO outlines"
    shown = {Path(path).name: detections for path, _, detections in yolo_of(folder, masks=True)}
    ellipses = ellipse(40, 30)
    read = numpy.asarray(shown["b.jpg"].mask)[0]
    assert (read & ellipses).sum() / (read | ellipses).sum() > 0.9, "the fill of OpenCV takes the edge in as well"
    for name in ("a.jpg", "c.jpg"):
        assert numpy.allclose(shown[name].xyxy, [[40, 30, 80, 60]], atol=1)


def test_a_picture_without_findings_has_an_empty_file_and_one_without_a_size_none(tmp_path: Path) -> None:
    order = order_at(tmp_path, Form.YOLO)
    unsized = sight(1, "unsized.jpg", [found(0, 1, 0, Box(1, 2, 3, 4))], size=None)
    broken = sight(2, "broken.jpg", problem="It is damaged.")
    folder = written(order, [sight(0, "empty.jpg"), unsized, broken]) / "YOLO"
    assert {path.name: path.read_text() for path in (folder / "labels").iterdir()} == {"empty.txt": ""}
    assert [problem.name for problem in order.notes.all()] == ["unsized.jpg"]


def outside(form: Form, root: Path) -> tuple[Order, Path]:
    """Write a finding that is partly outside its picture, and one that is wholly."""
    order = order_at(root, form)
    partly = found(0, 0, 0, Box(-20.0, 100.0, 60.0, 40.0))
    wholly = found(1, 0, 0, Box(500.0, 500.0, 10.0, 10.0))
    return order, written(order, [sight(0, "a.jpg", [partly, wholly])])


def test_yolo_takes_only_what_lies_in_the_picture(tmp_path: Path) -> None:
    order, folder = outside(Form.YOLO, tmp_path)
    [line] = (folder / "YOLO" / "labels" / "a.txt").read_text().splitlines()
    assert [float(part) for part in line.split()[1:]] == pytest.approx([0.125, 110 / 120, 0.25, 20 / 120], abs=1e-6)
    assert [problem.name for problem in order.notes.all()] == ["a.jpg"]


def test_yolo_outlines_take_only_what_lies_in_the_picture(tmp_path: Path) -> None:
    order, folder = outside(Form.YOLO_OUTLINES, tmp_path)
    [line] = (folder / "YOLO outlines" / "labels" / "a.txt").read_text().splitlines()
    values = [float(part) for part in line.split()[1:]]
    assert sorted(set(values[::2])) == pytest.approx([0, 0.25])
    assert sorted(set(values[1::2])) == pytest.approx([100 / 120, 1])
    assert len(order.notes.all()) == 1


def test_voc_loads_in_supervision(tmp_path: Path) -> None:
    given = with_originals(tmp_path, sights(PLAIN))
    folder = written(order_at(tmp_path, Form.VOC, pictures=True), given) / "Pascal VOC"
    data = supervision.DetectionDataset.from_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    assert set(data.classes) == set(HOSTILE)
    compared(data, given, 1e-3)


def test_voc_is_xml_whatever_a_class_is_called(tmp_path: Path) -> None:
    order = order_at(tmp_path, Form.VOC, labels=["]]><script>\x00\x1b\n\t&amp;"])
    one = found(0, 0, 0, Box(-5, 100, 300, 100))
    folder = written(order, [sight(0, "<b>&.jpg", [one])]) / "Pascal VOC"
    [path] = (folder / "Annotations").iterdir()
    read = ElementTree.fromstring(path.read_bytes())
    assert read.findtext("object/name") == "]]><script>\n\t&amp;"
    box = [float(read.findtext(f"object/bndbox/{side}") or "") for side in ("xmin", "ymin", "xmax", "ymax")]
    assert box == [1, 101, 161, 121]
    assert [read.findtext(f"size/{side}") for side in ("width", "height", "depth")] == ["160", "120", "3"]


def test_label_studio_gets_percents_and_an_interface_with_the_colours(tmp_path: Path) -> None:
    corners = Polygon(((-40.0, 30.0), (80.0, 30.0), (80.0, 60.0), (-40.0, 60.0)))
    nose = Keypoints((Keypoint(80, 60, "nose", 0.5), Keypoint(999, 0, "hand", 0.5)))
    given = [
        sight(
            0,
            "수확/사진 1.jpg",
            [
                found(0, 0, 0, Box(16, 12, 32, 24)),
                found(1, 0, 1, Box(0, 0, 9, 9), shape=Shape.POLYGON, outline=corners),
                found(2, 0, 2, None, shape=Shape.CLASS),
                found(3, 0, -1, Box(80, 60, 40, 30), shape=Shape.TEXT, text="=1+1"),
                found(4, 0, 3, Box(0, 0, 9, 9), shape=Shape.KEYPOINTS, outline=nose),
                found(5, 0, 0, Box(999, 999, 1, 1)),
            ],
        ),
        sight(1, "unsized.jpg", [found(6, 1, 0, Box(1, 2, 3, 4))], size=None),
    ]
    order = order_at(tmp_path, Form.LABEL_STUDIO)
    folder = written(order, given) / "Label Studio"
    [task] = json.loads((folder / "tasks.json").read_bytes())
    results = task["predictions"][0]["result"]
    kinds = [(each["type"], each["from_name"]) for each in results]
    assert kinds == [
        ("rectanglelabels", "label"),
        ("polygonlabels", "outline"),
        ("choices", "class"),
        ("rectanglelabels", "label"),
        ("textarea", "text"),
        ("keypointlabels", "place"),
    ]
    box = results[0]["value"]
    assert [box[side] for side in ("x", "y", "width", "height")] == [10, 10, 20, 20]
    assert {tuple(point) for point in results[1]["value"]["points"]} == {(0, 25), (50, 25), (50, 50), (0, 50)}
    assert results[2]["value"] == {"choices": [HOSTILE[2]]}
    assert (results[3]["id"], results[4]["value"]["text"]) == (results[4]["id"], ["=1+1"])
    assert (results[5]["value"]["x"], results[5]["value"]["y"]) == (50, 50)
    assert {problem.name for problem in order.notes.all()} == {"수확/사진 1.jpg", "unsized.jpg"}
    interface = ElementTree.fromstring((folder / "labelling interface.xml").read_bytes())
    labels = interface.findall("RectangleLabels/Label")
    assert [label.get("value") for label in labels][:4] == list(HOSTILE)
    assert labels[0].get("background") == f"#{bytes(rgb_of(0)).hex()}"
    names = {each.get("name") for each in interface}
    assert {each["from_name"] for each in results} <= names


@pytest.mark.parametrize("form", sorted(DATASETS))
def test_what_is_no_number_is_in_no_data_set(tmp_path: Path, form: Form) -> None:
    nan, endless = float("nan"), float("inf")
    odd = [
        found(0, 0, 0, Box(nan, 1, 2, 3), confidence=nan),
        found(1, 0, 0, Box(1, 1, endless, 3), confidence=endless),
        found(2, 0, 0, Box(1, 1, -5, 3)),
        found(3, 0, 0, None, shape=Shape.POLYGON, outline=Polygon(((nan, 1), (5, endless), (9, 9), (20, 9), (9, 20)))),
        found(4, 0, 0, None, shape=Shape.KEYPOINTS, outline=Keypoints((Keypoint(nan, 1, "nose", nan),))),
        found(5, 0, 0, Box(1, 2, 3, 4), confidence=None),
    ]
    folder = written(order_at(tmp_path, form, labels=["person"]), [sight(0, "a.jpg", odd, taken=None)])
    texts = [path.read_text("utf-8").casefold() for path in folder.rglob("*.*") if path.is_file()]
    assert texts
    for text in texts:
        assert not [word for word in ("nan", "inf,", "infinity", ">inf", " inf", "null", "none") if word in text], text


@pytest.mark.parametrize("form", [Form.COCO, Form.YOLO, Form.VOC, Form.LABEL_STUDIO])
def test_pictures_come_along_and_the_originals_stay_as_they_are(tmp_path: Path, form: Form) -> None:
    given = with_originals(tmp_path, sights(PLAIN))
    before = {path: path.read_bytes() for path in (tmp_path / "originals").rglob("*.*")}
    gone = sight(9, "gone.jpg", [found(99, 9, 0, Box(1, 2, 3, 4))])
    order = order_at(tmp_path, form, pictures=True)
    folder = written(order, [*given, gone])
    copies = [path for path in folder.rglob("*") if path.suffix in (".jpg", ".png")]
    assert sorted(path.read_bytes() for path in copies) == sorted(before.values())
    assert not {path.stat().st_ino for path in copies} & {path.stat().st_ino for path in before}
    assert {path: path.read_bytes() for path in before} == before
    assert [problem.name for problem in order.notes.all()] == ["gone.jpg"]


def test_one_class_twice_is_written_once_a_frame(tmp_path: Path) -> None:
    frames = [sight(n, "drive/one.mp4", [found(n, n, 0, Box(1, 2, 3, 4))], frame=n) for n in range(3)]
    order = order_at(tmp_path, Form.YOLO, of_videos=True, pictures=True)
    folder = written(order, frames) / "YOLO"
    names = sorted(path.name for path in (folder / "labels").iterdir())
    assert names == ["drive_one_000000.txt", "drive_one_000001.txt", "drive_one_000002.txt"]
    assert [problem.name for problem in order.notes.all()] == ["drive/one.mp4"], "said once, not for each frame"


def test_masks_are_written_as_pycocotools_writes_them() -> None:
    random = numpy.random.default_rng(7)
    for _ in range(200):
        high, wide = (int(side) for side in random.integers(1, 20, 2))
        bits = random.random((high, wide)) < random.random()
        left, top = (int(side) for side in random.integers(0, 5, 2))
        whole = numpy.zeros((high + 5, wide + 5), numpy.uint8)
        whole[top : top + high, left : left + wide] = bits
        wanted = masks.encode(numpy.asfortranarray(whole))["counts"].decode("ascii")
        assert run_text(bits, left, top, (wide + 5, high + 5)) == wanted
