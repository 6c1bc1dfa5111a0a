"""Every family of networks: told by the shapes of its answers, and its boxes put where they are in the picture.

Networks with constant answers show the arithmetic exactly; a real one shows that pictures reach it as they should.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy
import pytest
from numpy.typing import NDArray

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.own.families import family
from batchdock.thiscomputer.engine.own.finds import Finds, Shares, Wanted
from batchdock.thiscomputer.engine.own.form import ModelUnfit
from batchdock.thiscomputer.engine.own.known import Loaded
from batchdock.thiscomputer.engine.own.look import told
from batchdock.thiscomputer.engine.own.network import Network
from batchdock.thiscomputer.engine.vendor.models import detectors
from batchdock.thiscomputer.engine.vendor.shelf import OBJECTS, object_names
from making.onnx_models import FLOAT16, INT64, UINT8, Value, constant, model, node, real_yolov8, tensor

Numbers = NDArray[numpy.float32]

CELLS = 84
"""What grids with steps of 8, 16 and 32 pixels have on 64 × 64."""

WIDE = numpy.zeros((100, 200, 3), numpy.uint8)
"""Fits 64 × 64 as 64 × 32, with margins of 16 above and below."""


def opened(path: Path, data: bytes) -> Loaded:
    """Return a model as it is when a job begins."""
    path.write_bytes(data)
    network = Network(path)
    form = told(network)
    return Loaded(network, form, family(form.family))


def found(loaded: Loaded, image: NDArray[numpy.uint8] = WIDE, wanted: Wanted | None = None) -> Finds:
    """Return what is found."""
    seen = loaded.look(image, wanted or Wanted())
    assert isinstance(seen, Finds)
    return seen


def rows(count: int, width: int, **filled: list[float]) -> Numbers:
    """Return [1, count, width] of zeros with some rows: `r7=[…]` is row 7."""
    table = numpy.zeros((1, count, width), numpy.float32)
    # Boxes all over, so that they are seen to be pixels; none of them certain.
    table[0, :, :4] = numpy.linspace(1, 60, count)[:, None]
    for name, row in filled.items():
        table[0, int(name[1:])] = row
    return table


# --- YOLOv8 and its likes -----------------------------------------------------------------------------------------


def yolov8(**more: Any) -> bytes:
    """Return a network of two classes: one thing of each, and one of them twice."""
    table = rows(CELLS, 6, r0=[32, 32, 16, 8, 0.9, 0.1], r1=[32.5, 32, 16, 8, 0.8, 0.1], r5=[12, 40, 8, 8, 0.1, 0.6])
    return constant({"output0": numpy.ascontiguousarray(table.transpose(0, 2, 1))}, **more)


def test_yolov8(tmp_path: Path) -> None:
    loaded = opened(tmp_path / "a.onnx", yolov8())
    assert (loaded.form.title, loaded.form.kind) == ("YOLOv8, YOLO11 or YOLO12", "object-detection")
    assert (loaded.form.class_names, loaded.form.named) == (("0", "1"), False)
    assert (loaded.form.side, loaded.form.any_side) == ((64, 64), False)
    finds = found(loaded)
    scale = 200 / 64
    numpy.testing.assert_allclose(
        finds.corners,
        [[24 * scale, 12 * scale, 40 * scale, 20 * scale], [8 * scale, 20 * scale, 16 * scale, 28 * scale]],
        rtol=1e-5,
    )
    assert finds.classes.tolist() == [0, 1]
    numpy.testing.assert_allclose(finds.scores, [0.9, 0.6])
    assert finds.outlines is None


def test_what_is_wanted_counts(tmp_path: Path) -> None:
    loaded = opened(tmp_path / "a.onnx", yolov8())
    assert len(found(loaded, wanted=Wanted(at_least=0.7)).scores) == 1
    assert len(found(loaded, wanted=Wanted(overlap=0.99)).scores) == 3
    assert len(found(loaded, wanted=Wanted(most=1)).scores) == 1
    assert not len(found(loaded, wanted=Wanted(at_least=0.95)).scores)
    near = rows(CELLS, 6, r0=[32, 32, 16, 8, 0.9, 0.1], r1=[32, 32, 16, 8, 0.1, 0.8]).transpose(0, 2, 1)
    both = opened(tmp_path / "b.onnx", constant({"output0": numpy.ascontiguousarray(near)}))
    assert len(found(both).scores) == 2
    assert len(found(both, wanted=Wanted(across_classes=True)).scores) == 1


def test_yolov8_with_rows_instead_of_columns_is_told_by_its_names(tmp_path: Path) -> None:
    table = rows(CELLS, 6, r0=[32, 32, 16, 8, 0.9, 0.1])
    loaded = opened(tmp_path / "a.onnx", constant({"out": table}, metadata={"names": "['bolt', 'nut']"}))
    assert loaded.form.title == "YOLOv8, YOLO11 or YOLO12"
    assert loaded.form.class_names == ("bolt", "nut")
    assert len(found(loaded).scores) == 1


def test_boxes_as_parts_of_the_sheet(tmp_path: Path) -> None:
    table = numpy.zeros((1, 6, CELLS), numpy.float32)
    table[0, :, 3] = [0.5, 0.5, 0.25, 0.125, 0.9, 0]
    finds = found(opened(tmp_path / "a.onnx", constant({"out": table})))
    numpy.testing.assert_allclose(finds.corners, [[75, 37.5, 125, 62.5]])


# --- YOLOv5, YOLOX ------------------------------------------------------------------------------------------------


def test_yolov5(tmp_path: Path) -> None:
    table = rows(CELLS * 3, 7, r200=[32, 32, 16, 8, 0.9, 0.2, 0.8])
    heads = {f"head{side}": numpy.zeros((1, 3, side, side, 7), numpy.float32) for side in (8, 4, 2)}
    loaded = opened(tmp_path / "a.onnx", constant({"output": table, **heads}))
    assert (loaded.form.title, loaded.form.numbers, loaded.form.fit) == ("YOLOv5 or YOLOv7", "unit", "middle")
    finds = found(loaded)
    numpy.testing.assert_allclose(finds.scores, [0.72], rtol=1e-5)
    numpy.testing.assert_allclose(finds.corners, [[75, 37.5, 125, 62.5]])
    assert finds.classes.tolist() == [1]


def test_yolox_raw_and_decoded(tmp_path: Path) -> None:
    raw = numpy.zeros((1, CELLS, 7), numpy.float32)
    raw[0, 9] = [0.5, 0.25, numpy.log(2), numpy.log(1), 0.9, 0.2, 0.8]  # the second row's second cell of 8 pixels
    decoded = rows(CELLS, 7, r9=[12, 10, 16, 8, 0.9, 0.2, 0.8])
    boxes = []
    for name, table in {"raw": raw, "decoded": decoded}.items():
        loaded = opened(tmp_path / f"{name}.onnx", constant({"output": table}))
        assert (loaded.form.title, loaded.form.numbers, loaded.form.fit) == ("YOLOX", "bytes", "corner")
        assert ("raw" in loaded.form.traits) == (name == "raw")
        boxes.append(found(loaded).corners)
    numpy.testing.assert_allclose(boxes[0], boxes[1], rtol=1e-5)
    numpy.testing.assert_allclose(boxes[0], [[4 * 3.125, 6 * 3.125, 20 * 3.125, 14 * 3.125]], rtol=1e-5)


def test_yolov6_is_certain_that_there_is_something(tmp_path: Path) -> None:
    table = rows(CELLS, 7, r0=[32, 32, 16, 8, 1, 0.2, 0.8])
    table[0, :, 4] = 1
    loaded = opened(tmp_path / "a.onnx", constant({"output": table}))
    assert (loaded.form.title, loaded.form.numbers) == ("YOLOv6", "unit")
    numpy.testing.assert_allclose(found(loaded).scores, [0.8])


# --- end to end ---------------------------------------------------------------------------------------------------


def test_end_to_end(tmp_path: Path) -> None:
    table = numpy.zeros((1, 300, 6), numpy.float32)
    table[0, :2] = [[24, 28, 40, 36, 0.9, 3], [8, 36, 16, 44, 0.5, 1]]
    loaded = opened(tmp_path / "a.onnx", constant({"output0": table}))
    assert (loaded.form.title, loaded.form.class_names) == ("YOLO, end to end", ())
    finds = found(loaded)
    numpy.testing.assert_allclose(finds.corners[0], [75, 37.5, 125, 62.5])
    assert [loaded.form.name_of(each) for each in finds.classes.tolist()] == ["3", "1"]
    assert loaded.form.answered(("a", "b", "c", "d"), None).name_of(3) == "d"


# --- DETR and its likes -------------------------------------------------------------------------------------------

SURE = 6.0


def queries(count: int, classes: int, names: tuple[str, str], **more: Any) -> bytes:
    """Return a network that finds one thing of class 1, with 300 questions or another number of them."""
    boxes = numpy.full((1, count, 4), 0.5, numpy.float32)
    boxes[0, 7] = [0.5, 0.5, 0.25, 0.5]
    logits = numpy.full((1, count, classes), -SURE, numpy.float32)
    logits[0, 7, 1] = SURE
    return constant({names[0]: boxes, names[1]: logits}, **more)


def test_rf_detr(tmp_path: Path) -> None:
    loaded = opened(tmp_path / "a.onnx", queries(300, 3, ("dets", "labels"), metadata={"names": "['a', 'b']"}))
    assert (loaded.form.title, loaded.form.numbers, loaded.form.fit) == ("RF-DETR", "imagenet", "stretch")
    finds = found(loaded)
    numpy.testing.assert_allclose(finds.corners, [[75, 25, 125, 75]])
    numpy.testing.assert_allclose(finds.scores, [1 / (1 + numpy.exp(-SURE))], rtol=1e-6)
    assert [loaded.form.name_of(each) for each in finds.classes.tolist()] == ["b"]


def test_rf_detr_of_coco_knows_its_names(tmp_path: Path) -> None:
    form = opened(tmp_path / "a.onnx", queries(300, 91, ("dets", "labels"))).form
    assert (form.named, form.name_of(1), form.name_of(18), form.name_of(90)) == (True, "person", "dog", "toothbrush")


def test_rf_detr_without_names_takes_one_less(tmp_path: Path) -> None:
    form = opened(tmp_path / "a.onnx", queries(300, 3, ("dets", "labels"))).form
    assert (form.class_names, form.named) == (("0", "1", "2"), False)
    assert form.answered(("bolt", "nut"), None).class_names == ("bolt", "nut")
    assert form.answered(("bolt", "nut", "nothing"), None).named
    with pytest.raises(ModelUnfit):
        form.answered(("bolt",), None)


def test_detr_has_one_class_more_for_nothing(tmp_path: Path) -> None:
    boxes = numpy.full((1, 100, 4), 0.5, numpy.float32)
    logits = numpy.zeros((1, 100, 4), numpy.float32)
    logits[0, :, 3] = SURE
    logits[0, 7] = [0, SURE, 0, 0]
    loaded = opened(tmp_path / "a.onnx", constant({"logits": logits, "pred_boxes": boxes}))
    assert (loaded.form.title, loaded.form.class_names) == ("DETR", ("0", "1", "2"))
    finds = found(loaded)
    numpy.testing.assert_allclose(finds.scores, [numpy.exp(SURE) / (numpy.exp(SURE) + 3)], rtol=1e-5)


def test_rt_detr(tmp_path: Path) -> None:
    loaded = opened(tmp_path / "a.onnx", queries(300, 80, ("pred_boxes", "logits")))
    assert (loaded.form.title, loaded.form.numbers) == ("RT-DETR or D-FINE", "unit")
    assert found(loaded).classes.tolist() == [1]


def test_d_fine_is_told_the_size_of_the_picture(tmp_path: Path) -> None:
    """Its boxes are in pixels of what it was told, whatever that is."""
    parts = numpy.zeros((1, 300, 4), numpy.float32)
    parts[0, 0] = [0.25, 0.5, 0.75, 1]
    scores = numpy.zeros((1, 300), numpy.float32)
    scores[0, 0] = 0.8
    constants: dict[str, NDArray[Any]] = {
        "parts": parts,
        "found": scores,
        "kinds": numpy.full((1, 300), 2, numpy.int64),
    }
    nodes = [
        node("Cast", ["orig_target_sizes"], ["size"], to=1),
        node("Concat", ["size", "size"], ["both"], axis=1),
        node("Mul", ["parts", "both"], ["boxes"]),
        node("Identity", ["found"], ["scores"]),
        node("Identity", ["kinds"], ["labels"]),
        node("Shape", ["images"], ["unused"]),
    ]
    data = model(
        nodes,
        [Value("images", ("N", 3, 64, 64)), Value("orig_target_sizes", ("N", 2), INT64)],
        [Value("labels", (1, 300), INT64), Value("boxes", (1, 300, 4)), Value("scores", (1, 300))],
        initializers=[tensor(name, array) for name, array in constants.items()],
    )
    loaded = opened(tmp_path / "a.onnx", data)
    assert (loaded.form.title, loaded.form.fit) == ("D-FINE or RT-DETR", "stretch")
    finds = found(loaded)
    numpy.testing.assert_allclose(finds.corners, [[50, 50, 150, 100]], rtol=1e-6)
    assert finds.classes.tolist() == [2]


@pytest.mark.parametrize("scale", [1, 64])
def test_three_answers_without_a_size(tmp_path: Path, scale: int) -> None:
    boxes = numpy.array([[[0.25, 0.5, 0.75, 1]]], numpy.float32) * scale
    answers = {"labels": numpy.array([[1]]), "boxes": boxes, "scores": numpy.array([[0.8]], numpy.float32)}
    finds = found(opened(tmp_path / "a.onnx", constant(answers)))
    numpy.testing.assert_allclose(finds.corners, [[50, 50, 150, 100]])


# --- outlines -----------------------------------------------------------------------------------------------------


def halves(size: int = 16) -> Numbers:
    """Return two patterns: the left half of the sheet, and its upper half."""
    patterns = numpy.full((1, 2, size, size), -1, numpy.float32)
    patterns[0, 0, :, : size // 2] = 1
    patterns[0, 1, : size // 2] = 1
    return patterns


@pytest.mark.parametrize("end_to_end", [False, True])
def test_outlines(tmp_path: Path, end_to_end: bool) -> None:
    """A box over the middle, of which a pattern shows the left half."""
    table: Numbers
    if end_to_end:
        table = numpy.zeros((1, 300, 8), numpy.float32)
        table[0, 0] = [16, 24, 48, 40, 0.9, 0, 1, 0]
    else:
        table = rows(CELLS, 8, r0=[32, 32, 32, 16, 0.9, 0.1, 1, 0])
        table[0, 1:, 4:] = 0
        table = numpy.ascontiguousarray(table.transpose(0, 2, 1))
    loaded = opened(tmp_path / "a.onnx", constant({"output0": table, "output1": halves()}))
    assert loaded.form.kind == "instance-segmentation"
    finds = found(loaded, numpy.zeros((640, 640, 3), numpy.uint8))
    numpy.testing.assert_allclose(finds.corners, [[160, 240, 480, 400]])
    assert finds.outlines is not None
    [outline] = finds.outlines
    assert outline.min(0).tolist() == [160, 240]
    assert outline.max(0)[1] == 399
    assert abs(outline.max(0)[0] - 319) <= 1


def test_what_has_no_pixel_is_not_there(tmp_path: Path) -> None:
    table = rows(CELLS, 8, r0=[48, 32, 16, 16, 0.9, 0.1, 1, 0], r1=[16, 32, 16, 16, 0.8, 0.1, 1, 0])
    table[0, 2:, 4:] = 0
    answers = {"output0": numpy.ascontiguousarray(table.transpose(0, 2, 1)), "output1": halves()}
    finds = found(opened(tmp_path / "a.onnx", constant(answers)), numpy.zeros((64, 64, 3), numpy.uint8))
    numpy.testing.assert_allclose(finds.scores, [0.8])


def test_outlines_of_questions(tmp_path: Path) -> None:
    boxes = numpy.full((1, 200, 4), 0.5, numpy.float32)
    logits = numpy.full((1, 200, 3), -SURE, numpy.float32)
    logits[0, 3, 0] = SURE
    maps = numpy.full((1, 200, 16, 16), -1, numpy.float32)
    maps[0, 3, 4:8, 4:12] = 1
    answers = {"dets": boxes, "labels": logits, "masks": maps}
    loaded = opened(tmp_path / "a.onnx", constant(answers))
    assert (loaded.form.title, loaded.form.kind) == ("RF-DETR", "instance-segmentation")
    finds = found(loaded, numpy.zeros((160, 320, 3), numpy.uint8))
    assert finds.outlines is not None
    [outline] = finds.outlines
    assert abs(outline.min(0) - (80, 40)).max() <= 1
    assert abs(outline.max(0) - (239, 79)).max() <= 1


# --- classifiers --------------------------------------------------------------------------------------------------


def shares(loaded: Loaded) -> Numbers:
    """Return what a classifier says."""
    seen = loaded.look(WIDE, Wanted())
    assert isinstance(seen, Shares)
    return seen.scores


ULTRALYTICS = {"task": "classify", "stride": "1", "names": "{0: 'ripe', 1: 'raw', 2: 'bad'}", "imgsz": "[64, 64]"}


@pytest.mark.parametrize(
    ("answer", "metadata", "expected", "numbers"),
    [
        ([[0.5, 0.3, 0.2]], ULTRALYTICS, [0.5, 0.3, 0.2], "unit"),
        ([[1.0, 0.0, 2.0]], {}, [0.24473, 0.09003, 0.66524], "imagenet"),
        ([[0.0, 4.0, -4.0]], {"task": "multi-label-classification"}, [0.5, 0.98201, 0.01799], "imagenet"),
        ([[0.9, 0.8, 0.1]], {"task": "multi-label-classification"}, [0.9, 0.8, 0.1], "imagenet"),
        ([[[[1.0]], [[0.0]], [[2.0]]]], {}, [0.24473, 0.09003, 0.66524], "imagenet"),
    ],
)
def test_classifiers(
    tmp_path: Path, answer: list[Any], metadata: Mapping[str, str], expected: list[float], numbers: str
) -> None:
    loaded = opened(tmp_path / "a.onnx", constant({"out": numpy.array(answer, numpy.float32)}, metadata=metadata))
    assert (loaded.form.kind, loaded.form.numbers, loaded.form.fit) == ("classification", numbers, "cover")
    assert loaded.form.named == (metadata is ULTRALYTICS)
    numpy.testing.assert_allclose(shares(loaded), expected, atol=1e-5)


def test_a_classifier_sees_the_middle_of_the_picture(tmp_path: Path) -> None:
    """The mean of red, green and blue is its answer: of a picture that is red in its middle, blue at its sides."""
    image = numpy.zeros((64, 192, 3), numpy.uint8)
    image[:, :64, 0] = image[:, 128:, 0] = 255
    image[:, 64:128, 2] = 255
    nodes = [
        node("GlobalAveragePool", ["images"], ["means"]),
        node("Flatten", ["means"], ["out"], axis=1),
    ]
    data = model(
        nodes, [Value("images", (1, 3, 64, 64))], [Value("out", (1, 3))], metadata={"task": "classify", "stride": "1"}
    )
    loaded = opened(tmp_path / "a.onnx", data)
    seen = loaded.look(image, Wanted())
    assert isinstance(seen, Shares)
    e = math.e
    numpy.testing.assert_allclose(seen.scores, [e / (e + 2), 1 / (e + 2), 1 / (e + 2)], rtol=1e-4)


# --- how a network takes its picture ------------------------------------------------------------------------------


def mean(kind: int, dims: tuple[int | str, ...], *, axes: tuple[int, int] = (2, 3)) -> bytes:
    """Return a network with three classes: the means of red, green and blue, as shares."""
    nodes = [
        node("Cast", ["images"], ["numbers"], to=1),
        node("ReduceMean", ["numbers"], ["means"], axes=axes, keepdims=0),
        node("Softmax", ["means"], ["out"], axis=1),
    ]
    return model(nodes, [Value("images", dims, kind)], [Value("out", (1, 3))], metadata=ULTRALYTICS)


@pytest.mark.parametrize(
    ("kind", "dims", "axes"),
    [
        (1, (1, 3, 64, 64), (2, 3)),
        (FLOAT16, (1, 3, 64, 64), (2, 3)),
        (1, ("batch", 3, "height", "width"), (2, 3)),
        (1, (1, 64, 64, 3), (1, 2)),
    ],
)
def test_kinds_of_input(tmp_path: Path, kind: int, dims: tuple[int | str, ...], axes: tuple[int, int]) -> None:
    loaded = opened(tmp_path / "a.onnx", mean(kind, dims, axes=axes))
    assert loaded.form.side == (64, 64)
    assert loaded.form.any_side == ("height" in dims)
    red = numpy.zeros((64, 64, 3), numpy.uint8)
    red[:, :, 2] = 255
    seen = loaded.look(red, Wanted())
    assert isinstance(seen, Shares)
    e = math.e
    numpy.testing.assert_allclose(seen.scores, [e / (e + 2), 1 / (e + 2), 1 / (e + 2)], rtol=1e-3)


def test_bytes(tmp_path: Path) -> None:
    loaded = opened(tmp_path / "a.onnx", mean(UINT8, (1, 3, 64, 64)))
    assert loaded.form.numbers == "bytes"
    red = numpy.zeros((64, 64, 3), numpy.uint8)
    red[:, :, 2] = 10
    seen = loaded.look(red, Wanted())
    assert isinstance(seen, Shares)
    numpy.testing.assert_allclose(seen.scores[0], 1 / (1 + 2 * numpy.exp(-10)), rtol=1e-3)


# --- a real one ---------------------------------------------------------------------------------------------------


def overlap(one: Numbers, other: Numbers) -> float:
    """Return intersection over union."""
    left, top = numpy.maximum(one[:2], other[:2])
    right, bottom = numpy.minimum(one[2:], other[2:])
    shared = max(0.0, float(right - left)) * max(0.0, float(bottom - top))
    areas = [float((each[2] - each[0]) * (each[3] - each[1])) for each in (one, other)]
    return shared / (sum(areas) - shared)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    names = str(dict(enumerate(object_names())))
    return opened(tmp_path_factory.mktemp("real") / "real.onnx", real_yolov8({"names": names, "imgsz": "[416, 416]"}))


@pytest.mark.parametrize("name", ["astronaut.jpg", "cat.jpg", "photographer.jpg", "dogs.jpg"])
def test_a_real_yolov8_finds_what_find_objects_finds(real: Loaded, name: str) -> None:
    image = cv2.imread(str(resource("samples", name)))
    assert image is not None
    side = min(image.shape[:2])
    square = numpy.ascontiguousarray(image[-side:, :side], dtype=numpy.uint8)  # the same sheet, without a margin
    finds, truth = found(real, square), detectors()[OBJECTS].find(square, 0.4, 0.45)
    assert len(truth.scores)
    assert finds.classes.tolist() == truth.classes.tolist()
    assert min(overlap(*pair) for pair in zip(finds.corners, truth.corners, strict=True)) > 0.9
    assert real.form.class_names == object_names()
    # With its margins elsewhere, a network sees nearly the same.
    whole = found(real, numpy.ascontiguousarray(image, dtype=numpy.uint8))
    there = detectors()[OBJECTS].find(numpy.ascontiguousarray(image, dtype=numpy.uint8), 0.4, 0.45)
    assert overlap(whole.corners[0], there.corners[0]) > 0.8


def test_yolox_of_ones_own_is_the_one_that_comes_with_the_app(tmp_path: Path) -> None:
    image = numpy.ascontiguousarray(cv2.imread(str(resource("samples", "dogs.jpg"))), dtype=numpy.uint8)
    loaded = opened(tmp_path / "a.onnx", resource("models", "yolox_nano.onnx").read_bytes())
    finds, truth = found(loaded, image), detectors()[OBJECTS].find(image, 0.4, 0.45)
    numpy.testing.assert_allclose(finds.corners, truth.corners, atol=1)
    numpy.testing.assert_allclose(finds.scores, truth.scores, atol=1e-5)
