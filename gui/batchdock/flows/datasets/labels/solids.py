"""Boxes in space, as a camera sees them (contract §4.7, §4.8).

A box is told in the coordinates of the sensor whose file has it. `extrinsics` of a sensor lead from its coordinates to
those that all sensors of the segment share; `intrinsics` of a camera from its coordinates (z goes where it looks) to
pixels.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from batchdock.core.datasets.data import Json
from batchdock.core.finding import Shape
from batchdock.flows.datasets.labels.gathering import Gathering, Unfit, Why
from batchdock.flows.datasets.labels.shaping import add_lines
from batchdock.flows.results.reading.plain import number

_Array = NDArray[np.float64]
_Pose = tuple[_Array, _Array]
"""A rotation as a matrix, and a translation."""

_EDGES = tuple((a, b) for a in range(8) for b in range(a + 1, 8) if bin(a ^ b).count("1") == 1)
_NEAR = 0.01
"""Units in front of the lens. What is nearer, or behind it, is cut off."""

_STEPS = 9
"""Points on an edge, which lenses bend."""
_WIDEST = 3.0
"""Times the focal length beside the middle: what is farther out is not in any picture, and formulas of lenses fail."""


def read_solid(
    gathering: Gathering, one: Json, size: tuple[int, int] | None, sensor: Json | None, seen_by: Json | None
) -> None:
    """Read a box in space: as the edges that the camera sees, else as its numbers. Raises `Unfit`.

    For `seen_by`, what it does not see is not there.
    """
    told = one.get("box3d")
    if not isinstance(told, Mapping):
        raise Unfit(Why.WRONG_SHAPE)
    extent, pose = _vector(told.get("size")), _pose(told)
    if extent is None or pose is None:
        raise Unfit(Why.WRONG_SHAPE)
    rotation, middle = pose
    signs = np.array([[1 if corner & bit else -1 for bit in (1, 2, 4)] for corner in range(8)], np.float64)
    corners = (signs * extent / 2) @ rotation.T + middle
    if seen_by is not None:
        corners = _from_to(corners, sensor or {}, seen_by)
    paths = _seen(corners, seen_by if seen_by is not None else sensor or {}, size)
    if paths:
        add_lines(gathering, paths)
    elif seen_by is None:
        numbers = " × ".join(f"{each:.4g}" for each in extent), ", ".join(f"{each:.4g}" for each in middle)
        gathering.add(Shape.LINE, text=f"{numbers[0]} ({numbers[1]})")


def sees(sensor: Json) -> bool:
    """Tell whether a sensor is a camera of which is known where things are in its pictures."""
    return _lens(sensor) is not None


def _vector(told: object) -> _Array | None:
    if not isinstance(told, Mapping):
        return None
    found = np.array([number(told.get(axis)) for axis in ("x", "y", "z")], np.float64)
    return found if np.isfinite(found).all() and bool((np.abs(found) < 1e9).all()) else None


def _pose(told: Mapping[str, object]) -> _Pose | None:
    """Return how something is turned and moved: not at all where nothing is told; None where it can not be read."""
    moved, turned = told.get("translation"), told.get("rotation")
    translation = np.zeros(3) if moved is None else _vector(moved)
    if turned is None:
        rotation: _Array | None = np.eye(3)
    else:
        rotation = _matrix(turned) if isinstance(turned, Mapping) else None
    return None if translation is None or rotation is None else (rotation, translation)


def _matrix(quaternion: Mapping[str, object]) -> _Array | None:
    w, x, y, z = (number(quaternion.get(part)) for part in ("w", "x", "y", "z"))
    length = math.sqrt(w * w + x * x + y * y + z * z)
    if not math.isfinite(length) or length == 0:
        return None
    w, x, y, z = w / length, x / length, y / length, z / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _from_to(points: _Array, source: Json, target: Json) -> _Array:
    """Return points of one sensor in the coordinates of another. Raises `Unfit`."""
    poses = []
    for sensor in (source, target):
        told = sensor.get("extrinsics")
        pose = _pose(told if isinstance(told, Mapping) else {})
        if pose is None:
            raise Unfit(Why.WRONG_SHAPE)
        poses.append(pose)
    (turned, moved), (rotation, translation) = poses
    return np.asarray((points @ turned.T + moved - translation) @ rotation)


def _lens(sensor: Json) -> tuple[float, float, float, float, float] | None:
    intrinsics = sensor.get("intrinsics")
    told = intrinsics.get("cameraMatrix") if isinstance(intrinsics, Mapping) else None
    if not isinstance(told, Mapping):
        return None
    fx, fy, cx, cy = (number(told.get(part)) for part in ("fx", "fy", "cx", "cy"))
    skew = number(told.get("skew", 0))
    return (fx, fy, cx, cy, skew) if math.isfinite(fx + fy + cx + cy + skew) and fx and fy else None


def _seen(corners: _Array, sensor: Json, size: tuple[int, int] | None) -> list[list[tuple[float, float]]]:
    """Return the edges as a picture shows them; none where nothing of them lies in it."""
    lens = _lens(sensor)
    if lens is None:
        return []
    fx, fy, cx, cy, skew = lens
    paths: list[list[tuple[float, float]]] = []
    for first, last in _EDGES:
        edge = _in_front(corners[first], corners[last])
        if edge is None:
            continue
        steps = np.linspace(0, 1, _STEPS)[:, None]
        points = edge[0] + (edge[1] - edge[0]) * steps
        flat = points[:, :2] / points[:, 2:]
        flat = flat[np.abs(flat).max(axis=1) <= _WIDEST]
        if len(flat) < 2:
            continue
        x, y = _bent(flat, sensor).T
        across, down = fx * x + skew * y + cx, fy * y + cy
        if np.isfinite(across).all() and np.isfinite(down).all():
            paths.append(list(zip(across.tolist(), down.tolist(), strict=True)))
    return paths if _touches(paths, size) else []


def _in_front(first: _Array, last: _Array) -> tuple[_Array, _Array] | None:
    """Return the part of an edge that lies in front of the lens."""
    if first[2] < _NEAR and last[2] < _NEAR:
        return None
    if first[2] < _NEAR or last[2] < _NEAR:
        cut = first + (last - first) * ((_NEAR - first[2]) / (last[2] - first[2]))
        return (cut, last) if first[2] < _NEAR else (first, cut)
    return first, last


def _bent(flat: _Array, sensor: Json) -> _Array:
    """Return points as the lens bends them: k1, k2, … from the middle, p1 and p2 to the side."""
    intrinsics = sensor.get("intrinsics")
    told = intrinsics.get("distortionCoefficients") if isinstance(intrinsics, Mapping) else None
    if not isinstance(told, Mapping):
        return flat
    x, y = flat.T
    squared = x * x + y * y
    fisheye = sensor.get("type") == "FISHEYE_CAMERA"
    angle = np.arctan(np.sqrt(squared))
    about, radial = (angle * angle if fisheye else squared), np.ones_like(squared)
    for power in range(1, 9):
        factor = number(told.get(f"k{power}"))
        if not math.isfinite(factor):
            break
        radial = radial + factor * about**power
    if fisheye:
        beside = np.sqrt(squared)
        radial = np.where(beside > 1e-8, radial * angle / np.maximum(beside, 1e-8), 1.0)
        return np.stack((x * radial, y * radial), axis=1)
    p1, p2 = (0.0 if math.isnan(each) else each for each in (number(told.get("p1")), number(told.get("p2"))))
    return np.stack(
        (
            x * radial + 2 * p1 * x * y + p2 * (squared + 2 * x * x),
            y * radial + p1 * (squared + 2 * y * y) + 2 * p2 * x * y,
        ),
        axis=1,
    )


def _touches(paths: list[list[tuple[float, float]]], size: tuple[int, int] | None) -> bool:
    points = [point for path in paths for point in path]
    if size is None or not points:
        return bool(points)
    across, down = zip(*points, strict=True)
    return bool(max(across) > 0 and min(across) < size[0] and max(down) > 0 and min(down) < size[1])
