"""One line that says what a job will take, and follows what is chosen."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from batchdock.core.batch import Content
from batchdock.core.costs import Basis, Estimate, credits_for, price_of, together, with_head_room
from batchdock.core.errors import BatchdockError
from batchdock.core.job import JobOptions
from batchdock.flows.news import CostsChanged, Event
from batchdock.window.context import Context
from batchdock.window.costs.wording import price_text, up_to_text
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import duration_text, files_text

_PAUSE = 250
"""Milliseconds of rest before it is calculated: somebody may be turning a wheel."""


@dataclass(frozen=True, slots=True)
class _Question:
    account_id: str
    workflow_id: str
    counts: tuple[tuple[Content, int], ...]
    options: JobOptions
    sizes: Mapping[Content, int]


class PriceLine(QWidget):
    """Says “about 35 min, about 2–4 credits”, or that nobody knows before a try."""

    changed = Signal()
    """`estimate` is another one."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._question: _Question | None = None
        self._task: asyncio.Task[None] | None = None
        self.estimate: Estimate | None = None
        """What it says the chosen jobs will take together; None while nobody knows. See `settled`."""
        self.label = TintedLabel(tint=Tint.TEXT)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._calculate)
        self.note = TintedLabel(tint=Tint.WARNING)
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addWidget(self.label)
        layout.addWidget(self.note)
        context.inbox.arrived.connect(self._on_news)

    @property
    def text(self) -> str:
        """What it says."""
        return self.label.text()

    def show_for(
        self,
        account_id: str,
        workflow_id: str,
        counts: Mapping[Content, int],
        options: JobOptions | None = None,
        sizes: Mapping[Content, int] | None = None,
    ) -> None:
        """Say, a moment later, what jobs over so many pictures and videos take. Nothing chosen: nothing said.

        `sizes` are the bytes of all pictures and of all videos, where known.
        """
        some = tuple((content, count) for content, count in counts.items() if count > 0)
        question = _Question(account_id, workflow_id, some, options or JobOptions(), sizes or {})
        if question == self._question:
            return
        self._question = question
        if not (account_id and workflow_id and some):
            self.clear()
            return
        self._timer.start()

    def clear(self) -> None:
        """Say nothing."""
        self._question = None
        self._timer.stop()
        self._stop()
        self.note.hide()
        self._say("", None)

    async def settled(self) -> Estimate | None:
        """Return the estimate of what is chosen now; what the line says may be of a moment ago."""
        if self._timer.isActive():
            self._timer.stop()
            self._calculate()
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})
        return self.estimate

    def _on_news(self, events: list[Event]) -> None:
        asked = self._question
        if asked is None:
            return
        if any(isinstance(event, CostsChanged) and event.account_id == asked.account_id for event in events):
            self._timer.start()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _calculate(self) -> None:
        self._stop()
        if self._question is not None:
            self._task = self._context.tasks.start(self._ask(self._question), on_error=self._on_error)

    async def _ask(self, asked: _Question) -> None:
        found = [await self._estimated(asked, content, count, asked.options) for content, count in asked.counts]
        costs = self._context.desk.accounts.capabilities(asked.account_id).costs_money
        estimate, note = together(found), await self._about_limit(asked)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        if estimate is not None:
            self._say(self._worded(estimate), estimate)
        elif costs:
            self._say(self.tr("Cost is not known before a try."), None)
        else:
            self._say(self.tr("Free. How long it takes is not known yet."), None)

    async def _estimated(self, asked: _Question, content: Content, count: int, options: JobOptions) -> Estimate | None:
        costs = self._context.desk.costs
        size = asked.sizes.get(content)
        work = costs.estimate(asked.account_id, asked.workflow_id, content, count, options, bytes_total=size)
        return await self._context.background.run(work)

    async def _about_limit(self, asked: _Question) -> str:
        """Return a sentence where the limit the person wants may cut parts of a job off."""
        limit = asked.options.timeout_seconds
        if limit is None:
            return ""
        free = replace(asked.options, timeout_seconds=None)
        found = [await self._estimated(asked, content, count, free) for content, count in asked.counts]
        least = max((with_head_room(each) for each in found if each is not None), default=0.0)
        if limit >= least:
            return ""
        prices = self._context.desk.accounts.capabilities(asked.account_id).credits_an_hour
        price = price_of(asked.options.machine, prices)
        amount = up_to_text(credits_for(least, price)) if price else duration_text(least)
        return self.tr(
            "The limit is divided over the parts of the job, and parts are not alike. Below about %1 some may be "
            "stopped before they are done."
        ).replace("%1", amount)

    def _worded(self, estimate: Estimate) -> str:
        text = price_text(estimate)
        if estimate.basis is Basis.TRIAL:
            told = self.tr("after a try on %1").replace("%1", files_text(estimate.measured_on))
            return f"{text} ({told})"
        return text

    def _on_error(self, _error: BatchdockError) -> None:
        # Whatever keeps the account from being asked is said where the account is chosen.
        self.note.hide()
        self._say("", None)

    def _say(self, text: str, estimate: Estimate | None) -> None:
        self.label.setText(text)
        self.label.setAccessibleName(self.tr("Expected time and cost: %1").replace("%1", text))
        if estimate != self.estimate:
            self.estimate = estimate
            self.changed.emit()
