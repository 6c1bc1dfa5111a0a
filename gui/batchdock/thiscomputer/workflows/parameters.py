"""The settings of a workflow: what they may be, and in which words a wrong one is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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


Parameter = Number | Text


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
