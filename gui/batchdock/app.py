"""Builds the window and everything behind it by hand, and takes it apart in order.

start:     log → single instance → flows thread → desk → window
shutdown:  no new work → the window's tasks → desk → flows thread → window → loop
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import QLocale, QSettings
from PySide6.QtWidgets import QApplication, QMessageBox

from batchdock import __version__
from batchdock.bridge import loop
from batchdock.bridge.ahead import LoadingAhead
from batchdock.bridge.background import Background
from batchdock.bridge.dialogs import ask
from batchdock.bridge.garbage import Garbage, keep
from batchdock.bridge.inbox import Inbox
from batchdock.bridge.interrupts import Interrupts
from batchdock.bridge.log import Watch, close_log, open_log
from batchdock.bridge.open_with import BY_EVENT, OpenWith
from batchdock.bridge.single_instance import SingleInstance
from batchdock.bridge.tasks import Tasks
from batchdock.core.errors import BatchdockError, FolderNotWritable
from batchdock.core.ports import KeyStore
from batchdock.flows.desk import Desk
from batchdock.flows.failed_start import write_down
from batchdock.flows.home import default_home
from batchdock.flows.news import Event
from batchdock.window import theme
from batchdock.window.context import Context
from batchdock.window.main_window import MainWindow
from batchdock.window.messages import Messages, worded
from batchdock.window.pages import LATE

_log = logging.getLogger(__name__)

AHEAD = ("batchdock.services.http.sessions", *LATE, "batchdock.flows.intake.closer")
"""What the window can be shown without and is wanted soon: loaded on its thread, it would stand still for a moment."""

TASKS_LIMIT = 5.0
DESK_LIMIT = 20.0
"""Seconds each step of the shutdown may take; what was written down goes on at the next start."""


def main(paths: Sequence[Path] = ()) -> int:
    """Open the window over the default home folder, with `paths` to look at. Return the exit code."""
    application = make_application()
    opening = OpenWith(application) if BY_EVENT else None
    home = default_home()
    try:
        log = open_log(home / "logs")
    except OSError as error:
        return loop.run(application, _say_not_writable(home, error))
    first = SingleInstance(home)
    try:
        try:
            is_first = first.take()
        except OSError as error:
            return loop.run(application, _say_not_writable(home, error))
        if not is_first:
            if first.call(paths):
                return 0
            closing = QApplication.translate("app", "Another Batchdock is just closing.")
            return loop.run(application, _say(closing, log=home / "logs"))
        try:
            return loop.run(application, _run(home, first, paths, opening))
        except Exception as error:
            _log.exception("Batchdock could not start")
            return loop.run(application, _say(*worded(BatchdockError(details=type(error).__name__)), log=home / "logs"))
    finally:
        first.close()
        close_log(log)


def make_application() -> QApplication:
    """Return the one QApplication, in the platform's style and a language that has words."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Batchdock")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("batchdock")
    if QLocale().language() is QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    theme.apply(application)
    return application


def favour_window() -> None:
    """Let no other thread hold Python's lock for more than half a millisecond while the window waits for it.

    With Python's own five, some threads that send in turn make the window stand still for twenty and more.
    """
    sys.setswitchinterval(0.0005)


@asynccontextmanager
async def opened(home: Path, *, key_store: KeyStore | None = None) -> AsyncIterator[MainWindow]:
    """Build the window over `home`, ready but not shown; leaving takes everything apart, each step within its time.

    Raises `BatchdockError` when the desk can not be opened.
    """
    favour_window()
    garbage = Garbage()
    messages = Messages()
    tasks = Tasks(messages.error)
    inbox: Inbox[Event] = Inbox()
    surprises: Inbox[str] = Inbox()
    surprises.arrived.connect(lambda kinds: messages.error(BatchdockError(details=", ".join(filter(None, kinds)))))
    watch = Watch(surprises.put)
    asyncio.get_running_loop().set_exception_handler(watch.on_loop_trouble)
    background = Background()
    background.on_trouble(watch.on_loop_trouble)
    background.start()
    desk: Desk | None = None
    window: MainWindow | None = None
    try:
        desk = await background.run(Desk.open(home, key_store=key_store, autosave=True))
        unsubscribe = desk.news.subscribe(inbox.put)
        settings = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
        window = MainWindow(Context(desk, background, tasks, inbox, messages, settings), home)
        window.load()
        try:
            yield window
        finally:
            unsubscribe()
    finally:
        await _take_apart(window, tasks, desk, background)
        for box in (inbox, surprises):
            box.close()
        if window is None:
            messages.deleteLater()
        watch.close()
        garbage.close()


async def _take_apart(window: MainWindow | None, tasks: Tasks, desk: Desk | None, background: Background) -> None:
    if window is not None:
        window.stop_taking_work()
        window.save_state()
        window.hide()
    await _within(TASKS_LIMIT, "the window's tasks", tasks.cancel_all())
    if desk is not None:
        await _within(DESK_LIMIT, "the desk", background.run(desk.close()))
    await asyncio.to_thread(background.stop)
    if window is not None:
        window.leave()
        window.deleteLater()


async def _within(seconds: float, what: str, work: Awaitable[None]) -> None:
    try:
        # Not wait_for: on Python 3.11 it loses a cancellation that comes together with the end of the work.
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        _log.warning("Closing: %s took longer than %s s and was left behind", what, seconds)
    except BatchdockError as error:
        _log.warning("Closing: %s: %s", what, error.sentence())


async def _run(home: Path, first: SingleInstance, paths: Sequence[Path], opening: OpenWith | None) -> int:
    _log.info("Batchdock %s starts in %s", __version__, home)
    asked_to_close = asyncio.Event()
    told_to_end = asyncio.Event()

    def end() -> None:
        told_to_end.set()
        asked_to_close.set()

    interrupts = Interrupts(end)
    try:
        async with opened(home) as window:

            def on_called(more: list[Path]) -> None:
                window.come_forward()
                window.add_paths(more)

            first.called.connect(on_called)
            window.close_asked.connect(asked_to_close.set)
            window.show()
            window.add_paths(paths)
            if opening is not None:
                opening.listen(on_called)
            keep()
            _log.info("The window is open")
            with contextlib.closing(LoadingAhead(AHEAD)) as ahead:
                ahead.finished.connect(window.pages.make_all)
                ahead.start()
                await asked_to_close.wait()
                while not (told_to_end.is_set() or await window.commands.may_close()):
                    asked_to_close.clear()
                    await asked_to_close.wait()
            first.called.disconnect(on_called)
            if opening is not None:
                opening.close()
    except BatchdockError as error:
        _log.exception("Batchdock could not start")
        # Whoever ends the session does not wait until somebody has read this.
        saying = asyncio.ensure_future(_say(*worded(error), log=home / "logs"))
        ending = asyncio.ensure_future(told_to_end.wait())
        await asyncio.wait({saying, ending}, return_when=asyncio.FIRST_COMPLETED)
        for each in (saying, ending):
            each.cancel()
        await asyncio.gather(saying, ending, return_exceptions=True)
        return 1
    finally:
        interrupts.close()
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().set_exception_handler(None)
    _log.info("Batchdock ends")
    return 0


async def _say_not_writable(home: Path, error: OSError) -> int:
    said = FolderNotWritable(folder=home, reason=error.strerror or error)
    return await _say(*worded(said), log=write_down(said.sentence(), error))


async def _say(*parts: str, log: Path | None = None) -> int:
    """Say why there is no window and where the log is, and return the exit code for that."""
    told = [each for each in parts if each]
    if log is not None:
        told.append(QApplication.translate("app", "What happened is written down in {place}").format(place=log))
    box = QMessageBox(QMessageBox.Icon.Warning, "Batchdock", "\n\n".join(told))
    await ask(box)
    box.deleteLater()
    return 1
