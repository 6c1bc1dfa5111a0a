"""What stands before each family: who may come in, and what goes wrong on the way there."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fakes.faults import Faulty
from fakes.huawei.answers import IAM, IVA, VIAS, refusal
from fakes.huawei.iam import Iam
from fakes.huawei.signing import Arrived, Signatures
from fakes.huawei.state import State

_OPEN = ("POST", "/v3/auth/tokens")


@dataclass
class Seen:
    """One request as it arrived, and how it was answered. `by` is "token", "signature" or "".

    What a fault has taken has no body and is by nobody.
    """

    family: str
    method: str
    path: str
    pairs: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes = b""
    by: str = ""
    status: int = 0
    request_id: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def query(self) -> dict[str, str]:
        """The parameters, the last of each name."""
        return dict(self.pairs)

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body) if self.body else None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Gate:
    """Lets in who has a token or a good signature; says everything it says in the gateway's words (contract §1.4)."""

    def __init__(self, family: str, inner: ASGIApp, state: State, iam: Iam, signatures: Signatures) -> None:
        self._family, self._inner = family, inner
        self._state, self._iam, self._signatures = state, iam, signatures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _whole(receive)
        except ClientDisconnect:
            return
        seen: Seen = scope["batchdock.seen"]
        seen.body = body
        answer = self._refusal(scope, seen)
        app = answer if answer is not None else self._inner
        await app(scope, _Again(body, receive), send)

    def _refusal(self, scope: Scope, seen: Seen) -> Response | None:
        if self._family == IAM and (seen.method, seen.path) == _OPEN:
            return None
        token, signed = seen.headers.get("x-auth-token"), seen.headers.get("authorization")
        projects = set(self._state.projects)
        if token:
            seen.by = "token"
            if wrong := self._iam.wrong(token):
                return self._not_you(seen, wrong)
            projects &= {self._iam.tokens[token].project_id}
        if signed:
            raw = scope["raw_path"].decode("ascii")
            arrived = Arrived(seen.method, raw, scope["query_string"].decode("ascii"), seen.headers, seen.body)
            if wrong := self._signatures.wrong(arrived, self._state.now):
                return refusal(self._family, "APIGW.0301", wrong, request_id=seen.request_id)
            seen.by = seen.by or "signature"
        if not seen.by:
            return self._not_you(seen, "header x-auth-token not found")
        return None if self._family == IAM else self._wrong_project(seen.path, projects)

    def _not_you(self, seen: Seen, wrong: str) -> Response:
        if self._state.refuses_at == "service" and self._family != IAM:
            return refusal(self._family, "IVA.0001" if self._family == IVA else "VIAS.00010005")
        if self._family == IAM:
            return refusal(IAM, "401", "The request you have made requires authentication.")
        return refusal(self._family, "APIGW.0301", wrong, request_id=seen.request_id)

    def _wrong_project(self, path: str, projects: set[str]) -> Response | None:
        """Refuse a project that is not there, or not the one that a token is for; one for a domain is for none."""
        named = re.match(r"/v[12]/([^/]*)/", path)
        if named is None or named[1] in projects:
            return None
        if self._family == IVA:
            return refusal(IVA, "IVA.0002")
        if named[1] in self._state.projects:
            return refusal(VIAS, "VIAS.00010005", "The token is for another project.", param="project_id")
        return refusal(VIAS, "VIAS.00010001", "Invalid parameter: project_id.", param="project_id")


class Outer:
    """The outermost of a family: notes what comes in, gives answers an id and a date, and lets things go wrong."""

    def __init__(self, family: str, inner: ASGIApp, note: Callable[[Seen], None], state: State) -> None:
        self.faulty = Faulty(inner)
        self._family, self._note, self._state = family, note, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        pairs = request.query_params.multi_items()
        seen = Seen(self._family, request.method, scope["path"], pairs, dict(request.headers))
        self._note(seen)
        scope["batchdock.seen"] = seen

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                date = self._state.now.strftime("%a, %d %b %Y %H:%M:%S GMT")
                more = [(b"x-request-id", seen.request_id.encode()), (b"date", date.encode())]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        await self.faulty(scope, receive, with_id)


class _Again:
    """A `receive` for a body that was read already; after it, whatever the line says."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _whole(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
