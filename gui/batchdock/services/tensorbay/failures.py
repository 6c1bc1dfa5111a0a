"""Translates refusals into the error tree: by the service's code first, then by the status (contract §1.3)."""

from typing import Any

from batchdock.core.errors import (
    AccessDenied,
    AccountKeyRefused,
    BadRequest,
    BatchdockError,
    NameTaken,
    NotAllowedNow,
    NotFound,
    ParameterMissing,
    ServiceError,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.failures import kind_of, pause_asked_for
from batchdock.services.http.limits import LIMITS
from batchdock.services.http.portal import is_page
from batchdock.services.http.reading import entry, text
from batchdock.services.http.redaction import sentence

_BY_CODE: dict[str, type[BatchdockError]] = {
    "AccessDenied": AccessDenied,
    "Forbidden": NotAllowedNow,
    "Unauthorized": AccountKeyRefused,
    "InvalidParamsValue": BadRequest,
    "RequestParamsMissing": ParameterMissing,
    "NameConflict": NameTaken,
    "ResourceNotExist": NotFound,
    "SystemError": ServiceTrouble,
    "InternalServerError": ServiceTrouble,
}

_BY_STATUS: dict[int, type[BatchdockError]] = {401: AccountKeyRefused, 409: NameTaken}


def of_answer(answer: Answer, *, service: str, what: str, asked: str, secrets: tuple[str, ...]) -> BatchdockError:
    """Return the error for an answer that is no success, whatever it is: JSON, a page of a gateway, nothing.

    `what` names the request without any secret, `asked` is the id it was sent with. `error.kind` is the service's code.
    """
    try:
        body = entry(read_json(answer.content, LIMITS))
    except ValueError:
        body = {}
    code = sentence(text(body.get("code")), *secrets)
    words = sentence(text(body.get("message")) if body else answer.text, *secrets)
    reason = words or code or f"{answer.status} {answer.reason}".strip()
    kind = _BY_CODE.get(code) or _by_status(answer)
    values: dict[str, Any] = {"service": service, "status": answer.status, "reason": reason}
    heading = " · ".join(filter(None, (f"{what} → {answer.status}", code, words)))
    details = "\n".join((heading, *request_ids(answer, asked, secrets)))
    if issubclass(kind, ServiceError):
        return kind(details=details, retry_after=pause_asked_for(answer), kind=code, **values)
    return kind(details=details, **values)


def _by_status(answer: Answer) -> type[BatchdockError]:
    if is_page(answer.headers) and answer.status < 500 and answer.status != 429:
        return UnreadableAnswer  # The service sends no pages: something on the way does, or another one lives there.
    return _BY_STATUS.get(answer.status) or kind_of(answer.status)


def request_ids(answer: Answer | None, asked: str, secrets: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the lines that tell the vendor's support which request it was: our id, and the service's own."""
    theirs = sentence(answer.headers.get("X-Request-Id", ""), *secrets) if answer is not None else ""
    return tuple(filter(None, (f"X-Request-Id sent: {asked}", theirs and f"X-Request-Id answered: {theirs}")))
