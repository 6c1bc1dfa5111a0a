"""What of which datasets is taken out, where to, and what that weighs."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from batchdock.core.datasets.dataset import Version


class Which(StrEnum):
    """Which versions of a dataset."""

    ALL = "all"
    """Every commit that a branch or a tag leads to."""
    NEWEST = "newest"
    """The head of its default branch."""


@dataclass(frozen=True, slots=True)
class DatasetWish:
    """What is wanted of one dataset. `segments` and `paths`, (segment, remote path), are None for all there are."""

    dataset_id: str
    versions: Which | tuple[Version, ...] = Which.ALL
    segments: tuple[str, ...] | None = None
    paths: frozenset[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class TakingOut:
    """What is wanted: these datasets, or every one of the account (None), then `versions` of each.

    With `drafts` the open ones are taken, too, wherever versions are not named one by one.
    """

    folder: Path
    datasets: tuple[DatasetWish, ...] | None = None
    versions: Which = Which.ALL
    drafts: bool = True
    coco: bool = False
    yolo: bool = False


@dataclass(frozen=True, slots=True)
class Weight:
    """How much there is. Versions share files, which come once: so there are at least `least` and at most `most` bytes.

    `files` counts those of all versions. `free` is the room in the folder, None where nobody knows. With `complete`
    false there is more, of which nobody tells how large it is.
    """

    datasets: int
    versions: int
    files: int
    least: int
    most: int
    free: int | None
    complete: bool = True


def wishes_text(wishes: TakingOut) -> str:
    """Return the wishes as they are kept. The folder is not among them."""
    return json.dumps(
        {
            "datasets": None if wishes.datasets is None else [_dataset_entry(each) for each in wishes.datasets],
            "versions": wishes.versions,
            "drafts": wishes.drafts,
            "coco": wishes.coco,
            "yolo": wishes.yolo,
        }
    )


def wishes_of(text: str, folder: Path) -> TakingOut:
    """Undo `wishes_text`."""
    entry = json.loads(text)
    return TakingOut(
        folder=folder,
        datasets=None if entry["datasets"] is None else tuple(map(_dataset_wish, entry["datasets"])),
        versions=Which(entry["versions"]),
        drafts=entry["drafts"],
        coco=entry["coco"],
        yolo=entry["yolo"],
    )


def _dataset_entry(wish: DatasetWish) -> dict[str, Any]:
    versions = wish.versions
    return {
        "id": wish.dataset_id,
        "versions": versions if isinstance(versions, Which) else [[each.commit, each.draft] for each in versions],
        "segments": wish.segments,
        "paths": None if wish.paths is None else sorted(wish.paths),
    }


def _dataset_wish(entry: dict[str, Any]) -> DatasetWish:
    versions, segments, paths = entry["versions"], entry["segments"], entry["paths"]
    return DatasetWish(
        dataset_id=entry["id"],
        versions=Which(versions) if isinstance(versions, str) else tuple(Version(*each) for each in versions),
        segments=None if segments is None else tuple(segments),
        paths=None if paths is None else frozenset((segment, path) for segment, path in paths),
    )
