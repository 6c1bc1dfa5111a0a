"""The browser over a cloud: long lists, ticks, what is saved, and what is not fetched unasked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from batchdock.core.batch import Choice
from batchdock.window.batches.browser.browser import Browser
from batchdock.window.batches.browser.entries_model import NAME, SAVED
from batchdock.window.batches.page import BatchesPage
from batchdock.window.batches.saving import SavingDialog
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_contents import Contents
from fakes.roboflow_state import Pile, archive
from making import media
from making.exports import export

MB = 1024 * 1024


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def files(count: int) -> dict[str, Contents]:
    return {f"{number:05}.txt": f"file {number}".encode() for number in range(count)}


async def opened(window: MainWindow, cloud: RoboflowCloud, eventually: Any) -> BatchesPage:
    """Connect, and go to the page, whose newest batch is shown then."""
    accounts = window.desk.accounts
    await window._context.background.run(accounts.connect_roboflow(cloud.key, address=cloud.url))
    window.go(Place(Page.BATCHES))
    await eventually(lambda: window.batches.browser.entries())
    return window.batches


def row_place(browser: Browser, row: int) -> QPoint:
    """Return where the box of a row is."""
    rect = browser.table.visualRect(browser.table.model().index(row, NAME))
    return QPoint(rect.left() + 12, rect.center().y())


def test_a_long_list_comes_as_far_as_somebody_looks(
    window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any
) -> None:
    cloud.stage("b", files(3_000), content="metadata")

    async def scenario() -> None:
        browser = (await opened(window, cloud, eventually)).browser
        model = browser.table.model()
        await eventually(lambda: model.rowCount() == 3_000)
        await eventually(lambda: browser.preview.text.isVisible())
        assert browser.preview.text.toPlainText() == "file 0"
        come = len(browser.entries())
        assert come < 1_000
        assert model.index(2_999, NAME).data() == "…"
        browser.table.scrollToBottom()
        await eventually(lambda: model.index(2_999, NAME).data() == "02999.txt")
        assert len(cloud.requests("/list")) == 30
        browser.select(2_999)
        await eventually(lambda: browser.preview.text.toPlainText() == "file 2999")

    play(scenario())


def test_a_search_says_how_much_of_the_list_it_knows(
    window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any
) -> None:
    cloud.stage("b", files(3_000), content="metadata")

    async def scenario() -> None:
        browser = (await opened(window, cloud, eventually)).browser
        await eventually(lambda: browser.table.model().rowCount() == 3_000)
        cloud.line(latency=0.02)
        browser.search.setText("0001")
        browser.search.tell()
        come = browser._model.come
        assert browser.said.text() == f"11 found in the first {come:,} of 3,000 files, reading on…"
        browser.search.setText("0299")
        browser.search.tell()
        await eventually(lambda: browser.said.text() == "11 found.")
        found = ["00299.txt", *(f"0299{n}.txt" for n in range(10))]
        assert [each.name for each in browser.entries()] == found
        browser.all_box.click()
        assert browser.save.text() == "Save 11…"
        browser.search.setText("")
        assert browser.table.model().rowCount() == 3_000
        assert browser.said.text() == ""
        assert browser._choices() == (Choice(None, frozenset((None, name) for name in found)),)

    play(scenario())


def test_a_page_that_does_not_come_is_asked_for_again(
    window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any
) -> None:
    cloud.stage("b", files(2_000), content="metadata")

    async def scenario() -> None:
        browser = (await opened(window, cloud, eventually)).browser
        await eventually(lambda: browser.table.model().rowCount() == 2_000)
        cloud.fail("GET .*/list", status=403)
        browser.table.scrollToBottom()
        await eventually(lambda: "is asked for again in a moment" in browser.said.text())
        await eventually(lambda: len(browser.entries()) == 2_000)
        assert browser.said.text() == ""

    play(scenario())


def test_ticks_by_mouse_and_keyboard(window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any) -> None:
    cloud.stage("b", files(1_500), content="metadata")

    async def scenario() -> None:
        browser = (await opened(window, cloud, eventually)).browser
        table, model = browser.table, browser._model
        await eventually(lambda: model.total == 1_500)

        def click(row: int, *keys: Qt.KeyboardModifier) -> None:
            modifiers = keys[0] if keys else Qt.KeyboardModifier.NoModifier
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifiers, row_place(browser, row))

        click(1)
        click(4, Qt.KeyboardModifier.ShiftModifier)
        assert [row for row in range(10) if model.is_ticked(row)] == [1, 2, 3, 4]
        click(2)
        assert model.ticked() == 3
        browser.select(6)
        QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(table, Qt.Key.Key_Space)
        assert [row for row in range(10) if model.is_ticked(row)] == [1, 3, 4, 6, 7]
        QTest.keyClick(table, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        assert model.ticked() == 1_495
        assert model.is_ticked(1_499)
        named = frozenset((None, f"{n:05}.txt") for n in (1, 3, 4, 6, 7))
        assert browser._choices() == (Choice(None, named, others=True),)
        QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert browser.all_box.checkState() is Qt.CheckState.Checked
        assert browser._choices() == (Choice(None, others=True),)
        QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert not browser.save.isVisible()

    play(scenario())


def test_ticked_files_are_saved_and_marked_and_left_out_the_next_time(
    window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any, tmp_path: Path
) -> None:
    cloud.stage("b", files(20), content="metadata")

    async def scenario() -> None:
        browser = (await opened(window, cloud, eventually)).browser
        assert browser.table.isColumnHidden(SAVED)
        for row in (3, 5):
            browser.table.tick_at(row)

        async def dialog() -> SavingDialog:
            browser.save.click()
            await eventually(lambda: browser.findChild(SavingDialog) is not None)
            found = browser.findChild(SavingDialog)
            assert found is not None
            await eventually(lambda: "files)" in found._needs.text() and "free" in found._room.text())
            return found

        asked = await dialog()
        assert asked._title.text() == "Save 2 files of “b”"
        assert asked._needs.text() == "12 bytes (2 files)"
        assert not asked.again.isVisible()
        asked.place = tmp_path / "out"
        asked.save.click()
        saved = tmp_path / "out" / "b" / "other"
        await eventually(lambda: not browser.table.isColumnHidden(SAVED))
        assert sorted(each.name for each in saved.iterdir()) == ["00003.txt", "00005.txt"]
        model = browser.table.model()
        assert [row for row in range(20) if model.index(row, SAVED).data() == "saved"] == [3, 5]
        assert model.index(3, NAME).data(Qt.ItemDataRole.AccessibleTextRole) == "00003.txt, saved"
        browser.table.tick_at(7)
        browser.table.tick_at(8)
        await eventually(lambda: browser.findChild(SavingDialog) is None)
        asked = await dialog()
        assert asked.again.isVisible()
        assert not asked.again.isChecked()
        assert "left out" in asked._known.text()
        assert asked.choices() == (Choice(None, frozenset({(None, "00007.txt"), (None, "00008.txt")})),)
        asked.again.click()
        assert asked.choices() == browser._choices()
        asked.buttons.rejected.emit()
        await eventually(lambda: browser.findChild(SavingDialog) is None)

    play(scenario())


def test_nothing_large_is_fetched_unasked(window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any) -> None:
    # What stands behind the end of a picture hurts nobody.
    large = media.picture_bytes(1, (400, 300)) + bytes(20 * MB)
    table = b"image,found\n" + b"".join(b"%d.jpg,1\n" % number for number in range(200_000))
    cloud.stage("b", {"large.jpg": large, "table.csv": table}, content="mixed")

    async def scenario() -> None:
        browser = (await opened(window, cloud, eventually)).browser
        preview = browser.preview
        await eventually(lambda: preview.open.isVisible())
        assert preview.open.text() == "Fetch 21.0 MB and show it"
        preview.open.click()
        await eventually(lambda: preview.picture.isVisible())
        browser.select(1)
        await eventually(lambda: preview.table.isVisible())
        assert preview.caption.text() == "table.csv · the first 200 rows · 2.5 MB"
        ranges = [each.headers.get("range") for each in cloud.requests("GET /storage")]
        assert ranges == [f"bytes=0-{16 * MB - 1}", None, f"bytes=0-{256 * 1024 - 1}"]

    play(scenario())


def test_parts_and_packages_of_results(window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any) -> None:
    export(cloud, "r", archives=3, pictures=4)
    drawn = {f"{n}.jpg/drawn.jpg": media.picture_bytes(n, (64, 48)) for n in range(5)}
    cloud.state.batches["r"].parts["images"] = Pile("archives", {"i.tar.gz": archive(drawn)}, "images")

    async def scenario() -> None:
        browser = (await opened(window, cloud, eventually)).browser
        assert [browser.tabs.tabText(place) for place in range(2)] == ["Tables and details", "Drawn pictures"]
        assert [each.title for each in browser.entries()] == [f"Package {n} of 3" for n in (1, 2, 3)]
        browser.table.tick_at(1)
        browser.tabs.setCurrentIndex(1)
        await eventually(lambda: [each.title for each in browser.entries()] == ["i.tar.gz"])
        browser.all_box.click()
        assert browser.save.text() == "Save 2…"
        assert browser._choices() == (
            Choice("predictions", frozenset({(None, "part-001.tar.gz")})),
            Choice("images", others=True),
        )
        await eventually(lambda: browser.preview.open.isVisible())
        browser.preview.open.click()
        await eventually(lambda: browser.preview.picture.isVisible())
        assert [each.title for each in browser.entries()] == [f"{n}.jpg" for n in range(5)]
        assert not browser.all_box.isVisible()
        QTest.keyClick(browser.table, Qt.Key.Key_Backspace)
        await eventually(lambda: [each.title for each in browser.entries()] == ["i.tar.gz"])
        assert browser.all_box.isChecked()

    play(scenario())


def test_what_does_not_come_can_be_tried_again(
    window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any
) -> None:
    cloud.stage("b", files(3), content="metadata")

    async def scenario() -> None:
        page = window.batches
        cloud.fail("GET .*/list", status=403)
        accounts = window.desk.accounts
        await window._context.background.run(accounts.connect_roboflow(cloud.key, address=cloud.url))
        window.go(Place(Page.BATCHES))
        preview = page.browser.preview
        await eventually(lambda: preview.open.isVisible())
        assert preview.open.text() == "Try again"
        assert page.browser.entries() == []
        cloud.fail("GET /storage", status=404, times=2)
        preview.open.click()
        await eventually(lambda: page.browser.entries() and preview.open.isVisible())
        preview.open.click()
        await eventually(lambda: preview.text.isVisible())
        assert preview.text.toPlainText() == "file 0"

    play(scenario())
