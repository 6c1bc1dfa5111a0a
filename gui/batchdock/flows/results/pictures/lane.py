"""A few threads that work, the newest wish first."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

_Result = TypeVar("_Result")

IsWanted = Callable[[], bool]
"""Long work asks it now and then, and ends where it says no: by returning anything, which nobody hears."""


class _Wish:
    def __init__(self, work: Callable[[IsWanted], Any], place: float) -> None:
        self.work, self.place = work, place
        self.future: Future[Any] = Future()
        self.is_wanted = True


def newest(places: Sequence[float]) -> int:
    """Choose what was asked for last."""
    return len(places) - 1


class Lane:
    """Threads start with the first wish. Daemons: a file on a share that hangs must not keep the app running."""

    def __init__(self, name: str, threads: int, choose: Callable[[Sequence[float]], int] = newest) -> None:
        """`choose` is given the places of all that waits, oldest first, and returns the index of what is next."""
        self._name, self._choose = name, choose
        self._most = threads
        self._threads: list[threading.Thread] = []
        self._waiting: list[_Wish] = []
        self._changed = threading.Condition()
        self._is_closed = False

    async def run(self, work: Callable[[IsWanted], _Result], place: float = 0.0) -> _Result:
        """Run `work` there. Being cancelled drops it where it has not begun, and tells it where it has."""
        wish = _Wish(work, place)
        with self._changed:
            if self._is_closed:
                raise asyncio.CancelledError
            self._waiting.append(wish)
            if len(self._threads) < self._most:
                thread = threading.Thread(target=self._turn, name=f"batchdock-{self._name}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()
        try:
            result: _Result = await asyncio.wrap_future(wish.future)
        finally:
            wish.is_wanted = False
        return result

    def close(self) -> None:
        """Drop what waits, and wait a moment for what runs. Blocks."""
        with self._changed:
            self._is_closed = True
            dropped, self._waiting = self._waiting, []
            self._changed.notify_all()
        for wish in dropped:
            wish.future.cancel()
        for thread in self._threads:
            thread.join(5.0)

    def _turn(self) -> None:
        while (wish := self._next()) is not None:
            if not wish.future.set_running_or_notify_cancel():
                continue
            try:
                result = wish.work(lambda wish=wish: wish.is_wanted and not self._is_closed)  # type: ignore[misc]
            except BaseException as error:
                wish.future.set_exception(error)
            else:
                wish.future.set_result(result)

    def _next(self) -> _Wish | None:
        with self._changed:
            while not self._waiting:
                if self._is_closed:
                    return None
                self._changed.wait()
            return self._waiting.pop(self._choose([wish.place for wish in self._waiting]))
