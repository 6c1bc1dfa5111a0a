"""Translates refusals of all three hosts, and of the gateway before them, into the error tree (contract §1.4, §6)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batchdock.core.credentials import AccessKey, Credentials, Token
from batchdock.core.errors import (
    AccessDenied,
    AccessKeyRefused,
    BadRequest,
    BatchdockError,
    ClockWrong,
    InArrears,
    KeyLocked,
    KeyRefused,
    NameTaken,
    NotAllowedNow,
    NotFound,
    NotSubscribed,
    OverQuota,
    ProjectUnknown,
    ServiceError,
    ServiceTrouble,
    SignInRefused,
    TokenRunOut,
    TooManyRequests,
    UnreadableAnswer,
)
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.failures import kind_of, pause_asked_for
from batchdock.services.http.limits import LIMITS
from batchdock.services.http.portal import is_page
from batchdock.services.http.reading import Entry, entry, text, texts
from batchdock.services.http.redaction import sentence
from batchdock.services.huawei.place import Place

MOST_MINUTES_OFF = 10.0

_BY_CODE: dict[str, type[BatchdockError]] = {
    "VIAS.00010001": BadRequest,
    "VIAS.00010002": NotFound,
    "VIAS.00010003": NameTaken,
    "VIAS.00010004": BadRequest,
    "VIAS.00010005": KeyRefused,
    "VIAS.00010006": ServiceTrouble,
    "VIAS.00010007": NotFound,
    "VIAS.00010008": NotFound,
    "VIAS.00010009": ServiceTrouble,
    "VIAS.00010010": NameTaken,
    "VIAS.00010011": NameTaken,
    "VIAS.00010012": NotAllowedNow,
    "IVA.0001": KeyRefused,
    "IVA.0002": ProjectUnknown,
    "IVA.0003": BadRequest,
    "IVA.0004": BadRequest,
    "IVA.0005": NotFound,
    "IVA.0006": ServiceTrouble,
    "IVA.0007": NotSubscribed,
    "IVA.0008": NotSubscribed,
    "IVA.0009": AccessDenied,
    "IVA.0010": ServiceTrouble,
    "IVA.0011": OverQuota,
    "IVA.0012": OverQuota,
    "IVA.0013": AccessDenied,
    "IVA.0014": InArrears,
    "IVA.0015": AccessDenied,
    "IVA.0102": AccessDenied,
    "IVA.6004": AccessDenied,
}
_OLDER_IVA = re.compile(r"VAS\.(?=\d{4}$)")
_GATEWAY = re.compile(r"APIGW?\.0*(\d+)$")
_GATEWAY_SIGN_IN = ("301", "303", "307")
_GATEWAY_THROTTLED = "308"

_LOCKED = re.compile(
    r"(?i)\block(ed|s)?\b|limit (is |was |has been )?reached|reach(ed)? the limit|too many (failed|times)"
)
_NO_SUCH_KEY = re.compile(r"(?i)\b(ak|access key)\b.*\b(not exist|not found|unknown)")
_MONEY = re.compile(
    r"(?i)arrears|insufficient (account )?balance|overdue|account (is |has been |was )?(frozen|restricted)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says is wrong: its code, its words for people, and what else is for technical details."""

    code: str
    words: str
    rest: str


class Failures:
    """The table of one account."""

    def __init__(self, service: str, account_name: str, credentials: Credentials) -> None:
        self._service = service
        self._account = account_name
        self._credentials = credentials

    def of(self, answer: Answer, *, what: str, place: Place, secrets: tuple[str, ...]) -> BatchdockError:
        """Return the error for an answer whose status is not a success.

        `what` names the request without any secret. Whatever the answer is about a sign-in becomes a `KeyRefused`.
        """
        said = _read(answer, secrets)
        kind = _kind(answer, said)
        reason = said.words or f"{answer.status} {answer.reason}".strip()
        details = " · ".join(filter(None, (f"{what} → {answer.status}", said.code, reason, said.rest)))
        values: dict[str, Any] = {
            "service": self._service,
            "status": answer.status,
            "reason": reason,
            "details": details,
        }
        if kind is KeyRefused:
            return self._refused(answer, said.words, values)
        if kind is ProjectUnknown:
            return ProjectUnknown(project=place.project or place.project_id, known="–", **values)
        if issubclass(kind, ServiceError):
            return kind(retry_after=pause_asked_for(answer), kind=said.code, **values)
        return kind(**values)

    def _refused(self, answer: Answer, words: str, values: dict[str, Any]) -> KeyRefused:
        """Return what is wrong with a sign-in. Only a signature depends on the clock of this computer."""
        if _LOCKED.search(words):
            return KeyLocked(**values)
        if isinstance(self._credentials, Token):
            return TokenRunOut(account=self._account, **values)
        if not isinstance(self._credentials, AccessKey):
            return SignInRefused(**values)
        minutes = _minutes_off(answer)
        if minutes > MOST_MINUTES_OFF and not _NO_SUCH_KEY.search(words):
            return ClockWrong(minutes=round(minutes), **values)
        return AccessKeyRefused(**values)


def _kind(answer: Answer, said: Said) -> type[BatchdockError]:
    status, code = answer.status, _OLDER_IVA.sub("IVA.", said.code)
    if is_page(answer.headers) and status < 500 and status != 429:
        return UnreadableAnswer  # None of these hosts sends pages: something on the way does.
    gateway = _GATEWAY.search(code)
    if status == 429 or (gateway and gateway[1] == _GATEWAY_THROTTLED):
        return TooManyRequests
    if status == 401 or (gateway and gateway[1] in _GATEWAY_SIGN_IN):
        return KeyRefused
    kind = _BY_CODE.get(code) or kind_of(status)
    if status == 402 or (kind is AccessDenied and _MONEY.search(said.words)):
        return InArrears
    return kind


def _read(answer: Answer, secrets: tuple[str, ...]) -> Said:
    """Read a body of any of the shapes there are: code and words at the top, or one level below (contract §6)."""
    try:
        body = entry(read_json(answer.content, LIMITS))
    except ValueError:
        body = {}
    said = next((each for each in (body, *(entry(each) for each in body.values())) if _code(each)), body)
    words = _sentences(_message(said), said.get("reason"), said.get("advice"), secrets=secrets)
    if not body:
        words = sentence(answer.text, *secrets)
    parts = (text(said.get("detail")), *texts(said.get("params")))
    rest = [sentence(each, *secrets) for each in parts if each]
    request_id = answer.headers.get("X-Request-Id", "") or text(said.get("request_id")) or text(body.get("request_id"))
    if request_id:
        rest.append(f"X-Request-Id: {sentence(request_id, *secrets)}")
    return Said(sentence(_code(said), *secrets), words, " · ".join(rest))


def _code(body: Entry) -> str:
    return next((text(body[name]) for name in ("error_code", "errorCode", "code") if text(body.get(name))), "")


def _message(body: Entry) -> object:
    names = ("error_msg", "error_message", "errorMsg", "message", "error")
    return next((body[name] for name in names if isinstance(body.get(name), str) and body[name]), "")


def _sentences(*parts: object, secrets: tuple[str, ...]) -> str:
    """Return what is said for people, one sentence after another, and nothing twice."""
    said = ""
    for part in parts:
        more = sentence(part, *secrets) if isinstance(part, str) else ""
        if more.rstrip(".") not in said:
            said = f"{said if said[-1] in '.?!…。' else f'{said}.'} {more}" if said else more
    return said


def _minutes_off(answer: Answer) -> float:
    """Return by how much the clock of this computer differs from that of the answer; 0 where it does not say."""
    there = answer.date
    return 0.0 if there is None else abs((datetime.now(UTC) - there).total_seconds()) / 60
