"""The button with all that is seldom done with results."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from batchdock.core.job import Job
from batchdock.window.icons import icon
from batchdock.window.results.jobs_model import about


def over_the_same(job: Job, jobs: Iterable[Job]) -> list[Job]:
    """Return the other jobs that ran over the same pictures: the same batch, or files of the same folder."""
    return [each for each in jobs if each.key != job.key and (_shares_batch(each, job) or _shares_folder(each, job))]


def _shares_batch(one: Job, other: Job) -> bool:
    return bool(one.batch_id) and (one.account_id, one.batch_id) == (other.account_id, other.batch_id)


def _shares_folder(one: Job, other: Job) -> bool:
    return bool(one.source) and one.source == other.source


class MoreButton(QToolButton):
    """Its menu is made when it opens, from what `offer` is told then."""

    opens = Signal()
    """The menu is about to open: `offer` what is possible now."""
    compare_asked = Signal(object)
    """The job to compare with."""
    compare_folder_asked = Signal()
    find_originals_asked = Signal()
    save_files_asked = Signal()
    open_folder_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._others: list[Job] = []
        self._is_opened = self._has_files = False
        self.setIcon(icon("ellipsis"))
        self.setAccessibleName(self.tr("More for these results"))
        self.setToolTip(self.tr("Compare, find originals, save all files"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(lambda _checked=False: self._open())

    def offer(self, others: list[Job], *, is_opened: bool, has_files: bool) -> None:
        """Say what is possible: jobs to compare with, whether results are open, and whether a job has files."""
        self._others, self._is_opened, self._has_files = others, is_opened, has_files

    def menu_now(self) -> QMenu:
        """Return the menu; it goes away when it closes."""
        menu = QMenu(self)
        compare = menu.addMenu(icon("columns-2"), self.tr("Compare with"))
        compare.setEnabled(self._is_opened)
        for job in self._others:
            text = " · ".join(filter(None, (job.name, job.workflow_id, about(job)))).replace("&", "&&")
            compare.addAction(text).triggered.connect(lambda _checked=False, job=job: self.compare_asked.emit(job))
        if not self._others:
            compare.addAction(self.tr("No other job ran over these pictures")).setEnabled(False)
        compare.addSeparator()
        folder = compare.addAction(self.tr("A folder of results…"))
        folder.triggered.connect(lambda _checked=False: self.compare_folder_asked.emit())
        originals = menu.addAction(icon("folder-search"), self.tr("Find originals…"))
        originals.triggered.connect(lambda _checked=False: self.find_originals_asked.emit())
        originals.setEnabled(self._is_opened)
        menu.addSeparator()
        files = menu.addAction(icon("download"), self.tr("Save all files as they are…"))
        files.triggered.connect(lambda _checked=False: self.save_files_asked.emit())
        files.setEnabled(self._has_files)
        other = menu.addAction(icon("folder-open"), self.tr("Open a folder of results…"))
        other.triggered.connect(lambda _checked=False: self.open_folder_asked.emit())
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open(self) -> None:
        self.opens.emit()
        self.menu_now().popup(self.mapToGlobal(QPoint(0, self.height())))
