"""The side sheet: what was dropped, counted while one looks, and what is to be done with it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from batchdock.bridge.inbox import Inbox
from batchdock.core.errors import BatchdockError
from batchdock.core.intake import CloserLook, Item, Review
from batchdock.window.context import Context
from batchdock.window.intake.files_panel import FilesPanel
from batchdock.window.intake.gathered import Gathered
from batchdock.window.intake.known_notice import KnownNotice
from batchdock.window.intake.order_form import OrderForm
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped, pictures_text, videos_text

_FILE_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic"}
    | {".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".txt", ".pdf", ".zip"}
)


LEAST_SHEET_WIDTH = 110
"""In steps of `theme.unit`."""


class IntakeSheet(QFrame):
    """Belongs into the main window beside the page, never over it as a dialog. It deletes itself when it is closed."""

    started = Signal(tuple)
    """Jobs were started: `tuple[Job, ...]`."""
    closed = Signal()
    """The sheet is done, whichever way."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._scans: set[asyncio.Task[None]] = set()
        self._when_counted: Callable[[], None] | None = None
        self._handing_over = False
        self._closed = False
        self._inbox: Inbox[Review] = Inbox(self)
        self._inbox.arrived.connect(self._on_reviews)
        self._look: asyncio.Task[None] | None = None
        self._looks: Inbox[CloserLook] = Inbox(self)
        self._looks.arrived.connect(self._on_looks)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("New job"))
        self.files = FilesPanel()
        self.files.closer.best_only_wanted.connect(self._on_best_only)
        self._thinning: asyncio.Task[None] | None = None
        self.files.look_closer.clicked.connect(lambda _checked=False: self._look_closer())
        self.files.closer.stopped.connect(self._stop_looking)
        self.form = OrderForm(context)
        self.form.changed.connect(self._write)
        self.form.where.changed.connect(self._ask_what_is_known)
        self.known = KnownNotice()
        self.known.add_wanted.connect(self._add_new_ones)
        self._asking: asyncio.Task[None] | None = None
        self._trouble = TintedLabel("", Tint.BAD)
        self._trouble.hide()
        self.start = QPushButton()
        self.start.setDefault(True)
        self.start.clicked.connect(lambda _checked=False: self._when_ready(self._start))
        self.only_batch = QPushButton(self.tr("Only make a batch"))
        self.only_batch.setToolTip(self.tr("Send the files and start no job"))
        self.only_batch.clicked.connect(lambda _checked=False: self._when_ready(self._make_batch))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: self.close())
        self._reason = QLabel()
        self._reason.setWordWrap(True)
        self._lay_out()
        self._write()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Look at more files and folders, together with what is here already."""
        if not self._scans and not self.files.gathered.looked_at and paths:
            self.form.suggest_name(_name_of(paths))
        self._stop_looking()
        if self._thinning is not None:
            self._thinning.cancel()
            self._thinning = None
        self.known.show_known(None)
        scan = self._context.tasks.start(self._scan(list(paths)), on_error=self._on_error)
        self._scans.add(scan)
        scan.add_done_callback(self._on_scan_ended)
        self.files.begin()
        self._write()

    def is_counting(self) -> bool:
        """Tell whether files are still being looked at."""
        return bool(self._scans)

    def sizeHint(self) -> QSize:
        return QSize(unit(self) * 125, unit(self) * 175)

    def minimumSizeHint(self) -> QSize:
        return QSize(unit(self) * LEAST_SHEET_WIDTH, unit(self) * 80)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.start.isEnabled():
            self.start.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._closed = True
        for scan in self._scans:
            scan.remove_done_callback(self._on_scan_ended)
            scan.cancel()
        self._scans.clear()
        for task in (self._look, self._asking, self._thinning):
            if task is not None:
                task.cancel()
        self._inbox.close()
        self._looks.close()
        self.form.stop()
        self.closed.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        step = unit(self)
        inside = QWidget()
        middle = QVBoxLayout(inside)
        middle.setContentsMargins(step * 5, step * 5, step * 5, step * 2)
        middle.setSpacing(step * 5)
        middle.addWidget(self.files, 1)
        middle.addWidget(self.known)
        middle.addWidget(self.form)
        scroll = QScrollArea()
        self.form.opened.connect(
            lambda options: QTimer.singleShot(0, scroll, lambda: scroll.ensureWidgetVisible(options))
        )
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        buttons = QHBoxLayout()
        buttons.addWidget(self.cancel)
        buttons.addStretch()
        buttons.addWidget(self.only_batch)
        buttons.addWidget(self.start)
        below = QVBoxLayout()
        below.setContentsMargins(step * 5, step * 2, step * 5, step * 4)
        below.setSpacing(step * 2)
        below.addWidget(self._trouble)
        below.addWidget(self._reason)
        below.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addLayout(below)
        QWidget.setTabOrder(self.start, self.only_batch)
        QWidget.setTabOrder(self.only_batch, self.cancel)

    async def _scan(self, paths: list[Path]) -> None:
        await self._context.background.run(self._context.desk.intake.review(paths, on_update=self._inbox.put))

    def _look_closer(self) -> None:
        items = tuple(self.files.gathered.ready)

        async def look() -> None:
            closer = self._context.desk.intake.look_closer(items, on_update=self._looks.put)
            await self._context.background.run(closer)

        self._look = self._context.tasks.start(look(), on_error=self._on_look_error)
        self.files.take_look([CloserLook(total=self.files.gathered.pictures)])

    def _stop_looking(self) -> None:
        """Stop the closer look, if there is one that goes on. What it has found damaged so far stays out."""
        look, self._look = self._look, None
        if look is None:
            return
        look.cancel()
        self._looks.deliver()
        self.files.forget_look()
        self._write()

    def _on_look_error(self, error: BatchdockError) -> None:
        self._stop_looking()
        self._on_error(error)

    def _on_looks(self, looks: list[CloserLook]) -> None:
        self.files.take_look(looks)
        if looks[-1].finished:
            self._look = None
            self._ask_what_is_known()
        self._write()

    def _on_scan_ended(self, scan: asyncio.Task[None]) -> None:
        self._scans.discard(scan)
        if self._scans:
            return
        self._inbox.deliver()
        self.files.finish()
        self._ask_what_is_known()
        self._write()
        when_counted, self._when_counted = self._when_counted, None
        if when_counted is not None and not self._blocked():
            when_counted()

    def _on_reviews(self, reviews: list[Review]) -> None:
        self.files.take(reviews)
        self._write()

    def _when_ready(self, action: Callable[[], None]) -> None:
        self._stop_looking()
        if self._scans:
            self._when_counted = action
            self._write()
        else:
            action()

    def _start(self) -> None:
        order = self.form.order(tuple(self.files.gathered.ready))
        self.form.remember()

        async def hand_over() -> None:
            jobs = await self._context.background.run(self._context.desk.jobs.start(order))
            if not self._closed:
                self.started.emit(jobs)
                self.close()

        self._hand_over(hand_over())

    def _make_batch(self) -> None:
        self._send(tuple(self.files.gathered.ready), self.form.chosen_name(), None)

    def _add_new_ones(self) -> None:
        known = self.known.known
        if known is not None:
            self._send(known.fresh, known.batch_name, known.batch_id)

    def _send(self, items: tuple[Item, ...], name: str, batch_id: str | None) -> None:
        context, account = self._context, self.form.where.account()
        # That something arrived at a service is said with all transfers.
        said = self.tr("“%1” is a batch now. Look under Batches.") if account.is_this_computer else ""
        context.tasks.start(_send(context, account.account_id, items, name, batch_id, said.replace("%1", name)))
        if not said:
            context.messages.info(self.tr("“%1” is on its way. Look under Transfers.").replace("%1", name))
        self.close()

    def _ask_what_is_known(self) -> None:
        """Ask the journal which of the files were sent to the chosen account before; show it when it is known."""
        self.known.show_known(None)
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        items, account_id = tuple(self.files.gathered.ready), self.form.where.account().account_id
        if self._scans or self._thinning is not None or not items:
            return

        async def ask() -> None:
            known = await self._context.background.run(self._context.desk.transfers.known(account_id, items))
            self.known.show_known(known)

        self._asking = self._context.tasks.start(ask(), on_error=self._on_error)

    def _on_best_only(self, wanted: bool) -> None:
        if self._thinning is not None:
            self._thinning.cancel()
            self._thinning = None
        if wanted:
            self._thinning = self._context.tasks.start(self._leave_out_near_copies(), on_error=self._on_error)
        else:
            self.files.show_all()
        self._ask_what_is_known()
        self._write()

    async def _leave_out_near_copies(self) -> None:
        gathered, closer = self.files.gathered, self.files.closer

        def best() -> Gathered:
            return gathered.without(closer.near_copies())

        self.files.show_only_best(await self._context.background.run(asyncio.to_thread(best)))
        self._thinning = None
        self._ask_what_is_known()
        self._write()

    def _hand_over(self, work: Coroutine[Any, Any, None]) -> None:
        self._handing_over = True
        self._trouble.hide()
        self._write()
        self._context.tasks.start(work, on_error=self._on_error)

    def _on_error(self, error: BatchdockError) -> None:
        if self._closed:
            self._context.messages.error(error)
            return
        self._handing_over = False
        self._when_counted = None
        title, message, advice = worded(error)
        self._trouble.setText("\n".join(part for part in (title, message, advice) if part))
        self._trouble.show()
        self._write()

    def _blocked(self) -> str:
        """Return why nothing can be started now, for the person; empty when it can."""
        if self._thinning is not None:
            return self.tr("Leaving out near copies…")
        if self._handing_over:
            return self.tr("Handing over…")
        if not self.files.gathered.ready and not self._scans:
            return self.tr("There is nothing to work on yet.")
        return self.form.reason()

    def _write(self) -> None:
        gathered = self.files.gathered
        kinds = []
        if gathered.pictures:
            kinds.append(pictures_text(gathered.pictures))
        if gathered.videos:
            kinds.append(videos_text(gathered.videos))
        self.form.what.setText(", ".join(kinds) or "–")
        self.form.show_videos(gathered.videos > 0)
        blocked = self._blocked()
        waiting = self._when_counted is not None
        hopeless = not self._scans and not gathered.ready
        self.form.setVisible(not hopeless)
        self.start.setVisible(not hopeless)
        self.only_batch.setVisible(not hopeless)
        self.known.add.setEnabled(not waiting and not self._handing_over and self._thinning is None)
        self.cancel.setText(self.tr("Close") if hopeless else self.tr("Cancel"))
        self._reason.setText(self.tr("Starts as soon as everything is counted.") if waiting else blocked)
        self._reason.setVisible(bool(self._reason.text()) and not hopeless)
        self.start.setText(self.tr("Start when counted") if self._scans else self._start_text())
        self.start.setAccessibleName(self.start.text())
        self.start.setAccessibleDescription(self._reason.text())
        self.start.setEnabled(not blocked and not waiting)
        self.only_batch.setEnabled(
            bool(gathered.ready) and not waiting and not self._handing_over and self._thinning is None
        )

    def _start_text(self) -> str:
        gathered = self.files.gathered
        if gathered.pictures and gathered.videos:
            return grouped(self.tr("Start %n job(s)", "", 2), 2)
        return self.tr("Start")


async def _send(
    context: Context, account_id: str, items: tuple[Item, ...], name: str, batch_id: str | None, said: str
) -> None:
    """Send without a job, into a new batch or one that is there. Outlives the sheet."""
    await context.background.run(context.desk.transfers.ingest(account_id, items, name, batch_id=batch_id))
    if said:
        context.messages.info(said)


def _name_of(paths: Sequence[Path]) -> str:
    """Return what the drop is called: its folder's name, or the only file's without its ending.

    Goes by the names alone: asking a disk that does not answer would hold up the window.
    """
    first = paths[0]
    if first.suffix.lower() not in _FILE_ENDINGS:
        return first.name or str(first)
    return first.stem if len(paths) == 1 else first.parent.name or first.stem
