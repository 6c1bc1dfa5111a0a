"""The list of problems as a table that spreadsheets open."""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from batchdock.core.errors import FolderNotWritable
from batchdock.core.problem import Problem
from batchdock.window.messages import worded
from batchdock.window.wording import exact_time

_tr = QCoreApplication.translate


def write_list(path: Path, problems: Iterable[Problem]) -> None:
    """Write one line for each file of each problem, or one for a problem without files. Blocks; for a thread.

    UTF-8 with a byte order mark, so that spreadsheets read every script. Raises `FolderNotWritable`; a file that was
    there stays as it was then.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_lines(problems))
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("w", encoding="utf-8-sig", newline="") as file:
            file.write(text.getvalue())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FolderNotWritable(folder=path.parent, reason=error.strerror or str(error)) from error


def _lines(problems: Iterable[Problem]) -> Iterator[tuple[str, ...]]:
    yield (
        _tr("problems", "Problem"),
        _tr("problems", "About"),
        _tr("problems", "File"),
        _tr("problems", "What was found"),
        _tr("problems", "What you can do"),
        _tr("problems", "Time"),
    )
    for problem in problems:
        title, message, advice = worded(problem.error)
        time = exact_time(problem.at)
        for failure in problem.files:
            yield _harmless((title, problem.about, failure.name, failure.cause, advice, time))
        if not problem.files:
            yield _harmless((title, problem.about, "", message, advice, time))


def _harmless(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells as text: a spreadsheet would run what begins like a formula, and names are anybody's."""
    return tuple(f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells)
