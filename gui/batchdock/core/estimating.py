"""What a job will take, from what others took.

The machine time of a job is taken to be

    startup × tasks + seconds an item × items

where every task (a package of files, or a video) starts a machine's work anew: the model is loaded once for each.
Both numbers come from

* runs that differ in how many items a task has: they tell start-up and items apart, by least squares of the relative
  errors, and the range follows from how well the runs agree and how far away the job is;
* else from runs in which the progress was seen to move: what was before the first item is start-up;
* else from nothing: then the lower end takes all of the time for start-up and the higher end none of it. After a try
  on 20 pictures the higher end is too high by up to 256 / 20 ≈ 13 times: a full package has that many more items for
  one start-up. What comes out lies in between for certain, and the first larger job narrows it.

The time by the clock follows from how many machines work at the same time: as many as were allowed; else as many as
did earlier, and perhaps more where earlier jobs never had to wait for one; else from one to all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from batchdock.core.costs import Measure

Range = tuple[float, float]

PACKAGE = 256
"""Pictures in a package, so in a task (contract §1.7)."""

_APART = 2.0
"""Items a task must differ so many times between runs before they tell start-up and items apart."""
_NOISE = 0.08
"""How much equal jobs differ at least, relatively."""
_MARGIN = 0.2
"""How far off an estimate may be that rests on one run."""
_TRIAL_FITS = 0.25
"""How far a try may be from what earlier jobs say; further away, these files are of another kind."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to do. `at_once` is how many machines may work at the same time, None where not limited."""

    items: int
    tasks: int
    at_once: int | None = None


def machine_time(measures: Sequence[Measure], size: Size) -> Range:
    """Return the machine seconds that a job of this size will take. `measures` are alike, the latest first."""
    trial = measures[0] if measures[0].trial else None
    fitted = _fit(measures)
    if fitted is not None and trial is not None:
        told = fitted.startup * trial.tasks + fitted.item * trial.items
        if abs(told - trial.machine_seconds) > _TRIAL_FITS * trial.machine_seconds:
            fitted, measures = None, [trial]
    if fitted is not None:
        return fitted.at(size)
    seen = [each for each in measures if each.startup is not None]
    if seen:
        return _with_startup(measures, median(each.startup or 0.0 for each in seen), size)
    ends = [each.machine_seconds * share for each in measures for share in _shares(each, size)]
    return min(ends) * (1 - _NOISE), max(ends) * (1 + _NOISE)


def clock_time(machine_seconds: Range, measures: Sequence[Measure], size: Size) -> Range:
    """Return the seconds by the clock that so much machine time takes."""
    fewest, most = _machines(measures, size)
    rounds = (math.ceil(size.tasks / most) / size.tasks, math.ceil(size.tasks / fewest) / size.tasks)
    return machine_seconds[0] * rounds[0], machine_seconds[1] * rounds[1]


def busy(started: float, ends: Sequence[float], machines: int) -> float:
    """Return the seconds that `machines` worked together, which took task after task and ended them at `ends`.

    A machine is busy until there is no task left for it: the last ends, as many as there are machines, say when.
    """
    return sum(max(0.0, end - started) for end in sorted(ends)[-machines:])


def machines_seen(started: float, ends: Sequence[float]) -> int:
    """Return how many machines worked at the same time, by when tasks of about one length ended; 0: nobody can tell.

    With as many machines as tasks they all end together; with one machine the first ends after its share of the time.
    """
    taken = sorted(end - started for end in ends)
    if len(taken) < 2 or taken[0] <= 0:
        return 0
    return max(1, min(len(taken), round(len(taken) * taken[0] / taken[-1])))


@dataclass(frozen=True, slots=True)
class _Fit:
    """Start-up and item in seconds; `noise` of the runs, and the inverse of the equations' matrix for the range."""

    startup: float
    item: float
    noise: float
    inverse: tuple[float, float, float]

    def at(self, size: Size) -> Range:
        whole = self.startup * size.tasks + self.item * size.items
        x, y = size.tasks / whole, size.items / whole
        a, b, c = self.inverse
        leverage = max(0.0, a * x * x + 2 * b * x * y + c * y * y)
        margin = min(0.9, 2 * self.noise * math.sqrt(leverage + 0.25))
        return whole * (1 - margin), whole * (1 + margin)


def _fit(measures: Sequence[Measure]) -> _Fit | None:
    """Return what least squares tell of the relative errors, or None where the runs do not tell both apart."""
    filled = [each.items / each.tasks for each in measures]
    if max(filled) < _APART * min(filled):
        return None
    rows = [(each.tasks / each.machine_seconds, each.items / each.machine_seconds) for each in measures]
    xx, xy, yy = (sum(one) for one in zip(*((x * x, x * y, y * y) for x, y in rows), strict=True))
    x, y = (sum(one) for one in zip(*rows, strict=True))
    determinant = xx * yy - xy * xy
    if determinant <= 1e-12 * xx * yy:
        return None
    startup, item = (yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant
    if startup < 0:
        startup, item = 0.0, y / yy
    elif item < 0:
        startup, item = x / xx, 0.0
    errors = [1 - startup * t - item * n for t, n in rows]
    spare = len(rows) - 2
    noise = math.sqrt(sum(each * each for each in errors) / spare) if spare else 0.0
    return _Fit(startup, item, max(_NOISE, noise), (yy / determinant, -xy / determinant, xx / determinant))


def _with_startup(measures: Sequence[Measure], startup: float, size: Size) -> Range:
    items = [max(0.0, each.machine_seconds - startup * each.tasks) / each.items for each in measures]
    low, high = (startup * size.tasks + each * size.items for each in (min(items), max(items)))
    return low * (1 - _MARGIN), high * (1 + _MARGIN)


def _shares(measure: Measure, size: Size) -> Range:
    """Return how many times the run this job is, when all was start-up and when nothing was."""
    return size.tasks / measure.tasks, size.items / measure.items


def _machines(measures: Sequence[Measure], size: Size) -> tuple[int, int]:
    if size.at_once is not None:
        return (min(size.at_once, size.tasks),) * 2
    seen = [each for each in measures if each.tasks > 1 and each.at_once]
    if not seen:
        return 1, size.tasks
    widest = max(seen, key=lambda each: each.at_once)
    most = size.tasks if widest.at_once >= widest.tasks else min(widest.at_once, size.tasks)
    return min(widest.at_once, size.tasks), most
