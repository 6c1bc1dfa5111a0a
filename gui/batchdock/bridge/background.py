"""The thread in which the flows live, with a plain asyncio loop of its own.

All waiting, sending and polling happens there, so that the window's loop has nothing to do but the window. Work is
handed over with `run` (awaited from the window's loop) and news come back through an `Inbox`.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class Background:
    """One worker thread with one event loop. Start it before the window, stop it after."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._turn, name="batchdock-flows", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, _Result]) -> Future[_Result]:
        """Start `work` over there and return at once. Cancelling the future cancels the work."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run `work` over there and await it here. Being cancelled here cancels it there."""
        return await asyncio.wrap_future(self.submit(work))

    def on_trouble(self, handler: Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]) -> None:
        """Tell `handler` what goes wrong over there outside of any awaited work. Call it before `start`."""
        self._loop.set_exception_handler(handler)

    def stop(self, timeout: float = 10.0) -> None:
        """Cancel what still runs, wait for it to end, and end the thread. Blocks; harmless when called twice.

        Work that does not end within `timeout` seconds is left behind; the thread is a daemon, so that it can not
        keep the process alive.
        """
        if not self._thread.is_alive():
            return
        try:
            self.submit(self._cancel_rest()).result(timeout)
        except TimeoutError:
            _log.warning("Some background work did not end within %s s", timeout)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout)

    async def _cancel_rest(self) -> None:
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    def _turn(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
