"""What is loaded ahead is loaded beside the window, and what can not be is nobody's end."""

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from batchdock.bridge.ahead import LoadingAhead

WHERE = "import threading\nthread = threading.current_thread().name\n"


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two modules that remember which thread has loaded them."""
    names = ["of_the_first_page", "of_the_second_page"]
    for name in names:
        (tmp_path / f"{name}.py").write_text(WHERE, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return names


def test_modules_are_loaded_in_a_thread_of_their_own_and_the_window_is_told_in_its(
    modules: list[str], qtbot: QtBot
) -> None:
    ahead = LoadingAhead(modules)
    told: list[bool] = []
    ahead.finished.connect(lambda: told.append(QThread.currentThread() is ahead.thread()))
    ahead.start()
    qtbot.waitUntil(lambda: told == [True])
    assert [sys.modules[each].thread for each in modules] == ["loading-ahead"] * 2
    ahead.close()
    ahead.deleteLater()


def test_what_can_not_be_loaded_is_left_to_whoever_needs_it(
    modules: list[str], qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    ahead = LoadingAhead(["nothing_of_this_name", *modules])
    with qtbot.assertNotEmitted(ahead.finished, wait=50):
        ahead.start()
        ahead.close()
    assert not set(modules) & set(sys.modules)
    [record] = caplog.records
    assert (record.levelno, "nothing_of_this_name" in record.getMessage()) == (logging.WARNING, True)
    ahead.deleteLater()


def test_it_can_be_closed_before_it_has_begun(modules: list[str]) -> None:
    ahead = LoadingAhead(modules)
    ahead.close()
    assert not set(modules) & set(sys.modules)
    ahead.deleteLater()
