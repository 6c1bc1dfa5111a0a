"""How jobs end: a merge makes a draft, a search a version of its own that is read like a dataset's (contract §6)."""

import time

from batchdock.core.datasets.pattern import matches
from fakes.tensorbay.asked import Given
from fakes.tensorbay.records import Content, Dataset, File, Job, Json, Segment, new_id
from fakes.tensorbay.refusals import WRONG, Refused, absent
from fakes.tensorbay.segments_api import STRATEGIES
from fakes.tensorbay.state import State

MERGE, SEARCH = "squashAndMerge", "basicSearch"
_KEYS = ("segment", "size", "withLabel", "frame", "keyword", "sensor", "category", "attribute")


def check(dataset: Dataset, kind: str, arguments: Given) -> None:
    """Refuse arguments that no job of this kind takes."""
    if kind == MERGE:
        arguments.named("title")
        arguments.text("description", "")
        arguments.let("description")
        arguments.one_of("strategy", STRATEGIES)
        for name in ("sourceBranchName", "targetBranchName"):
            if arguments.named(name) not in dataset.branches:
                raise absent("branch")
        return
    if dataset.commit_of(arguments.named("commit")) is None:
        raise absent("commit")
    arguments.one_of("conjunction", ("and", "or"))
    arguments.one_of("unit", ("file", "frame"))
    for each in arguments.objects("filters"):
        each.one_of("key", _KEYS)
        each.named("operator")
        each.named("title")
        each.let("extraInfo")
        each.let("extraInfo")
        if "value" not in each:
            raise Refused(WRONG, "the value of filters is invalid")


def start(job: Job) -> None:
    """Let a job be at work."""
    job.status, job.started = "PROCESSING", int(time.time())


def finish(state: State, dataset: Dataset, job: Job, error: str = "") -> None:
    """Let a job end, well unless it can not or is told of an error."""
    job.started, job.finished = job.started or job.created, int(time.time())
    if not error:
        error = _merge(dataset, job) if job.type == MERGE else _search(state, dataset, job)
    job.status, job.error = ("FAILED", error) if error else ("SUCCESS", "")


def _merge(dataset: Dataset, job: Job) -> str:
    said = job.arguments
    source, target = said["sourceBranchName"], said["targetBranchName"]
    commit = dataset.commit_of(source)
    if commit is None or dataset.open_draft(target) is not None:
        return "the draft can not be made"
    draft = dataset.new_draft(target, said["title"], said.get("description", ""))
    for name, segment in commit.content.segments.items():
        if name not in draft.content.segments:
            draft.content.add(segment.copy())
            continue
        for place, file in segment.files.items():
            known = draft.content.segments[name].files.get(place)
            if known == file or (known is not None and said["strategy"] == "skip"):
                continue
            if known is not None and said["strategy"] == "abort":
                draft.status = "CLOSED"
                return "the branches conflict"
            draft.content.changing(name).put(file)
    job.result = {"draftNumber": draft.number}
    return ""


def _search(state: State, dataset: Dataset, job: Job) -> str:
    commit = dataset.commit_of(job.arguments["commit"])
    if commit is None:
        return "the commit does not exist"
    found = Dataset(new_id(), job.title, type=dataset.type, owner=dataset.owner, hidden=True)
    draft = found.new_draft("main", job.title)
    draft.content = Content(catalog=commit.content.catalog, notes=dict(commit.content.notes))
    every = all if job.arguments["conjunction"] == "and" else any
    for name, segment in commit.content.segments.items():
        kept = draft.content.add(Segment(name, segment.description, sensors=dict(segment.sensors)))
        for files in (
            segment.rows() if job.arguments["unit"] == "frame" else ([each] for each in segment.files.values())
        ):
            if any(every(_fits(each, name, file) for each in job.arguments["filters"]) for file in files):
                for file in files:
                    kept.put(file)
        if not kept.files:
            del draft.content.segments[name]
    made = found.commit(draft, job.title)
    state.datasets[found.id] = found
    job.result = {"searchResultId": found.id, "searchResultCommitId": made.id}
    return ""


def _fits(wanted: Json, segment: str, file: File) -> bool:
    value, operator = wanted["value"], wanted["operator"]
    kind = wanted.get("extraInfo", {}).get("labelType")
    labels = [
        each
        for name, label in file.label.items()
        if kind in (None, name)
        for each in (label if isinstance(label, list) else [label])
    ]
    match wanted["key"]:
        case "segment":
            return segment in value
        case "sensor":
            return file.sensor in value
        case "withLabel":
            return bool(file.label) is value
        case "size":
            sides = {"=": file.size == value, ">": file.size > value, "<": file.size < value}
            return bool(sides.get(operator, file.size >= value if operator == ">=" else file.size <= value))
        case "category":
            return any(each.get("category") in value for each in labels)
        case "attribute":
            said = [each.get("attributes", {}) for each in labels]
            return any(each.get(name) in choices for each in said for name, choices in value.items())
    text = file.frame_id if wanted["key"] == "frame" else file.remote_path
    return matches(value, text) if operator == "like" else text == value
