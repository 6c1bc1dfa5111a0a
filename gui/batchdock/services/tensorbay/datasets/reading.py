"""Reads datasets and their history out of rows (contract §4.2 to §4.5, §4.8)."""

from datetime import datetime

from batchdock.core.datasets.data import Sensor, Storage
from batchdock.core.datasets.dataset import (
    MAIN,
    NO_COMMIT,
    Branch,
    Commit,
    Counts,
    DataDiff,
    Dataset,
    DatasetDiff,
    DatasetKind,
    Draft,
    DraftState,
    Notes,
    Segment,
    SegmentDiff,
    Tag,
)
from batchdock.services.http.reading import Entry, count, entry, text, texts
from batchdock.services.http.times import time_of_seconds


def read_dataset(row: Entry, account_id: str, dataset_id: str = "") -> Dataset | None:
    """Return a dataset; None for a row without an id where none is given. One alone is told of without its id."""
    found = dataset_id or text(row.get("id"))
    if not found:
        return None
    public = row.get("isPublic")
    return Dataset(
        account_id=account_id,
        dataset_id=found,
        name=text(row.get("name")) or found,
        alias=text(row.get("alias")),
        kind=DatasetKind.FUSION if count(row.get("type")) == 1 else DatasetKind.ORDINARY,
        default_branch=text(row.get("defaultBranch")) or MAIN,
        commit_id=read_commit_id(row.get("commitId")),
        files=count(row.get("dataCount")),
        bytes=count(row.get("dataSize")),
        updated=time_of_seconds(row.get("updateTime")),
        owner=text(row.get("owner")),
        is_public=public if isinstance(public, bool) else None,
        storage=text(row.get("configName")),
        tabs=_tabs(row.get("tabs")),
    )


def read_commit_id(value: object) -> str:
    """Return the id of a commit; empty for the zeros that stand for none (contract §1.5)."""
    found = text(value)
    return "" if found == NO_COMMIT else found


def read_branch(row: Entry) -> Branch | None:
    """Return a branch. Of one without a commit nothing else is to be relied on (contract §4.3)."""
    name, commit_id = text(row.get("name")), read_commit_id(row.get("commitId"))
    if not name:
        return None
    return Branch(name, commit_id, text(row.get("title")), _made(row)) if commit_id else Branch(name)


def read_tag(row: Entry) -> Tag | None:
    """Return a tag; None for a row without a name."""
    name = text(row.get("name"))
    return Tag(name, read_commit_id(row.get("commitId")), text(row.get("title")), _made(row)) if name else None


def read_commit(row: Entry) -> Commit | None:
    """Return a commit; None for a row without an id."""
    commit_id = read_commit_id(row.get("commitId"))
    if not commit_id:
        return None
    return Commit(
        commit_id=commit_id,
        title=text(row.get("title")),
        description=text(row.get("description")),
        parent=read_commit_id(row.get("parentCommitId")),
        author=text(entry(row.get("committer")).get("name")),
        made=_made(row),
        files=count(row.get("dataCount")),
    )


def read_draft(row: Entry) -> Draft | None:
    """Return a draft; None for a row without a number."""
    number = count(row.get("number"))
    if not number:
        return None
    author = entry(row.get("author"))
    try:
        state = DraftState(text(row.get("status")).upper())
    except ValueError:
        state = DraftState.UNKNOWN
    return Draft(
        number=number,
        title=text(row.get("title")),
        description=text(row.get("description")),
        branch=text(row.get("branchName")),
        state=state,
        parent=read_commit_id(row.get("parentCommitId")),
        author=text(author.get("name")),
        made=time_of_seconds(author.get("date")),
        updated=time_of_seconds(row.get("updatedAt")),
    )


def read_segment(row: Entry) -> Segment | None:
    """Return a segment. The empty name is a name too; a row without any is none."""
    name = row.get("name")
    return Segment(name, text(row.get("description"))) if isinstance(name, str) else None


def read_notes(answer: Entry) -> Notes:
    """Return the notes of a version."""
    fields = answer.get("binPointCloudFields")
    return Notes(answer.get("isContinuous") is True, texts(fields) if isinstance(fields, list) else None)


def read_diff(answer: Entry) -> DatasetDiff:
    """Return what a draft or a commit changes, in short."""
    return DatasetDiff(
        action=_action(answer),
        segments=_counts(answer.get("segments")),
        data=_counts(answer.get("data")),
        notes=_action(answer.get("notes")),
        catalog=_action(answer.get("catalog")),
    )


def read_segment_diff(row: Entry, name: str | None = None) -> SegmentDiff | None:
    """Return what happened to a segment; `name` stands in for one that is not told."""
    told = row.get("name")
    found = told if isinstance(told, str) else name
    if found is None:
        return None
    return SegmentDiff(found, _action(row), _counts(row.get("data")), _action(row.get("sensor")))


def read_data_diff(row: Entry) -> DataDiff | None:
    """Return what happened to a file; None for a row without a path."""
    path = text(row.get("remotePath"))
    return DataDiff(path, _action(row), _action(row.get("file")), _action(row.get("label"))) if path else None


def read_sensor(row: Entry) -> Sensor | None:
    """Return a sensor; None for a row without a name."""
    name = text(row.get("name"))
    return Sensor(name, text(row.get("type")), row) if name else None


def read_storage(row: Entry) -> Storage | None:
    """Return where datasets can lie; None for a row without a name."""
    name = text(row.get("name"))
    if not name:
        return None
    return Storage(name, text(row.get("type")), text(row.get("filePath")), row.get("isGravitiStorage") is False)


# --- inside


def _made(row: Entry) -> datetime | None:
    return time_of_seconds(entry(row.get("committer")).get("date"))


def _action(value: object) -> str:
    return text(entry(value).get("action"))


def _counts(value: object) -> Counts:
    stats = entry(entry(value).get("stats"))
    return Counts(*(count(stats.get(name)) or 0 for name in ("total", "additions", "deletions", "modifications")))


def _tabs(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups = entry(value).items()
    words = ((group, _words(each)) for group, each in groups)
    return tuple((group, found) for group, found in words if found)


def _words(value: object) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else []
    return tuple(filter(None, (text(entry(row).get("name")) for row in rows)))
