"""Writes down why a start failed: beside the log, and where that can not be, among the passing files of this computer.

Loads neither Qt nor anything else that may be what is missing.
"""

import os
import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from batchdock import __version__
from batchdock.flows.home import default_home

NAME = "failed start.txt"


def write_down(said: str, error: BaseException | None = None) -> Path | None:
    """Write down what the person is told and what is behind it, in place of the last time.

    Return the file, None where nothing can be written anywhere.
    """
    trace = traceback.format_exception(error) if error is not None else []
    now = datetime.now().astimezone().isoformat()
    head = f"{now}\nBatchdock {__version__}, Python {sys.version}, {sys.platform}\n\n{said}\n\n"
    content = (head + "".join(trace)).encode(errors="backslashreplace")
    return _beside_log(content) or _among_passing_files(content)


def _beside_log(content: bytes) -> Path | None:
    file = default_home() / "logs" / NAME
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(content)
    except OSError:
        return None
    return file


def _among_passing_files(content: bytes) -> Path | None:
    # A name that nobody can have taken before: other people write into that folder too.
    try:
        number, name = tempfile.mkstemp(prefix="batchdock-failed-start-", suffix=".txt")
        with os.fdopen(number, "wb") as file:
            file.write(content)
    except OSError:
        return None
    return Path(name)
