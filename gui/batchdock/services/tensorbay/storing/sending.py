"""Sends bytes to the store in the form it takes (contract §5.1). The account's key never goes there."""

import mimetypes
from urllib.parse import urlsplit

from batchdock.core.datasets.data import Arrived
from batchdock.core.errors import ServiceError, ServiceTrouble, UnreadableAnswer
from batchdock.core.streams import Outgoing
from batchdock.services.http.answer import Answer
from batchdock.services.http.failures import of_storage
from batchdock.services.http.form import FormFile
from batchdock.services.http.places import host_of
from batchdock.services.http.portal import refuse_sign_in_page
from batchdock.services.http.reading import Entry
from batchdock.services.tensorbay.storing.policies import Place, Policies, Policy
from batchdock.services.tensorbay.wire import Wire

AT_ONCE = 50
"""Files made known in one request, as the vendor's client does (contract §1.6)."""
_MALFORMED = "MalformedPOSTRequest"


class PolicyRefused(ServiceError):
    """The store does not take a policy, or no longer."""


async def upload(wire: Wire, policies: Policies, place: Place, body: Outgoing, checksum: str) -> None:
    """Send one file, once more with a fresh policy where the one that was known is refused. Else one try."""
    policy = await policies.of(place)
    try:
        await _send(wire, policy, body, checksum)
    except PolicyRefused:
        policies.drop(place, policy)
        fresh = await policies.of(place)
        try:
            await _send(wire, fresh, body, checksum)
        except PolicyRefused as error:
            policies.drop(place, fresh)
            raise ServiceTrouble(service=wire.service, reason=error.reasons[0], details=error.details) from None


async def register(wire: Wire, place: Place, files: list[Arrived]) -> None:
    """Make files known, 50 in a request. May be asked again: path and checksum are what counts."""
    dataset_id, draft, segment = place
    for first in range(0, len(files), AT_ONCE):
        objects = [_object(each) for each in files[first : first + AT_ONCE]]
        body = {"segmentName": segment, "objects": objects, "draftNumber": draft}
        await wire.ask("MultiPutCallback", at={"dataset": dataset_id}, body=body)


async def _send(wire: Wire, policy: Policy, body: Outgoing, checksum: str) -> None:
    if policy.backend == "azure":
        await _put(wire, policy, body, checksum)
        return
    answer = await _post(wire, policy, body, checksum, name=checksum if policy.backend == "fps" else "")
    if answer.status == 400 and _MALFORMED in answer.text:
        # Some stores want a name now and then (contract §5.1).
        answer = await _post(wire, policy, body, checksum, name=checksum)
    _check(wire, answer, policy.host, f"POST {host_of(policy.host)}")


async def _post(wire: Wire, policy: Policy, body: Outgoing, checksum: str, *, name: str) -> Answer:
    kind = mimetypes.guess_type(body.name)[0] or ""
    fields = {**policy.fields, "key": policy.prefix + checksum}
    if "x-amz-date" in policy.fields:
        fields["Content-Type"] = kind
    form = FormFile("file", name, body, fields=fields, content_type=kind)
    what = f"POST {host_of(policy.host)}"
    return await wire.bulk.send("POST", policy.host, form, what=what, headers={"Content-Type": form.content_type})


async def _put(wire: Wire, policy: Policy, body: Outgoing, checksum: str) -> None:
    headers = {name: value for name, value in policy.fields.items() if name.startswith("x-ms-")}
    headers["x-ms-blob-content-type"] = mimetypes.guess_type(body.name)[0] or "application/octet-stream"
    what = f"PUT {host_of(policy.host)}"
    url = f"{policy.host}{policy.prefix}{checksum}?{policy.fields.get('token', '')}"
    _check(wire, await wire.bulk.send("PUT", url, body, what=what, headers=headers), policy.host, what)


def _check(wire: Wire, answer: Answer, host: str, what: str) -> None:
    if answer.status in (200, 201, 204):
        return
    refuse_sign_in_page(answer, host, what)
    if answer.success or urlsplit(host).scheme not in ("http", "https"):
        raise UnreadableAnswer(service=wire.service, details=f"{what} → {answer.status}")
    raise of_storage(answer, service=wire.service, what=what, refused=PolicyRefused)


def _object(file: Arrived) -> Entry:
    told: Entry = {"remotePath": file.remote_path, "checksum": file.checksum, "fileSize": file.bytes}
    optional = {
        "timestamp": file.timestamp,
        "label": dict(file.label) or None,
        "frameId": file.frame_id or None,
        "sensorName": file.sensor or None,
    }
    return told | {name: value for name, value in optional.items() if value is not None}
