"""Ways into Data Staging without bytes: references, lists of them, and what a query finds (contract §3.8–§3.10)."""

from collections.abc import Sequence

from batchdock.core.batch import Content
from batchdock.core.order import IngestNotice
from batchdock.core.reference import Ingest
from batchdock.services.http.reading import entry, optional_text
from batchdock.services.roboflow.notice import notice_fields
from batchdock.services.roboflow.uploads import sendable
from batchdock.services.roboflow.wire import Wire, staging

_SECONDS = 120.0


async def send_references(
    wire: Wire,
    workspace: str,
    batch_id: str,
    content: Content,
    references: Sequence[tuple[str, str]] | str,
    *,
    batch_name: str,
    ingest_id: str,
    notice: IngestNotice | None = None,
) -> Ingest:
    """Hand over addresses instead of files, or the address of a list of them (§3.8, §3.9).

    The ingest id makes a repetition harmless.
    """
    kind = "video" if content is Content.VIDEOS else "image"
    listed: dict[str, object] = (
        {f"{kind}ReferencesURL": references}
        if isinstance(references, str)
        else {f"{kind}References": [{"name": sendable(name), "url": url} for name, url in references]}
    )
    said = await wire.ask(
        "POST",
        staging(workspace, "batches", batch_id, "bulk-upload", f"{kind}-references"),
        params={"displayName": batch_name},
        body={**listed, "ingestId": ingest_id, **(notice_fields(notice) if notice is not None else {})},
        timeout=_SECONDS,
    )
    answer = entry(said)
    shards = answer.get("shardIds")
    return Ingest(
        optional_text(answer.get("ingestId")) or ingest_id,
        tuple(each for each in shards if isinstance(each, str)) if isinstance(shards, list) else (),
        answer.get("duplicated") is True,
    )


async def send_query(
    wire: Wire,
    workspace: str,
    batch_id: str,
    query: str,
    *,
    batch_name: str,
    ingest_id: str,
    notice: IngestNotice | None = None,
) -> None:
    """Ask for what a RoboQL query finds (§3.10). The answer says nothing; categories are not for this."""
    await wire.ask(
        "POST",
        staging(workspace, "batches", batch_id, "roboql-ingest"),
        body={
            "query": query,
            "displayName": batch_name,
            "ingestId": ingest_id,
            **({"notificationsURL": notice.url} if notice is not None else {}),
        },
        timeout=_SECONDS,
    )
