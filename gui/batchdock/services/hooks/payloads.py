"""Reads the payloads that services send (contract §6), tolerantly: what is not there is empty."""

from typing import Any

from batchdock.core.hint import Hint, IngestHint, JobHint
from batchdock.core.problem import FileFailure
from batchdock.services.http.answer import read_json
from batchdock.services.http.limits import Limits
from batchdock.services.http.redaction import sentence

_LIMITS = Limits(values=100_000)
_MOST_FILES = 1_000
_NAME_CHARACTERS = 255


def read_payload(content: bytes) -> Hint:
    """Return what an event hints at. One of a kind nobody knows is a hint as well. Raise `ValueError`: no object."""
    found = read_json(content, _LIMITS)
    if not isinstance(found, dict):
        raise ValueError("no object")
    event_id = _name(found.get("event_id"))
    kind = _name(found.get("type"))
    if kind.startswith("roboflow-batch-job-notification"):
        return JobHint(event_id, job_id=_name(found.get("job_id")))
    if kind.startswith("roboflow-data-staging-notification"):
        return _ingest(event_id, found)
    return Hint(event_id)


def _ingest(event_id: str, found: dict[str, Any]) -> IngestHint:
    told = _object(found.get("notification"))
    failed = told.get("failed_files")
    files = [_failure(each) for each in (failed if isinstance(failed, list) else [])[:_MOST_FILES]]
    details = _object(told.get("error_details"))
    refused = told.get("success") is False and not files
    why = _text(details.get("reason")) or _text(details.get("type")) or "It did not say why."
    return IngestHint(
        event_id,
        batch_id=_name(found.get("batch_id")),
        reason=why if refused else "",
        failed=tuple(each for each in files if each.name),
    )


def _failure(found: object) -> FileFailure:
    told = _object(found)
    return FileFailure(_name(told.get("file_name")), _text(told.get("reason")) or _text(told.get("type")))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _name(value: object) -> str:
    """Return a name or id; what is too long to be one is none."""
    return value if isinstance(value, str) and len(value) <= _NAME_CHARACTERS and value.isprintable() else ""


def _text(value: object) -> str:
    return sentence(value) if isinstance(value, str) else ""
