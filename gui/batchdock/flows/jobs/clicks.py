"""Two clicks on a button are one: who asks for the very same thing at once gets what the first click began."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

_Result = TypeVar("_Result")

DOUBLE_CLICK_SECONDS = 1.0
"""Nobody looks at what a click did and asks for the same again within this time."""


class Clicks:
    """Remembers the last wish and what came of it."""

    def __init__(self) -> None:
        self._wish: object = None
        self._answer: asyncio.Task[Any] | None = None

    async def once(self, wish: object, do: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return what `do` returns; the same wish while that goes on, or right after it, is not done again.

        What did not work can be asked for again at once.
        """
        answer = self._answer
        if answer is None or self._wish != wish:
            answer = asyncio.ensure_future(_awaited(do))
            self._wish, self._answer = wish, answer
            answer.add_done_callback(self._note)
        result: _Result = await asyncio.shield(answer)
        return result

    def _note(self, answer: asyncio.Task[Any]) -> None:
        worked = not answer.cancelled() and answer.exception() is None
        if worked:
            answer.get_loop().call_later(DOUBLE_CLICK_SECONDS, self._forget, answer)
        else:
            self._forget(answer)

    def _forget(self, answer: asyncio.Task[Any]) -> None:
        """Let go of a wish; some hold 100,000 files."""
        if answer is self._answer:
            self._wish, self._answer = None, None


async def _awaited(do: Callable[[], Awaitable[_Result]]) -> _Result:
    return await do()
