"""The log file, and everything that must not end unnoticed: uncaught errors of any thread or loop, Qt's own words."""

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger("batchdock")
_FORMAT = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def open_log(folder: Path) -> logging.Handler:
    """Write `batchdock.log` in `folder` from now on: three files of one megabyte. Return the handler for `close_log`.

    The HTTP libraries write whole addresses at INFO, and those hold keys and signatures: only their warnings pass.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = RotatingFileHandler(
        folder / "batchdock.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level or logging.INFO, logging.INFO))
    for name in ("httpx", "httpcore", "qasync", "asyncio", "PIL"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def close_log(handler: logging.Handler) -> None:
    """Stop writing."""
    logging.getLogger().removeHandler(handler)
    handler.close()


class Watch:
    """Logs every uncaught error, whichever thread or loop it comes from, and tells `on_surprise` its kind.

    `on_surprise` may be called from any thread.
    """

    def __init__(self, on_surprise: Callable[[str], None]) -> None:
        self._on_surprise = on_surprise
        self._excepthook = sys.excepthook
        self._thread_excepthook = threading.excepthook
        sys.excepthook = self._on_uncaught
        threading.excepthook = self._on_uncaught_in_thread
        self._qt_before = qInstallMessageHandler(_on_qt_message)

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook = self._excepthook
        threading.excepthook = self._thread_excepthook
        qInstallMessageHandler(self._qt_before)

    def on_loop_trouble(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Exception handler of both loops."""
        error = context.get("exception")
        _log.error("%s", context.get("message", "Something went wrong in a loop"), exc_info=error)
        self._on_surprise(type(error).__name__ if error is not None else "")

    def _on_uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._excepthook(kind, error, trace)
            return
        _log.critical("Uncaught", exc_info=(kind, error, trace))
        self._on_surprise(kind.__name__)

    def _on_uncaught_in_thread(self, hook: threading.ExceptHookArgs) -> None:
        if hook.exc_type is SystemExit or hook.exc_value is None:
            return
        _log.critical("Uncaught in a thread", exc_info=(hook.exc_type, hook.exc_value, hook.exc_traceback))
        self._on_surprise(hook.exc_type.__name__)


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    logging.getLogger(context.category or "qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s", message)
