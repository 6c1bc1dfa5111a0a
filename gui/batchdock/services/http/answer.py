"""An answer as either client got it, read up to a limit: what the table of errors and the readers of JSON see."""

import email.utils
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from batchdock.core.errors import UnreadableAnswer
from batchdock.services.http.limits import Limits


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (any capitals) and body. The body may echo a secret and is no part of the text."""

    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def success(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.content.decode("utf-8", "replace")

    @property
    def date(self) -> datetime | None:
        """When it was sent, by the clock of whoever did."""
        try:
            found = email.utils.parsedate_to_datetime(self.headers.get("Date", ""))
        except (ValueError, TypeError, OverflowError):
            return None
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


async def read_answer(
    status: int,
    reason: str,
    headers: Mapping[str, str],
    pieces: AsyncIterator[bytes],
    *,
    limits: Limits,
    service: str,
    what: str,
) -> Answer:
    """Read what an API says, in memory that does not grow with it.

    Of a refusal the beginning will do. An answer over the limit raises `UnreadableAnswer`; the rest is not read.
    """
    success = 200 <= status < 300
    most = limits.answer_bytes if success else limits.error_bytes
    content = bytearray()
    async for piece in pieces:
        content += piece[: most + 1 - len(content)]
        if len(content) > most:
            if success:
                raise UnreadableAnswer(service=service, details=f"{what} → {status}, more than {most:,} bytes")
            break
    return Answer(status, reason, headers, bytes(content[:most]))


def read_json(content: bytes | str, limits: Limits) -> Any:
    """Return what JSON says. Raise `ValueError` for anything else, for nesting without end, and for too many values.

    Half a character in it (a lone surrogate) can neither be written down nor shown, and becomes a question mark.
    """
    text = content if isinstance(content, str) else content.decode("utf-8-sig", "replace")
    # Every value but the first of a list or an object comes after a comma, so this bounds them before any is made.
    if text.count(",") + text.count("[") + text.count("{") > limits.values:
        raise ValueError("too many values")
    try:
        found = json.loads(text)
        if "\\ud" in text or "\\uD" in text:
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested without end") from None
    return found
