"""Looks at a long list in a process of its own: a minute of work without a break, beside a window that moves."""

import contextlib
import gc
import os
import signal
import sys
import threading
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from batchdock.core.errors import FileUnreadable
from batchdock.flows.references.looking import LookBrokenOff, OnProgress, look_at_file
from batchdock.store.looked import Counts, LookedList

_BEHIND = 5
"""How far it stands behind the window where both want the processor."""
_POLL_SECONDS = 0.05
"""So long it takes at most until a process is ended that nobody wants any more."""

Word = tuple[int, int, int] | tuple[int | None, str] | None
"""How far it is, what the computer answered, or None: all was looked at."""


def look_apart(
    path: Path, into: LookedList, now: datetime, *, stopped: threading.Event, on_progress: OnProgress
) -> Counts:
    """Look at a file as `look_at_file` does. Blocks.

    Raise `OSError`, `FileUnreadable` where the process ends without a word, and `LookBrokenOff` once `stopped` is set.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=look_and_tell, args=(str(path), str(into.path), now, theirs), name="looking at a list", daemon=True
    )
    process.start()
    try:
        theirs.close()
        word = _last_word(ours, stopped, on_progress)
    except EOFError:
        process.join()
        reason = f"The look at it ended with {process.exitcode}."
        raise FileUnreadable(name=path.name, reason=reason) from None
    finally:
        ours.close()
        process.kill()
        process.join()
        process.close()
    if word is not None:
        raise OSError(*word)
    return into.counts()


def look_and_tell(path: str, place: str, now: datetime, pipe: Connection) -> None:
    """Do it, in the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # Lines know nothing of each other.
    if sys.platform != "win32":
        os.nice(_BEHIND)
    into = LookedList(Path(place))
    word: Word = None
    try:
        look_at_file(
            Path(path),
            into,
            now,
            stopped=threading.Event(),
            on_progress=lambda done, lines, total: pipe.send((done, lines, total)),
        )
    except BrokenPipeError:
        return
    except OSError as error:
        word = (error.errno, error.strerror or str(error))
    finally:
        into.close()
    with contextlib.suppress(BrokenPipeError):
        pipe.send(word)


def _last_word(pipe: Connection, stopped: threading.Event, on_progress: OnProgress) -> tuple[int | None, str] | None:
    """Hear how far it is until it is over. Raises `EOFError` where it ends without a word."""
    while not stopped.is_set():
        if not pipe.poll(_POLL_SECONDS):
            continue
        word: Word = pipe.recv()
        if word is None or len(word) == 2:
            return word
        on_progress(*word)
    raise LookBrokenOff
