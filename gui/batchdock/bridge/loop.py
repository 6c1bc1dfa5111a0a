"""The window's event loop: asyncio running on Qt's. The only place that knows qasync."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication

_log = logging.getLogger(__name__)


def run(application: QApplication, main: Coroutine[Any, Any, int]) -> int:
    """Run `main` on Qt's loop until it returns, and return the exit code.

    Qt must not end the loop by itself when the last window closes: `main` decides, after it has tidied up. Where the
    loop is ended from outside all the same (the desktop's session does that), `main` is cancelled and then run to
    its end, and the exit code is 0.
    """
    application.setQuitOnLastWindowClosed(False)
    loop = new_loop(application)
    asyncio.set_event_loop(loop)
    task = loop.create_task(main)
    try:
        while True:
            try:
                return loop.run_until_complete(task)
            except RuntimeError:
                if task.done():
                    raise
                _log.warning("The loop was ended from outside; tidying up")
                if not task.cancelling():
                    task.cancel()
            except asyncio.CancelledError:
                return 0
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def new_loop(application: QApplication) -> asyncio.AbstractEventLoop:
    """Return an asyncio loop on Qt's; tests use it to drive the window."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application)
    return loop
