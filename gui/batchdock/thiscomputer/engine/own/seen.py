"""What a look at a network showed, and what all families check in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from batchdock.thiscomputer.engine.own.form import ModelUnfit
from batchdock.thiscomputer.engine.own.metadata import Said
from batchdock.thiscomputer.engine.own.sheet import Array


@dataclass(frozen=True, slots=True)
class Seen:
    """What a network answered to a picture of noise, by the names of its outputs, and what it says of itself.

    `wants_bytes` and `is_told_size` as with `Network`.
    """

    names: Sequence[str]
    answers: Sequence[Array]
    said: Said
    side: tuple[int, int]
    wants_bytes: bool = False
    is_told_size: bool = False


def names_for(said: Said, count: int) -> tuple[tuple[str, ...], bool]:
    """Return a name for each of `count` classes and whether the network has told them. Raises `ModelUnfit`."""
    if not said.names:
        return tuple(str(each) for each in range(count)), False
    if len(said.names) != count:
        raise ModelUnfit(
            f"The model has names for {_classes(len(said.names))}, and its answer has room for {count}. "
            "It may do something else than find, outline or sort things, and nothing else runs here. Use another one."
        )
    return said.names, True


def _classes(count: int) -> str:
    return "1 class" if count == 1 else f"{count} classes"


def check_scores(scores: Array) -> None:
    """Raise `ModelUnfit` where numbers that are to be certainties are none."""
    if scores.size and (scores.min() < -0.01 or scores.max() > 1.01):
        raise ModelUnfit(
            "The certainties of the model are not between 0 and 1. Export it again with its last layer (sigmoid)."
        )
