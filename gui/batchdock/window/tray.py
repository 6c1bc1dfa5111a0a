"""The place beside the clock, where the desktop has one: notifications, the newest jobs, and a way to the window."""

from collections import deque
from collections.abc import Sequence
from heapq import nlargest

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, JobsChanged, JobsRemoved, PreferencesChanged, ProblemsChanged, WatchesChanged
from batchdock.flows.preferences import NOTIFY, NOTIFY_SOUND, TRAY_ON_CLOSE
from batchdock.window.actions import Actions
from batchdock.window.notifying import Gathered, Told, is_wanted, merged
from batchdock.window.tray_badge import Badge, badged
from batchdock.window.wording import grouped, percent_text, state_word

GATHER_MS = 1500
"""What happens within so much time of each other is one notification,"""
LONGEST_MS = 20_000
"""told at the latest after so much."""
NEWEST = 3
DRAW_MS = 1000
"""The menu and the icon are drawn anew so often at the most."""
AT_ONCE = 300
REMEMBERED = 30
"""So many of the newest are known, for when some of them are taken off the list."""

_AT_REST = (JobState.DRAFT, JobState.PAUSED, JobState.ON_HOLD, JobState.UNKNOWN)


class Tray(QObject):
    """Appears with the first thing to say or when the window is hidden, and stays until the end.

    Desktops without such a place (`is_available`) get nothing: what is said here stands in the window as well.
    """

    open_asked = Signal()
    quit_asked = Signal()
    job_asked = Signal(object)
    page_asked = Signal(str)
    """“jobs”, “problems” or “recipes”: of what several notifications in one were about, or what was chosen."""

    def __init__(self, window: QWidget, icon: QIcon, actions: Actions, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk, self._base = window, desk, icon
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(self._on_clicked)
        self._menu = QMenu(window)
        self._open = self._menu.addAction("")
        self._open.triggered.connect(lambda _checked=False: self.open_asked.emit())
        self._menu.addSeparator()
        self._jobs = [self._job_action(place) for place in range(NEWEST)]
        self._watched = self._menu.addAction("")
        self._watched.triggered.connect(lambda _checked=False: self._on_watched())
        self._below_jobs = self._menu.addSeparator()
        self._menu.addActions([actions["pause-all"], actions["continue-all"]])
        self._menu.addSeparator()
        self._quit = self._menu.addAction("")
        self._quit.triggered.connect(lambda _checked=False: self.quit_asked.emit())
        self._icon.setContextMenu(self._menu)
        self._waiting = Gathered()
        self._said: Told | None = None
        self._since_first = QElapsedTimer()
        self._gathering = self._timer(GATHER_MS, self._say)
        self._drawing = self._timer(DRAW_MS, self._draw)
        self._digesting = self._timer(0, self._digest)
        self._changed: deque[Job] = deque()
        self._newest: list[Job] = []
        self._moving: set[tuple[str, str]] = set()
        self._problems = 0
        self.badge = Badge.IDLE
        self.retranslate_ui()

    @staticmethod
    def is_available() -> bool:
        """Tell whether this desktop has a tray now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Be there from now on."""
        self._icon.show()

    def hide(self) -> None:
        """Leave; the program ends."""
        self._gathering.stop()
        self._drawing.stop()
        self._digesting.stop()
        self._icon.hide()

    def take_window(self) -> bool:
        """Hide the window that somebody closes, if that is what closing means. Return False when it is not."""
        application = QGuiApplication.instance()
        # At the end of a session the desktop closes windows too, and waits for programs that stay.
        leaving = isinstance(application, QGuiApplication) and application.isSavingSession()
        if leaving or not self._desk.preferences.get(TRAY_ON_CLOSE) or not self.is_available():
            return False
        self.show()
        self._window.hide()
        return True

    def load(self, jobs: Sequence[Job], problems: int) -> None:
        """Show what there is already, newest first; afterwards the news keep it up to date."""
        self._newest = list(jobs[:REMEMBERED])
        self._changed.extend(jobs)
        self._problems = problems
        self._digesting.start()
        if self._desk.preferences.get(TRAY_ON_CLOSE) and self.is_available():
            self.show()

    def take(self, events: list[Event]) -> None:
        """Take in what is new of jobs and problems."""
        for event in events:
            match event:
                case JobsChanged(jobs):
                    self._changed.extend(jobs)
                    self._digesting.start()
                    continue
                case JobsRemoved(keys):
                    self._moving.difference_update(keys)
                    self._forget(frozenset(keys))
                case ProblemsChanged(problems):
                    self._problems = len(problems)
                case PreferencesChanged(keys) if TRAY_ON_CLOSE.key in keys and self._desk.preferences.get(
                    TRAY_ON_CLOSE
                ):
                    if self.is_available():
                        self.show()
                case WatchesChanged():
                    pass
                case _:
                    continue
            if not self._drawing.isActive():
                self._drawing.start()

    def tell(self, told: Told) -> None:
        """Notify whoever does not look at the window and wants to know. Several at once become one."""
        if self._window.isActiveWindow() or not is_wanted(told, self._desk.preferences.get(NOTIFY)):
            return
        if not self.is_available() or not self._icon.supportsMessages():
            return
        if not self._waiting:
            self._since_first.start()
        self._waiting.add(told)
        self._gathering.start(max(0, min(GATHER_MS, LONGEST_MS - self._since_first.elapsed())))

    def retranslate_ui(self) -> None:
        """Write the menu in the person's language."""
        self._open.setText(self.tr("Open Batchdock"))
        self._quit.setText(self.tr("Quit"))
        self._draw()

    @property
    def job_actions(self) -> tuple[QAction, ...]:
        """The newest jobs in the menu, newest first."""
        return tuple(action for action in self._jobs if action.isVisible())

    @property
    def tool_tip(self) -> str:
        """What the icon says when the mouse rests on it."""
        return self._icon.toolTip()

    # --- inside

    def _timer(self, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _job_action(self, place: int) -> QAction:
        action = self._menu.addAction("")
        action.triggered.connect(lambda _checked=False: self._on_job(place))
        return action

    def _digest(self) -> None:
        """Look at some of the jobs that have changed: a hundred thousand at once must not hold the window up."""
        known = {job.key: job for job in self._newest}
        oldest = _age(self._newest[-1]) if len(self._newest) == REMEMBERED else float("-inf")
        for _ in range(min(AT_ONCE, len(self._changed))):
            job = self._changed.popleft()
            if job.key in known or _age(job) > oldest:
                known[job.key] = job
            if _is_moving(job):
                self._moving.add(job.key)
            else:
                self._moving.discard(job.key)
        self._newest = nlargest(REMEMBERED, known.values(), key=_age)
        if self._changed:
            self._digesting.start()
        elif not self._drawing.isActive():
            self._drawing.start()

    def _forget(self, keys: frozenset[tuple[str, str]]) -> None:
        there = len(self._newest)
        self._changed = deque(job for job in self._changed if job.key not in keys)
        self._newest = [job for job in self._newest if job.key not in keys]
        if len(self._newest) < min(NEWEST, there):
            self._newest = list(self._desk.jobs.all()[:REMEMBERED])

    def _draw(self) -> None:
        for place, action in enumerate(self._jobs):
            action.setVisible(place < len(self._newest))
            if place < len(self._newest):
                action.setText(_line(self._newest[place]).replace("&", "&&"))
        watched = len(self._desk.watches.under_way())
        self._watched.setVisible(bool(watched))
        self._watched.setText(grouped(self.tr("%n watched folder(s)", "", watched), watched))
        self._below_jobs.setVisible(bool(self._newest or watched))
        badge = Badge.NEEDS_YOU if self._problems else Badge.WORKING if self._moving else Badge.IDLE
        if badge is not self.badge:
            self.badge = badge
            self._icon.setIcon(badged(self._base, badge))
        said = []
        if self._moving:
            said.append(grouped(self.tr("%n job(s) at work", "", len(self._moving)), len(self._moving)))
        if self._problems:
            said.append(grouped(self.tr("%n problem(s)", "", self._problems), self._problems))
        self._icon.setToolTip(f"Batchdock: {', '.join(said) or self.tr('nothing to do')}")

    def _say(self) -> None:
        waiting = self._waiting.take()
        if not waiting or self._window.isActiveWindow():
            return
        self.show()
        self._said = merged(waiting)
        self._icon.showMessage(self._said.title, self._said.text, self._base)
        if self._desk.preferences.get(NOTIFY_SOUND):
            QApplication.beep()

    def _on_clicked(self) -> None:
        self.open_asked.emit()
        if self._said is not None and self._said.job is not None:
            self.job_asked.emit(self._said.job)
        elif self._said is not None and self._said.page:
            self.page_asked.emit(self._said.page)

    def _on_job(self, place: int) -> None:
        if place < len(self._newest):
            self.open_asked.emit()
            self.job_asked.emit(self._newest[place].key)

    def _on_watched(self) -> None:
        self.open_asked.emit()
        self.page_asked.emit("recipes")

    @property
    def watched_action(self) -> QAction:
        """The way to the recipes that run by themselves; there only while some do."""
        return self._watched

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.open_asked.emit()


def _age(job: Job) -> float:
    return job.created.timestamp() if job.created else 0.0


def _is_moving(job: Job) -> bool:
    return not job.state.is_terminal and job.state not in _AT_REST


def _line(job: Job) -> str:
    """Return “Lot 17: Running, 38 %”."""
    said = [state_word(job.state)]
    if job.progress is not None and not job.state.is_terminal:
        said.append(percent_text(job.progress))
    return f"{job.name}: {', '.join(said)}"
