"""Holds two runs against each other: pictures by their names, findings by what `matching` calls the same."""

from __future__ import annotations

import asyncio
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchdock.core.finding import Label
from batchdock.flows.results.opening import Opened

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from batchdock.store.findings.comparing import Everything

    Numbers = NDArray[numpy.int64]

Heard = Callable[[int, int], None]
"""Is told how many pictures are done, of how many."""

_AT_A_TIME = 5_000
"""Pictures. Between two lots somebody may have given up."""


@dataclass(frozen=True, slots=True)
class LabelChange:
    """How often a class was found in the pictures that both runs have. `name` is '' for findings without one."""

    name: str
    one: int
    other: int
    matched: int


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What two runs say about the pictures that both have, those that changed most first.

    The sequences have one entry a picture: its name, its number in either run, and how many findings are in both, in
    `one` alone, and in `other` alone.
    """

    names: tuple[str, ...]
    numbers: Numbers
    other_numbers: Numbers
    matched: Numbers
    only_one: Numbers
    only_other: Numbers
    labels: tuple[LabelChange, ...]
    """The greatest change first."""
    pictures_only_one: int
    pictures_only_other: int

    @property
    def agreement(self) -> float:
        """The share of findings that both have, 0 to 1, over all pictures; 1 where nobody found anything."""
        matched, differing = int(self.matched.sum()), int(self.only_one.sum() + self.only_other.sum())
        return matched / (matched + differing) if matched + differing else 1.0

    @property
    def changed(self) -> int:
        """How many pictures are not the same."""
        return int(((self.only_one + self.only_other) > 0).sum())

    def agreement_of(self, place: int) -> float:
        """Return the share of one picture's findings that both have."""
        matched, differing = int(self.matched[place]), int(self.only_one[place] + self.only_other[place])
        return matched / (matched + differing) if matched + differing else 1.0


async def compare(
    one: Opened,
    other: Opened,
    *,
    classes: frozenset[str] | None = None,
    least: float = 0.0,
    heard: Heard | None = None,
) -> Comparison:
    """Compare once. See `Comparing`, which does so again and again."""
    return await (await Comparing.begin(one, other)).compare(classes=classes, least=least, heard=heard)


class Comparing:
    """Two runs, read once, compared as often as the wish changes. Everything may be cancelled."""

    def __init__(
        self,
        names: tuple[str, ...],
        one: _Run,
        other: _Run,
        in_both: tuple[Numbers, Numbers],
        classes: tuple[str, ...],
    ) -> None:
        self.classes = classes
        """The names of all classes of both; '' where some findings have none."""
        self._names = names
        self._one, self._other = one, other
        self._numbers, self._other_numbers = in_both

    @classmethod
    async def begin(cls, one: Opened, other: Opened) -> Comparing:
        """Read both. Raise `ResultsUnreadable` where one of them has become unreadable."""
        everything = (await one.everything(), await other.everything())
        return await asyncio.to_thread(cls._put_together, everything, (one.labels, other.labels))

    @classmethod
    def _put_together(
        cls, everything: tuple[Everything, Everything], labels: tuple[tuple[Label, ...], tuple[Label, ...]]
    ) -> Comparing:
        import numpy

        keys = [_keys(each) for each in everything]
        places = {key: number for number, key in enumerate(keys[1])}
        pairs = [(number, places[key]) for number, key in enumerate(keys[0]) if key in places]
        both = numpy.array(pairs, numpy.int64).reshape(-1, 2)
        classes: dict[str, int] = {}
        for each in labels:
            for label in each:
                classes.setdefault(_composed(label.name), len(classes))
        if any((each.label < 0).any() for each in everything):
            classes.setdefault("", len(classes))
        _, words = numpy.unique(numpy.concatenate([each.words for each in everything]), return_inverse=True)
        split = len(everything[0].words)
        runs = [
            _run(each, both[:, place], word, classes, labels[place])
            for place, (each, word) in enumerate(zip(everything, (words[:split], words[split:]), strict=True))
        ]
        return cls(everything[0].names, runs[0], runs[1], (both[:, 0], both[:, 1]), tuple(classes))

    async def compare(
        self, *, classes: frozenset[str] | None = None, least: float = 0.0, heard: Heard | None = None
    ) -> Comparison:
        """Compare the findings of these classes (None: all) that are at least so sure."""
        import numpy

        wanted = numpy.array([classes is None or each in classes for each in self.classes], bool)
        sure = numpy.float64(numpy.float32(least))
        one = await asyncio.to_thread(self._one.counting, wanted, sure)
        other = await asyncio.to_thread(self._other.counting, wanted, sure)
        pictures = len(self._numbers)
        found: list[tuple[Numbers, Numbers]] = []
        for first in range(0, pictures, _AT_A_TIME):
            last = min(pictures, first + _AT_A_TIME)
            found.append(await asyncio.to_thread(_matched_within, one, other, first, last))
            if heard is not None:
                heard(last, pictures)
        return await asyncio.to_thread(self._conclude, one, other, found)

    def _conclude(self, one: _Run, other: _Run, found: Iterable[tuple[Numbers, Numbers]]) -> Comparison:
        import numpy

        pictures, classes = len(self._numbers), len(self.classes)
        rows = numpy.concatenate([numpy.zeros(0, numpy.int64), *(here for here, _ in found)])
        in_one, in_other = (numpy.bincount(run.place, minlength=pictures) for run in (one, other))
        matched = numpy.bincount(one.place[rows], minlength=pictures)
        only_one, only_other = in_one - matched, in_other - matched
        differing = only_one + only_other
        order = numpy.lexsort((numpy.arange(pictures), matched, -differing))
        by_class = [numpy.bincount(each, minlength=classes) for each in (one.label, other.label, one.label[rows])]
        labels = [
            LabelChange(name, *(int(each[place]) for each in by_class)) for place, name in enumerate(self.classes)
        ]
        seen = [each for each in labels if each.one or each.other]
        seen.sort(key=lambda each: (-abs(each.other - each.one), each.matched - max(each.one, each.other), each.name))
        names = self._names
        return Comparison(
            names=tuple(names[number] for number in self._numbers[order].tolist()),
            numbers=self._numbers[order],
            other_numbers=self._other_numbers[order],
            matched=matched[order],
            only_one=only_one[order],
            only_other=only_other[order],
            labels=tuple(seen),
            pictures_only_one=self._one.pictures - pictures,
            pictures_only_other=self._other.pictures - pictures,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """The findings of one run in the pictures that both have, by picture. `place` is that picture's, `label` the
    class's among those of both, and `word` the same number for what reads the same in either."""

    pictures: int
    place: Numbers
    label: Numbers
    word: Numbers
    confidence: NDArray[numpy.float64]
    boxes: NDArray[numpy.float64]

    def counting(self, wanted: NDArray[numpy.bool_], least: float) -> _Run:
        """Return what counts."""
        return self._at(wanted[self.label] & (self.confidence >= least))

    def within(self, first: int, last: int) -> tuple[int, _Run]:
        """Return the row at which these pictures begin, and their rows."""
        import numpy

        start, end = (int(each) for each in numpy.searchsorted(self.place, (first, last)))
        return start, self._at(slice(start, end))

    def _at(self, rows: slice | NDArray[numpy.bool_]) -> _Run:
        return _Run(
            self.pictures,
            self.place[rows],
            self.label[rows],
            self.word[rows],
            self.confidence[rows],
            self.boxes[rows],
        )


def _run(
    everything: Everything, numbers: Numbers, words: Numbers, classes: dict[str, int], labels: tuple[Label, ...]
) -> _Run:
    import numpy

    places = numpy.full(len(everything.names), -1, numpy.int64)
    places[numbers] = numpy.arange(len(numbers))
    # By number, and at -1, the last, what stands for no class.
    named = numpy.array([*(classes[_composed(label.name)] for label in labels), classes.get("", 0)], numpy.int64)
    place = places[everything.picture]
    rows = numpy.flatnonzero(place >= 0)
    rows = rows[numpy.argsort(place[rows], kind="stable")]
    return _Run(
        pictures=len(everything.names),
        place=place[rows],
        label=named[everything.label[rows]],
        word=words[rows],
        confidence=everything.confidence[rows],
        boxes=everything.boxes[rows],
    )


def _matched_within(one: _Run, other: _Run, first: int, last: int) -> tuple[Numbers, Numbers]:
    import numpy

    from batchdock.flows.results.comparing.matching import Columns, matched

    start, mine = one.within(first, last)
    other_start, theirs = other.within(first, last)
    # What can be the same at all has the same picture, class and word: one number for the three.
    place, label, word = (
        numpy.concatenate((getattr(mine, name), getattr(theirs, name))) for name in ("place", "label", "word")
    )
    labels, words = (int(each.max(initial=0)) + 1 for each in (label, word))
    groups = ((place - first) * labels + label) * words + word
    split = len(mine.place)
    here, there = matched(
        Columns(groups[:split], mine.confidence, mine.boxes),
        Columns(groups[split:], theirs.confidence, theirs.boxes),
    )
    return here + start, there + other_start


def _keys(everything: Everything) -> list[tuple[str, int, int]]:
    """Return what pictures are known by in both: name, frame, and which one it is of several that are called so."""
    times: Counter[tuple[str, int]] = Counter()
    keys = []
    for name, frame in zip(everything.names, everything.frames.tolist(), strict=True):
        known = (_composed(name), frame)
        keys.append((*known, times[known]))
        times[known] += 1
    return keys


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
