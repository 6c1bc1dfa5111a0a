"""The findings of one label while it is read, and what could not be read of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from batchdock.core.datasets.data import Json, LabelType
from batchdock.core.finding import Box, Finding, Outline, Shape
from batchdock.flows.datasets.labels.classes import Classes

MOST_FINDINGS = 20_000
"""Of one file."""

_LONGEST_NAME = 1_000
_LONGEST_TEXT = 10_000
_LONGEST_INSTANCE = 100


class Why(StrEnum):
    """Why something of a label is not among the findings."""

    WRONG_SHAPE = "wrong-shape"
    """It is not written as its kind is."""
    UNKNOWN_KIND = "unknown-kind"
    NO_SIZE = "no-size"
    """Run lengths mean nothing without the size of the picture."""
    NO_FILE = "no-file"
    """A mask's own file is not there, or is no picture."""
    TOO_MANY = "too-many"


class Unfit(Exception):
    """One label can not be read."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Unread:
    """So many labels of one kind that could not be read. `kind` is the service's word for it."""

    kind: str
    count: int
    why: Why


@dataclass(frozen=True, slots=True)
class Detail:
    """What is known of one finding beside its shape.

    `entry` is which of the labels of its kind it comes from: the polygons of one multi polygon share it. `instance` is
    in the finding's `track`, too.
    """

    kind: LabelType
    entry: int
    attributes: Json = field(default_factory=dict)
    instance: str = ""


@dataclass(frozen=True, slots=True)
class ReadLabel:
    """The findings of one file, and beside each (at the same place) its details. `Finding.number` is that place."""

    findings: tuple[Finding, ...] = ()
    details: tuple[Detail, ...] = ()
    unread: tuple[Unread, ...] = ()


class Gathering:
    """Collects. `begin` tells which label is read; what is added after belongs to it."""

    def __init__(self, classes: Classes, picture: int) -> None:
        self.classes = classes
        self._picture = picture
        self._findings: list[Finding] = []
        self._details: list[Detail] = []
        self._unread: Counter[tuple[str, Why]] = Counter()
        self._label = -1
        self._detail = Detail(LabelType.CLASSIFICATION, 0)

    @property
    def is_full(self) -> bool:
        """Whether no more findings are kept."""
        return len(self._findings) >= MOST_FINDINGS

    def begin(self, kind: LabelType, entry: int, one: Json) -> None:
        """Go on with another label: its class, attributes and instance are read."""
        category, attributes = one.get("category"), one.get("attributes")
        self._label = self.classes.number(category[:_LONGEST_NAME]) if isinstance(category, str) else -1
        instance = one.get("instance")
        known = instance if isinstance(instance, str) else str(instance) if isinstance(instance, int) else ""
        self._detail = Detail(
            kind, entry, attributes if isinstance(attributes, Mapping) else {}, known[:_LONGEST_INSTANCE]
        )

    def add(self, shape: Shape, box: Box | None = None, outline: Outline | None = None, text: str = "") -> None:
        """Add one finding of the label in hand."""
        self._put(shape, self._label, box, outline, text, self._detail)

    def add_masked(self, name: str, box: Box, outline: Outline, attributes: object, instance: str) -> None:
        """Add what one value of a mask's pixels stands for."""
        detail = Detail(
            self._detail.kind, self._detail.entry, attributes if isinstance(attributes, Mapping) else {}, instance
        )
        self._put(Shape.MASK, self.classes.number(name[:_LONGEST_NAME]), box, outline, "", detail)

    def leave_out(self, kind: str, why: Why, count: int = 1) -> None:
        """Count what could not be read."""
        self._unread[kind[:_LONGEST_NAME], why] += count

    def read(self) -> ReadLabel:
        """Return everything that was gathered."""
        unread = tuple(Unread(kind, count, why) for (kind, why), count in self._unread.items())
        return ReadLabel(tuple(self._findings), tuple(self._details), unread)

    def _put(
        self, shape: Shape, label: int, box: Box | None, outline: Outline | None, text: str, detail: Detail
    ) -> None:
        if self.is_full:
            self.leave_out(detail.kind, Why.TOO_MANY)
            return
        number = len(self._findings)
        self._findings.append(
            Finding(
                number,
                self._picture,
                detail.kind.value,
                shape,
                label,
                None,
                box,
                outline,
                text[:_LONGEST_TEXT],
                detail.instance,
            )
        )
        self._details.append(detail)
