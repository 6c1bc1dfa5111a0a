"""Asks services for jobs under filters of their own, while a view has such filters."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from batchdock.core.errors import BatchdockError
from batchdock.window.context import Context
from batchdock.window.jobs.filters import Question
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.roster import Key

LOOK_MS = 250


@dataclass
class Quest:
    """How the asking of one question goes. `found` are the jobs so far, of the last asking that came to its end until
    this one has found as many."""

    task: asyncio.Task[None] | None = None
    heard: frozenset[Key] = frozenset()
    error: BatchdockError | None = None

    @property
    def under_way(self) -> bool:
        """Whether the service is being asked."""
        return self.task is not None


class Finder(QObject):
    """`went_on` tells that it goes otherwise than before: more was found, or an asking began or `ended`. What was found
    stays for the next time."""

    went_on = Signal()
    ended = Signal()

    def __init__(self, context: Context, model: JobModel, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._model = context, model
        self._quests: dict[Question, Quest] = {}
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)

    @property
    def errors(self) -> dict[Question, BatchdockError]:
        """What stood in the way of the questions that are asked."""
        return {question: quest.error for question, quest in self._quests.items() if quest.error is not None}

    @property
    def under_way(self) -> bool:
        """Whether any service is being asked."""
        return any(quest.under_way for quest in self._quests.values())

    def quest(self, question: Question) -> Quest | None:
        """Return how it goes with a question."""
        return self._quests.get(question)

    def ask(self, questions: Sequence[Question]) -> None:
        """Ask these and no others from now on; those that are asked already go on."""
        for gone in self._quests.keys() - set(questions):
            quest = self._quests.pop(gone)
            if quest.task is not None:
                quest.task.cancel()
        for question in questions:
            if question not in self._quests:
                self._begin(question)
        self.went_on.emit()

    def ask_again(self) -> None:
        """Ask once more what is not being asked just now: something may have changed."""
        for question, quest in tuple(self._quests.items()):
            if not quest.under_way:
                self._begin(question)
        self.went_on.emit()

    # --- inside

    def _begin(self, question: Question) -> None:
        quest = self._quests[question] = Quest()
        quest.task = self._context.tasks.start(
            self._find(question, quest), on_error=lambda error: self._end(question, quest, error)
        )
        self._looking.start()

    async def _find(self, question: Question, quest: Quest) -> None:
        account_id, where = question

        def heard(keys: frozenset[Key]) -> None:
            quest.heard = keys  # On the flows' thread: only put down here, and looked at by the timer.

        keys = await self._context.background.run(self._context.desk.jobs.find(account_id, dict(where), heard))
        quest.heard = keys
        self._end(question, quest)

    def _end(self, question: Question, quest: Quest, error: BatchdockError | None = None) -> None:
        quest.task, quest.error = None, error
        if self._quests.get(question) is not quest:
            return
        self._take(question, quest)
        if error is None and self._model.look.found.get(question) != quest.heard:
            # What was found the last time and is not any more.
            self._model.look.found[question] = quest.heard
            self._model.set_condition()
        if not self.under_way:
            self._looking.stop()
        self.went_on.emit()
        self.ended.emit()

    def _look(self) -> None:
        for question, quest in self._quests.items():
            if quest.under_way:
                self._take(question, quest)
        self.went_on.emit()

    def _take(self, question: Question, quest: Quest) -> None:
        found = self._model.look.found
        known = found.get(question, frozenset())
        if fresh := quest.heard - known:
            found[question] = known | quest.heard
            self._model.reconsider(fresh)
