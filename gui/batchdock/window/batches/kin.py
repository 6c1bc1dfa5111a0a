"""Which job has made a batch, and which jobs work on it: a line of links to them."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from batchdock.core.batch import Batch
from batchdock.core.job import Job
from batchdock.flows.news import Event, JobsChanged, JobsRemoved
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import jobs_text

_tr = QCoreApplication.translate


class Kin(QWidget):
    """Hidden for a batch that no job of the list has to do with."""

    job_asked = Signal(object)
    """Somebody wants to see the job with this key."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._batch: Batch | None = None
        self._jobs: tuple[tuple[Job, ...], tuple[Job, ...]] = (), ()
        self.made_by, self.used_by = _Link(), _Link()
        self._words = (TintedLabel(self.tr("Made by")), TintedLabel(self.tr("Used by")))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(self))
        for words, link in zip(self._words, (self.made_by, self.used_by), strict=True):
            words.setWordWrap(False)
            row.addWidget(words)
            row.addWidget(link)
            row.addSpacing(unit(self) * 3)
            link.job_asked.connect(self.job_asked)
        row.addStretch()
        context.inbox.arrived.connect(self._on_news)
        self.hide()

    def show_batch(self, batch: Batch | None) -> None:
        """Show the jobs of another batch."""
        self._batch = batch
        self._find()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write()

    def _on_news(self, events: list[Event]) -> None:
        if self._batch is not None and any(isinstance(each, JobsChanged | JobsRemoved) for each in events):
            self._find()

    def _find(self) -> None:
        batch = self._batch
        jobs = (
            []
            if batch is None
            else [job for job in self._context.desk.jobs.all() if job.account_id == batch.account_id]
        )
        batch_id = "" if batch is None else batch.batch_id
        found = (
            tuple(job for job in jobs if batch_id in job.output_batches),
            tuple(job for job in jobs if batch_id == job.batch_id),
        )
        if found != self._jobs:
            self._jobs = found
            self._write()
        self.setVisible(any(found))

    def _write(self) -> None:
        for words, link, jobs in zip(self._words, (self.made_by, self.used_by), self._jobs, strict=True):
            words.setVisible(bool(jobs))
            link.show_jobs(jobs, self.width() // 2 - words.sizeHint().width() - unit(self) * 10)


class _Link(QToolButton):
    """One job by its name, or several in a menu."""

    job_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: tuple[Job, ...] = ()
        self.setAccessibleName(_tr("batches", "Show job"))
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.clicked.connect(self._on_clicked)

    def show_jobs(self, jobs: tuple[Job, ...], room: int) -> None:
        """Name the jobs in so much room, in pixels."""
        self._jobs = jobs
        self.setVisible(bool(jobs))
        if not jobs:
            return
        name = jobs[0].name if len(jobs) == 1 else jobs_text(len(jobs))
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, max(room, unit(self) * 20))
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(tooltip_text("\n".join(job.name for job in jobs[:20])))
        self.setAccessibleName(_tr("batches", "Show job: %1").replace("%1", name))

    def _on_clicked(self, _checked: bool = False) -> None:
        if len(self._jobs) == 1:
            self.job_asked.emit(self._jobs[0].key)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for job in self._jobs[:50]:
            action = menu.addAction(icon("list"), job.name.replace("&", "&&"))
            action.setData(job.key)
        menu.triggered.connect(self._on_chosen)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _on_chosen(self, action: QAction) -> None:
        self.job_asked.emit(action.data())
