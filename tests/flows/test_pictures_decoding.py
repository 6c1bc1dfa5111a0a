"""Pictures of every kind, decoded upright and no larger than needed; hostile ones refused with a reason."""

import io
from datetime import datetime
from pathlib import Path

import numpy
import pytest
from PIL import ExifTags, Image

from batchdock.core.errors import FileUnreadable
from batchdock.core.pixels import Pixels
from batchdock.flows.results.pictures.decoding import as_jpeg, decoded, from_jpeg, taken
from making.media import huge_picture, scene, truncated_picture, with_preview

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def _corners(pixels: Pixels) -> list[tuple[int, ...]]:
    """Return the colours near the corners: upper left, upper right, lower left, lower right; pure ones."""
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    x, y = pixels.width // 8, pixels.height // 8
    places = ((x, y), (-1 - x, y), (x, -1 - y), (-1 - x, -1 - y))
    return [
        tuple(255 * (value > 127) for value in numpy.asarray(image)[down, right].tolist()) for right, down in places
    ]


def _four_colours(size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGB", size, WHITE)
    half = size[0] // 2, size[1] // 2
    for colour, place in ((RED, (0, 0)), (GREEN, (half[0], 0)), (BLUE, (0, half[1]))):
        image.paste(colour, (*place, place[0] + half[0], place[1] + half[1]))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("edge", [64, None])
def test_every_orientation_is_shown_upright(tmp_path: Path, orientation: int, edge: int | None) -> None:
    turns = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    turn = turns[orientation]
    lying = _four_colours((320, 200))
    lying = lying.transpose(turn) if turn is not None else lying
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    path = tmp_path / "फ़सल 사진.jpg"
    lying.save(path, exif=exif)
    pixels = decoded(path, edge)
    assert (pixels.full_width, pixels.full_height) == (320, 200)
    assert (pixels.width, pixels.height) == ((64, 40) if edge else (320, 200))
    assert _corners(pixels) == [RED, GREEN, BLUE, WHITE]


def test_the_preview_of_the_camera_stands_for_small_pictures_only(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    preview = Image.new("RGB", (160, 120), BLUE)
    Image.new("RGB", (1600, 1200), RED).save(path, exif=with_preview(preview))
    small = decoded(path, 128, previews=True)
    assert (small.width, small.height, small.full_width, small.full_height) == (128, 96, 1600, 1200)
    assert _corners(small) == [BLUE] * 4
    assert _corners(decoded(path, 256, previews=True)) == [RED] * 4
    assert _corners(decoded(path, 128)) == [RED] * 4


def test_a_preview_is_turned_like_its_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    lying = _four_colours((160, 120)).transpose(Image.Transpose.ROTATE_90)
    exif = with_preview(lying, orientation=6)
    Image.new("RGB", (1200, 1600), RED).save(path, exif=exif)
    small = decoded(path, 128, previews=True)
    assert (small.width, small.height, small.full_width, small.full_height) == (128, 96, 1600, 1200)
    assert _corners(small) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize(
    ("size", "said", "broken"),
    [((1500, 1000), None, False), ((1600, 1200), (4000, 3000), False), ((1600, 1200), None, True)],
    ids=["black-bars", "cropped-since", "broken-block"],
)
def test_a_preview_that_shows_something_else_is_not_taken(
    tmp_path: Path, size: tuple[int, int], said: tuple[int, int] | None, broken: bool
) -> None:
    path = tmp_path / "photo.jpg"
    exif = with_preview(Image.new("RGB", (160, 120), BLUE), said=said, broken=broken)
    Image.new("RGB", size, RED).save(path, exif=exif)
    assert _corners(decoded(path, 128, previews=True)) == [RED] * 4


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [("RGB", ".png"), ("CMYK", ".jpg"), ("P", ".png"), ("P", ".gif"), ("RGBA", ".webp"), ("YCbCr", ".jpg")],
)
def test_colours_of_every_kind_stay_what_they_are(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    _four_colours((320, 200)).convert(mode).save(path)
    assert _corners(decoded(path, 128)) == [RED, GREEN, BLUE, WHITE]


def test_what_is_see_through_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("LA", (50, 40), (0, 0)).save(tmp_path / "grey.png")
    palette = Image.new("P", (50, 40), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    palette.save(tmp_path / "palette.png", transparency=0)
    for name in ("clear.png", "grey.png", "palette.png"):
        assert _corners(decoded(tmp_path / name, 128)) == [WHITE] * 4, name


def test_grey_of_sixteen_bits_is_not_white(tmp_path: Path) -> None:
    deep = numpy.full((40, 60), 0x4000, numpy.uint16)
    deep[:, 30:] = 0xC000
    Image.fromarray(deep).save(tmp_path / "deep.png")
    Image.fromarray(deep).save(tmp_path / "deep.tif")
    Image.fromarray(deep.astype(numpy.float32)).save(tmp_path / "float.tif")
    black, white = (0, 0, 0), WHITE
    for name in ("deep.png", "deep.tif", "float.tif"):
        assert _corners(decoded(tmp_path / name, 128)) == [black, white] * 2, name


def test_small_pictures_are_not_made_larger(tmp_path: Path) -> None:
    scene(1, (33, 17)).save(tmp_path / "small.png")
    for edge in (128, None):
        pixels = decoded(tmp_path / "small.png", edge)
        assert (pixels.width, pixels.height, len(pixels.data)) == (33, 17, 33 * 17 * 3)
    scene(1, (2000, 2)).save(tmp_path / "flat.jpg")
    assert decoded(tmp_path / "flat.jpg", 128).height == 1


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="400 megapixels"):
        decoded(huge_picture(tmp_path / "huge.png"), 128)


def test_a_whole_picture_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batchdock.flows.results.pictures.decoding.MOST_PIXELS", 100_000)
    scene(1, (640, 480)).save(tmp_path / "large.jpg")
    pixels = decoded(tmp_path / "large.jpg", None)
    assert 90_000 < pixels.width * pixels.height <= 101_000
    assert (pixels.full_width, pixels.full_height) == (640, 480)


def test_a_jpeg_that_stops_half_way_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    _four_colours((640, 480)).save(path, quality=95)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    pixels = decoded(path, 128)
    assert (pixels.full_width, pixels.full_height) == (640, 480)
    assert _corners(pixels)[:2] == [RED, GREEN]
    assert decoded(truncated_picture(tmp_path / "other.jpg"), None).width == 640


@pytest.mark.parametrize("name", ["cut.png", "empty.jpg", "text.jpg", "gone.jpg", "postscript.jpg", "folder"])
def test_what_is_no_picture_has_a_reason(tmp_path: Path, name: str) -> None:
    scene(1).save(tmp_path / "cut.png")
    cut = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(cut[: len(cut) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("not a picture", encoding="utf-8")
    (tmp_path / "postscript.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileUnreadable) as caught:
        decoded(tmp_path / name, 128)
    assert caught.value.values["name"] == name
    assert caught.value.values["reason"]


def test_bytes_that_are_changed_anywhere_end_in_pixels_or_a_reason(tmp_path: Path) -> None:
    rng = numpy.random.default_rng(7)
    path = tmp_path / "broken.jpg"
    kinds = []
    for suffix in ("JPEG", "PNG", "WEBP", "TIFF", "GIF"):
        out = io.BytesIO()
        scene(2, (96, 64)).save(out, suffix)
        kinds.append(out.getvalue())
    answers = 0
    for _ in range(60):
        for whole in kinds:
            data = bytearray(whole)
            for place in rng.integers(0, len(data), 6):
                data[place] = rng.integers(0, 256)
            path.write_bytes(data)
            try:
                answers += decoded(path, 64).width > 0
            except FileUnreadable:
                answers += 1
    assert answers == 60 * len(kinds)


def test_a_small_copy_comes_back(tmp_path: Path) -> None:
    _four_colours((320, 200)).save(tmp_path / "a.png")
    pixels = decoded(tmp_path / "a.png", 128)
    again = from_jpeg(as_jpeg(pixels), pixels.full_width, pixels.full_height)
    assert again is not None
    assert (again.width, again.height, again.full_width) == (128, 80, 320)
    assert _corners(again) == [RED, GREEN, BLUE, WHITE]
    assert from_jpeg(b"broken", 1, 1) is None


def test_when_a_picture_was_taken(tmp_path: Path) -> None:
    def with_date(name: str, said: str | None) -> Path:
        exif = Image.Exif()
        if said is not None:
            exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = said
        Image.new("RGB", (20, 20)).save(tmp_path / name, exif=exif)
        return tmp_path / name

    assert taken(with_date("a.jpg", "2026:03:01 06:30:12")) == datetime(2026, 3, 1, 6, 30, 12)
    assert taken(with_date("b.webp", "2026:03:01 06:30:12")) == datetime(2026, 3, 1, 6, 30, 12)
    for name, said in (("c.jpg", "0000:00:00 00:00:00"), ("d.jpg", "yesterday"), ("e.jpg", None), ("f.png", None)):
        assert taken(with_date(name, said)) is None
    assert taken(tmp_path / "gone.jpg") is None
