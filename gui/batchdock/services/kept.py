"""What a service keeps in collections: for each a table of what it can be asked for and can have done to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from batchdock.core.errors import NotOffered
from batchdock.core.facts import Facts
from batchdock.core.inventory import Done, Field, Item, Where
from batchdock.services.http.each import each_of
from batchdock.services.http.reading import Answering

_Wire = TypeVar("_Wire", bound=Answering)

Values = Mapping[str, object]
"""What was filled in or changed in a form, by the keys of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[_Wire]):
    """A collection. `forms`, `makes` (something new) and `changes` (one item) are by the keys of its actions.

    A form is asked for with the item as it is now; the id is empty for a new one.
    """

    items: Callable[[_Wire, Where], AsyncIterator[Item]]
    facts: Callable[[_Wire, str], Awaitable[Facts]]
    forms: Mapping[str, Callable[[_Wire, str], Awaitable[tuple[Field, ...]]]] = field(default_factory=dict)
    makes: Mapping[str, Callable[[_Wire, Values], Awaitable[Done]]] = field(default_factory=dict)
    changes: Mapping[str, Callable[[_Wire, str, Values], Awaitable[Done]]] = field(default_factory=dict)


class Shelves(Generic[_Wire]):
    """Leads what is asked of a collection to the module that keeps it. Raise `NotOffered` for what nobody keeps."""

    def __init__(self, kept: Mapping[str, Kept[_Wire]]) -> None:
        self._kept = kept

    async def items(self, wire: _Wire, collection: str, where: Where) -> AsyncIterator[Item]:
        """Yield what is in a collection, page by page; see `Service.items`."""
        async for each in self._of(wire, collection).items(wire, where):
            yield each

    async def facts(self, wire: _Wire, collection: str, item_id: str) -> Facts:
        """Return all that the service tells of an item, without secrets. Raise `NotFound`."""
        return await self._of(wire, collection).facts(wire, item_id)

    async def form(self, wire: _Wire, collection: str, action: str, item_id: str = "") -> tuple[Field, ...]:
        """Return the form of an action, filled with how the item is now; empty where it has none. Raise `NotFound`."""
        fields = self._of(wire, collection).forms.get(action)
        if fields is None:
            raise NotOffered(service=wire.service)
        return await fields(wire, item_id)

    async def act(self, wire: _Wire, collection: str, action: str, item_ids: Sequence[str], values: Values) -> Done:
        """Do something to items, one after the other, see `Service.act`."""
        kept = self._of(wire, collection)
        if action in kept.makes:
            return await kept.makes[action](wire, values)
        if action not in kept.changes:
            raise NotOffered(service=wire.service)
        return await each_of(item_ids, lambda item_id: kept.changes[action](wire, item_id, values))

    def _of(self, wire: _Wire, collection: str) -> Kept[_Wire]:
        if collection not in self._kept:
            raise NotOffered(service=wire.service)
        return self._kept[collection]
