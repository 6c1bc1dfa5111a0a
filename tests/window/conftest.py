"""The real window over a real desk in a home of its own, and checks that nothing of it outlives a test."""

import asyncio
import gc
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from batchdock.app import make_application, opened
from batchdock.bridge.loop import new_loop
from batchdock.flows.preferences import AUTOSAVE
from batchdock.keystore.session import SessionKeys
from batchdock.window.main_window import MainWindow

_Result = TypeVar("_Result")
Play = Callable[[Coroutine[Any, Any, _Result]], _Result]

LONGEST = 240.0


@pytest.fixture(autouse=True)
def nothing_saved_by_itself(home: Path) -> None:
    """Results are saved when a test asks for it: transfers of their own would get into its way."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.json").write_text(json.dumps({AUTOSAVE.key: False}), encoding="utf-8")


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture
def application(qapp: QApplication) -> QApplication:
    """The application as the app itself sets it up, with no key held down: after `Ctrl+A` Qt takes Ctrl for held until
    the next key, and a row that a later test selects is added to those selected, or taken from them."""
    QTest.keyRelease(QWidget(), Qt.Key.Key_Control)
    assert qapp.keyboardModifiers() == Qt.KeyboardModifier.NoModifier
    return make_application()


@pytest.fixture
def play(application: QApplication) -> Iterator[Play[Any]]:
    """Run a scenario on a Qt loop, as the app does, with an end even when something hangs."""
    loop = new_loop(application)
    asyncio.set_event_loop(loop)

    def run(scenario: Coroutine[Any, Any, Any]) -> Any:
        return loop.run_until_complete(asyncio.wait_for(scenario, LONGEST))

    yield run
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def window(play: Play[Any], home: Path, no_widgets_or_timers_left: None) -> Iterator[MainWindow]:
    """The window, shown, over a real desk. Its thread and loop turn while a scenario plays."""
    holder = opened(home, key_store=SessionKeys())
    window = play(holder.__aenter__())
    window.show()
    yield window
    play(holder.__aexit__(None, None, None))


@pytest.fixture
def no_widgets_or_timers_left(application: QApplication) -> Iterator[None]:
    """Top-level widgets and running timers that outlive their test fail it."""
    yield
    gc.collect()
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
    gc.collect()
    widgets = [type(widget).__name__ for widget in QApplication.topLevelWidgets() if shiboken6.isValid(widget)]
    assert not widgets, f"left behind: {widgets}"
    timers = [each for each in gc.get_objects() if isinstance(each, QTimer) and shiboken6.isValid(each)]
    running = [timer for timer in timers if timer.isActive() and type(timer).__module__.startswith("PySide6")]
    assert not running, f"timers left running: {[timer.parent() for timer in running]}"


async def until(happened: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until `happened` says something true, or fail."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], Coroutine[Any, Any, None]]:
    """`until`, for tests."""
    return until


@pytest.fixture
def clipboard(application: QApplication) -> Iterator[Any]:
    """The clipboard, empty before and after."""
    board = QGuiApplication.clipboard()
    board.clear()
    yield board
    board.clear()
