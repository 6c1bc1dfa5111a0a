"""Outlines of findings, from the forms that workflows write them in, as the index keeps them.

What is kept is bounded; what is too large or makes no sense is left out, and the finding stays.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from batchdock.flows.results.reading.plain import number, share

_MOST_POINTS = 20_000
_MOST_KEYPOINTS = 1_000
_MOST_PIXELS = 2**30
"""Of a mask: more than any camera has."""
_MOST_RUNS = 1_000_000
_LONGEST_RUNS = 5_000_000
_LONGEST_PNG = 50_000_000
_PNG = ("iVBORw0KGgo", "data:image/png;base64,")
_encode = msgspec.json.Encoder().encode

Points = list[tuple[float, float]]


class Unfit(ValueError):
    """The sentence says why an outline was left out."""


def outline_of(found: Mapping[str, Any]) -> str | None:
    """Return the outline of a finding as JSON (see schema.sql), None where it has none. Raises `Unfit`."""
    if "rle_mask" in found or "rle" in found or "mask" in found:
        made = _mask(found.get("rle_mask") or found.get("rle") or found.get("mask"))
        if made is not None:
            return made
    keypoints = found.get("keypoints")
    if isinstance(keypoints, list) and keypoints:
        return _told({"keypoints": _keypoints(keypoints)})
    for key in ("points", "polygon", "position"):
        points = found.get(key)
        if isinstance(points, list) and len(points) > 2:
            return _told({"polygon": corners(points)})
    return None


def corners(told: Sequence[Any]) -> Points:
    """Return the corners of a polygon, of `{"x": …, "y": …}` or `[x, y]`. Raises `Unfit`."""
    if len(told) > _MOST_POINTS:
        step = math.ceil(len(told) / _MOST_POINTS)
        told = told[::step]
    points = []
    for each in told:
        x, y = (each.get("x"), each.get("y")) if isinstance(each, dict) else _pair(each)
        point = number(x), number(y)
        if not (math.isfinite(point[0]) and math.isfinite(point[1])):
            raise Unfit("An outline has corners that are no numbers. It was left out.")
        points.append(point)
    return points


def told_corners(points: Points) -> str:
    """Return a polygon as the index keeps it."""
    return _told({"polygon": points})


def box_around(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return the corner and size of the box around points."""
    across, down = zip(*points, strict=True)
    left, top = min(across), min(down)
    return left, top, max(across) - left, max(down) - top


def _pair(told: Any) -> tuple[Any, Any]:
    return (told[0], told[1]) if isinstance(told, list) and len(told) >= 2 else (None, None)


def _keypoints(told: Sequence[Any]) -> list[tuple[float, float, str, float | None]]:
    points = []
    for each in told[:_MOST_KEYPOINTS]:
        if not isinstance(each, dict):
            raise Unfit("Keypoints are no places with names. They were left out.")
        x, y = number(each.get("x")), number(each.get("y"))
        if not (math.isfinite(x) and math.isfinite(y)):
            continue  # one that was not seen
        name = each.get("class", each.get("class_name", each.get("name", "")))
        sure = share(each.get("confidence"))
        points.append((x, y, str(name)[:200], None if math.isnan(sure) else sure))
    return points


def _mask(told: Any) -> str | None:
    if isinstance(told, dict):
        return _run_lengths(told)
    if isinstance(told, str):
        if len(told) > _LONGEST_PNG:
            raise Unfit("A mask is larger than any picture. It was left out.")
        if told.startswith(_PNG):
            return _told({"png": told})
        raise Unfit("A mask is in a form that is not known here. It was left out.")
    if isinstance(told, list) and told:
        rings = [told] if not _is_ring(told[0]) else told
        longest = max(rings, key=len)  # of several parts the index keeps one
        return _told({"polygon": corners(longest)}) if len(longest) > 2 else None
    return None


def _is_ring(told: Any) -> bool:
    return isinstance(told, list) and bool(told) and isinstance(told[0], list | dict)


def _run_lengths(told: Mapping[str, Any]) -> str | None:
    size, counts = told.get("size"), told.get("counts")
    if counts is None:
        return None
    if not isinstance(size, list) or len(size) != 2 or not all(type(side) is int and side > 0 for side in size):
        raise Unfit("A mask does not say how large it is. It was left out.")
    height, width = size
    if width * height > _MOST_PIXELS:
        raise Unfit(f"A mask says it has {width * height:,} pixels, more than any picture. It was left out.")
    if isinstance(counts, list):
        counts = compressed(counts, width * height)
    if not isinstance(counts, str) or len(counts) > _LONGEST_RUNS:
        raise Unfit("A mask has no run lengths. It was left out.")
    return _told({"mask": (width, height, counts)})


def compressed(runs: Sequence[Any], pixels: int) -> str:
    """Return run lengths as COCO's own tool compresses them. Raises `Unfit`."""
    if len(runs) > _MOST_RUNS or not all(type(run) is int and run >= 0 for run in runs) or sum(runs) != pixels:
        raise Unfit("The run lengths of a mask do not fit its size. It was left out.")
    text = bytearray()
    for place, run in enumerate(runs):
        left = run - runs[place - 2] if place > 2 else run
        while True:
            group, left = left & 0x1F, left >> 5
            more = left != (-1 if group & 0x10 else 0)
            text.append(48 + (group | (0x20 if more else 0)))
            if not more:
                break
    return text.decode("ascii")


def _told(outline: Mapping[str, Any]) -> str:
    return _encode(outline).decode()
