"""One picture with the findings of two runs, ready to be painted. Made with the flows, away from the window."""

import asyncio
import unicodedata
from dataclasses import dataclass, replace

from batchdock.core.finding import Filter, Label
from batchdock.flows.desk import Desk
from batchdock.flows.results.comparing.differing import differing
from batchdock.flows.results.opening import Opened, Seen
from batchdock.window.results.drawing import prepare
from batchdock.window.results.large.layer import Layer, Sight, load_sight


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture's number in either run."""

    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Which findings are shown: of these classes (by name; None: all), at least so sure, and all or what differs."""

    classes: frozenset[str] | None = None
    least: float = 0.0
    only_differing: bool = False


async def load_pair(desk: Desk, runs: tuple[Opened, Opened], pair: Pair, wish: Wish, edge: int) -> tuple[Layer, Layer]:
    """Return the picture with the findings of the first run, and the same with those of the second."""
    one, other = runs
    (seen,) = await one.seen((pair.one,), _filter(one, wish))
    (other_seen,) = await other.seen((pair.other,), _filter(other, wish))
    if wish.only_differing:
        seen, other_seen = await asyncio.to_thread(differing, seen, one.labels, other_seen, other.labels)
    sight = await sight_of(desk, runs, pair, edge)
    size = (sight.width, sight.height) if sight is not None else None
    labels, other_seen = _in_the_same_colours(one.labels, other.labels, other_seen)

    async def layer(shown: Seen) -> Layer:
        return Layer(shown, labels, sight, await asyncio.to_thread(prepare, shown, edge, size))

    return await layer(seen), await layer(other_seen)


def _in_the_same_colours(
    labels: tuple[Label, ...], other_labels: tuple[Label, ...], other: Seen
) -> tuple[tuple[Label, ...], Seen]:
    """Return the classes of both, and the second run's findings with the numbers that these have: a class's number is
    its colour, and each run numbers its own."""
    numbers = {_composed(label.name): label.number for label in labels}
    both = list(labels)
    for label in other_labels:
        name = _composed(label.name)
        if name not in numbers:
            numbers[name] = len(both)
            both.append(replace(label, number=len(both)))
    new = [numbers[_composed(label.name)] for label in other_labels]
    findings = (replace(each, label=new[each.label]) if each.label >= 0 else each for each in other.findings)
    return tuple(both), replace(other, findings=tuple(findings))


async def sight_of(desk: Desk, runs: tuple[Opened, Opened], pair: Pair, edge: int | None) -> Sight | None:
    """Return the picture, from whichever run knows where it is; with `edge` None all of its pixels."""
    one, other = runs
    return await load_sight(desk, one, pair.one, edge) or await load_sight(desk, other, pair.other, edge)


def _filter(opened: Opened, wish: Wish) -> Filter:
    """Return the wish in the numbers of one run: a class has another number in each."""
    if wish.classes is None:
        return Filter(least=wish.least)
    numbers = {label.number for label in opened.labels if _composed(label.name) in wish.classes}
    return Filter(labels=frozenset(numbers | ({-1} if "" in wish.classes else set())), least=wish.least)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
