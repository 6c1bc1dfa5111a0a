"""Asks the tables off the loop. Who gives a question up has it interrupted; who closes waits for what still runs."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from batchdock.core.errors import ResultsUnreadable
from batchdock.flows.transfers.receive import in_thread
from batchdock.store.findings.asking import BrokenIndex, GivenUp, Question, Tables

if TYPE_CHECKING:
    from batchdock.store.findings.asking import Cursor

_Answer = TypeVar("_Answer")


class Asking:
    """Open tables, on one loop."""

    def __init__(self, tables: Tables, folder: Path) -> None:
        self._tables, self._folder = tables, folder
        self._open: set[Question[Any]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.closed = False

    async def ask(self, work: "Callable[[Cursor], _Answer]") -> _Answer:
        """Do `work` with a cursor of its own, in a thread. Raise `ResultsUnreadable` where the tables are broken.

        What is asked of closed tables, or still asked when they are closed, counts as cancelled.
        """
        if self.closed:
            raise asyncio.CancelledError
        question: Question[_Answer] = Question(work)
        self._open.add(question)
        self._quiet.clear()
        try:
            return await in_thread(lambda: self._tables.ask(question), question.give_up)
        except GivenUp as error:
            raise asyncio.CancelledError from error
        except BrokenIndex as error:
            raise ResultsUnreadable(name=self._folder.name, details=str(error)) from error
        finally:
            self._open.discard(question)
            if not self._open:
                self._quiet.set()

    async def close(self) -> None:
        """Give up what is asked, and give the file back."""
        if self.closed:
            return
        self.closed = True
        for question in tuple(self._open):
            question.give_up()
        await self._quiet.wait()
        await asyncio.to_thread(self._tables.close)
