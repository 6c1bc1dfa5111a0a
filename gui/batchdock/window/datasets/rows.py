"""Rows of lists of datasets, commits, drafts and changes: what they show, and the thing each stands for."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

from batchdock.core.datasets.dataset import Commit, DataDiff, Dataset, Draft, SegmentDiff
from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import Cell, Item

_PAGE = 128

_Thing = TypeVar("_Thing")
_Of = TypeVar("_Of", Dataset, Commit, Draft, SegmentDiff, DataDiff)


@dataclass(frozen=True, slots=True)
class Row(Item):
    """An item with what it was made of."""

    of: Dataset | Commit | Draft | SegmentDiff | DataDiff | None = None


def things(kind: type[_Of], items: list[Item]) -> list[_Of]:
    """Return what rows stand for, of those that stand for this kind of thing."""
    return [each.of for each in items if isinstance(each, Row) and isinstance(each.of, kind)]


async def in_pages(
    found: AsyncIterator[_Thing], row_of: Callable[[_Thing], Item]
) -> AsyncGenerator[tuple[Item, ...], None]:
    """Yield rows a page at a time. What breaks the walk off is raised after all that came before it."""
    page: list[Item] = []
    broken: BatchdockError | None = None
    try:
        async for each in found:
            page.append(row_of(each))
            if len(page) == _PAGE:
                yield tuple(page)
                page = []
    except BatchdockError as error:
        broken = error
    finally:
        if isinstance(found, AsyncGenerator):
            await found.aclose()
    if page:
        yield tuple(page)
    if broken is not None:
        raise broken


def dataset_row(dataset: Dataset) -> Row:
    """Return the row of a dataset."""
    cells: dict[str, Cell] = {
        "alias": dataset.alias,
        "kind": dataset.kind.value,
        "files": dataset.files,
        "bytes": dataset.bytes,
        "updated": dataset.updated,
        "owner": dataset.owner,
        "public": dataset.is_public,
        "id": dataset.dataset_id,
    }
    return Row("datasets", dataset.dataset_id, dataset.name, cells, dataset)


def commit_row(commit: Commit, branches: tuple[str, ...], tags: tuple[str, ...]) -> Row:
    """Return the row of a commit with the names that branches and tags give it."""
    cells: dict[str, Cell] = {
        "branches": branches,
        "tags": tags,
        "author": commit.author,
        "made": commit.made,
        "files": commit.files,
        "id": commit.commit_id,
        "description": commit.description,
    }
    return Row("commits", commit.commit_id, commit.title or commit.commit_id, cells, commit)


def draft_row(draft: Draft) -> Row:
    """Return the row of a draft."""
    cells: dict[str, Cell] = {
        "number": draft.number,
        "state": draft.state.value,
        "branch": draft.branch,
        "author": draft.author,
        "made": draft.made,
        "updated": draft.updated,
        "description": draft.description,
    }
    return Row("drafts", str(draft.number), draft.title, cells, draft)


def segment_row(diff: SegmentDiff) -> Row:
    """Return the row of what happened to a segment."""
    cells: dict[str, Cell] = {
        "action": diff.action,
        "total": diff.data.total,
        "added": diff.data.additions,
        "deleted": diff.data.deletions,
        "changed": diff.data.modifications,
        "sensors": diff.sensor,
    }
    return Row("segments", diff.name, diff.name, cells, diff)


def file_row(diff: DataDiff) -> Row:
    """Return the row of what happened to a file."""
    cells: dict[str, Cell] = {"action": diff.action, "file": diff.file, "label": diff.label}
    return Row("files", diff.remote_path, diff.remote_path, cells, diff)
