"""The service's operations, as the app knows them. Nothing is asked for (contract §7)."""

from collections.abc import AsyncIterator, Iterable

from batchdock.core.errors import NotFound
from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.kept import Kept
from batchdock.services.tensorbay.inventory.describing import OPERATIONS_LIST
from batchdock.services.tensorbay.operations import OPERATIONS, App, Operation
from batchdock.services.tensorbay.wire import Wire

_QUERY = QT_TRANSLATE_NOOP("service", "Parameters (* is needed)")
_BODY = QT_TRANSLATE_NOOP("service", "Body (* is needed)")
_ANSWER = QT_TRANSLATE_NOOP("service", "Answer")
_METHOD = QT_TRANSLATE_NOOP("service", "Method")
_PATH = QT_TRANSLATE_NOOP("service", "Path")
_PREFIX = QT_TRANSLATE_NOOP("service", "Below")
_REPEATED = QT_TRANSLATE_NOOP("service", "Is asked again after trouble")
_PREFIXES = {App.API: "tensorbay-open-api", App.SEXTANT: "apps-sextant"}


async def _items(wire: Wire, where: Where) -> AsyncIterator[Item]:
    for each in OPERATIONS.values():
        cells = {
            "name": each.name,
            "use": each.use,
            "group": each.group,
            "method": each.method,
            "path": each.path,
            "evidence": str(each.evidence),
            "reason": each.reason,
        }
        yield Item(OPERATIONS_LIST, each.name, each.name, cells)


async def _facts(wire: Wire, item_id: str) -> Facts:
    found = OPERATIONS.get(item_id)
    if found is None:
        raise NotFound(service=wire.service, reason=item_id)
    return Facts(tuple(_told(found)))


def _told(operation: Operation) -> Iterable[Fact]:
    if not operation.method:
        return
    yield Fact("method", operation.method, title=_METHOD)
    yield Fact("path", operation.path, title=_PATH)
    yield Fact("app", _PREFIXES[operation.app], title=_PREFIX)
    for name, title, params in (("query", _QUERY, operation.query), ("body", _BODY, operation.body)):
        if params:
            yield Fact(name, ", ".join(f"{each.name}*" if each.needed else each.name for each in params), title=title)
    yield Fact("answer", operation.answer, title=_ANSWER)
    yield Fact("repeatable", operation.repeatable, title=_REPEATED)


KEPT: Kept[Wire] = Kept(items=_items, facts=_facts)
