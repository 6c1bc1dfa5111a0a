"""How much there is to take out, before it is: versions tell how large they are, but not what they share."""

import asyncio
import shutil
from pathlib import Path

from batchdock.core.datasets.dataset import Dataset
from batchdock.core.errors import NotFound
from batchdock.flows.datasets.taking_out.asking import Asking, Refused
from batchdock.flows.datasets.taking_out.versions import history_of, meant_by
from batchdock.flows.datasets.taking_out.wishes import DatasetWish, TakingOut, Weight


async def weigh(asking: Asking, wishes: TakingOut) -> Weight:
    """Return what the wishes come to, as far as the service tells. Raises what keeps it from being asked."""
    told: dict[str, Dataset] = {}
    chosen = wishes.datasets
    if chosen is None or len(chosen) > 1:
        try:
            listed = await asking.every(lambda service: service.datasets())
        except Refused as refused:
            raise NotFound(service="", reason=refused.reason) from refused
        told = {each.dataset_id: each for each in listed}
        if chosen is None:
            chosen = tuple(DatasetWish(each.dataset_id, wishes.versions) for each in listed)
    weights = [await _weigh_one(asking, wishes, wish, told.get(wish.dataset_id)) for wish in chosen]
    return Weight(
        datasets=len(chosen),
        versions=sum(each.versions for each in weights),
        files=sum(each.files for each in weights),
        least=sum(each.least for each in weights),
        most=sum(each.most for each in weights),
        free=await free_in(wishes.folder),
        complete=all(each.complete for each in weights),
    )


async def free_in(folder: Path) -> int | None:
    """Return how many bytes are free where `folder` is, or will be made; None where nobody can tell."""

    def look() -> int | None:
        there = folder
        try:
            while not there.exists() and there != there.parent:
                there = there.parent
            return shutil.disk_usage(there).free
        except OSError:
            return None

    return await asyncio.to_thread(look)


async def _weigh_one(asking: Asking, wishes: TakingOut, wish: DatasetWish, told: Dataset | None) -> Weight:
    try:
        dataset = await asking.ask(lambda service: service.dataset(wish.dataset_id))
        history = await history_of(asking, dataset)
        meant = meant_by(wish, history, drafts=wishes.drafts)
    except (Refused, NotFound):
        return Weight(1, 0, 0, 0, 0, None, complete=False)
    counts = {each.commit_id: each.files for each in history.commits}
    if told is not None and told.commit_id in counts and counts[told.commit_id] is None:
        counts[told.commit_id] = told.files
    sizes: list[int] = []
    complete = not history.gaps
    for each in meant:
        if each.version.is_draft:
            complete = False
            continue
        try:
            commit = each.version.commit
            sizes.append(await asking.ask(lambda service, commit=commit: service.bytes_of(dataset.dataset_id, commit)))  # type: ignore[misc]
        except Refused:
            complete = False
    files = [counts.get(each.version.commit) for each in meant if not each.version.is_draft]
    if wish.segments is not None or wish.paths is not None:
        # Nobody tells how large a part of a version is.
        return Weight(1, len(meant), 0, 0, sum(sizes), None, complete=False)
    known = [each for each in files if each is not None]
    complete = complete and len(known) == len(files)
    return Weight(1, len(meant), sum(known), max(sizes, default=0), sum(sizes), None, complete=complete)
