"""Lists with numbered pages, read while they change, and what they are narrowed to (contract §3.5 to §3.8)."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from batchdock.core.inventory import Item, Where
from batchdock.services.http.reading import Entry, entry, rows, text
from batchdock.services.huawei.jobs.walk import Found, Numbered, Page, Walk
from batchdock.services.huawei.wire import Family, Params, Wire

Wanted = dict[str, str | tuple[str, ...]]
"""What a list is narrowed to, as it is on the wire."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: where it is, under which name the answer has it, and which field of an entry is its id.

    What has nothing in `key` gets “/” and what it has in `or_key`.
    `marks` are other names in the answer that show that it is a listing where the list itself is missing.
    """

    path: tuple[str, ...]
    name: str
    key: str
    marks: frozenset[str]
    most: int = 200
    or_key: str = ""


BATCHES_LISTING = Listing(("batch-tasks",), "batch_task_list", "id", frozenset({"count"}))
GROUPS_LISTING = Listing(
    ("video-group", "groups"),
    "video_group_list",
    "video_group_id",
    frozenset({"video_group_number", "total_number", "quota_number"}),
)
SOURCES_LISTING = Listing(
    ("source", "sources"),
    "video_source_list",
    "video_source_id",
    frozenset({"video_source_number", "total_number", "quota_number"}),
)
ALGORITHMS_LISTING = Listing(
    ("algorithm", "services", "user"), "service_list", "service_id", frozenset({"count", "total"}), or_key="alg_id"
)
POOLS_LISTING = Listing(("edge-pools",), "edge_pools", "id", frozenset({"count"}), most=1000)


async def walk(wire: Wire, listing: Listing, wanted: Mapping[str, str | tuple[str, ...]]) -> AsyncIterator[Entry]:
    """Yield every entry, each once, page by page."""
    path = wire.path("v2", *listing.path)

    async def ask(page: Page) -> Found:
        params: Params = {
            "is_paged": "true",
            "page_num": page.start // page.size + 1,
            "page_size": page.size,
            **wanted,
        }
        answer = await wire.ask(Family.VIAS, "GET", path, params=params)
        found = rows(answer, listing.name, wire, listing.marks)
        return Found(tuple(_with_id(entry(each), listing) for each in found))

    paging = Numbered(listing.most, least=5)
    async for each in Walk(ask, paging, limits=wire.limits, service=wire.service, key=listing.key).entries():
        yield each


async def read(
    wire: Wire, listing: Listing, wanted: Mapping[str, str | tuple[str, ...]], item_of: Callable[[Entry], Item]
) -> AsyncIterator[Item]:
    """Yield the items of a list, page by page."""
    async for each in walk(wire, listing, wanted):
        yield item_of(each)


def one(where: Where, *keys: str) -> Wanted:
    """Return filters that take one value."""
    return {key: found[0] for key in keys if (found := _given(where, key))}


def joined(where: Where, *keys: str) -> Wanted:
    """Return filters that take several, with commas between them."""
    return {key: ",".join(found) for key in keys if (found := _given(where, key))}


def repeated(where: Where, *keys: str) -> Wanted:
    """Return filters that take several, each with the name before it."""
    return {key: found for key in keys if (found := _given(where, key))}


def words(value: object) -> tuple[str, ...]:
    """Return the parts of a text that has commas between them, or the texts of a list."""
    parts = value if isinstance(value, list) else text(value).split(",")
    return tuple(word for each in parts if (word := text(each).strip()))


def _with_id(found: Entry, listing: Listing) -> Entry:
    if text(found.get(listing.key)) or not (other := text(found.get(listing.or_key))):
        return found
    return {**found, listing.key: f"/{other}"}


def _given(where: Where, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for each in where.get(key, ()) if (value := each.strip())))
