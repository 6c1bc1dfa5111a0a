"""Finds out what there is to take, and writes it into the ledger: which datasets, and which of their versions.

<dataset>/commits.json      branches, tags, commits, drafts
<dataset>/<version>/        see `listing`
"""

from functools import partial

from batchdock.core.datasets.dataset import Dataset
from batchdock.core.errors import NotFound
from batchdock.flows.datasets.taking_out.asking import Asking, Refused
from batchdock.flows.datasets.taking_out.files import OWN, write_json
from batchdock.flows.datasets.taking_out.listing import Listing
from batchdock.flows.datasets.taking_out.naming import Names
from batchdock.flows.datasets.taking_out.receipt import Planned
from batchdock.flows.datasets.taking_out.versions import Meant, history_of, meant_by
from batchdock.flows.datasets.taking_out.wishes import DatasetWish, TakingOut
from batchdock.flows.transfers.receive import in_thread
from batchdock.flows.transfers.row import Row
from batchdock.store.taken import Ledger

_IN_DATASET = ("commits.json",)
_IN_ROOT = (OWN, "receipt.html", "receipt.json")


class Planner:
    """Plans what the wishes mean. Raises what the whole waits for; what can not be had stands in the ledger."""

    def __init__(self, asking: Asking, ledger: Ledger, wishes: TakingOut, row: Row) -> None:
        self._asking, self._ledger, self._wishes, self._row = asking, ledger, wishes, row
        self._root = wishes.folder
        self._found = 0
        self._planned: list[Planned] = []

    async def plan(self) -> tuple[Planned, ...]:
        """Return every version that is wanted, with all its files in the ledger."""
        await in_thread(self._ledger.begin)
        for wish, name in await self._wanted():
            await self._dataset(wish, name)
        return tuple(self._planned)

    async def _wanted(self) -> list[tuple[DatasetWish, str]]:
        """Return what is wanted, and what it is called as far as that is known."""
        if self._wishes.datasets is not None:
            return [(each, "") for each in self._wishes.datasets]
        try:
            datasets = await self._asking.every(lambda service: service.datasets())
        except Refused as refused:
            raise NotFound(service="", reason=refused.reason) from refused
        return [(DatasetWish(each.dataset_id, self._wishes.versions), each.name) for each in datasets]

    async def _dataset(self, wish: DatasetWish, told: str) -> None:
        known = {each.mark: each for each in await in_thread(self._ledger.datasets)}
        try:
            dataset = await self._asking.ask(lambda service: service.dataset(wish.dataset_id))
        except Refused as refused:
            kept = known.get(wish.dataset_id)
            name = told or (kept.name if kept is not None else wish.dataset_id)
            folder = await in_thread(partial(self._dataset_folder, wish.dataset_id, name))
            number = await in_thread(partial(self._ledger.want_dataset, wish.dataset_id, name, folder))
            await in_thread(partial(self._ledger.refuse, "datasets", number, refused.reason))
            return
        self._say(dataset.name)
        folder = await in_thread(partial(self._dataset_folder, wish.dataset_id, dataset.name))
        number = await in_thread(partial(self._ledger.want_dataset, wish.dataset_id, dataset.name, folder))
        history = await history_of(self._asking, dataset)
        await in_thread(partial(write_json, self._root / folder / "commits.json", history.entry()))
        reasons = list(history.gaps)
        try:
            meant = meant_by(wish, history, drafts=self._wishes.drafts)
        except NotFound as error:
            meant = ()
            reasons.append(error.sentence())
        if reasons:
            await in_thread(partial(self._ledger.refuse, "datasets", number, "; ".join(reasons)))
        for each in meant:
            await self._version(wish, dataset, number, folder, each)

    def _dataset_folder(self, dataset_id: str, name: str) -> str:
        known = self._ledger.datasets()
        for each in known:
            if each.mark == dataset_id:
                return each.folder
        # What somebody else has put there is left alone.
        there = [each.name for each in self._root.iterdir()] if self._root.is_dir() else []
        return Names([*_IN_ROOT, *there, *(each.folder for each in known)]).folder(name or dataset_id)

    async def _version(self, wish: DatasetWish, dataset: Dataset, number: int, below: str, meant: Meant) -> None:
        known = await in_thread(partial(self._ledger.versions, number))
        kept = next((each for each in reversed(known) if each.mark == meant.mark), None)
        if kept is not None and kept.settled and meant.version.is_draft:
            kept = None  # It may be another one by now.
        name = kept.name if kept is not None else meant.name
        folder = kept.folder if kept is not None else Names([*_IN_DATASET, *(v.folder for v in known)]).folder(name)
        version = await in_thread(partial(self._ledger.want_version, number, kept, meant.mark, name, folder))
        place = f"{below}/{folder}"
        self._planned.append(Planned(version, wish.dataset_id, dataset.name, name, place))
        found = partial(self._count, dataset.name)
        listing = Listing(self._asking, self._ledger, self._root, wish, dataset, meant, version, place, found)
        try:
            await listing.list_all()
        except Refused as refused:
            await in_thread(partial(self._ledger.refuse, "versions", version, refused.reason))

    def _say(self, name: str) -> None:
        self._row.change(message=f"Looking at what there is: {name}. Files found so far: {self._found:,}.")

    def _count(self, name: str, files: int) -> None:
        """Count files."""
        self._found += files
        self._row.meter.items_total = self._found
        self._row.change(items_total=self._found)
        self._say(name)
