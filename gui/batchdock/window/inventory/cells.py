"""How the cells of a collection are written, and what they sort by. Services may send anything in any of them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.inventory import Cell, CellKind, Collection, Column, Item
from batchdock.core.states import JobState
from batchdock.window.wording import exact_times, number_text, relative_time, size_text

_tr = QCoreApplication.translate

_LONGEST = 400
"""More letters than this are never seen in a cell; the tooltip and the details have the rest."""

_HUGE = 10**300

_STATES: tuple[tuple[str, JobState], ...] = (
    ("not_deployed", JobState.DRAFT),
    ("draft", JobState.DRAFT),
    ("fail", JobState.FAILED),
    ("error", JobState.FAILED),
    ("abnormal", JobState.FAILED),
    ("concern", JobState.DONE_WITH_PROBLEMS),
    ("freez", JobState.ON_HOLD),
    ("frozen", JobState.ON_HOLD),
    ("stopping", JobState.STOPPING),
    ("deleting", JobState.STOPPING),
    ("stop", JobState.STOPPED),
    ("offline", JobState.STOPPED),
    ("running", JobState.RUNNING),
    ("online", JobState.RUNNING),
    ("process", JobState.RUNNING),
    ("deploying", JobState.STARTING),
    ("starting", JobState.STARTING),
    ("creating", JobState.STARTING),
    ("recovering", JobState.STARTING),
    ("upgrading", JobState.STARTING),
    ("pending", JobState.WAITING),
    ("scheduling", JobState.WAITING),
    ("waiting", JobState.WAITING),
    ("lack", JobState.WAITING),
    ("finish", JobState.DONE),
    ("succe", JobState.DONE),
    ("complete", JobState.DONE),
    ("done", JobState.DONE),
)
"""What services' words have in them, the telling ones first. Only the icon goes by this guess."""


def state_of(word: str) -> JobState:
    """Return the state of a job that a service's own word is most like."""
    lower = word.casefold()
    return next((state for part, state in _STATES if part in lower), JobState.UNKNOWN)


def titles_of(collection: Collection) -> dict[str, dict[str, str]]:
    """Return how the words in a column are called, by its key and the service's word in small letters."""
    return {
        column.key: {value.casefold(): title for value, title in column.words}
        for column in collection.columns
        if column.words
    }


def cell_text(value: Cell, titles: Mapping[str, str], now: datetime | None = None) -> str:
    """Return a cell as people read it, in one line. `titles` are those of its column."""
    text = _text(value, titles, now)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def size_cell(value: Cell) -> str:
    """Return a number of bytes as people read it; what is no number stays as it is."""
    is_size = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return size_text(value) if is_size else cell_text(value, {})  # type: ignore[arg-type]


def cell_tooltip(column: Column, value: Cell) -> str:
    """Return all there is to say of a cell, where that is more than its text."""
    if isinstance(value, datetime):
        return _time_text(value, None, exact=True)
    if isinstance(value, tuple):
        return "\n".join(str(each) for each in value[:50])
    return str(value) if isinstance(value, str) and column.kind is not CellKind.NUMBER else ""


def order_of(column: Column, value: Cell) -> float | None:
    """Return the number that a cell sorts by, None where it has none."""
    if column.kind is CellKind.TIME and isinstance(value, datetime):
        return _aware(value).timestamp()
    if isinstance(value, bool | int | float) and value == value:
        return float(max(-_HUGE, min(_HUGE, value)))
    return None


def sorts_by_text(column: Column, value: Cell) -> bool:
    """Tell whether a cell goes by its text. What is no number among numbers goes to the end."""
    return column.kind not in (CellKind.NUMBER, CellKind.SIZE, CellKind.TIME) and value is not None and value != ()


def haystack(item: Item) -> str:
    """Return the text that a search looks into: the name, the id, and every word of the cells."""
    parts = [item.name, item.item_id]
    for value in item.cells.values():
        if isinstance(value, str):
            parts.append(value)
        elif isinstance(value, tuple):
            parts.extend(str(each) for each in value)
    return "\n".join(parts).casefold()


def _text(value: Cell, titles: Mapping[str, str], now: datetime | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _tr("inventory", "Yes") if value else _tr("inventory", "No")
        case int():
            return number_text(value) if abs(value) < 2**63 else str(value)
        case float():
            return QLocale().toString(value, "g", 6)
        case datetime():
            return _time_text(value, now)
        case tuple():
            return ", ".join(str(each) for each in value[:50])
    text = str(value).replace("\n", " ")
    return _tr("service", titles[text.casefold()]) if text.casefold() in titles else text


def _time_text(moment: datetime, now: datetime | None, *, exact: bool = False) -> str:
    try:
        return exact_times(_aware(moment)) if exact else relative_time(_aware(moment), now)
    except (OverflowError, ValueError, OSError):  # The first or last year there is, in a zone that begins before it.
        return moment.isoformat()


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
