"""What the desktop asks to open comes as events of Qt on macOS: sent here as macOS sends them, to the application."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from batchdock.bridge.open_with import OpenWith


@pytest.fixture
def open_with(qapp: QApplication) -> Iterator[OpenWith]:
    made = OpenWith(qapp)
    yield made
    made.close()
    made.deleteLater()


def send(application: QApplication, what: str | QUrl) -> bool:
    return QCoreApplication.sendEvent(application, QFileOpenEvent(what))


def test_what_is_opened_together_is_handed_on_together(open_with: OpenWith, qapp: QApplication, qtbot: QtBot) -> None:
    told: list[list[Path]] = []
    open_with.listen(told.append)
    assert send(qapp, "/Users/maria/한 장.jpg")
    assert send(qapp, QUrl.fromLocalFile("/Users/maria/📷 100%.mp4"))
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told == [[Path("/Users/maria/한 장.jpg"), Path("/Users/maria/📷 100%.mp4")]]
    send(qapp, "/later.png")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1] == [Path("/later.png")]


def test_what_comes_before_the_window_waits_for_it(open_with: OpenWith, qapp: QApplication, qtbot: QtBot) -> None:
    send(qapp, "/early.png")
    qapp.processEvents()
    told: list[list[Path]] = []
    open_with.listen(told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [[Path("/early.png")]]


def test_an_address_of_the_web_is_no_file(open_with: OpenWith, qapp: QApplication) -> None:
    told: list[list[Path]] = []
    open_with.listen(told.append)
    send(qapp, QUrl("https://example.org/a.png"))
    qapp.processEvents()
    assert told == []


def test_nothing_is_heard_after_the_end(open_with: OpenWith, qapp: QApplication) -> None:
    told: list[list[Path]] = []
    open_with.listen(told.append)
    send(qapp, "/on its way.png")
    open_with.close()
    send(qapp, "/late.png")
    qapp.processEvents()
    assert told == []
