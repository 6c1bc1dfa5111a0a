"""Files that are no model for this computer: each gets a sentence, and none of them ends what looks at it."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pytest

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.apart import Apart
from batchdock.thiscomputer.engine.own import aside
from batchdock.thiscomputer.engine.own.aside import look_aside, try_aside
from batchdock.thiscomputer.engine.own.classes import Classifier
from batchdock.thiscomputer.engine.own.finds import Shares, Wanted
from batchdock.thiscomputer.engine.own.form import ModelUnfit
from batchdock.thiscomputer.engine.own.known import Loaded
from batchdock.thiscomputer.engine.own.look import look_at
from batchdock.thiscomputer.engine.own.network import Network
from batchdock.thiscomputer.store.own_models import OwnModels
from making.local_service import poll
from making.onnx_models import INT64, PICTURE, Value, constant, elsewhere, graph, model, node, tensor
from making.stumbling import die, stumble
from making.workers import children

BOXES = numpy.zeros((1, 6, 84), numpy.float32)
BOXES[0, :4] = numpy.linspace(1, 60, 84)
GOOD = constant({"output": BOXES})
REAL = resource("models", "yolox_nano.onnx").read_bytes()
OUT = [Value("out", (1, 3))]


def averaging(*nodes: bytes, **more: object) -> bytes:
    """Return a network that brings a picture down to three numbers, `means`, and then has these nodes."""
    first = [node("GlobalAveragePool", ["images"], ["points"]), node("Flatten", ["points"], ["means"])]
    return model([*first, *nodes], [PICTURE], OUT, **more)  # type: ignore[arg-type]


def lying() -> bytes:
    """Return a network that promises 84 × 8400 and gives 6 × 84: how many depends on the picture, to whoever reads."""
    numbers = {"second": numpy.array([1]), "nought": numpy.array([0]), "shape": numpy.array([1, 6, 84])}
    nodes = [
        node("NonZero", ["images"], ["bright"]),
        node("Shape", ["bright"], ["size"]),
        node("Gather", ["size", "second"], ["count"], axis=0),
        node("Mul", ["count", "nought"], ["nothing"]),
        node("Add", ["nothing", "shape"], ["wanted"]),
        node("Reshape", ["boxes", "wanted"], ["out"]),
    ]
    initializers = [tensor(name, array) for name, array in {**numbers, "boxes": BOXES}.items()]
    return model(nodes, [PICTURE], [Value("out", (1, 84, 8400))], initializers=initializers)


def greedy() -> bytes:
    """Return a network that wants four million gigabytes."""
    nodes = [
        node("Shape", ["images"], ["unused"]),
        node("ConstantOfShape", ["size"], ["much"]),
        node("ReduceSum", ["much"], ["out"], keepdims=0),
    ]
    size = tensor("size", numpy.array([100_000, 100_000, 100_000]))
    return model(nodes, [PICTURE], [Value("out", ())], initializers=[size])


NOT_ONNX = "This is not an ONNX model. Export the model as ONNX (.onnx) and add that file."
DAMAGED = "The model is damaged or not complete. Copy, download or export it again."
REFUSED = {
    "text": (b"# A page about models", NOT_ONNX),
    "zeros": (bytes(1000), NOT_ONNX),
    "nothing": (b"", "The file is empty (0 bytes). Copy or export the model again."),
    "pytorch": (b"PK\x03\x04" + bytes(99), "This looks like a PyTorch file (.pt, .pth). Export the model as ONNX and"),
    "keras": (b"\x89HDF\r\n\x1a\n" + bytes(99), "This looks like a Keras file (.h5). Export the model as ONNX and"),
    "tflite": (b"\x1c\x00\x00\x00TFL3" + bytes(99), "This is a TensorFlow Lite file (.tflite). Export the model as"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\n", "This is the pointer of Git LFS, not the model: fetch it"),
    "names in no letters": (
        averaging(node("Identity", ["means"], ["out"])).replace(b"out", b"o\xfft"),
        DAMAGED,
    ),
    "half": (REAL[: len(REAL) // 2], DAMAGED),
    "nearly whole": (REAL[:-1000], DAMAGED),
    "operator": (
        averaging(node("MagicPool", ["means"], ["out"])),
        "The model needs the operator “MagicPool”, and there is none here. Export it with the standard operators",
    ),
    "operator of a company": (
        averaging(node("Magic", ["means"], ["out"], domain="com.acme")),
        "The model needs the operator “Magic”, and there is none here.",
    ),
    "opset": (
        averaging(node("Identity", ["means"], ["out"]), opset=99),
        "The model is written in a version of ONNX (99)",
    ),
    "version": (
        averaging(node("Identity", ["means"], ["out"]), version=99),
        "The model is written in a version of ONNX",
    ),
    "numbers elsewhere": (
        averaging(node("Add", ["means", "more"], ["out"]), initializers=[elsewhere("more", [1, 3], "more.bin")]),
        "The model keeps its numbers in the file “more.bin”, and it is not beside it. Put it into the same folder, or",
    ),
    "numbers far away": (
        averaging(node("Add", ["means", "more"], ["out"]), initializers=[elsewhere("more", [1, 3], "../../more.bin")]),
        "The model keeps its numbers in files outside of its folder, and those are not read.",
    ),
    "numbers in the root": (
        averaging(node("Add", ["means", "more"], ["out"]), initializers=[elsewhere("more", [1, 3], "/etc/passwd")]),
        "The model keeps its numbers in files outside of its folder, and those are not read.",
    ),
    "too few numbers": (
        averaging(
            node("Add", ["means", "more"], ["out"]),
            initializers=[elsewhere("more", [1, 3], "model.onnx", offset=0, length=9999)],
        ),
        "The file “model.onnx” is shorter than the model says.",
    ),
    "broken promise": (
        lying(),
        "The model says that “out” has the shape 1 × 84 × 8400, and it answers with 1 × 6 × 84.",
    ),
    "shapes that do not fit": (
        averaging(node("Reshape", ["means", "seven"], ["out"]), initializers=[tensor("seven", numpy.array([7, 11]))]),
        "The model stops at a picture of 64 × 64 pixels: ",
    ),
    "no numbers": (
        constant({"out": numpy.full((1, 3), numpy.nan, numpy.float32)}),
        "The model answers with what is no number (NaN). Export it again, with single precision (float32).",
    ),
    "greedy": (greedy(), "The model needs more memory than this computer has free. Use a smaller one."),
    "four at once": (
        constant({"out": BOXES}, picture=Value("images", (4, 3, 64, 64))),
        "The model takes 4 pictures at once. Export it for one (batch 1), or for any number (dynamic batch).",
    ),
    "four channels": (
        constant({"out": BOXES}, picture=Value("images", (1, 4, 64, 64))),
        "The model takes pictures with 4 channels, and pictures have 3.",
    ),
    "int8": (
        constant({"out": BOXES}, picture=Value("images", (1, 3, 64, 64), 3)),
        "The model takes pictures as int8, and only float32, float16 and uint8 can be given.",
    ),
    "no input": (
        model([node("Constant", [], ["out"], value=numpy.zeros((1, 3), numpy.float32))], [], OUT),
        "The model takes nothing, and a picture alone is what it can be given.",
    ),
    "a prompt": (
        constant({"out": BOXES}, others=[Value("prompt", (1, 77), INT64)]),
        "Beside the picture the model wants “prompt”, and there is nothing to give it.",
    ),
    "two pictures": (
        constant({"out": BOXES}, others=[Value("second", (1, 3, 64, 64))]),
        "The model takes “images” (1 × 3 × 64 × 64) and “second” (1 × 3 × 64 × 64), and a picture alone is what",
    ),
    "no output": (model([node("Shape", ["images"], ["a"])], [PICTURE], []), "The model answers with nothing."),
    "a map": (
        constant({"map": numpy.zeros((1, 1, 64, 64), numpy.float32)}),
        "What the model answers is of no kind that is known here: map 1 × 1 × 64 × 64. Known are YOLO, YOLOX, DETR,",
    ),
    "raw heads": (
        constant({f"head{side}": numpy.zeros((1, 3, side, side, 7), numpy.float32) for side in (8, 4, 2)}),
        "What the model answers is of no kind that is known here: head8 1 × 3 × 8 × 8 × 7, head4 ",
    ),
    "text recognition": (
        resource("models", "ppocrv6_tiny_rec.onnx").read_bytes(),
        "What the model answers is of no kind that is known here: ",
    ),
    "joints": (
        constant({"out": BOXES}, metadata={"task": "pose"}),
        "The model finds the joints of bodies (“pose”), and only models that find, outline or sort things run here.",
    ),
    "names of others": (
        constant({"out": BOXES}, metadata={"names": "{0: 'person'}"}),
        "The model has names for 1 class, and its answer has room for 2.",
    ),
    "no certainties": (
        constant({"out": numpy.full((1, 6, 84), 9, numpy.float32)}),
        "The certainties of the model are not between 0 and 1. Export it again with its last layer (sigmoid).",
    ),
}


@pytest.mark.parametrize("which", REFUSED)
def test_what_is_no_model_is_refused_in_words(tmp_path: Path, which: str) -> None:
    data, words = REFUSED[which]
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelUnfit) as refused:
        look_at(path)
    assert str(refused.value).startswith(words)
    assert str(tmp_path) not in str(refused.value)
    assert "onnxruntime" not in str(refused.value)
    assert len(str(refused.value)) < 500


def test_the_good_one_is_fit(tmp_path: Path) -> None:
    """Or the others would be refused for what they have in common."""
    (tmp_path / "a.onnx").write_bytes(GOOD)
    assert look_at(tmp_path / "a.onnx").size == len(GOOD)
    (tmp_path / "b.onnx").write_bytes(averaging(node("Identity", ["means"], ["out"])))
    assert look_at(tmp_path / "b.onnx").form.kind == "classification"


def test_numbers_beside_it_become_part_of_it(tmp_path: Path) -> None:
    """As exporters of today write it: one file with the network, and one with its numbers."""
    numbers = numpy.array([[9, 0, 1, 2, 3]], numpy.float32)
    (tmp_path / "a.onnx.data").write_bytes(numbers.tobytes())
    more = elsewhere("more", [1, 3], "a.onnx.data", offset=8, length=12)
    metadata = {"names": "['a', 'b', 'c']", "task": "classify", "stride": "1"}
    data = averaging(node("Add", ["means", "more"], ["out"]), initializers=[more], metadata=metadata)
    path = tmp_path / "a.onnx"
    path.write_bytes(data)
    look = look_at(path)
    models = OwnModels(tmp_path / "models", _admit)
    kept = models.add(path, look, look.form, "Bolts")
    (tmp_path / "a.onnx.data").unlink()
    assert look_at(kept.path).form == look.form
    assert (look.size, look.digest) == (kept.path.stat().st_size, look_at(kept.path).digest)
    seen = Loaded(Network(kept.path), kept.form, Classifier()).look(numpy.zeros((9, 9, 3), numpy.uint8), Wanted())
    assert isinstance(seen, Shares)
    raised = numpy.exp([1, 2, 3])
    numpy.testing.assert_allclose(seen.scores, raised / raised.sum(), rtol=1e-5)


def _admit(_: int) -> None:
    """There is room for everything."""


def test_metadata_is_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    code = f"__import__('pathlib').Path({str(trace)!r}).touch()"
    (tmp_path / "a.onnx").write_bytes(constant({"out": BOXES}, metadata={"names": code, "imgsz": code, "task": code}))
    assert look_at(tmp_path / "a.onnx").form.class_names == ("0", "1")
    assert not trace.exists()


@pytest.mark.parametrize(
    "names", ["(" * 9000, "{0: 'a', 7: 'b'}", "[[1], [2]]", "9" * 5000, "{", "\0", "a" * 2_000_000]
)
def test_odd_metadata_counts_as_none(tmp_path: Path, names: str) -> None:
    (tmp_path / "a.onnx").write_bytes(constant({"out": BOXES}, metadata={"names": names, "imgsz": names}))
    assert look_at(tmp_path / "a.onnx").form.named is False


def test_two_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    with path.open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(
        ModelUnfit, match=r"The file has 2\.1 GB, and an ONNX model in one file can have 2 GB at most\."
    ):
        look_at(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ModelUnfit, match="The file is not there any more"):
        look_at(tmp_path / "none.onnx")
    with pytest.raises(ModelUnfit, match="This is not an ordinary file"):
        look_at(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.onnx")
        with pytest.raises(ModelUnfit, match="This is not an ordinary file"):
            look_at(tmp_path / "pipe.onnx")


# --- in a process of its own --------------------------------------------------------------------------------------


def endless() -> bytes:
    """Return a network that never answers."""
    body = graph(
        [node("Identity", ["on"], ["on_out"]), node("Identity", ["x"], ["x_out"])],
        [Value("number", (), INT64), Value("on", (), 9), Value("x", (1, 3))],
        [Value("on_out", (), 9), Value("x_out", (1, 3))],
    )
    turns = tensor("turns", numpy.array(2**62))
    return averaging(node("Loop", ["turns", "", "means"], ["out"], body=body), initializers=[turns])


def test_a_model_that_never_answers_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.onnx").write_bytes(endless())
    monkeypatch.setattr(aside, "_PATIENCE", 3)
    with pytest.raises(ModelUnfit) as refused:
        look_aside(Apart(), tmp_path / "a.onnx")
    assert str(refused.value) == (
        "The model took more than 3 seconds for one picture, and was stopped. Use a smaller one."
    )


def test_what_nobody_expects_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.onnx").write_bytes(GOOD)
    monkeypatch.setattr(aside, "_look", stumble)
    with pytest.raises(ModelUnfit) as refused:
        look_aside(Apart(), tmp_path / "a.onnx")
    assert str(refused.value) == (
        "The model can not be used here (ZeroDivisionError). Export it again, or use another one."
    )


def test_closing_ends_what_is_at_work(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(endless())
    apart = Apart()
    with ThreadPoolExecutor(2) as threads:
        looks = [threads.submit(look_aside, apart, tmp_path / "a.onnx") for _ in range(2)]
        poll(children, bool)
        apart.close()
        assert [type(each.exception(20)) for each in looks] == [ModelUnfit, ModelUnfit]


def test_a_model_that_ends_its_process_ends_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.onnx").write_bytes(GOOD)
    monkeypatch.setattr(aside, "_look", die)
    with pytest.raises(ModelUnfit) as refused:
        look_aside(Apart(), tmp_path / "a.onnx")
    assert str(refused.value).startswith("The model made the process end that looked at it; everything else went on.")
    monkeypatch.undo()
    assert look_aside(Apart(), tmp_path / "a.onnx").form.title == "YOLOv8, YOLO11 or YOLO12"


def test_a_picture_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(GOOD)
    (tmp_path / "odd.jpg").write_bytes(b"no picture")
    with pytest.raises(ModelUnfit) as refused:
        try_aside(Apart(), tmp_path / "a.onnx", (), None, tmp_path / "odd.jpg")
    assert str(refused.value).startswith("The picture “odd.jpg” can not be used for the trial. ")


def test_a_trial(tmp_path: Path) -> None:
    table = BOXES.copy()
    table[0, :, 3] = [32, 32, 32, 16, 0.1, 0.87]
    (tmp_path / "a.onnx").write_bytes(constant({"out": table}))
    tried = try_aside(Apart(), tmp_path / "a.onnx", ("cat", "dog"), None, resource("samples", "dogs.jpg"))
    assert tried.findings == ("dog 87 %",)
    assert tried.picture.startswith(b"\xff\xd8")
    assert 0 < tried.seconds < 60
