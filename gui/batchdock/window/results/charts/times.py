"""Where times are written under a chart: at round ones, and so few that they do not touch."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

MARKS = 6
"""At most so many, about."""

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800)
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)
_DAYS = (1, 2, 3, 5, 7, 14, 28)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_IN_MONTHS = timedelta(days=150)


def clock_marks(edges: Sequence[float]) -> tuple[tuple[float, str], ...]:
    """Return places on the axis, and what is written there, for seconds of a video."""
    span = edges[-1] - edges[0]
    step = next((each for each in _SECONDS if span <= each * MARKS), _SECONDS[-1])
    first = -(-edges[0] // step) * step
    rounds = (first + step * number for number in range(int((edges[-1] - first) // step) + 1))
    return tuple((_place((at - edges[0]) / span, len(edges)), clock_text(at)) for at in rounds)


def moment_marks(edges: Sequence[datetime]) -> tuple[tuple[float, str], ...]:
    """Return places on the axis, and what is written there: hours, days or months."""
    first, last = edges[0], edges[-1]
    span = last - first
    if span > _IN_MONTHS:
        months = span.days / 30.4
        step = next((each for each in _MONTHS if months <= each * MARKS), _MONTHS[-1])
        rounds, pattern = _months(first, step), "MMM yyyy"
    elif span > timedelta(days=1):
        days = next((each for each in _DAYS if span <= timedelta(days=each) * MARKS), _DAYS[-1])
        rounds, pattern = _steps(first, timedelta(days=days)), "d MMM"
    else:
        minutes = next((each for each in _MINUTES if span <= timedelta(minutes=each) * MARKS), _MINUTES[-1])
        rounds, pattern = _steps(first, timedelta(minutes=minutes)), "HH:mm"
    return _marks(edges, rounds, lambda moment: moment_text(moment, pattern))


def clock_text(seconds: float) -> str:
    """Return a place in a video as “1:23” or “1:02:03”."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def stretch_text(low: datetime, high: datetime) -> str:
    """Return “1 May 2026 06:00 – 12:00”, with the second day only where it is another."""
    same_day = (high - timedelta(microseconds=1)).date() == low.date()
    return f"{moment_text(low, 'd MMM yyyy HH:mm')} – {moment_text(high, 'HH:mm' if same_day else 'd MMM HH:mm')}"


def moment_text(moment: datetime, pattern: str) -> str:
    """Return a moment of a camera's clock; it knows no time zone, and none is put on it."""
    day = QDate(moment.year, moment.month, moment.day)
    return QLocale().toString(QDateTime(day, QTime(moment.hour, moment.minute, moment.second)), pattern)


def _marks(
    edges: Sequence[datetime], rounds: Iterator[datetime], text: Callable[[datetime], str]
) -> tuple[tuple[float, str], ...]:
    marks = []
    span = edges[-1] - edges[0]
    for moment in rounds:
        if moment > edges[-1]:
            break
        if moment >= edges[0]:
            marks.append((_place((moment - edges[0]) / span, len(edges)), text(moment)))
    return tuple(marks)


def _place(share: float, edges: int) -> float:
    return share * (edges - 1)


def _steps(first: datetime, step: timedelta) -> Iterator[datetime]:
    moment = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        yield moment
        moment += step


def _months(first: datetime, step: int) -> Iterator[datetime]:
    number = first.year * 12 if step > 1 else first.year * 12 + first.month - 1
    while number < 12 * 9999:
        yield datetime(number // 12, number % 12 + 1, 1)
        number += step
