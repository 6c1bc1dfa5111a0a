"""What the service tells of a thing, for people: a tree under names that say something, without secrets."""

from collections.abc import Mapping, Sequence

from batchdock.core.facts import Facts, Value
from batchdock.services.http.reading import number
from batchdock.services.http.telling import Telling, plain_value
from batchdock.services.http.times import time_of_seconds
from batchdock.services.tensorbay.wire import Wire

_TIMES = frozenset({"createdAt", "startedAt", "finishedAt", "updatedAt", "updateTime"})


def tell(wire: Wire, answer: object, titles: Mapping[str, str], first: Sequence[str] = ()) -> Facts:
    """Return what an answer tells. `first` are the names that come before all others."""
    return _Telling(titles, first or tuple(titles)).facts(wire.without_secrets(answer))


class _Telling(Telling):
    """Knows the service's times: whole seconds (contract §1.5)."""

    def value(self, name: str, value: object, depth: int) -> Value:
        if name in _TIMES and number(value) is not None:
            return time_of_seconds(value) or plain_value(value)
        return super().value(name, value, depth)
