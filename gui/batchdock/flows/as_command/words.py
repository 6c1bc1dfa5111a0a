"""The words of lines for a terminal that do the same as a job or an ingest, without any key."""

import json
import shlex
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from batchdock.core.account import Account
from batchdock.core.bucket import SignInWay
from batchdock.core.job import JobDefinition, JobOptions

PROGRAM = "batchdock"
_FLAGS = {
    "table_format": "--format",
    "max_video_fps": "--max-video-fps",
    "machine": "--machine",
    "workers_per_machine": "--workers",
    "max_parallel_tasks": "--parallel-tasks",
    "timeout_seconds": "--stop-after",
    "max_failure_rate": "--max-failure-rate",
    "backend": "--backend",
    "notifications_url": "--notify",
}
"""Fields of `JobOptions` that are one word on the command line."""


def run_command(
    account: Account, name: str, source: Sequence[str], workflow_id: str, options: JobOptions, save_to: Path
) -> list[str]:
    """Return the words that send what `source` names, and run a job over it."""
    return [
        *(PROGRAM, "run", *source, "--workflow", workflow_id, "--save-to", str(save_to)),
        *_common(account, name),
        *_options(options),
    ]


def ingest_command(account: Account, name: str, source: Sequence[str], batch_id: str) -> list[str]:
    """Return the words that send what `source` names into a batch."""
    return [PROGRAM, "ingest", *source, "--batch", batch_id, *_common(account, name)]


def source_words(origin: Mapping[str, Any], connected: Container[str]) -> list[str]:
    """Return the words for what a reference sending comes from; `connected` are the names of storages."""
    match origin["kind"]:
        case "list":
            return ["--references", origin["path"]]
        case "address":
            return ["--references", origin["address"]]
        case "query":
            return ["--query", origin["query"]]
    storage = origin["storage"]
    words = ["--bucket", f"{storage['kind']}://{origin['bucket']}/{origin['pattern']}"]
    if storage["name"] in connected:
        words += ["--storage", storage["name"]]
    elif storage["way"] == SignInWay.PROFILE and storage["where"]:
        words += ["--profile", storage["where"]]
    for flag, value in (("--endpoint-url", storage["endpoint"]), ("--region", storage["region"])):
        words += [flag, value] if value else []
    return [*words, "--valid-hours", str(origin["hours"])]


def start_command(account: Account, name: str, definition: JobDefinition) -> list[str]:
    """Return the words that start the job on its batch."""
    parts = [("--part", definition.part), ("--metadata-part", definition.metadata_part)]
    return [
        *(PROGRAM, "start", definition.batch_id, "--workflow", definition.workflow_id),
        *(word for flag, part in parts if part is not None for word in (flag, part)),
        *_common(account, name),
        *_options(definition),
    ]


def line_of(words: Iterable[str], *, windows: bool = sys.platform == "win32") -> str:
    """Return words as a line that can be pasted: into sh, or into PowerShell."""
    if not windows:
        return shlex.join(words)
    # In single quotes PowerShell takes everything as it is; a quote is two of them.
    return " ".join(each if _is_plain(each) else "'" + each.replace("'", "''") + "'" for each in words)


def _is_plain(word: str) -> bool:
    return bool(word) and all(letter.isascii() and (letter.isalnum() or letter in "-_./:\\=") for letter in word)


def _common(account: Account, name: str) -> list[str]:
    named = [] if account.is_this_computer else ["--account", account.name]
    return ["--name", name, *named]


def _options(options: JobOptions) -> Iterator[str]:
    for name, value in options.parameters.items():
        yield from ("--parameter", f"{name}={_value(value)}")
    yield "--keep-images" if options.keep_images else "--no-keep-images"
    for output in options.image_outputs:
        yield from ("--keep-output", output)
    for field in fields(JobOptions):
        value = getattr(options, field.name)
        if field.name == "notifications_url" and value is not None and _may_hold_a_key(value):
            continue
        if field.name in _FLAGS and value is not None:
            yield from (_FLAGS[field.name], str(value))
    for name, key in options.metadata_mapping.items():
        yield from ("--metadata", f"{name}={key}")


def _may_hold_a_key(address: str) -> bool:
    return any(sign in address for sign in "?#@")


def _value(value: object) -> str:
    """Return a value as the command line reads it: JSON, and a text that is no JSON as it is."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    try:
        json.loads(value)
    except ValueError:
        return value
    return json.dumps(value, ensure_ascii=False)
