"""What is in Data Staging: batches, their parts, shards and files (contract §3.1–§3.4, §3.11, §3.12)."""

from collections.abc import AsyncIterator

from batchdock.core.batch import Batch, BatchKind, Content, Part, Progress, Shard, StagedFile
from batchdock.core.errors import BadRequest, UnreadableAnswer
from batchdock.services.http.reading import Entry, answered, count, entry, moment, optional_text, text, word
from batchdock.services.roboflow.reading import listed, paged
from batchdock.services.roboflow.wire import Wire, staging

_FILES_PAGE = 1000


def list_batches(wire: Wire, workspace: str, account_id: str) -> AsyncIterator[Batch]:
    """Yield all batches, inputs and outputs alike (§3.1)."""
    return paged(wire, staging(workspace, "batches"), "batches", lambda found: _batch(found, account_id))


async def ask_batch(wire: Wire, workspace: str, account_id: str, batch_id: str) -> Batch:
    """Return one batch (§3.2). Raise `NotFound`."""
    what = staging(workspace, "batches", batch_id)
    answer = answered(await wire.ask("GET", what), wire, what)
    found = _batch({"batchId": batch_id} | entry(answer.get("batch")), account_id)
    if found is None or not answer.get("batch"):
        raise UnreadableAnswer(service=wire.service, details=f"{what}: no batch in the answer")
    return found


async def ask_count(wire: Wire, workspace: str, batch_id: str, part: str | None) -> int:
    """Return how many files there are so far (§3.3)."""
    what = staging(workspace, "batches", batch_id, "count")
    answer = answered(await wire.ask("GET", what, params={"partName": part}), wire, what)
    found = count(answer.get("count"))
    if found is None:
        raise UnreadableAnswer(service=wire.service, details=f"{what}: no count in the answer")
    return found


def list_shards(wire: Wire, workspace: str, batch_id: str) -> AsyncIterator[Shard]:
    """Yield the ingest status of every shard (§3.4)."""
    return paged(wire, staging(workspace, "batches", batch_id, "shards"), "shards", _shard)


async def ask_parts(wire: Wire, workspace: str, batch_id: str) -> tuple[Part, ...]:
    """Return the parts of a multipart batch (§3.11)."""
    answer = await wire.ask("GET", staging(workspace, "batches", batch_id, "parts"))
    found = (_part(each) for each in listed(answer, "batchParts", wire))
    return tuple(each for each in found if each is not None)


def list_files(wire: Wire, workspace: str, batch_id: str, part: str | None) -> AsyncIterator[StagedFile]:
    """Yield the files with fresh signed addresses (§3.12)."""
    what = staging(workspace, "batches", batch_id, "list")
    return paged(wire, what, "filesMetadata", lambda found: _file(found, part), params={"partName": part})


async def ask_file_page(
    wire: Wire, workspace: str, batch_id: str, part: str | None, position: str
) -> tuple[tuple[StagedFile, ...], str]:
    """Return a page of the files and the token of the next, empty at the end (§1.6, §3.12).

    How many a page may hold is not documented: where a large one is refused, the service decides.
    """
    what = staging(workspace, "batches", batch_id, "list")
    params = {"partName": part, "nextPageToken": position or None}
    try:
        answer = await wire.ask("GET", what, params={**params, "pageSize": _FILES_PAGE})
    except BadRequest:
        answer = await wire.ask("GET", what, params=params)
    found = (_file(each, part) for each in listed(answer, "filesMetadata", wire))
    return tuple([each for each in found if each is not None]), text(entry(answer).get("nextPageToken"))


def _batch(found: Entry, account_id: str) -> Batch | None:
    batch_id = optional_text(found.get("batchId"))
    if batch_id is None:
        return None
    return Batch(
        account_id=account_id,
        batch_id=batch_id,
        name=text(found.get("displayName")) or batch_id,
        kind=word(found.get("batchType"), BatchKind, BatchKind.UNKNOWN),
        content=word(found.get("batchContentType"), Content, Content.UNKNOWN),
        created=moment(found.get("createdDate")),
        expires=moment(found.get("expiryDate")),
    )


def _shard(found: Entry) -> Shard | None:
    shard_id = optional_text(found.get("shardId"))
    if shard_id is None:
        return None
    return Shard(
        shard_id=shard_id,
        status=Progress.of(text(found.get("statusType")).lower()),
        status_name=text(found.get("statusName")),
        objects=count(found.get("shardObjectsCount")) or 0,
        at=moment(found.get("eventTimestamp")),
        failures=_failures(entry(found.get("statusMetadata"))),
    )


def _failures(metadata: Entry) -> tuple[tuple[str, str], ...]:
    """Return the files that a shard was filled without. Only This computer is known to say so."""
    listed = metadata.get("failedFiles")
    entries = [entry(each) for each in listed] if isinstance(listed, list) else []
    return tuple((name, text(each.get("reason"))) for each in entries if (name := optional_text(each.get("fileName"))))


def _part(found: Entry) -> Part | None:
    name = optional_text(found.get("partName"))
    if name is None:
        return None
    nested = optional_text(found.get("nestedContentType"))
    return Part(
        name=name,
        kind=word(found.get("partType"), BatchKind, BatchKind.UNKNOWN),
        content=word(found.get("contentType"), Content, Content.UNKNOWN),
        description=text(found.get("partDescription")),
        nested_content=None if nested is None else word(nested, Content, Content.UNKNOWN),
    )


def _file(found: Entry, part: str | None) -> StagedFile | None:
    name, url = optional_text(found.get("fileName")), optional_text(found.get("downloadURL"))
    if name is None or url is None:
        return None
    nested = optional_text(found.get("nestedContentType"))
    return StagedFile(
        name=name,
        content=word(found.get("contentType"), Content, Content.UNKNOWN),
        url=url,
        part=optional_text(found.get("partName")) or part,
        shard_id=optional_text(found.get("shardId")),
        nested_content=None if nested is None else word(nested, Content, Content.UNKNOWN),
    )
