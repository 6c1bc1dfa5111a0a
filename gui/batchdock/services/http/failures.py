"""Translates what goes wrong on the wire into the error tree: one table for statuses, one for exceptions.

Nothing of the HTTP library gets past this point, and no text does without `redaction.sentence`.
"""

import email.utils
import errno
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import httpx

from batchdock.core.errors import (
    AccessDenied,
    AlreadyExists,
    BadRequest,
    BatchdockError,
    CertificateRefused,
    ConnectionProblem,
    CreditsUsedUp,
    HostNotFound,
    KeyRefused,
    NoNetwork,
    NotFound,
    PlanMissing,
    ProxyRefused,
    ServiceError,
    ServiceTrouble,
    SignInNeeded,
    TimedOut,
    TooManyRequests,
    UnreadableAnswer,
    UsagePaused,
)
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.limits import LIMITS
from batchdock.services.http.proxies import Proxy
from batchdock.services.http.redaction import sentence, storage_sentence

if TYPE_CHECKING:
    import aiohttp

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

_ByException = tuple[tuple[type[BaseException], type[BatchdockError]], ...]


class _Foreign(NamedTuple):
    """What the libraries raise, and what it is here."""

    by_exception: _ByException
    refused_by_proxy: "tuple[type[httpx.ProxyError], type[aiohttp.ClientHttpProxyError]]"
    no_way_there: tuple[type[BaseException], ...]


@cache
def _foreign() -> _Foreign:
    """Return the table of exceptions. Made when the first is to be looked up: aiohttp may not be there before."""
    import aiohttp

    by_exception: _ByException = (
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
    refused = (httpx.ProxyError, aiohttp.ClientHttpProxyError)
    no_way = (httpx.ConnectError, httpx.ConnectTimeout, aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
    return _Foreign(by_exception, refused, no_way)


_OTHER_NAME = (62, 64, 0x800B010F, -67602)
"""X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH, CERT_E_CN_NO_MATCH, errSecHostNameMismatch."""


def of_status(response: Answer, *, service: str, what: str, secrets: tuple[str, ...]) -> BatchdockError:
    """Return the error for an answer whose status is not a success. Its body must have been read.

    `what` names the request without any secret, for the technical details.
    """
    status = response.status
    reason = sentence(_own_words(response), *secrets) or f"{status} {response.reason}".strip()
    kind = kind_of(status)
    error = _error_object(response)
    if kind is TooManyRequests and _is_about_money(f"{reason} {error.get('type')}"):
        kind = CreditsUsedUp
    details = f"{what} → {status} {reason}"
    if issubclass(kind, ServiceError):
        return kind(
            service=service,
            status=status,
            reason=reason,
            details=details,
            retry_after=pause_asked_for(response),
            kind=str(error.get("type") or ""),
            reasons=_reasons(error, *secrets),
        )
    return kind(service=service, status=status, reason=reason, details=details)


def kind_of(status: int) -> type[BatchdockError]:
    """Return the error for a status that is not a success, where nothing else is known."""
    return _BY_STATUS.get(status) or _general(status)


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
    kind = kind_of(status)
    if not issubclass(kind, ServiceError):
        kind = BadRequest
    return kind(service=service, status=status, reason=reason, details=details, retry_after=pause_asked_for(response))


def of_exception(
    error: BaseException, *, service: str, host: str, what: str, proxy: Proxy | None = None
) -> BatchdockError:
    """Return the error for a request that got no answer, or not a whole one. `proxy`: the one it went through."""
    chain, foreign = tuple(_causes(error)), _foreign()
    details = f"{what}: {' ← '.join(type(each).__name__ for each in chain)}"
    if any(_is_no_network(each) for each in chain):
        return NoNetwork(host=host, details=details)
    if proxy is None and any(_is_other_name(each) for each in chain):
        return SignInNeeded(host=host, details=f"{details}: the certificate is for another name")
    if proxy is not None and not any(isinstance(each, ssl.SSLError) for each in chain):
        refused = next((each for each in chain if isinstance(each, foreign.refused_by_proxy)), None)
        if refused is not None:
            answered = str(refused) if isinstance(refused, httpx.ProxyError) else f"{refused.status} {refused.message}"
            return of_proxy(proxy, what=what, answered=answered)
        if any(isinstance(each, foreign.no_way_there) for each in chain):
            return of_proxy(proxy, what=what)
    for exception, kind in foreign.by_exception:
        if any(isinstance(each, exception) for each in chain):
            return kind(service=service, host=host, details=details)
    return ConnectionProblem(host=host, details=details)


def of_proxy(proxy: Proxy, *, what: str, answered: str = "") -> ProxyRefused:
    """Return the error for a proxy that says no, or nothing at all."""
    words = sentence(answered).rstrip(".")
    reason = f"It answered: {words}." if words else f"It can not be reached at {proxy.place}."
    return ProxyRefused(reason=reason, host=proxy.place, details=f"{what} through {proxy.place}")


def _is_no_network(error: BaseException) -> bool:
    """Tell whether this computer has no way out at all, as opposed to one host that is not there.

    A resolver without network says "try again" on Linux. On macOS and Windows it says that there is no such name, the
    same as with a mistyped one; that stays `HostNotFound`, which waits and goes on by itself just as well.
    """
    if isinstance(error, socket.gaierror):
        return error.errno in (socket.EAI_AGAIN, getattr(socket, "EAI_ADDRFAMILY", socket.EAI_AGAIN))
    return isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.ENETDOWN)


def _is_other_name(error: BaseException) -> bool:
    """Tell whether a certificate is good, but somebody else's: a network that answers in the service's place."""
    # Asked for with a default: aiohttp has an error of its own that passes for this one and lacks it.
    return isinstance(error, ssl.SSLCertVerificationError) and getattr(error, "verify_code", 0) in _OTHER_NAME


def _general(status: int) -> type[BatchdockError]:
    if status >= 500:
        return ServiceTrouble
    return BadRequest if status >= 400 else UnreadableAnswer


def _own_words(response: Answer) -> str:
    """Return what the service says is wrong, in the order of the reference parser (contract §1.4)."""
    try:
        body = read_json(response.content, LIMITS)
    except ValueError:
        return response.text
    if not isinstance(body, dict):
        return body if isinstance(body, str) else ""
    error = body.get("error")
    candidates = [error.get("message"), error.get("hint")] if isinstance(error, dict) else [error]
    candidates += [body.get("message"), body.get("detail")]
    return next((text for text in candidates if isinstance(text, str) and text.strip()), "")


def _reasons(error: dict[str, object], *secrets: str) -> tuple[str, ...]:
    """Return the sentences with which this computer's own service says everything that is wrong."""
    reasons = error.get("reasons")
    if not isinstance(reasons, list):
        return ()
    return tuple(sentence(each, *secrets) for each in reasons[:_MOST_REASONS] if isinstance(each, str) and each)


def _error_object(response: Answer) -> dict[str, object]:
    try:
        body = read_json(response.content, LIMITS)
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


_MONEY = re.compile(r"(?i)credit|billing|insufficient[ _-]*(funds|balance)|usage[ _-]limit|monthly[ _-](limit|quota)")


def _is_about_money(words: str) -> bool:
    """Tell which of the two a 429 is: "too fast", or "not enough credits", which no waiting mends (contract §1.4)."""
    return _MONEY.search(words) is not None


_MOST_REASONS = 100
_LONGEST_PAUSE = 24 * 3600.0
"""Nobody asks in earnest to be left alone for longer."""


def pause_asked_for(response: Answer) -> float | None:
    """Return the seconds that `Retry-After` asks for, as a number or as a date; None where it is not there."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(_LONGEST_PAUSE, float(value[:12]))
    try:
        moment = email.utils.parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(_LONGEST_PAUSE, max(0.0, (moment - datetime.now(UTC)).total_seconds()))
    except (ValueError, OverflowError, TypeError):
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
