"""By what a filter narrows, in words, each with the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.finding import Filter, Label, Share
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.results.charts.bars import Changes, Kind, narrows, nothing
from batchdock.window.results.charts.counting import class_name, edge_text, folder_name, span_text
from batchdock.window.results.charts.times import clock_text, moment_text
from batchdock.window.results.view_state import NO_CLASS
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate

NAMED = 3
"""So many classes are told by name."""

_SHARES = {
    Share.WITH_FINDINGS: QT_TRANSLATE_NOOP("shares", "With findings"),
    Share.NOTHING: QT_TRANSLATE_NOOP("shares", "Nothing found"),
    Share.UNSURE: QT_TRANSLATE_NOOP("shares", "Unsure"),
    Share.NOT_READABLE: QT_TRANSLATE_NOOP("shares", "Not readable"),
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One thing by which a filter narrows. `undo` are the changes that take it away."""

    title: str
    values: str
    undo: Changes


def narrowings(asked: Filter, labels: Sequence[Label]) -> tuple[Narrowing, ...]:
    """Return everything by which the filter narrows; nothing for one that lets everything through."""
    found = []
    if asked.share is not Share.ALL:
        text = _tr("shares", _SHARES[asked.share])
        found.append(Narrowing(_tr("narrowing", "Pictures"), text, {"share": Share.ALL}))
    if asked.labels is not None:
        found.append(Narrowing(_tr("narrowing", "Class"), _classes(asked.labels, labels), nothing(Kind.CLASSES)))
    if narrows(Kind.CONFIDENCE, asked):
        text = span_text(edge_text(asked.least), edge_text(asked.most))
        found.append(Narrowing(_tr("narrowing", "Confidence"), text, nothing(Kind.CONFIDENCE)))
    if asked.folder is not None:
        found.append(Narrowing(_tr("narrowing", "Folder"), folder_name(asked.folder), nothing(Kind.FOLDERS)))
    if narrows(Kind.TIME, asked):
        found.append(Narrowing(_tr("narrowing", "Time"), _times(asked), nothing(Kind.TIME)))
    if asked.search:
        found.append(Narrowing(_tr("narrowing", "Search"), asked.search, {"search": ""}))
    return tuple(found)


def _classes(chosen: frozenset[int], labels: Sequence[Label]) -> str:
    names = {label.number: label.name for label in labels}
    if not chosen:
        return _tr("narrowing", "none")
    if len(chosen) <= NAMED:
        return ", ".join(class_name(names, number) for number in sorted(chosen, key=lambda each: (each < 0, each)))
    known = len(labels) + (1 if NO_CLASS in chosen else 0)
    return _tr("narrowing", "%1 of %2").replace("%1", number_text(len(chosen))).replace("%2", number_text(known))


def _times(asked: Filter) -> str:
    texts = []
    if asked.since is not None or asked.until is not None:
        short = [
            "" if each is None else moment_text(each, QLocale().dateTimeFormat(QLocale.FormatType.ShortFormat))
            for each in (asked.since, asked.until)
        ]
        texts.append(span_text(*short).strip())
    if asked.from_second is not None or asked.to_second is not None:
        clock = ["" if each is None else clock_text(each) for each in (asked.from_second, asked.to_second)]
        texts.append(span_text(*clock).strip())
    return ", ".join(texts)
