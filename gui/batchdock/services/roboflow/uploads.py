"""Ways into Data Staging for bytes: single pictures, videos, tars of pictures (contract §3.5–§3.7)."""

import re
from collections.abc import Mapping

from batchdock.core.errors import FileTooLarge, FileUnreadable, ServiceTrouble, ShardTooLarge, UnreadableAnswer
from batchdock.core.streams import Outgoing
from batchdock.services.http.failures import of_storage
from batchdock.services.http.form import FormFile
from batchdock.services.http.places import host_of
from batchdock.services.http.portal import refuse_sign_in_page
from batchdock.services.http.reading import Entry, answered, count, entry, optional_text, text
from batchdock.services.roboflow.wire import Wire, staging

# What the fields are called is not known (§3.7), only that they are there: so anything that reads like one is one.
_LIMIT = r"(?i)(?=.*(max|limit))"
_SIZE_LIMIT = re.compile(_LIMIT + r".*(size|bytes)")
_COUNT_LIMIT = re.compile(_LIMIT + r"(?!.*(size|bytes)).*(files|images|objects|members|number|count)")

_OUR_HEADERS = frozenset(
    ("host", "connection", "content-length", "transfer-encoding", "expect", "keep-alive", "te", "trailer", "upgrade")
)
"""What HTTP itself needs; another value would tear the request apart."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")


async def send_image(wire: Wire, workspace: str, batch_id: str, name: str, body: Outgoing, batch_name: str) -> None:
    """Send one picture (§3.5). Sent again it replaces itself, so it may be repeated.

    The name that counts is the query's; the form field is called `file`, as the documents have it.
    """
    form = FormFile("file", sendable(name), body)
    await wire.send(
        "POST",
        staging(workspace, "batches", batch_id, "upload", "image"),
        form,
        params={"fileName": name, "displayName": batch_name},
        headers={"Content-Type": form.content_type},
    )


async def send_video(wire: Wire, workspace: str, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
    """Send one video (§3.6)."""
    where = staging(workspace, "batches", batch_id, "upload", "video")
    details = await _ask_address(wire, where, {"fileName": sendable(name), "displayName": batch_name})
    limit = _least(details, _SIZE_LIMIT)
    if limit is not None and body.size > limit:
        raise FileTooLarge(name=body.name, service=wire.service, size=f"{body.size:,}", limit=f"{limit:,}")
    await _put(wire, where, details, body)


async def send_shard(wire: Wire, workspace: str, batch_id: str, body: Outgoing, *, files: int, batch_name: str) -> None:
    """Send one tar of pictures (§3.7). One call is one shard."""
    where = staging(workspace, "batches", batch_id, "bulk-upload", "image-files")
    details = await _ask_address(wire, where, {"displayName": batch_name})
    most, largest = _least(details, _COUNT_LIMIT), _least(details, _SIZE_LIMIT)
    if (most is not None and files > most) or (largest is not None and body.size > largest):
        raise ShardTooLarge(files=most, bytes=largest, service=wire.service)
    await _put(wire, where, details, body)


async def _ask_address(wire: Wire, where: str, params: Mapping[str, str | int | None]) -> Entry:
    """Ask for a signed address. Every try to send gets a new one, as they run out."""
    answer = answered(await wire.ask_once("POST", where, params=params), wire, where)
    return entry(answer.get("signedURLDetails"))


async def _put(wire: Wire, where: str, details: Entry, body: Outgoing) -> None:
    url = optional_text(details.get("uploadURL"))
    if url is None or not wire.may_lead_to(url):
        raise UnreadableAnswer(service=wire.service, details=f"{where}: no signed address in the answer")
    method = (optional_text(details.get("method")) or "PUT").upper()
    # Only what the answer asks for: a header that was not signed may break the signature (§3.6).
    headers = {name: text(value) for name, value in entry(details.get("extensionHeaders")).items()}
    headers = {name: value for name, value in headers.items() if name.lower() not in _OUR_HEADERS}
    if method not in ("PUT", "POST") or not all(_is_header(*each) for each in headers.items()):
        raise UnreadableAnswer(service=wire.service, details=f"{where}: no way to send in the answer")
    what = f"{method} to {host_of(url)}"
    answer = await wire.bulk.send(method, url, body, what=what, headers=headers)
    refuse_sign_in_page(answer, url, what)
    if not answer.success:
        # Whatever the reason, another try gets another address.
        raise of_storage(answer, service=wire.service, what=what, refused=ServiceTrouble)


def _least(details: Entry, named: re.Pattern[str]) -> int | None:
    """Return the smallest limit, whatever its field is called exactly (§3.6, §3.7). Zero and less are none."""
    fields = [*details.items(), *(each for value in details.values() for each in entry(value).items())]
    limits = [count(value) for name, value in fields if named.match(name)]
    return min((limit for limit in limits if limit), default=None)


def _is_header(name: str, value: str) -> bool:
    return bool(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value))


def sendable(name: str) -> str:
    """Return a name that can be sent. Raise `FileUnreadable` for what is no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise FileUnreadable(name=ascii(name), reason="Its name is not text.") from None
    return name
