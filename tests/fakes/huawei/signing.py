"""Signed requests, computed anew from what came over the wire (contract §1.3)."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote, unquote_plus

_ALGORITHM = "SDK-HMAC-SHA256"
_AUTHORIZATION = re.compile(rf"{_ALGORITHM} Access=([^,\s]+), SignedHeaders=([^,\s]+), Signature=([0-9a-f]{{64}})")
_MUST_BE_SIGNED = ("host", "x-sdk-date")
SKEW = timedelta(minutes=15)
ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Arrived:
    """A request as it came: path and query still encoded, names of headers in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Signatures:
    """Keys that may sign, and the wrong attempts with each."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.security_tokens: dict[str, str] = {}
        """Temporary keys, with the token that has to come along."""
        self._failures: dict[str, int] = {}
        self._locked: dict[str, datetime] = {}

    def lock(self, access: str, now: datetime) -> None:
        """Refuse a key for five minutes."""
        self._locked[access] = now + LOCKED_FOR

    def unlock(self) -> None:
        """Forget all wrong attempts."""
        self._failures.clear()
        self._locked.clear()

    def wrong(self, request: Arrived, now: datetime) -> str:
        """Return what is wrong with the signature; empty where it is right."""
        parts = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if parts is None:
            return "the Authorization header can not be read"
        access, names, given = parts[1], parts[2].split(";"), parts[3]
        if now < self._locked.get(access, now):
            return f"AK access failed to reach the limit,forbidden: {access}"
        if access not in self.secrets:
            return f"Get secretKey failed,ak:{access},err:ak not exist"
        if names != sorted(set(names)) or not set(_MUST_BE_SIGNED) <= set(names):
            return "the signed headers are not sorted, or host and x-sdk-date are not among them"
        time = _time(request.headers.get("x-sdk-date", ""))
        if time is None:
            return "x-sdk-date can not be read"
        if abs(now - time) > SKEW:
            return f"signature expired,signature time:{_text(time)},server time:{_text(now)}"
        expected = sign(request, names, self.secrets[access])
        token = self.security_tokens.get(access)
        if token is not None and request.headers.get("x-security-token") != token:
            expected = ""
        if not hmac.compare_digest(expected, given) or not _body_is_the_signed_one(request):
            self._failures[access] = self._failures.get(access, 0) + 1
            if self._failures[access] >= ATTEMPTS:
                self.lock(access, now)
            return f"verify aksk signature fail,ak:{access}"
        self._failures.pop(access, None)
        return ""


def sign(request: Arrived, names: list[str], secret: str) -> str:
    """Return the signature that a request should have, over the headers with these names."""
    hashed = request.headers.get("x-sdk-content-sha256") or hashlib.sha256(request.body).hexdigest()
    lines = [f"{name}:{request.headers.get(name, '').strip()}" for name in names]
    canonical = "\n".join(
        [request.method, _path(request.path), _query(request.query), *lines, "", ";".join(names), hashed]
    )
    told = "\n".join([_ALGORITHM, request.headers["x-sdk-date"], hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()


def _path(raw: str) -> str:
    found = "/".join(quote(unquote(part), safe="-_.~") for part in raw.split("/"))
    return found if found.endswith("/") else f"{found}/"


def _query(raw: str) -> str:
    pairs = [part.partition("=") for part in raw.split("&") if part]
    decoded = sorted((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in decoded)


def _body_is_the_signed_one(request: Arrived) -> bool:
    said = request.headers.get("x-sdk-content-sha256", "")
    return said in ("", "UNSIGNED-PAYLOAD") or said == hashlib.sha256(request.body).hexdigest()


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _text(time: datetime) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ")
