"""The About dialog: what comes along, with its licences, found by words, and copied for whoever helps."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from batchdock import __version__
from batchdock.flows import bundled
from batchdock.window.about import AboutDialog
from batchdock.window.main_window import MainWindow


@pytest.fixture
def about(window: MainWindow, play: Any, eventually: Any) -> Iterator[AboutDialog]:
    window.actions_["about"].trigger()
    (dialog,) = window.findChildren(AboutDialog)

    async def read() -> None:
        await eventually(dialog.text.toPlainText)

    play(read())
    yield dialog
    dialog.close()


def test_a_licence_is_found_and_read(about: AboutDialog, play: Any, eventually: Any) -> None:
    QTest.keyClicks(about.search, "httpx")
    QTest.keyClick(about.search, Qt.Key.Key_Return)
    assert [about.model.index(row).data() for row in range(about.model.rowCount())] == ["httpx"]

    async def scenario() -> None:
        await eventually(lambda: "Encode OSS" in about.text.toPlainText())
        about.search.setText("there is nothing like that")
        await eventually(lambda: about.text.toPlainText() == "No package and no licence is called like that.")

    play(scenario())
    assert "codes.jpg" in about.materials.toPlainText()
    assert "coco_80.txt" in about.materials.toPlainText()


def test_the_licence_of_the_app_itself_comes_first(about: AboutDialog) -> None:
    assert about.model.index(0).data() == "Batchdock"
    assert about.list.currentIndex().row() == 0
    assert "Version 2.0, January 2004" in about.text.toPlainText()


def test_the_versions_are_copied(about: AboutDialog) -> None:
    QTest.mouseClick(about.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == f"Batchdock {__version__}"
    assert any(line.startswith("PySide6") for line in copied)


def test_a_package_shows_what_is_really_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "licences"
    (folder / "Qt").mkdir(parents=True)
    (folder / "Qt" / "LICENSE").write_text("the text")
    (folder / "OFFER.txt").write_text("the offer\n")
    listed = {"name": "Qt", "version": "6.11", "licence": "LGPL-3.0-only", "texts": ["Qt/LICENSE"], "source": "there"}
    (folder / "bundled.json").write_text(json.dumps([listed]))
    monkeypatch.setattr(bundled, "resource", lambda *parts: tmp_path.joinpath(*parts))
    (found,) = bundled.bundled()
    assert (found.name, found.version, found.licence, found.source) == ("Qt", "6.11", "LGPL-3.0-only", "there")
    assert bundled.text_of(found) == "the text"
    assert bundled.offer() == "the offer"
    (folder / "LICENSE").write_text("our own")
    assert bundled.text_of(bundled.own()) == "our own"
