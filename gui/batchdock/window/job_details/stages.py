"""The stages of a job as the picture shows them: those that began, and those that will."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Progress
from batchdock.core.job import Job, Task
from batchdock.core.progress import stage_progress
from batchdock.flows.jobs import StageDetail, TaskCounts
from batchdock.window.job_details.words import counts_text, stage_word
from batchdock.window.theme import Tint
from batchdock.window.wording import percent_text

USUAL = ("processing", "export")
"""The stages of every job whose service does not call them otherwise (contract §4.4)."""

NONE = TaskCounts()

_tr = QCoreApplication.translate

_ICONS: dict[Progress, tuple[str, Tint]] = {
    Progress.SUCCESS: ("circle-check", Tint.GOOD),
    Progress.ERROR: ("triangle-alert", Tint.WARNING),
    Progress.MOVING: ("circle-play", Tint.ACCENT),
}


@dataclass(frozen=True, slots=True)
class StageLook:
    """One stage of the picture. `status` is None while it has not begun; `share` of it is done, 0–1."""

    name: str
    status: Progress | None = None
    share: float = 0.0
    counts: TaskCounts = NONE
    message: str = ""
    over: bool = False
    """The job has ended: what has not begun will not."""

    @property
    def word(self) -> str:
        """Its name as people read it."""
        return stage_word(self.name)

    @property
    def icon(self) -> tuple[str, Tint]:
        """Name and tint of the icon beside the word."""
        return ("circle-dashed", Tint.MUTED) if self.status is None else _ICONS[self.status]

    @property
    def percent(self) -> str:
        """How much is done, as text; nothing before it begins."""
        return "" if self.status is None else percent_text(self.share)

    @property
    def said(self) -> str:
        """The counts in words, or why there are none."""
        if self.status is None:
            return _tr("stages", "Not reached") if self.over else _tr("stages", "Comes later")
        return counts_text(self.counts) or _tr("stages", "No parts yet")


def looks_of(job: Job, stages: Sequence[StageDetail]) -> tuple[StageLook, ...]:
    """Return the stages that began, in order, and after them the usual ones that have not. Reads every task."""
    over = job.state.is_terminal
    looks = [
        StageLook(each.stage.name, each.stage.status, _share(each), each.counts, each.stage.message, over)
        for each in stages
    ]
    begun = {each.stage.name.lower() for each in stages}
    named_otherwise = begun and begun.isdisjoint(USUAL)
    later = USUAL[-1:] if named_otherwise else USUAL
    last = max((place for place, name in enumerate(USUAL) if name in begun), default=-1)
    looks += [StageLook(name, over=over) for name in later if USUAL.index(name) > last]
    return tuple(looks)


def _share(detail: StageDetail) -> float:
    """Return how much of a step was done. A part that was stopped or gave up has only come as far as it says."""
    tasks, number = detail.tasks, detail.stage.tasks_number
    if detail.stage.status is Progress.SUCCESS:
        return 1.0
    if all(task.status is not Progress.ERROR or task.progress is None for task in tasks):
        return stage_progress(tasks, number)
    return sum(map(_come, tasks)) / max(number, len(tasks))


def _come(task: Task) -> float:
    return 1.0 if task.status is Progress.SUCCESS else task.progress or 0.0
