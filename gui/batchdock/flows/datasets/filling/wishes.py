"""What is wished for of a filling, and how it is kept."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LOOSE = "default"
"""The segment of files that came without a folder, as the service's own client calls it."""


@dataclass(frozen=True, slots=True)
class FillFile:
    """One file to send: where it is here, and where it goes."""

    path: Path
    segment: str
    remote_path: str
    size: int
    modified: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FillWish:
    """Files for a dataset. They go into the open draft of `branch`, or into a new one called `title`.

    `labels` are files with labels, COCO or YOLO, that came along. With `commit` the draft is committed under `title`
    once everything has arrived, with a `tag` if there is one.
    """

    dataset_id: str
    files: tuple[FillFile, ...]
    labels: tuple[Path, ...] = ()
    branch: str = "main"
    title: str = ""
    commit: bool = False
    tag: str = ""
    without: bool = False
    """What can not be reached any more is given up."""

    @property
    def bytes(self) -> int:
        """How much it is."""
        return sum(each.size for each in self.files)


def wish_text(wish: FillWish) -> str:
    """Return a wish as it is kept."""
    return json.dumps(asdict(wish), default=str)


def wish_of(text: str) -> FillWish:
    """Undo `wish_text`."""
    entry: dict[str, Any] = json.loads(text)
    files = tuple(FillFile(**{**each, "path": Path(each["path"])}) for each in entry["files"])
    return FillWish(**{**entry, "files": files, "labels": tuple(map(Path, entry["labels"]))})
