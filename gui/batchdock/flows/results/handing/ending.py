"""The end of handing on: what could not be handed on is told in the folder too, and files are counted."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from batchdock.core.problem import FileFailure
from batchdock.flows.results.table import BYTE_ORDER_MARK, harmless

NOT_HANDED_ON = "not handed on.csv"


def write_problems(folder: Path, problems: Sequence[FileFailure]) -> None:
    """Write the list of what was left out, if anything was. Blocks."""
    if problems:
        with Path(folder, NOT_HANDED_ON).open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            file.write(BYTE_ORDER_MARK)
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(("file", "reason"))
            writer.writerows((harmless(problem.name), harmless(problem.cause)) for problem in problems)


def counted_files(folder: Path) -> int:
    """Return how many files there are below a folder. Blocks."""
    return sum(len(names) for _, _, names in os.walk(folder))
