"""What is written over a picture: its name, and one line about it."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTime

from batchdock.core.finding import Picture
from batchdock.window.results.drawing import MOST_DRAWN, tag_text
from batchdock.window.results.large.layer import Layer
from batchdock.window.wording import grouped, number_text

_SPOKEN = 20
"""Findings that are named one by one to people who do not see the picture."""

_tr = QCoreApplication.translate


def name_of(picture: Picture) -> str:
    """Return the name without its folders."""
    return picture.name.rpartition("/")[2] or picture.name


def about_line(layer: Layer, place: int, of: int) -> str:
    """Return “Plot 3 · 4,000 × 3,000 · 12 of 128 · taken 3 May 2026 10:12”."""
    picture, facts = layer.seen.picture, []
    folder = picture.name.rpartition("/")[0]
    if folder:
        facts.append(folder.replace("/", " › "))
    if picture.frame is not None:
        facts.append(_tr("large", "frame %1").replace("%1", number_text(picture.frame)))
    if layer.size is not None:
        facts.append(f"{number_text(layer.size[0])} × {number_text(layer.size[1])}")
    facts.append(_tr("large", "%1 of %2").replace("%1", number_text(place + 1)).replace("%2", number_text(of)))
    if layer.taken is not None:
        facts.append(_tr("large", "taken %1").replace("%1", camera_time(layer.taken)))
    if layer.sight is not None and layer.sight.is_drawn:
        facts.append(_tr("large", "as the service has drawn it, for the original is not on this disk"))
    return " · ".join(facts)


def camera_time(taken: datetime) -> str:
    """Return date and time as the camera's clock said, in the locale's form."""
    date, time = QDate(taken.year, taken.month, taken.day), QTime(taken.hour, taken.minute, taken.second)
    return QLocale().toString(QDateTime(date, time), QLocale.FormatType.ShortFormat)


def count_line(layer: Layer) -> str:
    """Return “12 findings”, and where they are too many to draw all, how many are drawn."""
    count = len(layer.seen.findings)
    if not count:
        return _tr("large", "Nothing found")
    text = grouped(_tr("large", "%n finding(s)", None, count), count)
    if count <= MOST_DRAWN:
        return text
    drawn = _tr("large", "the surest %1 are drawn").replace("%1", number_text(MOST_DRAWN))
    return f"{text} · {drawn}"


def spoken(layer: Layer) -> str:
    """Return what is found, in words: the surest first."""
    findings = layer.prepared.findings if layer.prepared is not None else layer.seen.findings
    named = [tag_text(each, layer.labels) for each in reversed(findings[-_SPOKEN:])]
    parts = [count_line(layer), ", ".join(filter(None, named))]
    return ": ".join(filter(None, parts))
