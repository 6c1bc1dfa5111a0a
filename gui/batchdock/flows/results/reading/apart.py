"""Reads results in a process of their own: seconds of work without a break, on files that nobody here has made."""

import asyncio
import shutil
import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from batchdock.core.errors import ReadingEnded, ResultsUnreadable
from batchdock.flows.results.reading.child import Word, read_and_tell
from batchdock.flows.results.reading.folder import Heard, unfinished

_LOOK_SECONDS = 0.05
"""So long it takes at most until a process is ended that nobody wants any more."""


async def read_apart(folder: Path, index: Path, heard: Heard) -> None:
    """Read the results in `folder` into `index`, which appears when it is complete.

    `heard` is called about ten times a second. Cancelling ends the process, and leaves nothing behind.
    Raises `ResultsUnreadable`, `ReadingEnded`, `OSError`.
    """
    loop = asyncio.get_running_loop()
    unwanted = threading.Event()

    def tell(done: int, total: int) -> None:
        loop.call_soon_threadsafe(_tell, done, total)

    def _tell(done: int, total: int) -> None:
        if not unwanted.is_set():
            heard(done, total)

    reading = asyncio.ensure_future(asyncio.to_thread(_read, folder, index, tell, unwanted))
    try:
        await asyncio.shield(reading)
    except asyncio.CancelledError:
        unwanted.set()
        await asyncio.wait([reading])
        if not reading.cancelled():
            reading.exception()
        raise


def _read(folder: Path, index: Path, tell: Callable[[int, int], None], unwanted: threading.Event) -> None:
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=read_and_tell, args=(str(folder), str(index), theirs), name="reading results", daemon=True
    )
    process.start()
    try:
        theirs.close()
        word = _last_word(ours, tell, unwanted)
    except EOFError:
        process.join()
        raise ReadingEnded(name=folder.name, details=f"The process ended with {process.exitcode}.") from None
    finally:
        ours.close()
        _end(process, index)
    if word is None:
        return
    if isinstance(word[0], str):
        raise ResultsUnreadable(name=word[0])
    raise OSError(*word)


def _last_word(pipe: Connection, tell: Callable[[int, int], None], unwanted: threading.Event) -> Word:
    """Hear how far it is until it is over. Raises `EOFError` where it ends without a word."""
    while not unwanted.is_set():
        if not pipe.poll(_LOOK_SECONDS):
            continue
        word: Word = pipe.recv()
        if word is None or len(word) != 2 or not isinstance(word[0], int):
            return word
        tell(*word)
    return None


def _end(process: SpawnProcess, index: Path) -> None:
    process.kill()
    process.join()
    if process.pid is not None:
        shutil.rmtree(unfinished(index, process.pid), ignore_errors=True)
    process.close()
