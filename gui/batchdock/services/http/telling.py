"""Makes a tree of facts of whatever a service answers: fields of any type, number and depth, known or not."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from batchdock.core.facts import MASKED, Fact, Facts, Value
from batchdock.core.text import QT_TRANSLATE_NOOP

CUT_SHORT = QT_TRANSLATE_NOOP("service", "The service tells more than can be shown here; the end of it is left out.")

_DEEPEST = 30
_MOST = 5000
_MOST_TEXT = 20_000
_MOST_NUMBER = 2**63


@dataclass
class Telling:
    """Goes through one answer, from which secrets are taken already, and notes what it comes by.

    `titles` are what people call some names, `first` the names that come before all others.
    """

    titles: Mapping[str, str]
    first: Sequence[str] = ()
    notices: list[str] = field(default_factory=list)
    _read: int = 0

    def facts(self, answer: object) -> Facts:
        """Return what the answer tells."""
        if not isinstance(answer, dict):
            return Facts(facts=self.below("", answer))
        order = {name: place for place, name in enumerate(self.first)}
        names = sorted(answer, key=lambda name: order.get(name, len(order)))
        facts = tuple([self.fact(name, answer[name], 0) for name in names if self.has_room()])
        return Facts(facts, notices=tuple(dict.fromkeys(self.notices)))

    def has_room(self) -> bool:
        """Tell whether more can be shown; the first that can not is noted."""
        if self._read >= _MOST:
            self.notices.append(CUT_SHORT)
        return self._read < _MOST

    def fact(self, name: str, value: object, depth: int) -> Fact:
        """Return one fact with what is below it."""
        self._read += 1
        title = self.title(name, depth)
        self.note(name, value)
        if isinstance(value, dict | list):
            if depth >= _DEEPEST:
                self.notices.append(CUT_SHORT)
                return Fact(name, title=title)
            return Fact(name, below=self.below(name, value, depth + 1), title=title)
        return Fact(name, self.value(name, value, depth), title=title, masked=value == MASKED)

    def below(self, name: str, value: object, depth: int = 0) -> tuple[Fact, ...]:
        """Return the facts in an object, or in a list by their numbers."""
        if isinstance(value, dict):
            return tuple([self.fact(str(each), value[each], depth) for each in value if self.has_room()])
        if isinstance(value, list):
            numbered = enumerate(value, start=1)
            return tuple([self.fact(str(number), each, depth) for number, each in numbered if self.has_room()])
        return (self.fact(name, value, depth),)

    def title(self, name: str, depth: int) -> str:
        """Return what people call a name, at so many steps below the top; empty where only the name is known."""
        return self.titles.get(name, "")

    def note(self, name: str, value: object) -> None:
        """Look at a value before it is told."""

    def value(self, name: str, value: object, depth: int) -> Value:
        """Return a value as it is told."""
        return plain_value(value)


def plain_value(value: object) -> str | int | float | bool | datetime | None:
    """Return a value that can be kept and shown: no endless number and no endless text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _MOST_NUMBER:
        return f"{value:e}" if abs(value) < 10**300 else "∞"
    if isinstance(value, str):
        return value if len(value) <= _MOST_TEXT else f"{value[:_MOST_TEXT]}…"
    return value if isinstance(value, bool | int | float) or value is None else str(value)
