"""Asks a service for what there is, as long as that may work, and tells apart what can not be had."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar, cast

from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import AccessDenied, BatchdockError, ServiceError, ServiceTrouble, UnreadableAnswer
from batchdock.flows.transfers.trouble import Trouble
from batchdock.flows.transfers.verdict import Action, verdict

_Result = TypeVar("_Result")
Reach = Callable[[], Awaitable[DatasetService]]

GIVEN_UP_AFTER = 4
"""Tries in a row at one thing while the service answers other questions."""


class Refused(Exception):
    """This can not be had, whatever is done. `reason` is for people."""

    def __init__(self, error: BatchdockError) -> None:
        super().__init__(error.sentence())
        self.reason = error.sentence()


class Asking:
    """Asks anew for the service each time: a new key or address brings a new client. Without `trouble` only once."""

    def __init__(self, reach: Reach, trouble: Trouble | None = None) -> None:
        self._reach, self._trouble = reach, trouble

    async def ask(self, doing: Callable[[DatasetService], Awaitable[_Result]]) -> _Result:
        """Return what `doing` returns. Raise `Refused`, and the errors that the whole waits for."""
        tries = 0
        while True:
            try:
                answer = await doing(await self._reach())
            except BatchdockError as error:
                tries += 1
                if is_of_one(error):
                    raise Refused(error) from error
                if self._trouble is None or verdict(error).action is not Action.AGAIN:
                    raise
                if isinstance(error, ServiceTrouble | UnreadableAnswer) and tries >= GIVEN_UP_AFTER:
                    await self._probe(error)
                await self._trouble.after(error, tries)
            else:
                if self._trouble is not None:
                    self._trouble.moved()
                return answer

    async def every(self, listing: Callable[[DatasetService], AsyncIterator[_Result]]) -> list[_Result]:
        """Return all that a list has; after trouble it is read from its beginning. Raises as `ask` does."""

        async def read(service: DatasetService) -> list[_Result]:
            async with aclosing(cast("Any", listing(service))) as rows:
                return [row async for row in rows]

        return await self.ask(read)

    async def _probe(self, error: BatchdockError) -> None:
        """Raise `Refused` where the service answers, only not this."""
        try:
            service = await self._reach()
            async with aclosing(cast("Any", service.datasets())) as rows:
                async for _ in rows:
                    break
        except BatchdockError:
            return
        raise Refused(error) from error


def is_of_one(error: BatchdockError) -> bool:
    """Tell whether an error is about what was asked for only: other questions may well be answered."""
    if isinstance(error, AccessDenied):
        return True
    return isinstance(error, ServiceError) and verdict(error).action is Action.STOP
