"""Supervised tasks on the window's loop: none is forgotten, and no error disappears."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from batchdock.core.errors import BatchdockError

_log = logging.getLogger(__name__)


class Tasks:
    """Keeps a reference to every running task and reports what goes wrong in it."""

    def __init__(self, on_error: Callable[[BatchdockError], None]) -> None:
        self._on_error = on_error
        self._running: set[asyncio.Task[None]] = set()
        self._ended = False

    def start(
        self, work: Coroutine[Any, Any, None], *, on_error: Callable[[BatchdockError], None] | None = None
    ) -> asyncio.Task[None]:
        """Start `work`. A `BatchdockError` goes to `on_error`, or to the one given at the start; any other error is
        logged with its traceback and reported in general words. After `cancel_all` the work is closed unbegun, and
        the task that is returned is a cancelled one."""
        task = asyncio.ensure_future(self._watched(work, on_error or self._on_error))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _task: _close(work))
        if self._ended:
            task.cancel()
        return task

    async def cancel_all(self) -> None:
        """Cancel what runs and wait for its end. Nothing begins afterwards."""
        self._ended = True
        rest = [task for task in self._running if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _watched(self, work: Coroutine[Any, Any, None], on_error: Callable[[BatchdockError], None]) -> None:
        try:
            await work
        except BatchdockError as error:
            on_error(error)
        except Exception as error:
            _log.exception("a task of the window failed")
            on_error(BatchdockError(details=f"{type(error).__name__}"))


def _close(work: Coroutine[Any, Any, None]) -> None:
    """Close `work`. Cancelled before its first step, it would complain that nobody awaited it, and so would the work
    it was to hand over to the other thread."""
    if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
        for each in inspect.getcoroutinelocals(work).values():
            if inspect.iscoroutine(each):
                each.close()
    work.close()
