"""Masks that are files of their own: every value of a pixel is a class or a thing (contract §4.7)."""

import io
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from batchdock.core.datasets.data import Json, LabelType
from batchdock.core.finding import Box, Mask
from batchdock.flows.datasets.labels.gathering import Gathering, Unfit, Why
from batchdock.flows.results.handing.geometry import run_text

_Values = NDArray[np.integer[Any]]

_MOST_PIXELS = 80_000_000
_MOST_VALUES = 400
"""Of one mask: more can not be told apart."""

_NOTHING = frozenset(("background", "bg", "void", "ignore", "unlabeled", "unlabelled", "none"))
"""What 0 is called where it stands for nothing."""


def read_mask(gathering: Gathering, kind: LabelType, one: Json, png: bytes | None, finest: int | None) -> None:
    """Read a mask, its longer side in `finest` steps at most; None: every pixel. Raises `Unfit`.

    A value of a semantic mask is the `categoryId` of the catalog; that of an instance mask one thing; of a panoptic
    one a thing, too, whose class the label's `info` tells. 0 is nothing, unless the catalog has a name for it.
    """
    if png is None:
        raise Unfit(Why.NO_FILE)
    values = _values(png)
    step = 1 if finest is None else math.ceil(max(values.shape) / finest)
    values = values[::step, ::step]
    height, width = values.shape
    told = _info(one.get("info"), "categoryId" if kind is LabelType.SEMANTIC_MASK else "instanceId")
    names = gathering.classes.masked
    for count, (value, left, top, bits) in enumerate(_parts(values)):
        if count >= _MOST_VALUES:
            gathering.leave_out(kind, Why.TOO_MANY)
            break
        about = told.get(value, {})
        category = about.get("categoryId") if kind is LabelType.PANOPTIC_MASK else value
        name = names.get((kind, category)) if isinstance(category, int) else None
        if value == 0 and not about and (name is None or name.strip("_ ").lower() in _NOTHING):
            continue
        box = Box(left * step, top * step, bits.shape[1] * step, bits.shape[0] * step)
        mask = Mask(width, height, run_text(bits, left, top, (width, height)))
        instance = "" if kind is LabelType.SEMANTIC_MASK else str(value)
        gathering.add_masked(name or str(value), box, mask, about.get("attributes"), instance)


def _info(told: object, key: str) -> dict[int, Json]:
    """Return what a label says of the values of its mask."""
    rows = [each for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []
    return {each[key]: each for each in rows if isinstance(each.get(key), int)}


def _values(png: bytes) -> _Values:
    """Return the value of each pixel, row by row; of a coloured picture red + 256 · green + 65,536 · blue."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if not 0 < image.width * image.height <= _MOST_PIXELS:
                raise Unfit(Why.NO_FILE)
            pixels = np.asarray(image)
    except Unfit:
        raise
    except Exception:  # Pillow's decoders raise what they like
        raise Unfit(Why.NO_FILE) from None
    if pixels.ndim == 2:
        return pixels.astype(np.uint8) if pixels.dtype == bool else pixels
    parts = pixels.astype(np.int64)
    if pixels.shape[2] < 3:  # grey, and how clear it is
        return np.ascontiguousarray(parts[:, :, 0])
    return np.asarray(parts[:, :, 0] + 256 * parts[:, :, 1] + 65_536 * parts[:, :, 2])


def _parts(values: _Values) -> Iterator[tuple[int, int, int, NDArray[np.bool_]]]:
    """Yield each value with the corner (left, top) of the part of the picture that has it, and its pixels there."""
    flat = np.ascontiguousarray(values).ravel()
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    begins = np.concatenate(([0], np.flatnonzero(np.diff(ordered)) + 1))
    for begin, end in zip(begins, [*begins[1:], len(ordered)], strict=True):
        rows, columns = np.divmod(order[begin:end], values.shape[1])
        left, top = int(columns.min()), int(rows.min())
        bits = np.zeros((int(rows.max()) - top + 1, int(columns.max()) - left + 1), bool)
        bits[rows - top, columns - left] = True
        yield int(ordered[begin]), left, top, bits
