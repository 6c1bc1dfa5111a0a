"""A frame of a video."""

from dataclasses import dataclass

from batchdock.core.pixels import Pixels

SLACK = 0.001
"""Seconds. Files and results round: what is asked for this much too early is meant all the same."""


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One frame, `seconds` after the first. `pixels` have the shape that people see; their `full_width` and
    `full_height` are those that findings are measured in. `number` is exact where all frames take equally long."""

    pixels: Pixels
    seconds: float
    number: int
