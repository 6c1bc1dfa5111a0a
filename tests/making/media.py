"""Pictures, codes and videos, good and bad."""

import io
import random
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy
import zxingcpp
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import ExifTags, Image


def picture_bytes(seed: int = 0, size: tuple[int, int] = (160, 120), format: str = "JPEG") -> bytes:
    """Return an encoded picture that differs from every other seed's."""
    rng = numpy.random.default_rng(seed)
    coarse = rng.integers(0, 255, (6, 8, 3), dtype=numpy.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(out, format)
    return out.getvalue()


def picture(path: Path, seed: int = 0, size: tuple[int, int] = (160, 120), format: str = "JPEG") -> Path:
    """Write a picture and return its path; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture_bytes(seed, size, format))
    return path


def code_picture(path: Path, text: str) -> Path:
    """Write a picture with a QR code that says `text`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    symbol = numpy.array(zxingcpp.write_barcode_to_image(barcode, scale=6, add_quiet_zones=True))
    Image.fromarray(symbol).convert("RGB").save(path)
    return path


def truncated_picture(path: Path, seed: int = 0) -> Path:
    """Write a JPEG that stops half-way."""
    whole = picture_bytes(seed, (640, 480))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole[: len(whole) // 2])
    return path


def with_preview(
    preview: Image.Image, orientation: int = 1, said: tuple[int, int] | None = None, broken: bool = False
) -> bytes:
    """Return an EXIF block with a small picture in it, as cameras write it."""
    out = io.BytesIO()
    preview.save(out, "JPEG", quality=90)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if said is not None:
        exif.get_ifd(ExifTags.IFD.Exif).update({0xA002: said[0], 0xA003: said[1]})
    head = exif.tobytes()
    body = head[6:] if head.startswith(b"Exif\0\0") else head
    # A second directory behind the first, then the JPEG.
    first = struct.unpack("<I", body[4:8])[0] if body[:2] == b"II" else struct.unpack(">I", body[4:8])[0]
    order = "<" if body[:2] == b"II" else ">"
    count = struct.unpack(order + "H", body[first : first + 2])[0]
    link = first + 2 + 12 * count
    begin = len(body)
    where = begin + 2 + 2 * 12 + 4
    data = out.getvalue()
    second = struct.pack(order + "H", 2)
    second += struct.pack(order + "HHII", 0x0201, 4, 1, where if not broken else where + 10_000_000)
    second += struct.pack(order + "HHII", 0x0202, 4, 1, len(data))
    second += struct.pack(order + "I", 0)
    return b"Exif\0\0" + body[:link] + struct.pack(order + "I", begin) + body[link + 4 :] + second + data


def huge_picture(path: Path, side: int = 20_000) -> Path:
    """Write a PNG of `side` × `side` pixels that is small on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("1", (side, side)).save(path)
    return path


def video(
    path: Path,
    frames: int = 20,
    fps: int = 10,
    size: tuple[int, int] = (160, 120),
    options: dict[str, str] | None = None,
) -> Path:
    """Write an H.264 video of `frames` frames; `options` are those of libav's muxer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shade = random.Random(1)
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for _ in range(frames):
            pixels = numpy.full((size[1], size[0], 3), shade.randrange(256), dtype=numpy.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


def scene(seed: int = 0, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Return a picture with shapes large and small and some noise, as a camera sees them."""
    rng = numpy.random.default_rng(seed)
    total = numpy.zeros((size[1], size[0], 3))
    for cells in (3, 8, 32, 128):
        coarse = rng.integers(0, 255, (cells * 3 // 4 + 1, cells, 3), dtype=numpy.uint8)
        total += numpy.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), float) / cells**0.5
    total = total / total.max() * 255 + rng.normal(0, 4, total.shape)
    return Image.fromarray(total.clip(0, 255).astype(numpy.uint8))


def cover_only(path: Path) -> Path:
    """Write a song with a picture on its cover: there is a video stream in it, and no video."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=8000)
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        silence = av.AudioFrame.from_ndarray(numpy.zeros((1, 8000), numpy.float32), format="fltp", layout="mono")
        silence.sample_rate = 8000
        container.mux(cover.encode(av.VideoFrame(32, 32, "yuvj420p")))
        container.mux(sound.encode(silence))
        container.mux(sound.encode())
    return path


_BITS = 12


def numbered(number: int, size: tuple[int, int] = (192, 108)) -> Image.Image:
    """Return a picture that says its number, below 4096, in bars of black and white over its upper half."""
    pixels = numpy.full((size[1], size[0], 3), 128, numpy.uint8)
    for bit in range(_BITS):
        left, right = (round(each * size[0] / _BITS) for each in (bit, bit + 1))
        pixels[: size[1] // 2, left:right] = 255 * (number >> bit & 1)
    return Image.fromarray(pixels)


def number_in(image: Image.Image) -> int:
    """Return the number that a `numbered` picture says, however badly it was compressed."""
    pixels = numpy.asarray(image.convert("L"))
    row = pixels[pixels.shape[0] // 4]
    return sum(int(row[round((bit + 0.5) * len(row) / _BITS)] > 128) << bit for bit in range(_BITS))


def filmed(
    path: Path,
    moments: Sequence[int],
    *,
    tick: Fraction = Fraction(1, 1000),
    pictures: Callable[[int], Image.Image] = numbered,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    sound: str | None = None,
    sound_from: float = 0.0,
    sound_to: float | None = None,
    options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
    aspect: Fraction = Fraction(1),
    turned: float = 0,
    colours: tuple[int, int, int, int] | None = None,
) -> Path:
    """Write a video whose picture number n is shown at `moments[n]` ticks, with a tone beside it.

    `sound` is a codec, heard between two seconds. `turned` is a note for players: degrees clockwise. `colours` are
    matrix, range, primaries and transfer as ITU-T H.273 numbers them, in which the pictures are encoded and which are
    written down; None writes nothing down.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options=options or {}) as container:
        size = pictures(0).size
        stream = container.add_stream(codec, rate=25, options=codec_options or {})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = tick
        stream.codec_context.sample_aspect_ratio = aspect
        if turned:
            stream.set_display_rotation(turned)
        matrix, extent, primaries, transfer = colours or (2, 0, 2, 2)
        context = stream.codec_context
        context.colorspace, context.color_range = matrix, extent
        context.color_primaries, context.color_trc = primaries, transfer
        rate = 48000 if sound == "libopus" else 44100
        heard = None if sound is None else container.add_stream(sound, rate=rate)
        for number, moment in enumerate(moments):
            frame = av.VideoFrame.from_ndarray(numpy.asarray(pictures(number)), format="rgb24")
            frame = frame.reformat(
                format=pixels, dst_colorspace={1: 1, 9: 9}.get(matrix, 5), dst_color_range=extent or 1
            )
            frame.pts, frame.time_base = moment, tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if isinstance(heard, AudioStream):
            last = float(moments[-1] * tick) + 0.04 if sound_to is None else sound_to
            _add_tone(container, heard, sound_from, last)
    return path


def _add_tone(container: OutputContainer, stream: AudioStream, begin: float, end: float) -> None:
    rate = stream.codec_context.sample_rate
    for start in range(round(begin * rate), round(end * rate), 1024):
        wave = 0.3 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(start, start + 1024) / rate)
        frame = av.AudioFrame.from_ndarray(wave.astype(numpy.float32)[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
