"""What is told beside the clock: what a person wants to hear of, and many things at once in few words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QCoreApplication

from batchdock.flows.preferences import Level
from batchdock.window.wording import grouped

_tr = QCoreApplication.translate
_NAMED = 3
"""Of several things so many are named."""


class Weight(IntEnum):
    """How much it matters to somebody who does something else."""

    OTHER = 0
    ENDED = 1
    PROBLEM = 2


_LEAST = {Level.ALL: Weight.OTHER, Level.ENDED_AND_PROBLEMS: Weight.ENDED, Level.PROBLEMS: Weight.PROBLEM}


@dataclass(frozen=True, slots=True)
class Told:
    """One notification. Its title alone can be understood; `job` is shown when it is clicked, else `page`."""

    title: str
    text: str = ""
    weight: Weight = Weight.OTHER
    job: tuple[str, str] | None = None
    ended: bool = False
    """That this job has ended, which says more than that it has a problem."""
    page: str = ""
    """The page of several: jobs, or problems."""


def is_wanted(told: Told, level: Level) -> bool:
    """Tell whether somebody who chose `level` wants to hear of it."""
    return level in _LEAST and told.weight >= _LEAST[level]


class Gathered:
    """What waits to be told, in its order: each job once, and nothing twice."""

    def __init__(self) -> None:
        self._waiting: dict[object, Told] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, told: Told) -> None:
        """Let `told` be told too, or in the place of what says less of the same job."""
        key = told.job or (told.title, told.text)
        before = self._waiting.get(key)
        if before is None or told.ended >= before.ended:
            self._waiting[key] = told

    def take(self) -> list[Told]:
        """Return all of it; nothing waits any more."""
        waiting, self._waiting = list(self._waiting.values()), {}
        return waiting


def merged(waiting: Sequence[Told]) -> Told:
    """Return one notification for all of them, what matters most first. There is at least one."""
    if len(waiting) == 1:
        return waiting[0]
    by_weight = sorted(waiting, key=lambda told: -told.weight)
    ended = [told for told in by_weight if told.ended]
    troubled = sum(told.weight is Weight.PROBLEM for told in ended)
    problems = sum(told.weight is Weight.PROBLEM and not told.ended for told in by_weight)
    named = by_weight
    if len(ended) + problems < len(by_weight):
        title, named = by_weight[0].title, by_weight[1:]
    elif not problems:
        title = _ended_title(len(ended), troubled)
    elif not ended:
        title = grouped(_tr("notifying", "%n problems need you", None, problems), problems)
    else:
        title = grouped(_tr("notifying", "%n problem(s)", None, problems), problems)
        title = f"{_ended_title(len(ended), troubled)}, {title}"
    lines = [told.title for told in named[:_NAMED]]
    if (more := len(named) - _NAMED) > 0:
        lines.append(grouped(_tr("notifying", "and %n more", None, more), more))
    return Told(title, "\n".join(lines), by_weight[0].weight, page="jobs" if ended else "problems" if problems else "")


def _ended_title(count: int, troubled: int) -> str:
    text = (
        _tr("notifying", "%n job(s) ended", None, count)
        if troubled
        else _tr("notifying", "%n job(s) done", None, count)
    )
    text = grouped(text, count)
    if not troubled:
        return text
    return f"{text}, {grouped(_tr('notifying', '%n to look at', None, troubled), troubled)}"
