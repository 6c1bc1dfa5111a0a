"""The tab with the picture of the stages and, below it, the tasks of one of them."""

import asyncio

from PySide6.QtWidgets import QVBoxLayout, QWidget

from batchdock.core.job import Job, Task
from batchdock.flows.jobs import JobDetail, StageDetail
from batchdock.window.context import Context
from batchdock.window.job_details.kind_chips import KindChips
from batchdock.window.job_details.stage_picture import StagePicture
from batchdock.window.job_details.stages import StageLook, looks_of
from batchdock.window.job_details.task_model import TaskModel
from batchdock.window.job_details.task_sheet import RUN, Arrangement, Numbers, TaskSheet, arranged
from batchdock.window.job_details.task_table import TaskTable
from batchdock.window.job_details.words import Kind
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text


class Steps(QWidget):
    """Shows what `take` is given. Whatever goes over all tasks is done on the other thread, one piece at a time."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._detail: JobDetail | None = None
        self._looks: tuple[StageLook, ...] = ()
        self._numbers: dict[str, Numbers] = {}
        self._arranging: asyncio.Task[None] | None = None
        self._stale = False
        self._looked_at: JobDetail | None = None
        self._gone: list[JobDetail | TaskSheet | None] = []
        self.picture = StagePicture()
        self.chips = KindChips()
        self.model = TaskModel(self)
        self.table = TaskTable(self.model)
        self.note = TintedLabel()
        step = unit(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 3, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.picture)
        layout.addWidget(self.chips)
        layout.addWidget(self.note)
        layout.addWidget(self.table, 1)
        layout.addStretch()
        self.picture.chosen.connect(self._on_stage)
        self.chips.chosen.connect(self._on_kind)
        self.model.sort_asked.connect(self._arrange)
        self._write()

    def forget(self, job: Job | None) -> None:
        """Another job is shown; of its stages nothing is known yet."""
        if self._arranging is not None:
            self._arranging.cancel()
            self._arranging = None
        self._detail, self._stale, self._numbers = None, False, {}
        self._looked_at = None
        self.picture.forget()
        self.chips.reset()
        self.model.wanted = Arrangement(None, self.model.wanted.column, self.model.wanted.descending)
        self.model.show_sheet(TaskSheet(self.model.wanted))
        self._looks = () if job is None else looks_of(job, ())
        self.picture.show_looks(self._looks)
        self._write()

    def take(self, detail: JobDetail) -> None:
        """Show the stages as they are now."""
        self._gone.append(self._detail)
        self._detail = detail
        self._arrange()

    # --- inside

    def _on_stage(self, _place: int) -> None:
        self.chips.reset()
        self._on_kind(None)

    def _on_kind(self, kind: Kind | None) -> None:
        self.model.wanted = Arrangement(kind, self.model.wanted.column, self.model.wanted.descending)
        self._arrange()

    def _arrange(self) -> None:
        """Bring picture and table up to date. What is asked for meanwhile is done once more, afterwards."""
        self._stale = True
        if self._arranging is None or self._arranging.done():
            self._arranging = self._context.tasks.start(self._arrange_all())

    async def _arrange_all(self) -> None:
        run = self._context.background.run
        while self._stale and (detail := self._detail) is not None:
            self._stale = False
            if detail is not self._looked_at:
                self._looks = await run(asyncio.to_thread(looks_of, detail.job, detail.stages))
                self._looked_at = detail
                self.picture.show_looks(self._looks)
            stage, before = self._stage(), self.model.sheet
            sheet = await run(asyncio.to_thread(self._sheet, stage, self.model.wanted, before))
            if self._stage() is stage:
                self.model.show_sheet(sheet)
            self._write()
            # A hundred thousand tasks that nobody needs any more take a while to go, too.
            gone, self._gone = [*self._gone, before], []
            del before, sheet, stage, detail
            await run(asyncio.to_thread(_let_go, gone))

    def _sheet(self, stage: StageDetail | None, wanted: Arrangement, before: TaskSheet) -> TaskSheet:
        if stage is None:
            return TaskSheet(wanted)
        numbers = self._numbers.setdefault(stage.stage.stage_id, Numbers())
        return arranged(stage.tasks, numbers.of(stage.tasks), wanted, before)

    def _stage(self) -> StageDetail | None:
        """Return the stage that is chosen, None for one that has not begun."""
        place = self.picture.place
        if self._detail is None or not 0 <= place < len(self._detail.stages):
            return None
        return self._detail.stages[place]

    def _write(self) -> None:
        stage, place = self._stage(), self.picture.place
        rows = self.model.rowCount()
        self.chips.setVisible(stage is not None and bool(stage.tasks))
        if stage is not None:
            self.chips.show_counts(stage.counts)
        self.table.setVisible(bool(rows))
        self.note.setText(self._noted(stage, place, rows))
        self.note.setVisible(bool(self.note.text()))

    def _noted(self, stage: StageDetail | None, place: int, rows: int) -> str:
        """Return what there is to say instead of tasks, or of them."""
        if not 0 <= place < len(self._looks):
            return ""
        if stage is None:
            over = self._looks[place].over
            return self.tr("The job ended before this step.") if over else self.tr("This step comes later.")
        if not stage.whole and stage.stage.tasks_number > len(stage.tasks):
            text = self.tr("%1 of %2 parts are read so far; the others follow.")
            text = text.replace("%1", number_text(len(stage.tasks)))
            return text.replace("%2", number_text(stage.stage.tasks_number))
        if rows:
            return ""
        if self.model.sheet.arrangement.kind is not None:
            return self.tr("There are none of this kind now.")
        return self.tr("The service has not named the parts of this step yet.")


def _let_go(things: list[JobDetail | TaskSheet | None]) -> None:
    """Forget the last references to things on this thread, a few at a time: whoever frees much in one go keeps
    Python's lock all the while."""
    tasks = [task for each in things for task in _tasks_of(each)]
    things.clear()
    while tasks:
        del tasks[-RUN:]


def _tasks_of(thing: JobDetail | TaskSheet | None) -> list[Task]:
    if isinstance(thing, JobDetail):
        return [task for each in thing.stages for task in each.tasks]
    return [] if thing is None else thing.tasks
