"""Reads what jobs send to a webhook, whatever its shape: no contract tells it. Pictures, a time, a kind, and facts.

Nothing that is said there is asked for: addresses are texts, and their queries, which may be keys, are taken out.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from batchdock.core.facts import MASKED, Fact
from batchdock.services.hooks.bodies import Part, parts_of
from batchdock.services.hooks.embedded import Picture, picture_in, suffix_of
from batchdock.services.http.answer import read_json
from batchdock.services.http.limits import Limits
from batchdock.services.http.reading import Entry
from batchdock.services.http.redaction import is_secret_name, redacted
from batchdock.services.http.times import time_of

MOST_EVENTS = 1_000
"""In one body."""
MOST_PICTURES = 32
MOST_FACTS = 2_000
DEEPEST = 24
TEXT_CHARACTERS = 1_000
NAME_CHARACTERS = 100
KIND_CHARACTERS = 80

_LIMITS = Limits(values=200_000)
_TIMES = (
    *("event_time", "alarm_time", "capture_time", "snap_time", "occur_time", "detect_time", "shot_time", "timestamp"),
    *("event_timestamp", "time", "date_time", "datetime", "created_at", "start_time", "begin_time", "ts"),
)
_KINDS = ("event_type", "alarm_type", "data_category", "event_name", "event_kind", "category", "kind", "type", "event")
_IDS = ("event_id", "alarm_id", "message_id", "msg_id", "record_id", "uuid")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_WIDEST = 200
_IN_ONE_LINE = 16
"""So many numbers or words of a list are one fact: the corners of a box, for instance."""
_MOST_SECONDS = 100_000_000_000
"""A number below is no milliseconds of a time after 1973: it is seconds."""


@dataclass(frozen=True, slots=True)
class Caught:
    """What was sent. `at` is None where no believable time is told. `mark` is the same when it is sent again."""

    mark: bytes
    at: datetime | None = None
    kind: str = ""
    facts: tuple[Fact, ...] = ()
    pictures: tuple[Picture, ...] = field(default=(), repr=False)


def read_caught(content: bytes, media_type: str, now: datetime) -> tuple[Caught, ...]:
    """Return the events in a body: JSON, multipart/form-data, or a bare picture. A JSON list of objects is as many.

    Raise `ValueError`: none of them, or more than `MOST_EVENTS`. Blocks for about a second at 32 MB: use a thread.
    """
    digest = hashlib.sha256(content).digest()
    suffix = suffix_of(content)
    if suffix:
        return (Caught(digest, pictures=(Picture(suffix, content),)),)
    if media_type.lower().startswith("multipart/"):
        found: object = _form(parts_of(content, media_type))
    else:
        found = read_json(content, _LIMITS)
    if isinstance(found, list) and found and all(isinstance(each, dict) for each in found):
        if len(found) > MOST_EVENTS:
            raise ValueError("too many events")
        return tuple(_caught(each, hashlib.sha256(json.dumps(each).encode()).digest(), now) for each in found)
    return (_caught(found if isinstance(found, dict | list) else {"value": found}, digest, now),)


def _caught(found: Entry | list[object], digest: bytes, now: datetime) -> Caught:
    walk = _Walk()
    facts = walk.facts(found)
    levels = _levels(found)
    at, kind = _time(levels, now), _kind(levels)
    return Caught(_mark(levels, digest, at, kind), at, kind, facts, tuple(walk.pictures))


def _form(parts: list[Part]) -> dict[str, object]:
    """Return the fields of a form. Raise `ValueError` where there are none."""
    if not parts:
        raise ValueError("no parts")
    found: dict[str, object] = {}
    for number, part in enumerate(parts, 1):
        value: object = part.content
        if not suffix_of(part.content):
            value = part.content.decode("utf-8", "replace")
            if part.content.lstrip()[:1] in (b"{", b"["):
                value = read_json(part.content, _LIMITS)
        name = part.name or str(number)
        found[name if name not in found else f"{name} {number}"] = value
    return found


class _Walk:
    """Goes through what was sent once: keeps the pictures apart, and makes facts of the rest."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self._left = MOST_FACTS

    def facts(self, value: object, depth: int = 0) -> tuple[Fact, ...]:
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
        found = []
        for name, each in pairs:
            if self._left <= 0:
                break
            self._left -= 1
            fact = self._fact(redacted(str(name))[:NAME_CHARACTERS], each, depth, named=isinstance(value, dict))
            if fact is not None:
                found.append(fact)
        return tuple(found)

    def _fact(self, name: str, value: object, depth: int, *, named: bool) -> Fact | None:
        if named and value not in (None, "", [], {}) and (is_secret_name(name) or name.lower() == "headers"):
            return Fact(name, MASKED, masked=True)
        if isinstance(value, bytes | str):
            picture = Picture(suffix_of(value), value) if isinstance(value, bytes) else picture_in(value)
            if picture is not None:
                if len(self.pictures) < MOST_PICTURES:
                    self.pictures.append(picture)
                return None
            return Fact(name, _shown(value) if isinstance(value, str) else None)
        if isinstance(value, list) and 0 < len(value) <= _IN_ONE_LINE and all(_is_plain(each) for each in value):
            return Fact(name, redacted(", ".join(str(each) for each in value)))
        if isinstance(value, dict | list):
            if depth >= DEEPEST:
                return Fact(name, "…")
            below = self.facts(value, depth + 1)
            return Fact(name, below=below) if below else None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > 2**53:
            return Fact(name, str(value)[:NAME_CHARACTERS])
        return Fact(name, value if isinstance(value, bool | int | float) else None)


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) < NAME_CHARACTERS // 4)


def _shown(text: str) -> str:
    """Return a text without secrets, as long as one wants to read."""
    cut = text if len(text) <= TEXT_CHARACTERS else f"{text[:TEXT_CHARACTERS]}…"
    return redacted(cut)


def _levels(found: object) -> list[Entry]:
    """Return the objects that may tell of the whole event: the outermost, and those in it, two levels deep."""
    levels: list[Entry] = []
    inside = [found]
    for _ in range(3):
        firsts = [each[0] if isinstance(each, list) and each else each for each in inside]
        here = [each for each in firsts if isinstance(each, dict)]
        levels += here
        inside = [inner for each in here for inner in list(each.values())[:_WIDEST]][:_WIDEST]
    return levels


def _named(levels: list[Entry], names: tuple[str, ...]) -> list[object]:
    """Return what stands under one of these names, the outermost and most telling first."""
    found = []
    for level in levels:
        plain = {str(name).lower().replace("-", "_").replace("_", ""): value for name, value in level.items()}
        found += [plain[bare] for bare in (name.replace("_", "") for name in names) if bare in plain]
    return found


def _time(levels: list[Entry], now: datetime) -> datetime | None:
    """Return the first time that can be true: cameras whose clock was never set tell of 1970."""
    for value in _named(levels, _TIMES):
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _MOST_SECONDS:
            value *= 1000
        told = time_of(value)
        if told is not None and _EARLIEST < told < now + _AHEAD:
            return told
    return None


def _kind(levels: list[Entry]) -> str:
    for value in _named(levels, _KINDS):
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and 0 < len(value.strip()) <= KIND_CHARACTERS and value.isprintable():
            return redacted(value.strip())
    return ""


def _mark(levels: list[Entry], digest: bytes, at: datetime | None, kind: str) -> bytes:
    """Return what a repeated event has in common with the first: its id, else every byte.

    An id alone would not do: some number what they look at, and send its beginning and its end under one id.
    """
    for value in _named(levels, _IDS):
        if isinstance(value, str | int) and not isinstance(value, bool) and 0 < len(str(value)) <= NAME_CHARACTERS:
            return hashlib.sha256(repr((str(value), at, kind)).encode("utf-8", "replace")).digest()
    return digest
