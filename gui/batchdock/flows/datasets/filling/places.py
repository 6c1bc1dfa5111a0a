"""Where files of a dataset can go: its branches, and the drafts that are open on them."""

from dataclasses import dataclass

from batchdock.core.datasets.dataset import Dataset, Draft
from batchdock.flows.datasets.datasets import Datasets


@dataclass(frozen=True, slots=True)
class Places:
    """The branches, the default one first, and the open draft of each that has one."""

    branches: tuple[str, ...]
    drafts: tuple[Draft, ...]

    def draft_of(self, branch: str) -> Draft | None:
        """Return the open draft of a branch."""
        return next((each for each in self.drafts if each.branch == branch), None)


async def places_of(datasets: Datasets, account_id: str, dataset: Dataset) -> Places:
    """Ask for them. Raises what keeps the service from being asked."""
    service = await datasets.of(account_id)
    names = [each.name async for each in service.branches(dataset.dataset_id)]
    drafts = [each async for each in service.drafts(dataset.dataset_id)]
    return Places(tuple(dict.fromkeys((dataset.default_branch, *names))), tuple(drafts))
