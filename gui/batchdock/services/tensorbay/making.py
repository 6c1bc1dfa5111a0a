"""Makes something that the service gives an id of its own: once, whatever becomes of the answer."""

from collections.abc import Awaitable, Callable, Mapping

from batchdock.core.errors import BatchdockError, ConnectionProblem, MaybeCreated, ServiceTrouble, UnreadableAnswer
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import entry, optional_text
from batchdock.services.tensorbay.wire import Wire

_NOT_SEEN = QT_TRANSLATE_NOOP("errors", "It was looked for, and is not there yet.")
_SEVERAL = QT_TRANSLATE_NOOP("errors", "Several new ones look like it.")

Ids = Callable[[], Awaitable[frozenset[str]]]
"""Asks for the ids of everything that looks like what is to be made."""


async def make_once(
    wire: Wire, operation: str, *, at: Mapping[str, str], body: object, name: str, answer_id: str, alike: Ids
) -> str:
    """Ask for something new and return its id. It is asked for once only (contract §8).

    When nobody knows whether it was made, it is looked for: the only one of `alike` that was not there before is it.
    Otherwise raise `MaybeCreated`. A refusal is raised as it is.
    """
    before = await alike()
    try:
        answer = await wire.ask(operation, at=at, body=body)
        made = optional_text(entry(answer).get(answer_id))
        if made is not None:
            return made
        raise UnreadableAnswer(service=wire.service, details=f"{operation}: no {answer_id} in the answer")
    except (ConnectionProblem, ServiceTrouble, UnreadableAnswer) as error:
        doubt = error
    try:
        new = await alike() - before
    except BatchdockError:
        raise MaybeCreated(service=wire.service, name=name, reason="", details=doubt.details) from doubt
    if len(new) == 1:
        return next(iter(new))
    reason = _SEVERAL if new else _NOT_SEEN
    raise MaybeCreated(service=wire.service, name=name, reason=reason, details=doubt.details) from doubt
