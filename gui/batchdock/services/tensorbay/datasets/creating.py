"""Makes what has a name of its own that nothing else beside it may have: asked for once, whatever becomes of it."""

from collections.abc import Awaitable, Callable, Mapping

from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    MaybeCreated,
    NameTaken,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.tensorbay.wire import Query, Wire

_THERE = QT_TRANSLATE_NOOP("errors", "There is one of exactly this name.")
_NOT_SEEN = QT_TRANSLATE_NOOP("errors", "It was looked for, and is not there yet.")

IsThere = Callable[[], Awaitable[bool]]
"""Looks for exactly this name."""


async def make_named(
    wire: Wire,
    operation: str,
    *,
    at: Mapping[str, str],
    body: object,
    name: str,
    is_there: IsThere,
    query: Query | None = None,
) -> None:
    """Ask for something new of this name, a single time. When the answer is lost, it is looked for.

    Raise `NameTaken`, before anything is asked for; `MaybeCreated` where looking for it did not tell.
    """
    if await is_there():
        raise NameTaken(service=wire.service, reason=_THERE)
    try:
        await wire.ask(operation, at=at, query=query, body=body)
        return
    except (ConnectionProblem, ServiceTrouble, UnreadableAnswer) as error:
        doubt = error
    try:
        found = await is_there()
    except BatchdockError:
        raise MaybeCreated(service=wire.service, name=name, reason="", details=doubt.details) from doubt
    if not found:
        raise MaybeCreated(service=wire.service, name=name, reason=_NOT_SEEN, details=doubt.details) from doubt
