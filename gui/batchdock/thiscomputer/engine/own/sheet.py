"""Brings a picture to the size and the numbers that a network takes, and places back into the picture."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy
from numpy.typing import NDArray

from batchdock.thiscomputer.engine.own.form import Fit, Form

Pixels = NDArray[numpy.uint8]
"""A picture as OpenCV has it: rows, columns, blue-green-red."""

Array = NDArray[Any]

_MARGIN = 114
_MEAN = numpy.array((0.485, 0.456, 0.406), numpy.float32)
_SPREAD = numpy.array((0.229, 0.224, 0.225), numpy.float32)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture of the network's size, and where in it the original is: `scale` and `offset`, across and down.

    `original` and `side` are (width, height) in pixels.
    """

    pixels: Pixels
    original: tuple[int, int]
    side: tuple[int, int]
    scale: tuple[float, float]
    offset: tuple[float, float]

    def placed(self, corners: Array) -> NDArray[numpy.float32]:
        """Return corners (left, top, right, bottom) on the sheet as those in the original, inside of it."""
        back = (corners - numpy.tile(self.offset, 2)) / numpy.tile(self.scale, 2)
        inside: Array = numpy.clip(back, 0, numpy.tile(self.original, 2))
        return inside.astype(numpy.float32)

    def spread(self, corners: Array) -> NDArray[numpy.float32]:
        """Return corners that are parts of the sheet (0–1) as corners in the original."""
        return self.placed(corners * numpy.tile(self.side, 2))


def laid(image: Pixels, side: tuple[int, int], fit: Fit) -> Sheet:
    """Return the picture at the size `side`."""
    height, width = image.shape[:2]
    if fit == "stretch":
        return Sheet(_resized(image, side), (width, height), side, (side[0] / width, side[1] / height), (0, 0))
    ratios = (side[0] / width, side[1] / height)
    ratio = max(ratios) if fit == "cover" else min(ratios)
    new = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    if fit == "cover":
        new = (max(new[0], side[0]), max(new[1], side[1]))
    small = _resized(image, new)
    scale = (new[0] / width, new[1] / height)
    left, top = ((side[0] - new[0]) // 2, (side[1] - new[1]) // 2) if fit != "corner" else (0, 0)
    if fit == "cover":
        small = small[-top : -top + side[1], -left : -left + side[0]]
        return Sheet(numpy.ascontiguousarray(small), (width, height), side, scale, (left, top))
    sheet = numpy.full((side[1], side[0], 3), _MARGIN, numpy.uint8)
    sheet[top : top + new[1], left : left + new[0]] = small
    return Sheet(sheet, (width, height), side, scale, (left, top))


def numbered(sheet: Sheet, form: Form, *, kind: str, channels: int, channels_last: bool) -> Array:
    """Return the sheet as the network takes it, one picture: `kind` is numpy's name of its numbers."""
    pixels: Array = sheet.pixels if form.blue_first else sheet.pixels[:, :, ::-1]
    mean, spread = _MEAN, _SPREAD
    if channels == 1:
        pixels = cv2.cvtColor(sheet.pixels, cv2.COLOR_BGR2GRAY)[:, :, None]
        mean, spread = _MEAN.mean(keepdims=True), _SPREAD.mean(keepdims=True)
    numbers: Array = numpy.ascontiguousarray(pixels.transpose(2, 0, 1))
    if kind != "uint8":
        numbers = numbers.astype(numpy.float32)
        if form.numbers == "unit":
            numbers *= numpy.float32(1 / 255)
        elif form.numbers == "imagenet":
            numbers *= (1 / 255 / spread)[:, None, None].astype(numpy.float32)
            numbers -= (mean / spread)[:, None, None].astype(numpy.float32)
    ordered = numbers.transpose(1, 2, 0) if channels_last else numbers
    return numpy.ascontiguousarray(ordered[None], dtype=kind)


def _resized(image: Pixels, size: tuple[int, int]) -> Pixels:
    return numpy.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), dtype=numpy.uint8)
