"""Every file ends as a row: a picture as it is meant to be seen, anything else with its reason."""

import io
import os
import random
import warnings
from pathlib import Path

import numpy
import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.picture import NotProcessable, Picture
from batchdock.thiscomputer.engine.reading import open_picture
from batchdock.thiscomputer.engine.rows import Input, Row
from making.media import huge_picture, picture, picture_bytes, truncated_picture
from making.rights import ran_like_anybody

WORKFLOWS = ("read-codes", "picture-quality")


def process(*inputs: Input) -> list[Row]:
    """Run a workflow with the usual options."""
    return process_batch("picture-quality", inputs, Options())


def cause_of(item: Input) -> str:
    """Return why an input could not be processed, by both workflows alike."""
    causes = {process_batch(workflow, [item], Options(keep_images=True))[0].cause for workflow in WORKFLOWS}
    [cause] = causes
    assert cause is not None
    return cause


def saved(image: Image.Image, format: str, **how: object) -> bytes:
    """Return the bytes of a picture file."""
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


def pixel(opened: Picture, x: int, y: int) -> tuple[int, ...]:
    """Return one pixel."""
    value = opened.image.getpixel((x, y))
    assert isinstance(value, tuple)
    return tuple(int(each) for each in value)


def test_bad_files_have_their_reasons(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    text = tmp_path / "text.jpg"
    text.write_text("Dear diary, " * 50)
    folder = tmp_path / "folder.jpg"
    folder.mkdir()
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    reasons = {
        empty: "The file is empty (0 bytes).",
        text: "This is not a picture that can be read here.",
        folder: "This is not an ordinary file.",
        pipe: "This is not an ordinary file.",
        tmp_path / "gone.jpg": "The file is not there any more: it was moved, renamed or deleted, or its disk is gone.",
        truncated_picture(tmp_path / "half.jpg"): "The file is incomplete: the picture stops half-way.",
        huge_picture(tmp_path / "huge.png"): "20,000 × 20,000 pixels; at most 200 megapixels can be processed here.",
    }
    assert {path: cause_of(Input(path.name, path)) for path in reasons} == reasons


def test_broken_link(tmp_path: Path) -> None:
    link = tmp_path / "link.jpg"
    link.symlink_to(tmp_path / "nowhere.jpg")
    assert cause_of(Input("link.jpg", link)).startswith("The file is not there any more")


def test_no_permission(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if ran_like_anybody(request):
        return
    path = picture(tmp_path / "closed.jpg")
    path.chmod(0)
    assert cause_of(Input("closed.jpg", path)) == "This user account may not read the file."


def test_refusals_of_the_system_are_worded() -> None:
    from batchdock.thiscomputer.engine.opening import refusal

    assert str(refusal(PermissionError(13, "Permission denied"))) == "This user account may not read the file."
    assert str(refusal(OSError(5, "Input/output error"))) == (
        "The file can not be read: the computer answered “Input/output error”."
    )


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_half_a_picture_is_no_picture(format: str) -> None:
    whole = picture_bytes(3, (640, 480), format)
    for length in (len(whole) // 2, len(whole) // 10, 30):
        assert cause_of(Input("half", data=whole[:length]))


def test_one_bad_file_disturbs_no_other(tmp_path: Path) -> None:
    inputs = [
        Input("a.jpg", picture(tmp_path / "a.jpg", 1)),
        Input("half.jpg", truncated_picture(tmp_path / "half.jpg")),
        Input("b.jpg", data=picture_bytes(2)),
        Input("nothing.jpg"),
    ]
    rows = process(*inputs)
    assert [row.name for row in rows] == ["a.jpg", "half.jpg", "b.jpg", "nothing.jpg"]
    assert [row.cause is None for row in rows] == [True, False, True, False]
    assert rows[1].outputs == {}


@pytest.mark.parametrize("name", ["수확 17.jpg", "फसल.jpg", "収穫.jpg", "😀.jpg", "two\nlines.jpg", "a b'c\".jpg"])
def test_every_name(tmp_path: Path, name: str) -> None:
    [row] = process(Input(name, picture(tmp_path / name)))
    assert (row.name, row.cause) == (name, None)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_damage_in_the_middle_is_found_where_the_format_can_tell(format: str) -> None:
    data = bytearray(picture_bytes(3, (1600, 1200), format))
    half = len(data) // 2
    data[half : half + 40] = bytes(40)
    with pytest.raises(NotProcessable, match="damaged"):
        open_picture(bytes(data))


def test_damaged_bytes_never_raise() -> None:
    """A thousand files with random damage: each is a picture or has a reason; no warning, no exception."""
    chance = random.Random(7)
    wholes = [picture_bytes(1, (64, 48), format) for format in ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "ICO")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(1000):
            data = bytearray(chance.choice(wholes))
            for _ in range(chance.randrange(1, 20)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            [row] = process(Input("x", data=bytes(data)))
            assert row.outputs or row.cause
            assert "stopped at this file" not in (row.cause or "")


# --- as it is meant to be seen ----------------------------------------------------------------------------------


def two_halves(mode: str = "RGB") -> Image.Image:
    """Return a picture of 40 × 20, red on the left and blue on the right."""
    image = Image.new("RGB", (40, 20), (255, 0, 0))
    image.paste((0, 0, 255), (20, 0, 40, 20))
    return image.convert(mode)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_upright(orientation: int) -> None:
    turned = {
        1: (), 2: (Image.Transpose.FLIP_LEFT_RIGHT,), 3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,), 5: (Image.Transpose.TRANSPOSE,), 6: (Image.Transpose.ROTATE_90,),
        7: (Image.Transpose.TRANSVERSE,), 8: (Image.Transpose.ROTATE_270,),
    }  # fmt: skip
    image = two_halves()
    for turn in turned[orientation]:
        image = image.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    opened = open_picture(saved(image, "PNG", exif=exif))
    assert (opened.width, opened.height, opened.image.size) == (40, 20, (40, 20))
    assert pixel(opened, 5, 10) == (255, 0, 0)
    assert pixel(opened, 35, 10) == (0, 0, 255)


def test_sideways_photo_is_drawn_and_measured_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    codes = Image.open(resource("samples", "codes.jpg"))
    data = saved(codes.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95)
    [row] = process_batch("read-codes", [Input("a.jpg", data=data)], Options(keep_images=True))
    assert row.outputs["count"] == 3
    assert row.outputs["predictions"]["image"] == {"width": 1280, "height": 960}  # type: ignore[index]
    assert Image.open(io.BytesIO(row.images["output_image"])).size == (1280, 960)


@pytest.mark.parametrize(("mode", "format"), [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("P", "PNG"), ("RGBA", "WEBP")])
def test_colour_modes(mode: str, format: str) -> None:
    how = {"lossless": True} if format == "WEBP" else {}
    opened = open_picture(saved(two_halves(mode), format, **how))
    assert opened.image.mode == "RGB"
    assert numpy.allclose(pixel(opened, 5, 10), (255, 0, 0), atol=12)
    assert numpy.allclose(pixel(opened, 35, 10), (0, 0, 255), atol=12)


def test_transparency_lies_on_white() -> None:
    clear = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    assert pixel(open_picture(saved(clear, "PNG")), 5, 5) == (255, 255, 255)
    assert pixel(open_picture(saved(clear.convert("LA"), "PNG")), 5, 5) == (255, 255, 255)
    assert pixel(open_picture(saved(clear, "GIF")), 5, 5) == (255, 255, 255)


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_greys(format: str) -> None:
    values = numpy.linspace(0, 65535, 256 * 4, dtype=numpy.uint16).reshape(4, 256)
    opened = open_picture(saved(Image.fromarray(values), format))
    greys = numpy.asarray(opened.image)[..., 0]
    assert (greys == values >> 8).all()


def test_floating_point_picture_spans_black_to_white() -> None:
    values = numpy.linspace(-3, 7, 100, dtype=numpy.float32).reshape(10, 10)
    values[5, 5] = numpy.nan
    greys = numpy.asarray(open_picture(saved(Image.fromarray(values), "TIFF")).image)
    assert (greys.min(), greys.max()) == (0, 255)


def test_one_bit_and_grey() -> None:
    assert pixel(open_picture(saved(Image.new("1", (4, 4), 1), "PNG")), 0, 0) == (255, 255, 255)
    assert pixel(open_picture(saved(Image.new("L", (4, 4), 77), "PNG")), 0, 0) == (77, 77, 77)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_first_frame_of_an_animation(format: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    how = {"lossless": True} if format == "WEBP" else {}
    data = saved(frames[0], format, save_all=True, append_images=frames[1:], **how)
    assert pixel(open_picture(data), 8, 8) == (255, 0, 0)


def test_large_pictures_up_to_the_limit_pass_without_a_warning(tmp_path: Path) -> None:
    path = huge_picture(tmp_path / "large.png", 9_500)  # 90 megapixels: Pillow would warn
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_picture(path.read_bytes()).width == 9_500


def test_too_large_is_said_before_anything_is_decoded(tmp_path: Path) -> None:
    data = huge_picture(tmp_path / "huge.png").read_bytes()
    with pytest.raises(NotProcessable, match="20,000 × 20,000 pixels"):
        open_picture(data[:200])


def test_broken_exif_does_not_matter() -> None:
    data = saved(two_halves(), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff garbage")
    opened = open_picture(data)
    assert (opened.width, opened.height) == (40, 20)
