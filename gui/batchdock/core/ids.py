"""Identifiers that every service accepts. They are never derived from names: “수확 17” would become empty."""

import re
import secrets
from datetime import date

from batchdock.core.batch import Content
from batchdock.core.errors import BadIdentifier

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_PATTERN = re.compile(r"[a-z0-9_-]+")

BATCH_ID_LIMIT = 64
JOB_ID_LIMIT = 20


def new_batch_id(today: date) -> str:
    """Return an id such as `b-261122-7f3kq2mp`, at most 64 characters."""
    return f"b-{today:%y%m%d}-{_random(8)}"


def new_job_id(today: date) -> str:
    """Return an id such as `j-261122-7f3kq2mp`: 18 characters, no underscore, so that every client accepts it."""
    return f"j-{today:%y%m%d}-{_random(8)}"


def new_mark(today: date) -> str:
    """Return what the ids of jobs begin with that are ordered together, such as `r-261122-7f3kq2mp`."""
    return f"r-{today:%y%m%d}-{_random(8)}"


def marked_job_id(mark: str, content: Content) -> str:
    """Return the id of the job over files of one kind that was ordered with a mark. Raise `BadIdentifier`."""
    return check_job_id(f"{mark}{content.value[0]}")


def check_batch_id(batch_id: str) -> str:
    """Return `batch_id`, or raise `BadIdentifier`."""
    return _checked(batch_id, BATCH_ID_LIMIT)


def check_job_id(job_id: str) -> str:
    """Return `job_id`, or raise `BadIdentifier`."""
    return _checked(job_id, JOB_ID_LIMIT)


def _checked(identifier: str, limit: int) -> str:
    if len(identifier) > limit or not _PATTERN.fullmatch(identifier):
        raise BadIdentifier(identifier=identifier, limit=limit)
    return identifier


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
