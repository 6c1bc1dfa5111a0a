"""What all writers are handed, and what they have in common."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from batchdock.core.finding import Cell, Finding, Label, Picture, Shape
from batchdock.core.problem import FileFailure
from batchdock.flows.intake.names import printable
from batchdock.flows.results.handing.values import text_of
from batchdock.flows.results.handing.wishes import FORM_NAMES, Form, Wishes

NAMED_LIMIT = 1_000
"""So many pictures are named for one reason; the rest is counted."""

_UNNAMED = {Shape.TEXT: "text", Shape.CODE: "code"}
_THING = "thing"


@dataclass(frozen=True, slots=True)
class Sight:
    """One picture as it is handed on: what counts in it, its plain values, its real size, and where its original is."""

    picture: Picture
    findings: tuple[Finding, ...]
    cells: tuple[Cell, ...]
    size: tuple[int, int] | None
    """Width and height in pixels."""
    original: Path | None
    """None also for frames, which have no file of their own."""
    drawn: Path | None
    """As the service has drawn it."""


class Notes:
    """Gathers what had to be left out, a reason and a picture at a time."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate
        self._named: list[FileFailure] = []
        self._counts: Counter[str] = Counter()

    def add(self, form: Form, name: str, cause: str) -> None:
        """Name a picture and why some form has it not, or not as it is."""
        said = f"{self._translate(FORM_NAMES[form])}: {self._translate(cause)}"
        self._counts[said] += 1
        if self._counts[said] <= NAMED_LIMIT:
            self._named.append(FileFailure(printable(name), said))

    def all(self) -> tuple[FileFailure, ...]:
        """Return all that were named, and for each reason how many were not."""
        rest = (
            FileFailure("…", f"{said} (and {count - NAMED_LIMIT:,} more)")
            for said, count in self._counts.items()
            if count > NAMED_LIMIT
        )
        return (*self._named, *rest)


@dataclass(frozen=True, slots=True)
class Order:
    """What is handed on, and where to: `folder` is the one that will appear, `scratch` one beside it that will not."""

    folder: Path
    scratch: Path
    name: str
    labels: tuple[Label, ...]
    valued: tuple[str, ...]
    """The outputs that gave plain values."""
    of_videos: bool
    wishes: Wishes
    about: tuple[tuple[str, str], ...]
    """What stands on the last sheet: job, filter, counts, when."""
    notes: Notes = field(init=False)
    names: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", Notes(self.wishes.translate))
        object.__setattr__(self, "names", {label.number: text_of(label.name) for label in self.labels})

    def class_of(self, found: Finding) -> str:
        """Return the name of a finding's class, empty without one."""
        return self.names.get(found.label, "")

    def say(self, text: str) -> str:
        """Return `text` in the person's language."""
        return self.wishes.translate(text)


class Classes:
    """The classes of a data set. Their numbers are those of the results, whatever the filter, so that data sets of the
    same results fit together; findings without a class get one of their own behind them."""

    def __init__(self, order: Order) -> None:
        self.names = [order.names[label.number] for label in sorted(order.labels, key=lambda each: each.number)]
        self._known = len(self.names)
        self._others: dict[str, int] = {}

    def number(self, found: Finding) -> int:
        """Return the number of a finding's class, 0 and up."""
        if 0 <= found.label < self._known:
            return found.label
        name = _UNNAMED.get(found.shape, _THING)
        if name not in self._others:
            self._others[name] = len(self.names)
            self.names.append(name)
        return self._others[name]


class Writer(Protocol):
    """Writes one form. Everything blocks and raises `OSError`; `close` never raises, whatever was done before."""

    def write(self, sights: Sequence[Sight]) -> None:
        """Take the next pictures, in their order."""

    def finish(self) -> Sequence[str]:
        """Bring it to its end. Return what to name of it, relative to the folder, with `/`."""

    def close(self) -> None:
        """Let go of every file."""
