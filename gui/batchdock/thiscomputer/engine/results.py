"""Writes the rows of a job as the archives that people download (contract §5.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from batchdock.thiscomputer.engine.batch import Options
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.workflows.built_in import BuiltIn


@dataclass(frozen=True, slots=True)
class Archive:
    """One written archive: its file, the batch part it belongs to, and what that part holds."""

    path: Path
    part: str
    content: str
    nested: str


def write_results(
    rows: Iterable[Row],
    *,
    built_in: BuiltIn,
    options: Options,
    table_format: Literal["csv", "jsonl"],
    content: Literal["images", "videos"],
    folder: Path,
    archive_stem: str,
    at: datetime | None = None,
) -> list[Archive]:
    """Write everything into `.tar.gz` files in `folder` and return them.

    `rows` come ordered by name (and frame) and are read once; `built_in.conclude` is applied here.
    `at` is the time in the name of the list of failures (default: now). Raises `OSError` when the disk refuses.
    """
    return []
