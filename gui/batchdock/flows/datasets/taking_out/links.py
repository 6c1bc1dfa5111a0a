"""Fresh addresses for files: a page of the service's list at a time, in memory only, asked for anew once refused."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from batchdock.core.datasets.data import LabelType
from batchdock.flows.datasets.taking_out.asking import Asking
from batchdock.flows.datasets.taking_out.rows import Key
from batchdock.flows.datasets.taking_out.versions import version_of
from batchdock.store.taken_rows import Wanted

_PAGES = 16


@dataclass(slots=True)
class _Page:
    asked: float
    urls: dict[Key, str] = field(default_factory=dict, repr=False)


class Links:
    """Knows where to fetch a file now. Addresses are signed: they are secrets, and never written down."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._pages: OrderedDict[tuple[int, int], _Page] = OrderedDict()
        self._turns: dict[tuple[int, int], asyncio.Lock] = {}

    async def of(self, wanted: Wanted, refused_at: float | None) -> str:
        """Return an address that was asked for after `refused_at`; empty where the service tells none.

        Raises `Refused`, and what the whole waits for.
        """
        key = (wanted.segment, wanted.page)
        async with self._turns.setdefault(key, asyncio.Lock()):
            page = self._pages.get(key)
            if page is None or (refused_at is not None and page.asked <= refused_at):
                page = await self._ask(wanted)
                self._pages[key] = page
            self._pages.move_to_end(key)
        while len(self._pages) > _PAGES:
            self._turns.pop(self._pages.popitem(last=False)[0], None)
        found = page.urls.get((wanted.kind, wanted.frame, wanted.sensor, wanted.remote))
        return found or await self._alone(wanted)

    async def _ask(self, wanted: Wanted) -> _Page:
        page = _Page(asyncio.get_running_loop().time())
        version = version_of(wanted.mark)
        rows, _ = await self._asking.ask(
            lambda service: service.detail_page(wanted.dataset_id, version, wanted.segment_name, wanted.page)
        )
        for row in rows:
            page.urls["", row.frame_id, row.sensor, row.remote_path] = row.url
            for mask in row.masks:
                remote = mask.remote_path or row.remote_path
                page.urls[mask.label_type.value, row.frame_id, row.sensor, remote] = mask.url
        return page

    async def _alone(self, wanted: Wanted) -> str:
        """Ask for one file: the page does not have it any more, or tells no address."""
        version = version_of(wanted.mark)
        if wanted.kind:
            masks = await self._asking.every(
                lambda service: service.masks(
                    wanted.dataset_id, version, wanted.segment_name, LabelType(wanted.kind), wanted.remote
                )
            )
            return next((each.url for each in masks if each.remote_path == wanted.remote), "")
        return await self._asking.ask(
            lambda service: service.url_of(wanted.dataset_id, version, wanted.segment_name, wanted.remote)
        )
