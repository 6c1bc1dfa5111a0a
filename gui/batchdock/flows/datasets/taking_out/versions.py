"""Which versions of a dataset are meant, what each is called, and the history around them as it is kept."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from batchdock.core.datasets.dataset import NO_COMMIT, Branch, Commit, Dataset, Draft, DraftState, Tag, Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import NotFound
from batchdock.flows.datasets.taking_out.asking import Asking, Refused
from batchdock.flows.datasets.taking_out.wishes import DatasetWish, Which

_SHORT_ID = 8


@dataclass(frozen=True, slots=True)
class Meant:
    """One version that is to be taken. `mark` tells it from all others of its dataset, for ever: a commit's id, or
    “draft 3”; `name` is for people."""

    mark: str
    version: Version
    name: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """What there is of a dataset. `drafts` are of all states."""

    dataset: Dataset
    branches: Sequence[Branch] = ()
    tags: Sequence[Tag] = ()
    commits: Sequence[Commit] = ()
    drafts: Sequence[Draft] = ()
    gaps: tuple[str, ...] = ()
    """What could not be listed, each with its reason."""

    def entry(self) -> dict[str, Any]:
        """Return all of it as it is kept in a file."""
        return {
            "dataset": told(self.dataset),
            "branches": [told(each) for each in self.branches],
            "tags": [told(each) for each in self.tags],
            "commits": [told(each) for each in self.commits],
            "drafts": [told(each) for each in self.drafts],
            "not listed": list(self.gaps),
        }


async def history_of(asking: Asking, dataset: Dataset) -> History:
    """Return the history of a dataset. What can not be listed is named in it; raises what the whole waits for."""
    dataset_id = dataset.dataset_id
    gaps: list[str] = []

    async def listed(what: str, listing: Any) -> list[Any]:
        try:
            return await asking.every(listing)
        except Refused as refused:
            gaps.append(f"{what}: {refused.reason}")
            return []

    branches = await listed("branches", lambda service: service.branches(dataset_id))
    tags = await listed("tags", lambda service: service.tags(dataset_id))
    drafts = await listed("drafts", lambda service: service.drafts(dataset_id, None))
    commits: dict[str, Commit] = {}
    heads = [dataset.commit_id, *(each.commit_id for each in (*branches, *tags))]
    for head in dict.fromkeys(heads):
        if head in ("", NO_COMMIT) or head in commits:
            continue
        try:
            for each in await asking.ask(lambda service, head=head: _ancestors(service, dataset_id, head, commits)):  # type: ignore[misc]
                commits.setdefault(each.commit_id, each)
        except Refused as refused:
            gaps.append(f"commits from {head}: {refused.reason}")
            # The head itself can be taken all the same.
            commits.setdefault(head, Commit(commit_id=head))
    return History(dataset, branches, tags, tuple(commits.values()), drafts, tuple(gaps))


async def _ancestors(service: DatasetService, dataset_id: str, head: str, known: Iterable[str]) -> list[Commit]:
    """Return a commit and those before it, up to one whose own ancestors are known."""
    found: list[Commit] = []
    async with aclosing(cast("Any", service.commits(dataset_id, head))) as rows:
        async for each in rows:
            if each.commit_id in known:
                break
            found.append(each)
    return found


def meant_by(wish: DatasetWish, history: History, *, drafts: bool) -> tuple[Meant, ...]:
    """Return the versions that a wish means, the oldest first. Raise `NotFound` for one that is named and not there."""
    if isinstance(wish.versions, Which):
        chosen = list(reversed(history.commits)) if wish.versions is Which.ALL else _newest(history)
        found = [_of_commit(each, history) for each in chosen]
        open_ones = [each for each in history.drafts if each.state is DraftState.OPEN]
        return (*found, *(_of_draft(each.number, history) for each in open_ones if drafts))
    named = [
        _of_draft(each.draft, history) if each.is_draft else _of_commit(_found(each.commit, history), history)
        for each in wish.versions
    ]
    return tuple({each.mark: each for each in named}.values())


def _newest(history: History) -> list[Commit]:
    heads = {each.name: each.commit_id for each in history.branches}
    head = heads.get(history.dataset.default_branch) or history.dataset.commit_id
    return [each for each in history.commits if each.commit_id == head]


def _found(commit: str, history: History) -> Commit:
    """Return the commit that is named by its id, a branch or a tag."""
    named = [each.commit_id for each in history.branches if each.name == commit]
    named += [each.commit_id for each in history.tags if each.name == commit]
    for commit_id in (commit, *named):
        for each in history.commits:
            if each.commit_id == commit_id:
                return each
    raise NotFound(service=history.dataset.name, reason=commit)


def _of_commit(commit: Commit, history: History) -> Meant:
    tags = [each.name for each in history.tags if each.commit_id == commit.commit_id]
    short = commit.commit_id[:_SHORT_ID]
    name = tags[0] if tags else f"{commit.title} {short}".strip()
    detail = {**told(commit), "tags": tags}
    return Meant(commit.commit_id, Version(commit=commit.commit_id), name, detail)


def _of_draft(number: int, history: History) -> Meant:
    found = next((each for each in history.drafts if each.number == number), None)
    title = found.title if found is not None else ""
    detail = told(found) if found is not None else {"number": number}
    return Meant(f"draft {number}", Version(draft=number), f"draft {number} {title}".strip(), detail)


def version_of(mark: str) -> Version:
    """Return the version that a mark stands for."""
    if mark.startswith("draft "):
        return Version(draft=int(mark.removeprefix("draft ")))
    return Version(commit=mark)


def told(thing: Any) -> dict[str, Any]:
    """Return what a record says, as JSON can hold it, without what is empty."""
    return {key: _plain(value) for key, value in asdict(thing).items() if value not in (None, "", ())}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
