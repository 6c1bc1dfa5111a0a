"""The process that reads. It tells how far it is, and how it ended, through a pipe. It imports little."""

import contextlib
import gc
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from batchdock.core.errors import ResultsUnreadable
from batchdock.flows.results.reading.folder import read_results

Word = tuple[int, int] | tuple[str, str] | tuple[int | None, str, str | None] | None
"""Progress in bytes, results that are none (name and details), what the system answered, or None: all is read."""


def read_and_tell(folder: str, index: str, pipe: Connection) -> None:
    """Read the results in `folder` into `index`. Ends when nobody listens any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # Rows know nothing of each other: looking for rings among them takes a third of the time.
    _be_the_first_to_go()
    word: Word
    try:
        read_results(Path(folder), Path(index), lambda done, total: pipe.send((done, total)))
        word = None
    except ResultsUnreadable as error:
        word = (str(error.values.get("name", "")), error.details)
    except BrokenPipeError:
        return
    except OSError as error:
        word = (error.errno, error.strerror or str(error), error.filename)
    pipe.send(word)


def _be_the_first_to_go() -> None:
    """Where memory runs out, let the system end this process before any other."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
