"""Pictures, codes and videos, good and bad."""

import io
import random
from pathlib import Path

import av
import numpy
import zxingcpp
from av.stream import Disposition
from PIL import Image


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
