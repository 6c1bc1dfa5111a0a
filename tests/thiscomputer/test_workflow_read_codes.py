"""Reading codes: right texts at right places, the same every time."""

import io
from pathlib import Path

import numpy
import pytest
import zxingcpp
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import IMAGE_PLACEHOLDER, Input, Row
from batchdock.thiscomputer.workflows.catalogue import built_in, catalogue
from making.media import code_picture

SAMPLE = resource("samples", "codes.jpg")


def read(item: Input, options: Options | None = None) -> Row:
    """Run the workflow on one picture."""
    [row] = process_batch("read-codes", [item], options or Options())
    return row


def pasted_code(module: float, angle: float, size: tuple[int, int] = (420, 420)) -> bytes:
    """Return a JPEG with a small tilted QR code on a grey ground."""
    barcode = zxingcpp.create_barcode("tiny 7", zxingcpp.BarcodeFormat.QRCode)
    symbol = Image.fromarray(numpy.array(zxingcpp.write_barcode_to_image(barcode, scale=8, add_quiet_zones=True)))
    side = int(symbol.width / 8 * module)
    symbol = symbol.resize((side, side), Image.Resampling.BICUBIC).convert("L")
    ground = Image.new("L", size, 170)
    tilted = symbol.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=170)
    ground.paste(tilted, (200, 150))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=90)
    return out.getvalue()


def test_sample_holds_its_three_codes() -> None:
    row = read(Input("codes.jpg", SAMPLE))
    assert row.cause is None
    assert row.outputs["count"] == 3
    codes = row.outputs["codes"]
    assert isinstance(codes, list)
    assert {(code["format"], code["text"]) for code in codes} == {
        ("EAN-13", "4006381333931"),
        ("QR Code", "https://example.com/asset/0042"),
        ("Code 128", "PALLET-0099812"),
    }
    assert str(row.outputs["text"]).splitlines() == [code["text"] for code in codes]


def test_detections_have_the_shape_of_the_cloud() -> None:
    found = read(Input("codes.jpg", SAMPLE)).outputs["predictions"]
    assert isinstance(found, dict)
    assert found["image"] == {"width": 1280, "height": 960}
    qr = next(each for each in found["predictions"] if each["class"] == "qr_code")
    assert qr["data"] == "https://example.com/asset/0042"
    assert qr["confidence"] == 1.0
    assert qr["parent_id"] == "image"
    assert (qr["x"], qr["y"]) == pytest.approx((300, 300), abs=10)
    assert (qr["width"], qr["height"]) == pytest.approx((217, 217), abs=10)
    assert {"class_id", "detection_id"} <= qr.keys()


def test_same_picture_gives_same_row() -> None:
    options = Options(keep_images=True)
    first, second = (read(Input("codes.jpg", SAMPLE), options) for _ in range(2))
    assert first == second


def test_picture_without_codes_has_none() -> None:
    row = read(Input("cat.jpg", resource("samples", "cat.jpg")))
    assert (row.outputs["count"], row.outputs["codes"], row.outputs["text"]) == (0, [], "")
    assert row.cause is None


@pytest.mark.parametrize(("module", "angle"), [(1.5, 33), (1.8, 45), (3, 0), (3, 90), (3, 17)])
def test_small_and_tilted_codes_are_found_where_they_are(module: float, angle: float) -> None:
    row = read(Input("a.jpg", data=pasted_code(module, angle)))
    assert row.outputs["text"] == "tiny 7"
    codes = row.outputs["codes"]
    assert isinstance(codes, list)
    xs, ys = zip(*codes[0]["position"], strict=True)
    assert min(xs) >= 195
    assert min(ys) >= 145
    assert max(xs) <= 420


def test_inverted_code_is_found(tmp_path: Path) -> None:
    picture = Image.open(code_picture(tmp_path / "a.png", "light on dark")).convert("L")
    picture.point(lambda value: 255 - value).save(tmp_path / "b.png")
    assert read(Input("b.png", tmp_path / "b.png")).outputs["text"] == "light on dark"


@pytest.mark.parametrize("text", ["한국어 QR", "हिन्दी", "😀", "two\nlines", "=1+1"])
def test_every_script_is_read_and_drawn(tmp_path: Path, text: str) -> None:
    row = read(Input("a.png", code_picture(tmp_path / "a.png", text)), Options(keep_images=True))
    assert row.outputs["text"] == text
    assert Image.open(io.BytesIO(row.images["output_image"])).format == "JPEG"


def test_drawing_marks_the_codes_and_nothing_far_from_them() -> None:
    row = read(Input("codes.jpg", SAMPLE), Options(keep_images=True))
    assert row.outputs["output_image"] == IMAGE_PLACEHOLDER
    before = numpy.asarray(Image.open(SAMPLE), dtype=numpy.int16)
    after = numpy.asarray(Image.open(io.BytesIO(row.images["output_image"])), dtype=numpy.int16)
    assert after.shape == before.shape
    change = numpy.abs(after - before).max(axis=2)
    corner = change[192 - 6 : 192 + 6, 358 - 6 : 358 + 6]  # a corner of the QR code
    assert corner.max() > 80
    assert change[900:, :200].max() < 40


def test_pictures_are_drawn_only_when_kept() -> None:
    assert read(Input("codes.jpg", SAMPLE)).images == {}
    others = Options(keep_images=True, image_outputs=("something_else",))
    assert read(Input("codes.jpg", SAMPLE), others).images == {}


def test_formats_narrow_the_search() -> None:
    row = read(Input("codes.jpg", SAMPLE), Options(parameters={"formats": "QR Code, EAN-13"}))
    codes = row.outputs["codes"]
    assert isinstance(codes, list)
    assert {code["format"] for code in codes} == {"QR Code", "EAN-13"}


def test_wrong_parameters_are_refused_in_words() -> None:
    workflow = built_in("read-codes")
    assert workflow is not None
    assert workflow.check({}) is None
    assert workflow.check({"formats": "qr code|ean-13"}) is None
    assert workflow.check({"formats": None}) is None
    assert workflow.check({"formats": "smoke signals"}) == (
        "“formats” has a kind of code that can not be read here: “smoke signals”. "
        "Write for example: QR Code, EAN-13, Code 128. Or: all."
    )
    assert workflow.check({"formats": 5}) == "“formats” takes text, not 5."
    assert workflow.check({"speed": 5}) == "This workflow has no setting “speed”. Its settings: formats."


def test_definitions_are_workflow_specifications() -> None:
    for workflow in catalogue():
        definition = workflow.definition
        assert definition["version"] == "1.0"
        inputs, outputs, steps = definition["inputs"], definition["outputs"], definition["steps"]
        assert isinstance(inputs, list)
        assert isinstance(outputs, list)
        assert isinstance(steps, list)
        assert [each["name"] for each in inputs if each["type"] == "InferenceImage"] == ["image"]
        assert tuple(each["name"] for each in outputs) == workflow.outputs
        assert set(workflow.image_outputs) <= set(workflow.outputs)
        used = {str(value) for step in steps for value in step.values()}
        assert {f"$inputs.{each['name']}" for each in inputs} <= used
        assert {each["selector"].split(".")[1] for each in outputs} <= {step["name"] for step in steps}


def test_unknown_workflow() -> None:
    assert built_in("no-such") is None
    with pytest.raises(LookupError, match="no-such"):
        process_batch("no-such", [], Options())
