"""Translates what goes wrong on the wire into the error tree: one table for statuses, one for exceptions.

Nothing of the HTTP library gets past this point, and no text does without `redaction.sentence`.
"""

import email.utils
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import aiohttp
import httpx

from batchdock.core.errors import (
    AccessDenied,
    AlreadyExists,
    BadRequest,
    BatchdockError,
    CertificateRefused,
    ConnectionProblem,
    HostNotFound,
    KeyRefused,
    NotFound,
    PlanMissing,
    ServiceError,
    ServiceTrouble,
    TimedOut,
    TooManyRequests,
    UnreadableAnswer,
    UsagePaused,
)
from batchdock.services.http.answer import Answer
from batchdock.services.http.redaction import sentence, storage_sentence

_BY_STATUS: dict[int, type[BatchdockError]] = {
    400: BadRequest,
    401: KeyRefused,
    402: PlanMissing,
    403: AccessDenied,
    404: NotFound,
    408: ServiceTrouble,
    409: AlreadyExists,
    410: NotFound,
    423: UsagePaused,
    425: ServiceTrouble,
    429: TooManyRequests,
}

_BY_EXCEPTION: tuple[tuple[type[BaseException], type[BatchdockError]], ...] = (
    # The first that is found in the chain of causes wins, so the exact ones come first.
    (ssl.SSLCertVerificationError, CertificateRefused),
    (socket.gaierror, HostNotFound),
    (httpx.UnsupportedProtocol, HostNotFound),
    (aiohttp.ClientConnectorCertificateError, CertificateRefused),
    (aiohttp.ClientConnectorDNSError, HostNotFound),
    (aiohttp.InvalidURL, HostNotFound),
    (httpx.InvalidURL, HostNotFound),
    (UnicodeError, HostNotFound),  # a host name with an empty or overlong label
    (httpx.TimeoutException, TimedOut),
    (TimeoutError, TimedOut),  # aiohttp's own are TimeoutErrors too
    (httpx.DecodingError, UnreadableAnswer),
    (httpx.TooManyRedirects, UnreadableAnswer),
    (httpx.LocalProtocolError, UnreadableAnswer),
    (httpx.TransportError, ConnectionProblem),
    (httpx.StreamError, ConnectionProblem),
    (aiohttp.TooManyRedirects, UnreadableAnswer),
    (aiohttp.ClientError, ConnectionProblem),
    (OSError, ConnectionProblem),
)


def of_status(response: Answer, *, service: str, what: str, secrets: tuple[str, ...]) -> BatchdockError:
    """Return the error for an answer whose status is not a success. Its body must have been read.

    `what` names the request without any secret, for the technical details.
    """
    status = response.status
    reason = sentence(_own_words(response), *secrets) or f"{status} {response.reason}".strip()
    kind = _BY_STATUS.get(status) or (_general(status))
    details = f"{what} → {status} {reason}"
    if issubclass(kind, ServiceError):
        return kind(
            service=service, status=status, reason=reason, details=details, retry_after=_pause_asked_for(response)
        )
    return kind(service=service, status=status, reason=reason, details=details)


def of_storage(response: Answer, *, service: str, what: str, refused: type[ServiceError]) -> BatchdockError:
    """Return the error for a refused signed address; `refused` stands for one that is not, or no longer, good.

    The codes of a storage service speak of the address, never of the account's key, and differ: an address that ran
    out is a 400 at Google and a 403 at Amazon.
    """
    status = response.status
    reason = storage_sentence(response.text) or f"{status} {response.reason}".strip()
    details = f"{what} → {status}"
    if status in (400, 401, 403, 404, 410):
        return refused(service=service, status=status, reason=reason, details=details)
    kind = _BY_STATUS.get(status, _general(status))
    if not issubclass(kind, ServiceError):
        kind = BadRequest
    return kind(service=service, status=status, reason=reason, details=details, retry_after=_pause_asked_for(response))


def of_exception(error: BaseException, *, service: str, host: str, what: str) -> BatchdockError:
    """Return the error for a request that got no answer, or not a whole one."""
    chain = tuple(_causes(error))
    details = f"{what}: {' ← '.join(type(each).__name__ for each in chain)}"
    for foreign, kind in _BY_EXCEPTION:
        if any(isinstance(each, foreign) for each in chain):
            return kind(service=service, host=host, details=details)
    return ConnectionProblem(host=host, details=details)


def _general(status: int) -> type[BatchdockError]:
    if status >= 500:
        return ServiceTrouble
    return BadRequest if status >= 400 else UnreadableAnswer


def _own_words(response: Answer) -> str:
    """Return what the service says is wrong, in the order of the reference parser (contract §1.4)."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return response.text
    if not isinstance(body, dict):
        return body if isinstance(body, str) else ""
    error = body.get("error")
    candidates = [error.get("message"), error.get("hint")] if isinstance(error, dict) else [error]
    candidates += [body.get("message"), body.get("detail")]
    return next((text for text in candidates if isinstance(text, str) and text.strip()), "")


def _pause_asked_for(response: Answer) -> float | None:
    """Read `Retry-After`, as seconds or as a date."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
