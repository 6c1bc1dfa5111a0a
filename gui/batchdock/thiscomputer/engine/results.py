"""Writes the rows of a job as the archives that people download (contract §5.3)."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, Self

from batchdock.thiscomputer.engine.archives import ArchiveSeries, folder_name
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.engine.table import TableFormat, table_file
from batchdock.thiscomputer.workflows.built_in import BuiltIn

PREDICTIONS, IMAGES = "predictions", "images"

_PICTURES_PER_ARCHIVE = 256
_RESULTS_PER_ARCHIVE = 4096
"""Python's tarfile remembers every member until the archive is closed."""

_SOURCE = "source_0"


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
    table_format: TableFormat,
    content: Literal["images", "videos"],
    folder: Path,
    archive_stem: str,
    at: datetime | None = None,
) -> list[Archive]:
    """Write everything into `.tar.gz` files in `folder` and return them.

    `rows` come ordered by name (and frame) and are read once; `built_in.conclude` is applied here. `at` is the time in
    the name of the list of failures (default: now). Part `predictions`: for every picture `<name>/results.json`, or for
    every video `<name>/workflow_results_source_0.csv|jsonl`; in its last archive for pictures
    `aggregated_results.csv|jsonl`, and the failures if there are any. Part `images`, when pictures are kept:
    `<name>/<output>.jpg` or `<name>/source_0_output_<output>_preview.mp4`. Raises `OSError` when the disk refuses.
    """
    when = at or datetime.now(UTC)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(dir=folder, prefix="tables-")))
        predictions = stack.enter_context(
            ArchiveSeries(folder, f"{archive_stem}-{PREDICTIONS}", _RESULTS_PER_ARCHIVE, level=6)
        )
        # Level 1: pictures and videos are compressed already.
        images = stack.enter_context(ArchiveSeries(folder, f"{archive_stem}-{IMAGES}", _PICTURES_PER_ARCHIVE, level=1))
        with _Failures(scratch / "failures.jsonl") as failures:
            good = failures.sorted_out(built_in.conclude(rows))
            kept = set(options.kept(built_in.image_outputs))
            if content == "videos":
                _write_videos(good, built_in.outputs, kept, table_format, scratch, predictions, images)
            else:
                _write_pictures(good, built_in.outputs, kept, table_format, scratch, predictions, images)
        if failures.count:
            predictions.add_file(f"failed_files_processing_{when:%Y_%m_%d_%H_%M_%S}.jsonl", failures.path)
    nested = "videos" if content == "videos" else "images"
    return [
        *(Archive(path, PREDICTIONS, "archives", "metadata") for path in predictions.paths),
        *(Archive(path, IMAGES, "archives", nested) for path in images.paths),
    ]


def _write_pictures(
    rows: Iterable[Row],
    outputs: tuple[str, ...],
    kept: set[str],
    table_format: TableFormat,
    scratch: Path,
    predictions: ArchiveSeries,
    images: ArchiveSeries,
) -> None:
    path = scratch / f"aggregated_results.{table_format}"
    with table_file(path, table_format, (*outputs, "image")) as table:
        for row in rows:
            table.add({**row.outputs, "image": row.name})
            predictions.next_picture()
            predictions.add(f"{folder_name(row.name)}/results.json", _json(row.outputs))
            named = {_member(name, kept): data for name, data in row.images.items()}
            _add_images(images, row.name, {name: data for name, data in named.items() if name})
    predictions.add_file(path.name, path)


def _write_videos(
    rows: Iterable[Row],
    outputs: tuple[str, ...],
    kept: set[str],
    table_format: TableFormat,
    scratch: Path,
    predictions: ArchiveSeries,
    images: ArchiveSeries,
) -> None:
    path = scratch / f"workflow_results_{_SOURCE}.{table_format}"
    for name, of_video in groupby(rows, attrgetter("name")):
        previews: dict[str, bytes | Path] = {}
        with table_file(path, table_format, ("frame", "seconds", *outputs)) as table:
            for row in of_video:
                table.add({"frame": row.frame, "seconds": row.seconds, **row.outputs})
                drawn: dict[str, bytes | Path] = {**row.images, **row.files}
                previews |= {
                    folder_name(f"{_SOURCE}_output_{output}_preview.mp4"): data
                    for output, data in drawn.items()
                    if output in kept
                }
        predictions.next_picture()
        predictions.add_file(f"{folder_name(name)}/{path.name}", path)
        _add_images(images, name, previews)


def _add_images(images: ArchiveSeries, name: str, files: Mapping[str, bytes | Path]) -> None:
    if files:
        images.next_picture()
    for file_name, data in files.items():
        member = f"{folder_name(name)}/{file_name}"
        if isinstance(data, Path):
            images.add_file(member, data)
        else:
            images.add(member, data)


def _member(drawn: str, kept: Collection[str]) -> str:
    """Return `<output>.jpg`, or `<output>/<number>.jpg` for one of several; nothing for what is not kept."""
    if drawn in kept:
        return folder_name(f"{drawn}.jpg")
    output, _, number = drawn.rpartition("/")
    return f"{folder_name(output)}/{number}.jpg" if output in kept else ""


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode(errors="replace")


class _Failures:
    """The rows with a cause, written to a file while the others pass."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file = path.open("w", encoding="utf-8", errors="replace", newline="")

    def sorted_out(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows that were processed; note the others."""
        for row in rows:
            if row.cause is None:
                yield row
                continue
            self.count += 1
            self._file.write(json.dumps({"file_path": row.name, "cause": row.cause}, ensure_ascii=False) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
