"""What workflows and models take and give, in words for people who have never seen their files."""

import json
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.computer import ModelKind
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.core.workflow import WorkflowInput
from batchdock.window.wording import grouped

_tr = QCoreApplication.translate

LINES_SHOWN = 8
_LONGEST_WORD = 48
_LONGEST_VALUE = 60

_KINDS = {
    ModelKind.DETECTOR: QT_TRANSLATE_NOOP("workflows", "Finds objects"),
    ModelKind.CLASSIFIER: QT_TRANSLATE_NOOP("workflows", "Sorts pictures into classes"),
    ModelKind.SEGMENTER: QT_TRANSLATE_NOOP("workflows", "Finds objects and their outlines"),
}


def kind_text(kind: ModelKind) -> str:
    """Return what a model does, as two to five words."""
    return _tr("workflows", _KINDS[kind])


def classes_text(count: int) -> str:
    """Return “1 class”, “80 classes”."""
    return grouped(_tr("workflows", "%n classes", None, count), count) if count != 1 else _tr("workflows", "1 class")


def took_text(seconds: float) -> str:
    """Return how long one picture took as “0.12 s”."""
    return _tr("workflows", "%1 s").replace("%1", QLocale().toString(max(0.01, seconds), "f", 2 if seconds < 10 else 0))


def input_text(each: WorkflowInput) -> str:
    """Return “confidence: a number, 0.4 unless you say otherwise”."""
    name = short(each.name)
    if each.is_image:
        return _tr("workflows", "%1: a picture, or a frame of a video").replace("%1", name)
    if each.default is None:
        return _tr("workflows", "%1: has no usual value; you give it with every job").replace("%1", name)
    usual = _tr("workflows", "%1: %2, usually %3").replace("%1", name)
    return usual.replace("%2", _type_text(each.default)).replace("%3", _value_text(each.default))


def lines_text(lines: Iterable[str]) -> str:
    """Return lines below each other, no more than people read; the rest is counted."""
    every = list(lines)
    shown = every[:LINES_SHOWN] if len(every) > LINES_SHOWN + 1 else every
    rest = len(every) - len(shown)
    if rest:
        shown = [*shown, grouped(_tr("workflows", "and %n more", None, rest), rest)]
    return "\n".join(shown) or "–"


def short(text: str) -> str:
    """Return `text` on one line, its longest words cut: one without a space would widen the window."""
    return " ".join(word if len(word) <= _LONGEST_WORD else f"{word[: _LONGEST_WORD - 1]}…" for word in text.split())


def _type_text(value: object) -> str:
    if isinstance(value, bool):
        return _tr("workflows", "yes or no")
    if isinstance(value, int | float):
        return _tr("workflows", "a number")
    return _tr("workflows", "text") if isinstance(value, str) else _tr("workflows", "a list")


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return _tr("workflows", "yes") if value else _tr("workflows", "no")
    if isinstance(value, float):
        return QLocale().toString(value, "g", 6)
    if isinstance(value, str):
        written = f"“{value}”"
    elif isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        written = ", ".join(map(str, value)) or "–"
    else:
        written = json.dumps(value, ensure_ascii=False)
    return short(written if len(written) <= _LONGEST_VALUE else f"{written[: _LONGEST_VALUE - 1]}…")
