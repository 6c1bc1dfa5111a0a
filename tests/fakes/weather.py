"""Bad weather for a service: a share of all requests goes wrong, and the line has a length and a width.

What happens to a request follows from the seed, the request and how often it was made before, whatever the order in
which requests come in: a run can be repeated.
"""

import asyncio
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.types import Message, Receive, Send

STATUSES = (500, 502, 503, 429)


@dataclass(frozen=True)
class Mishap:
    """One thing that goes wrong: the name of a kind of fault, and its details."""

    kind: str
    details: dict[str, Any]


@dataclass
class Weather:
    """Which share of all requests goes wrong, each way for itself; shares add up to 1 at most.

    errors       500, 502, 503 or 429, read to the end and not carried out; every second one with `Retry-After`
    drops        the connection is reset in the middle of the body
    truncated    a download ends before its Content-Length
    short        a download without Content-Length ends too early, as if that were all
    stalls       nothing moves for `stall_seconds` in the middle of the body
    expired      a signed address is refused as if its time were over
    lost         the request is carried out, the answer never arrives
    only         which `METHOD /path` this happens to (a regular expression)
    """

    seed: int
    errors: float = 0.0
    drops: float = 0.0
    truncated: float = 0.0
    short: float = 0.0
    stalls: float = 0.0
    expired: float = 0.0
    lost: float = 0.0
    stall_seconds: float = 90.0
    retry_after: str = "1"
    statuses: tuple[int, ...] = STATUSES
    only: str = ""
    struck: Counter[str] = field(default_factory=Counter)
    """How often each kind happened."""
    _before: Counter[str] = field(default_factory=Counter)

    def roll(self, request: Request) -> Mishap | None:
        """Return what goes wrong with this request, if anything."""
        path = request.url.path
        line = f"{request.method} {path}"
        if not re.search(self.only, line):
            return None
        key = f"{line} {request.query_params.get('fileName', '')} {request.headers.get('Range', '')}"
        self._before[key] += 1
        dice = random.Random(f"{self.seed} {key} {self._before[key]}")
        found = self._pick(dice, stored="/storage/" in path, download="/storage/get/" in path)
        if found is not None:
            self.struck[found.kind] += 1
        return found

    def _pick(self, dice: random.Random, *, stored: bool, download: bool) -> Mishap | None:
        point, middle = dice.random(), dice.uniform(0.02, 0.98)
        error = _error(dice.choice(self.statuses), dice.choice(("", self.retry_after)))
        shares = (
            (self.errors, error),
            (self.drops, Mishap("CUT", {"part": middle})),
            (self.truncated if download else 0.0, Mishap("TORN", {"part": middle})),
            (self.short if download else 0.0, Mishap("SHORT", {"part": middle})),
            (self.stalls, Mishap("PAUSED", {"part": middle, "seconds": self.stall_seconds})),
            (self.expired if stored else 0.0, Mishap("INSTEAD", expired_answer(dice.choice((400, 403))))),
            (self.lost, Mishap("DROPPED", {})),
        )
        for share, mishap in shares:
            if point < share:
                return mishap
            point -= share
        return None


@dataclass
class Link:
    """The line: seconds before each request is looked at, and bytes a second over all connections together."""

    latency: float = 0.0
    bytes_per_second: float | None = None
    _free_at: float = 0.0

    @property
    def slows(self) -> bool:
        """True when anything is slower than it could be."""
        return bool(self.latency or self.bytes_per_second)

    def receiving(self, receive: Receive) -> Receive:
        """Return a `receive` that is as slow as the line."""

        async def slow() -> Message:
            message = await receive()
            await self._pass(len(message.get("body", b"")))
            return message

        return slow

    def sending(self, send: Send) -> Send:
        """Return a `send` that is as slow as the line."""

        async def slow(message: Message) -> None:
            await self._pass(len(message.get("body", b"")))
            await send(message)

        return slow

    async def _pass(self, size: int) -> None:
        if size and self.bytes_per_second:
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + size / self.bytes_per_second
            await asyncio.sleep(self._free_at - now)


def _error(status: int, retry_after: str) -> Mishap:
    headers = {"Content-Type": "application/json", **({"Retry-After": retry_after} if retry_after else {})}
    return Mishap("INSTEAD", {"status": status, "headers": headers})


def expired_answer(status: int) -> dict[str, Any]:
    """Return the answer to a signed address whose time is over: 400 as Google's storage has it, 403 as Amazon's."""
    google = (
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>ExpiredToken</Code><Message>Invalid argument.</Message>"
        "<Details>The provided token has expired. Request signature expired at: 2026-10-01T12:00:00+00:00</Details>"
        "</Error>"
    )
    amazon = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired'
        "</Message><X-Amz-Expires>900</X-Amz-Expires><Expires>2026-10-01T12:00:00Z</Expires></Error>"
    )
    body = google if status == 400 else amazon
    return {"status": status, "body": body.encode(), "headers": {"Content-Type": "application/xml"}}
