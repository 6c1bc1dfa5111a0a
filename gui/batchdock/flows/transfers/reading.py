"""Threads for reading source files, which may hang for minutes on a share that has gone.

asyncio's own threads are few, are shared with the journal and the password store, and are waited for when the program
ends. These grow with the need, and nobody waits for them.
"""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

_Result = TypeVar("_Result")

_Work = Callable[[], None]
MOST = 256
"""Threads at the most; each may hang on a file of its own."""


class Readers:
    """Daemon threads, made when all the others are at work."""

    def __init__(self) -> None:
        self._work: SimpleQueue[_Work] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._free = 0

    async def run(self, function: Callable[..., _Result], *values: Any) -> _Result:
        """Return what `function` returns. Cancelled, it is left alone and what it returns is dropped."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[_Result] = loop.create_future()

        def work() -> None:
            try:
                result = function(*values)
            except BaseException as error:
                _tell(loop, over, None, error)
            else:
                _tell(loop, over, result, None)

        with self._lock:
            # Counted here and not when the thread takes it, or two pieces of work would count on the same thread.
            if self._free > 0 or self._threads >= MOST:
                self._free -= 1
            else:
                self._threads += 1
                threading.Thread(target=self._serve, name="batchdock-reader", daemon=True).start()
        self._work.put(work)
        return await over

    def _serve(self) -> None:
        while True:
            self._work.get()()
            with self._lock:
                self._free += 1


def _tell(
    loop: asyncio.AbstractEventLoop,
    over: "asyncio.Future[_Result]",
    result: _Result | None,
    error: BaseException | None,
) -> None:
    def tell() -> None:
        if over.done():
            return
        if error is not None:
            over.set_exception(error)
        else:
            over.set_result(result)  # type: ignore[arg-type]

    try:
        loop.call_soon_threadsafe(tell)
    except RuntimeError:
        return  # The loop has ended meanwhile, and with it whoever wanted to know.


READERS = Readers()
"""One for the process: a thread that hangs can not be had back, wherever it was started from."""
