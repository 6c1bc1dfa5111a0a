"""The options of a job (contract §4.1), for every command that starts one."""

import inspect
import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any

import typer

Given = dict[str, Any]
"""What was given of the options, by the names of the fields of `JobOptions`."""


class TableFormat(StrEnum):
    """How the table of results is written."""

    CSV = "csv"
    JSONL = "jsonl"


class Machine(StrEnum):
    """What does the work at a service that has both."""

    CPU = "cpu"
    GPU = "gpu"


class Workers(StrEnum):
    """How many share one machine (contract §4.1)."""

    ONE = "1"
    TWO = "2"
    FOUR = "4"
    EIGHT = "8"


class Backend(StrEnum):
    """Which engine runs the workflow (contract §4.1)."""

    INFERENCE_MODELS = "inference-models"
    OLD_INFERENCE = "old-inference"


_FIELDS: dict[str, Any] = {
    "parameters": Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", metavar="NAME=VALUE", help="A value for an input of the workflow; may be repeated."
        ),
    ],
    "keep_images": Annotated[
        bool | None, typer.Option("--keep-images/--no-keep-images", help="Keep the pictures that are drawn.")
    ],
    "image_outputs": Annotated[
        list[str] | None,
        typer.Option("--keep-output", metavar="NAME", help="Keep the pictures of this output only; may be repeated."),
    ],
    "table_format": Annotated[TableFormat | None, typer.Option("--format", help="The kind of table.")],
    "max_video_fps": Annotated[
        float | None, typer.Option("--max-video-fps", min=0.001, help="Frames a second to look at.")
    ],
    "machine": Annotated[Machine | None, typer.Option("--machine", help="The kind of machine at a service.")],
    "workers_per_machine": Annotated[Workers | None, typer.Option("--workers", help="How many work on one machine.")],
    "max_parallel_tasks": Annotated[
        int | None, typer.Option("--parallel-tasks", min=1, help="At most so many parts of the job at a time.")
    ],
    "timeout_seconds": Annotated[
        int | None,
        typer.Option(
            "--stop-after", min=1, metavar="SECONDS", help="Stop after so much time of all machines together."
        ),
    ],
    "max_failure_rate": Annotated[
        float | None,
        typer.Option("--max-failure-rate", min=0, max=1, help="Part of the pictures that may not work, 0–1."),
    ],
    "metadata_mapping": Annotated[
        list[str] | None,
        typer.Option(
            "--metadata", metavar="INPUT=KEY", help="Fill an input of the workflow from the pictures' metadata."
        ),
    ],
    "backend": Annotated[Backend | None, typer.Option("--backend", help="The engine that runs the workflow.")],
    "notifications_url": Annotated[
        str | None, typer.Option("--notify", metavar="URL", help="Where the service tells how the job ends.")
    ],
}

EVERY = tuple(_FIELDS)
OF_A_RESTART = (
    "machine",
    "workers_per_machine",
    "max_parallel_tasks",
    "timeout_seconds",
    "max_failure_rate",
)
"""What a service lets change when a job is started again (contract §4.7)."""


def takes(names: Sequence[str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a command these options, in place of its parameter `given`, which gets what was given."""

    def replaced(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**arguments: Any) -> None:
            told = {name: arguments.pop(name) for name in names}
            command(**arguments, given=_read(told))

        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command).parameters.values():
            if parameter.name == "given":
                parameters += [_parameter(name) for name in names]
            else:
                parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # What typer reads.
        return called

    return replaced


def _parameter(name: str) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_FIELDS[name])


def _read(told: Given) -> Given:
    """Return what was given, as the fields of `JobOptions` are. Raise `typer.BadParameter`."""
    given = {name: value for name, value in told.items() if value not in (None, [])}
    for name, value in given.items():
        match name:
            case "parameters":
                given[name] = {key: _value(text) for key, text in map(_pair, value)}
            case "metadata_mapping":
                given[name] = dict(map(_pair, value))
            case "image_outputs":
                given[name] = tuple(value)
            case "workers_per_machine":
                given[name] = int(value)
            case _:
                given[name] = str(value) if isinstance(value, StrEnum) else value
    return given


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise typer.BadParameter(f"“{text}” is not of the form NAME=VALUE.")
    return name, value


def _value(text: str) -> object:
    """Return a number, a list, true or false where it is one in JSON, else the text."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value
