"""What a job was created from, as lines people can read, and as JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.batch import Content
from batchdock.core.job import JobDefinition
from batchdock.window.job_details.outline import Line
from batchdock.window.wording import content_word, duration_text, number_text, percent_text

_tr = QCoreApplication.translate


def definition_lines(definition: JobDefinition, workflow_name: str = "") -> list[Line]:
    """Return what is to be done, and how, in groups. What was left to the service is not named."""
    groups = (
        (_tr("definition", "What"), _what(definition, workflow_name)),
        (_tr("definition", "Parameters"), [(name, value_text(value)) for name, value in definition.parameters.items()]),
        (_tr("definition", "How"), _how(definition)),
        (_tr("definition", "Results"), _results(definition)),
        (_tr("definition", "Metadata of the pictures"), _mapping(definition.metadata_mapping)),
    )
    return [
        Line(title, below=tuple(Line(label, value, tooltip=value) for label, value in told))
        for title, lines in groups
        if (told := [(label, value) for label, value in lines if value])
    ]


def definition_json(definition: JobDefinition) -> str:
    """Return all of it as JSON, without what was left to the service."""
    fields = {name: value for name, value in asdict(definition).items() if value not in (None, (), {}, [])}
    return json.dumps(fields, ensure_ascii=False, indent=2, default=str)


def value_text(value: object) -> str:
    """Return a value of a workflow's parameter as people read it."""
    if isinstance(value, bool):
        return _tr("definition", "Yes") if value else _tr("definition", "No")
    if isinstance(value, float):
        return QLocale().toString(value, "g", 6)
    if isinstance(value, int):
        return number_text(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def machine_word(machine: str) -> str:
    """Return what a kind of machine is called; unknown ones stay as the service says."""
    return {"cpu": _tr("definition", "Processor (CPU)"), "gpu": _tr("definition", "Graphics card (GPU)")}.get(
        machine, machine
    )


def _what(definition: JobDefinition, workflow_name: str) -> Iterable[tuple[str, str]]:
    named = bool(workflow_name) and workflow_name != definition.workflow_id
    yield _tr("definition", "Workflow"), workflow_name if named else definition.workflow_id
    yield _tr("definition", "Workflow ID"), definition.workflow_id if named else ""
    yield _tr("definition", "Files"), content_word(definition.content)
    yield _tr("definition", "Batch"), definition.batch_id
    yield _tr("definition", "Part of the batch"), definition.part or ""
    yield _tr("definition", "Part with metadata"), definition.metadata_part or ""
    yield _tr("definition", "Picture input"), definition.image_input or ""


def _how(definition: JobDefinition) -> Iterable[tuple[str, str]]:
    videos = definition.content is Content.VIDEOS
    fps = definition.max_video_fps
    rate = definition.max_failure_rate
    seconds = definition.timeout_seconds
    yield _tr("definition", "Machine"), machine_word(definition.machine) if definition.machine else ""
    yield _tr("definition", "Workers per machine"), _number(definition.workers_per_machine)
    yield _tr("definition", "Tasks at a time"), _number(definition.max_parallel_tasks)
    limit = _tr("definition", "%1 of machine time")
    yield _tr("definition", "Stop after"), "" if seconds is None else limit.replace("%1", duration_text(seconds))
    yield _tr("definition", "Accept failures"), "" if rate is None else percent_text(rate)
    yield _tr("definition", "Frames per second"), QLocale().toString(fps, "g", 6) if fps and videos else ""
    yield _tr("definition", "Engine"), definition.backend or ""
    yield _tr("definition", "Tells about its end"), definition.notifications_url or ""


def _results(definition: JobDefinition) -> Iterable[tuple[str, str]]:
    outputs = ", ".join(definition.image_outputs) or _tr("definition", "All")
    yield _tr("definition", "Table"), (definition.table_format or "").upper()
    yield _tr("definition", "Drawn pictures"), outputs if definition.keep_images else _tr("definition", "Not kept")


def _mapping(mapping: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return [(name, key) for name, key in mapping.items()]


def _number(number: int | None) -> str:
    return "" if number is None else number_text(number)
