"""Starts, stops, retries and deletes jobs (contract §4.11, §6)."""

import re
from collections.abc import Callable, Mapping, Sequence

from batchdock.core.datasets.dataset import NO_COMMIT
from batchdock.core.datasets.pattern import exact
from batchdock.core.errors import NotAskedFor, NotOffered
from batchdock.core.inventory import Done
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.each import each_of
from batchdock.services.http.reading import Entry, entry, optional_text, text
from batchdock.services.tensorbay.datasets.walking import by, walk
from batchdock.services.tensorbay.jobs.arguments import Values, merge_arguments, search_arguments
from batchdock.services.tensorbay.jobs.describing import DELETE, EVALUATE, MERGE, SAVE, SEARCH
from batchdock.services.tensorbay.jobs.known import Known
from batchdock.services.tensorbay.jobs.listing import list_datasets
from batchdock.services.tensorbay.jobs.looking import ask_task, query_of
from batchdock.services.tensorbay.jobs.refs import JobKind, JobRef, ref_of
from batchdock.services.tensorbay.making import make_once
from batchdock.services.tensorbay.wire import Wire

_COMMIT_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERBS = {"stop": "StopTask", "retry": "RetryTask"}

_NO_VERSION = QT_TRANSLATE_NOOP("errors", "The dataset has no such branch or tag, or nothing is committed there yet.")
_NOT_GIVEN = QT_TRANSLATE_NOOP("errors", "Something that is needed is not filled in.")
_ONLY_MERGES = QT_TRANSLATE_NOOP("errors", "Only a merge can be run again.")
_NOT_FOUND_YET = QT_TRANSLATE_NOOP("errors", "Only a search that has succeeded has something to make a dataset of.")


async def act(wire: Wire, action: str, job_ids: Sequence[str], values: Mapping[str, object], known: Known) -> Done:
    """Do one of the actions of jobs, see `Service.act`. Raise `NotAskedFor` before anything is sent."""
    if action == MERGE:
        return await _create(wire, JobKind.MERGE, values, merge_arguments(values))
    if action == SEARCH:
        search_arguments(values, "", wire.service)  # What is not fit is said before anything is asked.
        commit = await _commit(wire, _given(wire, values, "dataset"), _given(wire, values, "commit"))
        return await _create(wire, JobKind.SEARCH, values, search_arguments(values, commit, wire.service))
    if action == EVALUATE:
        return await _evaluate(wire, values)
    if action == SAVE and len(job_ids) == 1:
        return await _save(wire, ref_of(job_ids[0], wire.service), values)
    if action == DELETE:
        return await each_of(job_ids, lambda job_id: _delete(wire, job_id, known))
    raise NotOffered(service=wire.service)


async def command(wire: Wire, job_id: str, verb: str) -> None:
    """Stop or retry a job. It is asked for once; what it is after that, only looking at it tells.

    Only a merge can be retried, and not straight after it was stopped (contract §6).
    """
    ref = ref_of(job_id, wire.service)
    if ref.kind is JobKind.EVALUATION:
        raise NotOffered(service=wire.service)
    if verb == "retry" and ref.kind is not JobKind.MERGE:
        raise NotAskedFor(service=wire.service, reason=_ONLY_MERGES)
    await wire.ask(_VERBS[verb], at=ref.at, query=query_of(ref))


async def _delete(wire: Wire, job_id: str, known: Known) -> Done:
    ref = ref_of(job_id, wire.service)
    if ref.kind is JobKind.EVALUATION:
        raise NotOffered(service=wire.service)
    await wire.ask("DeleteTask", at=ref.at, query=query_of(ref))
    known.forget(ref)
    return Done()


async def _create(wire: Wire, kind: JobKind, values: Values, arguments: Entry) -> Done:
    dataset, title = _given(wire, values, "dataset"), _given(wire, values, "title")
    if kind is JobKind.MERGE:
        _given(wire, values, "source")
    body: Entry = {"title": title, "jobType": str(kind), "arguments": arguments}
    if description := text(values.get("description")):
        body["description"] = description

    async def alike() -> frozenset[str]:
        query = {"jobType": str(kind)}
        return await _ids(
            wire, "ListTasks", {"dataset": dataset}, query, "jobId", lambda row: row.get("title") == title
        )

    number = await make_once(
        wire, "CreateTask", at={"dataset": dataset}, body=body, name=title, answer_id="jobId", alike=alike
    )
    return Done(made=(JobRef(kind, dataset, number).job_id,))


async def _evaluate(wire: Wire, values: Values) -> Done:
    benchmark, dataset = _given(wire, values, "benchmark"), _given(wire, values, "dataset")
    commit = await _commit(wire, dataset, _given(wire, values, "commit"))
    at = {"benchmark": benchmark}

    async def alike() -> frozenset[str]:
        return await _ids(wire, "ListEvaluations", at, {}, "evaluationId", lambda row: True)

    body = {"datasetId": dataset, "commitId": commit}
    number = await make_once(
        wire, "CreateEvaluation", at=at, body=body, name=commit, answer_id="evaluationId", alike=alike
    )
    return Done(made=(JobRef(JobKind.EVALUATION, benchmark, number).job_id,))


async def _save(wire: Wire, ref: JobRef, values: Values) -> Done:
    """Make a dataset of what a search has found. Nothing new comes into the list of jobs."""
    name = _given(wire, values, "name")
    if ref.kind is not JobKind.SEARCH or not entry((await ask_task(wire, ref)).get("result")):
        raise NotAskedFor(service=wire.service, reason=_NOT_FOUND_YET)
    body = {
        "datasetName": name,
        "alias": text(values.get("alias")),
        "isPublic": values.get("is_public") is True,
    }

    async def alike() -> frozenset[str]:
        return frozenset(each.keeper_id for each in await list_datasets(wire, name))

    await make_once(
        wire,
        "CreateDatasetFromSearch",
        at={"job": ref.number},
        body=body,
        name=name,
        answer_id="datasetId",
        alike=alike,
    )
    return Done()


async def _ids(
    wire: Wire, operation: str, at: Mapping[str, str], query: dict[str, str], name: str, fits: Callable[[Entry], bool]
) -> frozenset[str]:
    rows = [row async for row in walk(wire, operation, at=at, query=query, key=by(name)) if fits(row)]
    return frozenset(each for row in rows if (each := optional_text(row.get(name))) is not None)


async def _commit(wire: Wire, dataset: str, version: str) -> str:
    """Return the id of the commit that a tag or a branch names; an id stays as it is. Raise `NotAskedFor`."""
    if _COMMIT_ID.fullmatch(version):
        return version
    for operation in ("ListBranches", "ListTag"):
        query = {"name": exact(version)}
        async for row in walk(wire, operation, at={"dataset": dataset}, query=query, key=by("name")):
            commit = text(row.get("commitId"))
            if row.get("name") == version and commit not in ("", NO_COMMIT):
                return commit
    raise NotAskedFor(service=wire.service, reason=_NO_VERSION)


def _given(wire: Wire, values: Values, key: str) -> str:
    found = text(values.get(key))
    if not found.strip():
        raise NotAskedFor(service=wire.service, reason=_NOT_GIVEN)
    return found
