"""The four ways in which the cloud writes times (contract §0)."""

from datetime import UTC, datetime


def epoch(time: datetime) -> int:
    """Return milliseconds: batches, groups, sources, algorithms, pools."""
    return int(time.timestamp() * 1000)


def epoch_text(time: datetime) -> str:
    """Return milliseconds as a text: lists of VIAS jobs."""
    return str(epoch(time))


def iso_millis(time: datetime) -> str:
    """Return ISO-8601 with milliseconds: one VIAS job."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def iso_seconds(time: datetime) -> str:
    """Return ISO-8601 to the second: IVA jobs."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_micros(time: datetime) -> str:
    """Return ISO-8601 with microseconds: tokens."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
