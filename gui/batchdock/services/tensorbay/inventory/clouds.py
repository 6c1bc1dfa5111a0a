"""Files in buckets of one's own, page by page (contract §4.9)."""

from collections.abc import AsyncIterator
from urllib.parse import quote, unquote, urlsplit

from batchdock.core.errors import NotFound, UnreadableAnswer
from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.kept import Kept
from batchdock.services.tensorbay.datasets.files import Files
from batchdock.services.tensorbay.inventory.describing import CLOUD_FILES
from batchdock.services.tensorbay.inventory.where import first
from batchdock.services.tensorbay.wire import Wire

_ADDRESS = QT_TRANSLATE_NOOP("service", "Address")
_STORAGE = QT_TRANSLATE_NOOP("service", "Storage config")
_PATH = QT_TRANSLATE_NOOP("service", "Path")


async def _items(wire: Wire, where: Where) -> AsyncIterator[Item]:
    """Yield what is in one bucket. Without one there is nothing to ask for."""
    storage, prefix, marker = first(where, "storage"), first(where, "prefix"), ""
    if not storage:
        return
    files, seen = Files(wire, ""), set[str]()
    for _ in range(wire.limits.pages):
        paths, following = await files.cloud_page(storage, prefix, marker)
        for path in paths:
            yield Item(CLOUD_FILES, f"{quote(storage, safe='')}/{quote(path, safe='')}", path, _cells(storage, path))
        if not following or following in seen:
            return
        seen.add(following)
        marker = following
    raise UnreadableAnswer(service=wire.service, details="ListCloudFiles: a list without an end")


async def _facts(wire: Wire, item_id: str) -> Facts:
    """Return where a file lies. The secret part of its address is left out (contract §5.2)."""
    storage, slash, path = (unquote(part) for part in item_id.partition("/"))
    if not slash:
        raise NotFound(service=wire.service, reason=item_id)
    parts = urlsplit(await Files(wire, "").cloud_url(storage, path))
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return Facts(
        (
            Fact("filePath", path, title=_PATH),
            Fact("config", storage, title=_STORAGE),
            Fact("url", address, title=_ADDRESS),
        )
    )


def _cells(storage: str, path: str) -> dict[str, str]:
    return {"name": path, "storage": storage}


KEPT: Kept[Wire] = Kept(items=_items, facts=_facts)
