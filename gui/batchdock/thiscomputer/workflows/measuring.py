"""Measures one picture: size, sharpness, exposure, and a hash that survives resizing and recompression."""

import hashlib
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from PIL import Image

from batchdock.thiscomputer.engine.picture import Picture

_SIDE = 1024
"""Sharpness depends on the scale it is measured at, so that every larger picture is measured at this one."""

_TILES = 8
_DARK, _BRIGHT = 25, 240
_HASH_SIDE = 32
_FLAT = 2.0
"""Below this standard deviation (of 255) a thumbnail has no structure; a hash of it would be a hash of noise."""

Pixels = NDArray[numpy.float32]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the verdicts begin: sharpness of the sharpest area, brightness (0–1), shorter side in pixels."""

    blurred_below: float
    dark_below: float
    bright_above: float
    small_below: float


def measured(picture: Picture, limits: Thresholds) -> dict[str, object]:
    """Return every output of the workflow for one picture; the copies are found later."""
    image = picture.image
    if max(image.size) > _SIDE:
        image = image.copy()
        image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    grey_image = image.convert("L")
    grey = numpy.asarray(grey_image, dtype=numpy.float32)
    sharpness, sharpest = _sharpness(grey)
    outputs: dict[str, object] = {
        "verdict": _verdict(picture, grey, sharpest, limits),
        "width": picture.width,
        "height": picture.height,
        "megapixels": round(picture.width * picture.height / 1e6, 2),
        "sharpness": round(sharpness, 1),
        "sharpest_area": round(sharpest, 1),
        "brightness": round(float(grey.mean()) / 255, 3),
        "contrast": round(float(grey.std()) / 255, 3),
        "too_dark_share": round(float((grey < _DARK).mean()), 3),
        "too_bright_share": round(float((grey > _BRIGHT).mean()), 3),
        "exact_copy_of": None,
        "near_copy_of": None,
        **_fingerprint(picture, image, grey_image),
    }
    return outputs


def fingerprint(picture: Picture) -> dict[str, object]:
    """Return what copies of a picture are known by: `average_colour`, `similarity_hash` and `sha256`."""
    return _fingerprint(picture, picture.image, picture.image.convert("L"))


def _fingerprint(picture: Picture, image: Image.Image, grey: Image.Image) -> dict[str, object]:
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return {
        "average_colour": f"#{red:02x}{green:02x}{blue:02x}",
        "similarity_hash": _similarity_hash(grey),
        "sha256": None if picture.data is None else hashlib.sha256(picture.data).hexdigest(),
    }


def _sharpness(grey: Pixels) -> tuple[float, float]:
    """Return the variance of the Laplacian over the whole picture and over the sharpest tenth of it."""
    if min(grey.shape) < 3:
        return 0.0, 0.0
    edges = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    rows = [part for part in numpy.array_split(edges, _TILES, axis=0) if part.size]
    tiles = [tile.var() for part in rows for tile in numpy.array_split(part, _TILES, axis=1) if tile.size]
    return float(edges.var()), float(numpy.percentile(tiles, 90))


def _verdict(picture: Picture, grey: Pixels, sharpest: float, limits: Thresholds) -> str:
    """Name the worst fault. Exposure first: where nothing can be seen, nothing is sharp."""
    brightness = float(grey.mean()) / 255
    darkest, brightest = (float(value) / 255 for value in numpy.percentile(grey, (0.5, 95)))
    washed_out = float((grey > _BRIGHT).mean())
    if brightness < limits.dark_below and brightest < 0.5:
        return "too dark"
    # A white page is bright on average but has black letters, or grey paper; it is not over-exposed.
    if brightness > limits.bright_above and washed_out > 0.4 and darkest > 0.2:
        return "too bright"
    if sharpest < limits.blurred_below:
        return "blurred"
    return "small" if min(picture.width, picture.height) < limits.small_below else "good"


def _cosines() -> Pixels:
    """Return the matrix of the discrete cosine transform, lowest frequency first."""
    steps = numpy.arange(_HASH_SIDE, dtype=numpy.float64)
    matrix = numpy.cos(numpy.pi / _HASH_SIDE * (steps + 0.5) * steps[:, None])
    return matrix.astype(numpy.float32)


_COSINES = _cosines()


def _similarity_hash(grey: Image.Image) -> str | None:
    """Return a 64-bit perceptual hash: which of the 64 coarsest patterns are stronger than the median one."""
    small = numpy.asarray(grey.resize((_HASH_SIDE, _HASH_SIDE), Image.Resampling.BOX), dtype=numpy.float32)
    if float(small.std()) < _FLAT:
        return None
    waves = _COSINES @ small @ _COSINES.T
    coarse = waves[1:9, 1:9].ravel()
    bits = numpy.packbits(coarse > numpy.median(coarse))
    return bits.tobytes().hex()
