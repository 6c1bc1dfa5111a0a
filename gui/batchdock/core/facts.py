"""What a service tells of a thing in words and numbers of its own: a tree of facts, and regions drawn on a picture."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Value = str | int | float | bool | datetime | None
"""Times are timezone-aware. None: the service says that there is nothing."""

MASKED = "•••"
"""Stands where a secret was."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value under the service's own name for it, or several facts `below` a name. A `masked` one was a secret.

    `title` is for people (English source, translated in the context "service"); empty where only `name` is known.
    """

    name: str
    value: Value = None
    below: tuple["Fact", ...] = ()
    title: str = ""
    masked: bool = False


class RegionShape(StrEnum):
    """What the points of a region make."""

    POLYGON = "polygon"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture a job looks at. Points are (x, y) in pixels of the frame, or 0-1 when `of_frame`."""

    shape: RegionShape
    points: tuple[tuple[float, float], ...]
    name: str = ""
    of_frame: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told of one thing. `notices` are sentences about what could not be read as it was meant."""

    facts: tuple[Fact, ...] = ()
    regions: tuple[Region, ...] = ()
    notices: tuple[str, ...] = ()
