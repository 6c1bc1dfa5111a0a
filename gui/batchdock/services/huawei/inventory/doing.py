"""Changing what the service keeps, and reading what came of it."""

from typing import Any

from batchdock.core.errors import ConnectionProblem, NotFound, TooManyRequests
from batchdock.core.inventory import Done, Failure
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.patience import Tries
from batchdock.services.http.reading import count, entry, text
from batchdock.services.http.redaction import sentence
from batchdock.services.huawei.wire import Family, Wire

_NO_REASON = QT_TRANSLATE_NOOP("service", "The service does not say why.")
_MOST_REASONS = 1000


async def carry_out(wire: Wire, family: Family, method: str, path: str, body: object = None) -> Any:
    """Ask for a change that comes to the same when it is asked for twice.

    It is only asked for again when nobody answered, or when it was one request too many: a refusal stays one, and
    "not allowed" is a 500 here (contract §6.1).
    """
    tries = Tries(wire.patience)
    while True:
        try:
            return await wire.ask_once(family, method, path, body=body)
        except (ConnectionProblem, TooManyRequests) as error:
            await tries.after(error)


async def take_away(wire: Wire, family: Family, path: str) -> Any:
    """Delete one thing, as `carry_out` does. That it is gone when it is asked for once more is what was wanted."""
    tries, in_doubt = Tries(wire.patience), False
    while True:
        try:
            return await wire.ask_once(family, "DELETE", path)
        except NotFound:
            if in_doubt:
                return None
            raise
        except (ConnectionProblem, TooManyRequests) as error:
            in_doubt |= isinstance(error, ConnectionProblem)
            await tries.after(error)


async def delete(wire: Wire, *path: str) -> Any:
    """Delete one thing of VIAS v2."""
    return await take_away(wire, Family.VIAS, wire.path("v2", *path))


def partial(answer: object, name: str) -> Done:
    """Return what a friendly answer says of the parts of a batch (contract §3.5).

    The form of an entry of `error_list` is not documented: a text is told as it is, of an object what looks like a
    name and a reason. Failures that are only counted are told too.
    """
    found = entry(answer)
    listed = found.get("error_list")
    reasons = listed if isinstance(listed, list) else [listed] if isinstance(listed, str | dict) else []
    failures = [_failure(each, name) for each in reasons[:_MOST_REASONS]]
    failures = [each for each in failures if each.reason]
    untold = (count(found.get("failed_count")) or 0) - len(failures)
    if untold > 0:
        failures.append(Failure(name, _NO_REASON if untold == 1 else f"{untold:,} × {_NO_REASON}"))
    return Done(failures=tuple(failures))


def _failure(found: object, name: str) -> Failure:
    if not isinstance(found, dict):
        return Failure(name, sentence(text(found)))
    names = ("name", "task_name", "video_source_name", "video_source_id", "task_id", "id")
    reasons = ("error_msg", "message", "reason", "error_message", "msg", "detail", "error", "error_code", "code")
    called = next((text(found[key]) for key in names if text(found.get(key))), name)
    said = next((text(found[key]) for key in reasons if text(found.get(key))), "")
    inner = entry(found.get("error"))
    said = said or next((text(inner[key]) for key in reasons if text(inner.get(key))), "")
    return Failure(sentence(called), sentence(said) or _NO_REASON)
