"""The settings of a workflow: what they may be, and in which words a wrong one is refused."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric setting, from `low` to `high`."""

    name: str
    default: float
    low: float
    high: float

    def objection(self, value: object) -> str | None:
        """Return what is wrong with `value`, or None."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return f"“{self.name}” takes a number from {self.low:g} to {self.high:g}, not {_shown(value)}."
        return None


@dataclass(frozen=True, slots=True)
class Text:
    """A setting that is a piece of text."""

    name: str
    default: str

    def objection(self, value: object) -> str | None:
        """Return what is wrong with `value`, or None."""
        return None if isinstance(value, str) else f"“{self.name}” takes text, not {_shown(value)}."


@dataclass(frozen=True, slots=True)
class Names:
    """A setting that picks some of `known()`: as a list, or as text with commas. All of them when nothing is given."""

    name: str
    known: Callable[[], Sequence[str]]
    default: tuple[str, ...] | None = None

    def objection(self, value: object) -> str | None:
        """Return what is wrong with `value`, or None."""
        names = names_in(value)
        if names is None:
            return f"“{self.name}” takes names with commas between them, not {_shown(value)}."
        unknown = next((each for each in names if each not in self.known()), None)
        if unknown is None:
            return None
        near = difflib.get_close_matches(unknown, self.known(), 3, 0.5) or sorted(self.known())[:5]
        return f"“{self.name}” has a name that is not known here: “{unknown}”. Is it one of these: {', '.join(near)}?"


@dataclass(frozen=True, slots=True)
class Points:
    """A line or an outline: as text, pairs of shares of width and height (“0.5,0 0.5,1”), or as a list of pixels."""

    name: str
    usual: str
    least: int
    most: int
    default: None = None

    def objection(self, value: object) -> str | None:
        """Return what is wrong with `value`, or None."""
        if self.placed(value, 1, 1) is not None:
            return None
        count = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        return f"“{self.name}” takes {count} points, as parts of width and height: {self.usual}. Not {_shown(value)}."

    def placed(self, value: object, width: int, height: int) -> list[list[float]] | None:
        """Return the points in pixels of a picture of this size, or None where there are none."""
        given = self.usual if value is None else value
        if isinstance(given, str):
            pairs: list[Any] = [each.split(",") for each in given.split()]
            scale = (width, height)
        else:
            pairs, scale = given if isinstance(given, list) else [], (1, 1)
        try:
            points = [[float(part) * side for part, side in zip(pair, scale, strict=True)] for pair in pairs]
        except (TypeError, ValueError):
            return None
        fits = self.least <= len(points) <= self.most and all(0 <= part < 1e6 for pair in points for part in pair)
        within = not isinstance(given, str) or all(x <= width and y <= height for x, y in points)
        return points if fits and within else None


Parameter = Number | Text | Names | Points


def names_in(value: object) -> list[str] | None:
    """Return the names in a list or in text with commas, or None where there can be none."""
    if isinstance(value, str):
        return [each.strip().lower() for each in value.split(",") if each.strip()]
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return [str(each).strip().lower() for each in value]
    return None


def workflow_inputs(parameters: Sequence[Parameter]) -> list[dict[str, object]]:
    """Return the inputs of a workflow as its definition lists them: the picture first (contract §2.3)."""
    picture: dict[str, object] = {"type": "InferenceImage", "name": "image"}
    return [picture] + [
        {"type": "InferenceParameter", "name": each.name, "default_value": each.default} for each in parameters
    ]


def objection(parameters: Sequence[Parameter], given: Mapping[str, object]) -> str | None:
    """Return a sentence about the first wrong or unknown setting, or None when all are right. None means: default."""
    known = {each.name: each for each in parameters}
    for name, value in given.items():
        if name not in known:
            names = ", ".join(known) or "none"
            return f"This workflow has no setting “{name}”. Its settings: {names}."
        if value is not None and (sentence := known[name].objection(value)):
            return sentence
    return None


def filled(parameters: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, object]:
    """Return a value for every setting: the given one or the default."""
    return {each.name: each.default if given.get(each.name) is None else given[each.name] for each in parameters}


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else repr(value)
