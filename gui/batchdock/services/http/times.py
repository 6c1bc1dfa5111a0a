"""The ways in which services write times: milliseconds, or ISO-8601 (Huawei contract §0)."""

from datetime import UTC, datetime, timedelta

from batchdock.services.http.reading import moment, number

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 253_000_000_000_000
"""Milliseconds; the year 9987. The edges of the calendar break whoever turns this into local time."""


def time_of(value: object) -> datetime | None:
    """Return a time: milliseconds since 1970 as a number or as a text, or ISO-8601, to the second or finer."""
    if isinstance(value, str):
        digits = value.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) > 8):  # Up to eight may be a date.
            return moment(value)
        value = int(digits[:20])
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LATEST:
        return None
    return _BEGINNING + timedelta(milliseconds=value)


def time_of_seconds(value: object) -> datetime | None:
    """Return a time: seconds since 1970, whole or not, as a number or as a text of one."""
    seconds = number(value)
    return None if seconds is None else time_of(seconds * 1000)


def milliseconds(time: datetime) -> int:
    """Return milliseconds since 1970."""
    return (time - _BEGINNING) // timedelta(milliseconds=1)
