"""Who may ask: only programs on this computer that have the key, or hold an address that was signed here.

Three doors one behind the other. Host: a web page that points its own name at 127.0.0.1 is turned away. Origin, and
what else browsers say of the asker: so is a web page that asks directly. Key: so is every other program, and every
other person on this computer.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from batchdock.thiscomputer.refusal import Refusal
from batchdock.thiscomputer.server.answers import refused

SIGNED = "/signed/"
"""Paths below this need no key: the last segment is a signed token."""

LIFETIME = 24 * 3600
"""Seconds for which a signed address works."""

_NO_PAGE = ("same-origin", "none")
"""What a browser says of requests that no other site brought about: `none` is an address that somebody typed."""


class Guard:
    """Middleware that lets only allowed requests through. `port` is asked late: it is known after binding."""

    def __init__(self, app: ASGIApp, *, key: str, port: Callable[[], int]) -> None:
        self._app = app
        self._key = hashlib.sha256(key.encode()).digest()
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._objection(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refused(refusal.status, refusal.message, refusal.kind)(scope, receive, send)

    def _objection(self, scope: Scope) -> Refusal | None:
        if scope["type"] != "http":
            return Refusal(400, "This computer speaks plain HTTP only.")
        headers = Headers(scope=scope)
        hosts = {f"127.0.0.1:{self._port()}", f"localhost:{self._port()}"}
        if headers.getlist("host") not in [[host] for host in hosts]:
            return Refusal(403, "This service is only for programs on this computer.", "host-refused")
        origins = {f"http://{host}" for host in hosts}
        # A page that embeds a picture or follows a link sends no origin; browsers say all the same that it is a page.
        strange = [each for each in headers.getlist("sec-fetch-site") if each not in _NO_PAGE]
        if strange or any(origin not in origins for origin in headers.getlist("origin")):
            return Refusal(403, "This service is not for web pages.", "origin-refused")
        if scope["path"].startswith(SIGNED) or self._knows_key(headers, scope):
            return None
        return Refusal(401, "This API key does not exist (or has been revoked).", "OAuthException")

    def _knows_key(self, headers: Headers, scope: Scope) -> bool:
        offered = QueryParams(scope["query_string"]).getlist("api_key")
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            offered.append(token.strip())
        # Hashed first, so that neither content nor length of the key shows in the time this takes.
        return any(hmac.compare_digest(hashlib.sha256(_bytes(each)).digest(), self._key) for each in offered)


class Signer:
    """Makes and reads addresses that carry their own permission. The secret dies with the process."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def sign(self, claim: Mapping[str, object]) -> str:
        """Return a token, fit for a path, that says `claim` for the next `LIFETIME` seconds."""
        said = {**claim, "until": int(time.time()) + LIFETIME}
        body = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
        return f"{_text(body)}.{_text(self._mac(body))}"

    def read(self, token: str) -> dict[str, object]:
        """Return what a token says. Raise `Refusal` (403) when it was not signed here or is too old."""
        try:
            body_text, _, mac_text = token.partition(".")
            body, mac = _data(body_text), _data(mac_text)
        except ValueError:
            body, mac = b"", b""
        if not hmac.compare_digest(mac, self._mac(body)):
            raise Refusal(403, "This address was not signed by this computer, or before it started anew.")
        claim: dict[str, object] = json.loads(body)
        until = claim["until"]
        if not isinstance(until, int) or until < time.time():
            raise Refusal(403, "This signed address is too old. Ask for a new one.")
        return claim

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, body, "sha256")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _data(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
