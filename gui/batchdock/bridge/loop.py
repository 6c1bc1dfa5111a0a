"""The window's event loop: asyncio running on Qt's. The only place that knows qasync."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication


def run(application: QApplication, main: Coroutine[Any, Any, int]) -> int:
    """Run `main` on Qt's loop until it returns, and return the exit code.

    Qt must not end the loop by itself when the last window closes: `main` decides, after it has tidied up.
    """
    application.setQuitOnLastWindowClosed(False)
    loop = new_loop(application)
    asyncio.set_event_loop(loop)
    try:
        return int(loop.run_until_complete(main))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def new_loop(application: QApplication) -> asyncio.AbstractEventLoop:
    """Return an asyncio loop on Qt's; tests use it to drive the window."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application)
    return loop
