"""Reads which pictures could not be processed, and why."""

import re
from collections.abc import Iterator
from pathlib import Path

from batchdock.flows.results.reading.lines import json_lines
from batchdock.flows.results.reading.naming import safe
from batchdock.flows.results.reading.plain import unarmed
from batchdock.flows.results.reading.sheets import sheet_rows
from batchdock.flows.results.reading.troubles import Troubles
from batchdock.flows.results.reading.walking import Found

_MEMBER = re.compile(r"\.(tar|tar\.gz|tgz|zip): ")
_RENAMED = "Saved as "


def unprocessed(folder: Path, first: Found, rest: Found, troubles: Troubles) -> Iterator[tuple[str, str]]:
    """Yield names and reasons. What is no picture of its own goes to `troubles`: members of archives, renamed files."""
    for path in (*first.not_processed, *rest.not_processed):
        for name, reason in _read(folder / path, path, troubles, "file", "reason"):
            if _MEMBER.search(name) or reason.startswith(_RENAMED):
                troubles.add(name, reason)
            elif safe(name):
                yield safe(name), reason
    for path in (*first.failed, *rest.failed):
        for name, reason in _read(folder / path, path, troubles, "file_path", "cause"):
            flat = name.replace("\\", "/").rpartition("/")[2]
            if flat:
                yield flat, reason


def _read(path: Path, shown: str, troubles: Troubles, name: str, reason: str) -> Iterator[tuple[str, str]]:
    rows = (sheet_rows if path.suffix == ".csv" else json_lines)(path, shown, troubles)
    try:
        for _, row, _, _ in rows:
            said = row.get(name)
            if isinstance(said, str):
                why = row.get(reason)
                yield unarmed(said), unarmed(str(why))[:1_000] if why else "The service did not say why."
    except OSError as error:
        troubles.add(shown, f"The computer answered: {error.strerror}")
