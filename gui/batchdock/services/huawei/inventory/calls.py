"""What collections of this service have in common: how their forms, makes and changes are asked for."""

from collections.abc import Awaitable, Callable

from batchdock.core.inventory import Done, Field
from batchdock.services.huawei.wire import Wire
from batchdock.services.kept import Values

Form = Callable[[Wire, str], Awaitable[tuple[Field, ...]]]
"""Asks for the fields of a form, with an item as it is now; the id is empty for a new one."""

Make = Callable[[Wire, Values], Awaitable[Done]]
Change = Callable[[Wire, str, Values], Awaitable[Done]]


def as_sent(values: Values) -> dict[str, object]:
    """Return values as JSON has them. What was emptied is sent as empty text or list; nothing else is left out."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def texts_of(value: object) -> tuple[str, ...]:
    """Return what was chosen in a field that takes several."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, tuple | list) else ()
