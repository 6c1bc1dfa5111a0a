"""Reaches the key store without ever waiting on it: a locked one blocks its caller for as long as the prompt is open.

Each call runs in a daemon thread of its own with a time limit. The default executor is of no use here, because asyncio
waits for its threads at the end, and so a forgotten prompt would keep the program from quitting.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from batchdock.core.errors import KeystoreSilent
from batchdock.core.ports import KeyStore

PATIENCE = 10.0

_Result = TypeVar("_Result")


class KeyAccess:
    """Asks and changes the key store from the loop. At most one call is under way in it at any time."""

    def __init__(self, keys: KeyStore, *, patience: float = PATIENCE) -> None:
        self._keys = keys
        self._patience = patience
        self._turn = asyncio.Lock()
        self._under_way: Future[object] | None = None

    async def load(self) -> dict[str, str]:
        """Return all keys. Raise `KeystoreProblem`; `KeystoreSilent` after ten seconds without an answer."""
        return await self._run(self._keys.load)

    async def put(self, account_id: str, key: str) -> None:
        """Keep one more key. The others are read first, so that they stay. Raise `KeystoreProblem`."""
        await self._run(lambda: self._change(lambda keys: keys | {account_id: key}))

    async def drop(self, account_id: str) -> None:
        """Forget one key. Raise `KeystoreProblem`."""
        await self._run(lambda: self._change(lambda keys: {k: v for k, v in keys.items() if k != account_id}))

    def _change(self, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        before = self._keys.load()
        after = change(before)
        if after != before:
            self._keys.save(after)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        async with self._turn:
            if self._under_way is not None and not self._under_way.done():
                raise KeystoreSilent  # An earlier call still waits there; a second prompt would not help.
            future: Future[_Result] = Future()
            self._under_way = future  # type: ignore[assignment]
            threading.Thread(target=_work, args=(work, future), name="batchdock-keystore", daemon=True).start()
            try:
                # Not wait_for: on Python 3.11 it loses a cancellation that comes together with the answer.
                async with asyncio.timeout(self._patience):
                    return await asyncio.wrap_future(future)
            except TimeoutError:
                raise KeystoreSilent from None


def _work(work: Callable[[], _Result], future: "Future[_Result]") -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
