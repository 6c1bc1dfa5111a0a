"""Picture quality: verdicts that a person would agree with, and copies."""

import io
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.workflows.catalogue import built_in
from batchdock.thiscomputer.workflows.copies import with_copies
from making.media import picture_bytes

SAMPLES = sorted(resource("samples").glob("*.jpg"))


def measure(**pictures: bytes) -> dict[str, Row]:
    """Run the workflow over pictures and conclude it."""
    inputs = [Input(name, data=data) for name, data in pictures.items()]
    rows = process_batch("picture-quality", inputs, Options())
    assert [row.cause for row in rows] == [None] * len(inputs)
    return {row.name: row for row in with_copies(rows)}


def encoded(image: Image.Image, format: str = "JPEG", **how: object) -> bytes:
    """Return the bytes of a picture file."""
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


def sample(name: str) -> Image.Image:
    """Return a bundled picture."""
    return Image.open(resource("samples", name)).convert("RGB")


def scaled_light(image: Image.Image, factor: float, plus: float = 0) -> bytes:
    """Return the picture darker or brighter."""
    values = numpy.asarray(image, dtype=numpy.float32) * factor + plus
    return encoded(Image.fromarray(numpy.clip(values, 0, 255).astype(numpy.uint8)))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_verdict_on_every_sample(path: Path) -> None:
    [row] = process_batch("picture-quality", [Input("a", path)], Options())
    expected = "blurred" if path.name == "blurred_clock.jpg" else "good"
    assert row.outputs["verdict"] == expected


def test_samples_are_all_there() -> None:
    assert len(SAMPLES) == 12


@pytest.mark.parametrize("name", ["astronaut.jpg", "cat.jpg", "mountain.jpg", "living_room.jpg"])
def test_exposure_verdicts(name: str) -> None:
    rows = measure(dark=scaled_light(sample(name), 0.12), bright=scaled_light(sample(name), 1.2, 170))
    assert rows["dark"].outputs["verdict"] == "too dark"
    assert rows["bright"].outputs["verdict"] == "too bright"


def test_white_page_with_letters_is_not_too_bright() -> None:
    page = Image.new("L", (800, 600), 255)
    page.paste(sample("printed_page.jpg").convert("L").crop((0, 0, 200, 150)).point(lambda v: v // 4), (100, 100))
    assert measure(page=encoded(page))["page"].outputs["verdict"] == "good"


def test_small_and_flat() -> None:
    rows = measure(
        icon=encoded(sample("coffee.jpg").resize((96, 64)), "PNG"),
        black=encoded(Image.new("RGB", (300, 300), "black")),
        white=encoded(Image.new("RGB", (300, 300), "white")),
        dot=encoded(Image.new("RGB", (1, 1), "grey"), "PNG"),
    )
    verdicts = {name: row.outputs["verdict"] for name, row in rows.items()}
    assert verdicts == {"icon": "small", "black": "too dark", "white": "too bright", "dot": "blurred"}


def test_thresholds_are_settings() -> None:
    data = encoded(sample("coffee.jpg").resize((96, 64)), "PNG")
    [row] = process_batch("picture-quality", [Input("a", data=data)], Options(parameters={"small_below": 50}))
    assert row.outputs["verdict"] == "good"
    workflow = built_in("picture-quality")
    assert workflow is not None
    assert workflow.check({"small_below": 50, "dark_below": 0.2}) is None
    assert workflow.check({"small_below": "50"}) == "“small_below” takes a number from 0 to 100000, not “50”."
    assert workflow.check({"dark_below": True}) == "“dark_below” takes a number from 0 to 1, not True."
    assert workflow.check({"dark_below": 2}) == "“dark_below” takes a number from 0 to 1, not 2."
    assert workflow.check({"dark_below": float("nan")}) == "“dark_below” takes a number from 0 to 1, not nan."


def test_measures() -> None:
    half = Image.new("RGB", (640, 480), "black")
    half.paste((255, 255, 255), (0, 0, 320, 480))
    outputs = measure(half=encoded(half, "PNG"))["half"].outputs
    assert (outputs["width"], outputs["height"], outputs["megapixels"]) == (640, 480, 0.31)
    assert outputs["brightness"] == pytest.approx(0.5, abs=0.01)
    assert outputs["contrast"] == pytest.approx(0.5, abs=0.01)
    assert outputs["too_dark_share"] == outputs["too_bright_share"] == 0.5
    assert outputs["average_colour"] in {"#7f7f7f", "#808080"}


def test_large_jpeg_is_measured_at_its_own_size() -> None:
    large = sample("mountain.jpg").resize((5120, 3840))
    outputs = measure(large=encoded(large))["large"].outputs
    assert (outputs["width"], outputs["height"], outputs["megapixels"]) == (5120, 3840, 19.66)


def test_copies_name_the_first_of_their_group() -> None:
    cat, dogs = sample("cat.jpg"), sample("dogs.jpg")
    original = encoded(cat, quality=95)
    rows = measure(
        a=original,
        b=original,
        c=encoded(cat.resize((225, 150)), quality=60),
        d=encoded(dogs),
        e=encoded(cat, "PNG"),
        f=original,
        g=encoded(dogs.resize((426, 640)), "WEBP", quality=50),
    )
    copies = {name: (row.outputs["exact_copy_of"], row.outputs["near_copy_of"]) for name, row in rows.items()}
    assert copies == {
        "a": (None, None),
        "b": ("a", None),
        "c": (None, "a"),
        "d": (None, None),
        "e": (None, "a"),
        "f": ("a", None),
        "g": (None, "d"),
    }


def test_plain_pictures_are_no_copies_of_each_other() -> None:
    colours = {
        f"flat{number}": encoded(Image.new("RGB", (200, 200), colour))
        for number, colour in enumerate(["red", "green", "blue", "white", "black", "#777", "#787878"])
    }
    ramp = numpy.tile(numpy.linspace(0, 1, 300), (200, 1))
    skies = {
        f"sky{number}": encoded(Image.fromarray((ramp[..., None] * numpy.array(colour)).astype(numpy.uint8)))
        for number, colour in enumerate([(255, 60, 60), (60, 255, 60), (60, 60, 255)])
    }
    tall = {"tall": encoded(Image.open(io.BytesIO(skies["sky0"])).resize((200, 300)))}
    rows = measure(**colours, **skies, **tall)
    assert {row.outputs["near_copy_of"] for row in rows.values()} == {None}


def test_samples_hold_no_copies_of_each_other() -> None:
    rows = process_batch("picture-quality", [Input(path.name, path) for path in SAMPLES], Options())
    for row in with_copies(rows):
        assert row.outputs["near_copy_of"] is None
        assert row.outputs["exact_copy_of"] is None


def test_rows_that_are_no_pictures_pass_unchanged() -> None:
    [frame] = process_batch("picture-quality", [Input("a", data=picture_bytes(1))], Options())
    frame = replace(frame, frame=3, seconds=1.0)
    failed = Row("bad.jpg", cause="The file is empty (0 bytes).")
    assert list(with_copies([frame, failed, frame])) == [frame, failed, frame]


def test_ten_thousand_pictures_are_compared_in_seconds() -> None:
    """Every fifth picture is a copy whose hash differs in up to six bits; all of them are found, and no other."""
    chance = numpy.random.default_rng(5)
    hashes = [int(value) for value in chance.integers(0, 2**63, 8_000, dtype=numpy.uint64)]
    rows = [_hashed(f"a{number:05}", value) for number, value in enumerate(hashes)]
    for number, value in enumerate(hashes[:2_000]):
        bits = chance.choice(64, number % 7, replace=False)
        changed = value
        for bit in bits:
            changed ^= 1 << int(bit)
        rows.append(_hashed(f"b{number:05}", changed))
    begun = time.process_time()
    concluded = list(with_copies(iter(rows)))
    assert time.process_time() - begun < 10
    assert [row.outputs["near_copy_of"] for row in concluded[:8_000]] == [None] * 8_000
    assert [row.outputs["near_copy_of"] for row in concluded[8_000:]] == [f"a{number:05}" for number in range(2_000)]


def _hashed(name: str, value: int) -> Row:
    return Row(
        name,
        {
            "sha256": f"{name.encode().hex():0>64}",
            "similarity_hash": f"{value:016x}",
            "average_colour": "#808080",
            "width": 640,
            "height": 480,
            "exact_copy_of": None,
            "near_copy_of": None,
        },
    )


def test_asking_for_the_catalogue_loads_no_picture_library() -> None:
    code = (
        "import sys, batchdock.thiscomputer.workflows.catalogue as c, batchdock.thiscomputer.engine.executor;"
        "c.catalogue(); print({'numpy', 'PIL', 'av', 'zxingcpp'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
