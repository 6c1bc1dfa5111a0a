"""The transfers page: what its buttons, menus and keys do, with a cloud behind it."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QLineEdit, QPushButton

from batchdock.flows.transfers.row import Row
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.accounts.key_form import KeyForm
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from batchdock.window.transfers.model import NAME, STATE, TransfersModel
from batchdock.window.transfers.page import TransfersPage
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making import media
from making.transfers import transfer


def page_of(window: MainWindow) -> TransfersPage:
    page = window.pages[Page.TRANSFERS]
    assert isinstance(page, TransfersPage)
    return page


def names(model: TransfersModel) -> list[str]:
    return [model.index(row, NAME).data() for row in range(model.rowCount())]


Do = Callable[[RoboflowCloud, TransfersPage], Coroutine[Any, Any, None]]


def send(window: MainWindow, folder: Path, eventually: Any, do: Do) -> Coroutine[Any, Any, None]:
    """Return the scenario that drops `folder` for a cloud of its own, sends it, and does the rest."""

    async def scenario() -> None:
        with RoboflowCloud() as cloud:
            context = window._context
            await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
            window.add_paths([folder])
            sheet = window.sheet
            assert sheet is not None
            sheet.form.where.choose("roboflow-acme-ws")
            await eventually(lambda: sheet.only_batch.isEnabled() and not sheet.is_counting())
            window.go(Place(Page.TRANSFERS))
            await do(cloud, page_of(window))

    return scenario()


def start(window: MainWindow) -> None:
    assert window.sheet is not None
    window.sheet.only_batch.click()


def state(page: TransfersPage, row: int = 0) -> str:
    return str(page.model.index(row, STATE).data())


def test_a_transfer_is_stopped_tried_again_and_cleared(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(30):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number)

    async def do(cloud: RoboflowCloud, page: TransfersPage) -> None:
        cloud.fail("upload", Kind.STALLED, times=1000)
        start(window)
        await eventually(lambda: page.model.moving_count() == 1)
        page.table.selectRow(0)
        assert page.stop.isEnabled()
        assert not page.again.isEnabled()
        page.stop.click()
        await eventually(lambda: page.model.moving_count() == 0)
        assert state(page) == "Stopped"
        await eventually(page.again.isEnabled)
        cloud.heal()
        page.again.click()
        await eventually(lambda: state(page) == "Done")
        assert len(cloud.state.batches) == 1
        window.actions_["clear-finished"].trigger()
        await eventually(lambda: page.model.rowCount() == 0)
        assert not page.table.isVisible()

    play(send(window, tmp_path / "lot", eventually, do))


def test_space_pauses_and_continues_and_all_of_it_arrives_once(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    """On a line of half a megabyte a second, chosen in the menu."""
    for number in range(200):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number, size=(160, 120))
    heavy = sum(path.stat().st_size for path in (tmp_path / "lot").iterdir())

    async def do(cloud: RoboflowCloud, page: TransfersPage) -> None:
        transfers = window.desk.transfers
        await window._context.background.run(transfers.set_speed_limit(heavy / 3))
        start(window)
        await eventually(lambda: state(page) == "Uploading" if page.model.rowCount() else False)
        page.table.selectRow(0)
        page.table.setFocus()
        assert page.details.isVisible()
        assert window.tools._all["pause-all"].isVisible()
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        await eventually(lambda: state(page) == "Paused")
        assert page.pause.text() == "Continue"
        assert "paused" in window.status._moving.text()
        assert not window.tools._all["pause-all"].isVisible()
        assert await window.commands.may_close()
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        await eventually(lambda: state(page) == "Uploading")
        assert page.pause.text() == "Pause"
        window.actions_["pause-all"].trigger()
        await eventually(lambda: state(page) == "Paused")
        await window._context.background.run(transfers.set_speed_limit(None))
        window.actions_["continue-all"].trigger()
        await eventually(lambda: state(page) == "Done")
        (batch,) = cloud.state.batches.values()
        assert len(batch.arrived) == 200
        assert all(len(each.sizes) == 1 for each in batch.arrived.values())
        assert any("has arrived: 200 files" in notice.text for notice in window.messages.notices)

    play(send(window, tmp_path / "lot", eventually, do))


def test_a_folder_that_moved_is_found_again_and_all_of_it_arrives(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(30):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number)
    moved = tmp_path / "elsewhere"

    async def do(cloud: RoboflowCloud, page: TransfersPage) -> None:
        (tmp_path / "lot").rename(moved)
        start(window)
        await eventually(lambda: page.model.rowCount() and state(page) == "The drive is not there")
        page.table.selectRow(0)
        assert page.find_folder.isVisible()
        assert page.without.isVisible()
        assert not page.open_folder.isVisible()
        await eventually(lambda: window.problems.count() == 1)
        assert window.status.badge.isVisible()
        page.find_folder.click()
        await eventually(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        assert Path(dialog.directory().absolutePath()) == tmp_path
        field = dialog.findChild(QLineEdit)
        assert field is not None
        field.setText(str(moved))
        dialog.accept()
        await eventually(lambda: state(page) == "Done")
        (batch,) = cloud.state.batches.values()
        assert len(batch.arrived) == 30
        await eventually(lambda: window.problems.count() == 0)
        await eventually(page.receipt.isVisible)

    play(send(window, tmp_path / "lot", eventually, do))


def test_a_new_key_lets_what_is_paused_go_on(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    for number in range(12):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number)

    async def do(cloud: RoboflowCloud, page: TransfersPage) -> None:
        start_with = window.messages.notices
        cloud.revoke_key()
        start(window)
        await eventually(lambda: page.model.rowCount() and state(page) == "Waiting for the key")
        await eventually(lambda: len(window.messages.notices) > len(start_with))
        banner = window.messages.notices[0]
        assert banner.text.startswith("Roboflow no longer accepts the key of “acme-ws”. Paused: 1 upload;")
        await eventually(lambda: window.problems.count() > 0)
        cloud.restore_key()
        next(each for each in banner.findChildren(QPushButton) if each.text() == "Enter a new key…").click()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConnectDialog)
        assert isinstance(dialog.form, KeyForm)
        dialog.form.key.setText(cloud.key)
        await eventually(dialog.connect_button.isEnabled)
        dialog.connect_button.click()
        await eventually(lambda: state(page) == "Done")
        dialog.close()
        (batch,) = cloud.state.batches.values()
        assert len(batch.arrived) == 12
        await eventually(lambda: window.problems.count() == 0)

    play(send(window, tmp_path / "lot", eventually, do))


@pytest.mark.parametrize("without", [False, True])
def test_files_that_did_not_arrive_are_sent_again_or_done_without(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, without: bool
) -> None:
    for number in range(4):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number)

    async def do(cloud: RoboflowCloud, page: TransfersPage) -> None:
        window.desk.transfers._sender.arrival.settle = 0.3
        # All four are answered with “ok” and not kept, and two of them when they are sent once more.
        cloud.fail("POST .*/upload/image", status=200, body=b'{"status":"ok"}', times=6)
        start(window)
        await eventually(lambda: page.model.rowCount() and state(page) == "Failed")
        page.table.selectRow(0)
        await eventually(page.send_missing.isVisible)
        assert page.without.isVisible()
        shown = window.problems.shown()
        assert shown is not None
        (page.without if without else page.send_missing).click()
        await eventually(lambda: state(page) in ("Done", "Done with problems"))
        (batch,) = cloud.state.batches.values()
        assert len(batch.arrived) == (2 if without else 4)
        await eventually(lambda: window.problems.count() == 0)

    play(send(window, tmp_path / "lot", eventually, do))


def test_the_keyboard_moves_transfers_in_the_queue(window: MainWindow, play: Any, eventually: Any) -> None:
    page = page_of(window)

    async def wait(row: Row) -> None:
        await asyncio.Event().wait()

    async def scenario() -> None:
        transfers = window.desk.transfers
        for number in range(1, 5):
            window._context.tasks.start(
                window._context.background.run(transfers.run(transfer(number), wait, again=never))
            )
            await eventually(lambda number=number: page.model.rowCount() == number)
        window.go(Place(Page.TRANSFERS))
        assert names(page.model) == ["Lot 1", "Lot 2", "Lot 3", "Lot 4"]
        page.table.selectRow(3)
        page.table.setFocus()
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(page.table, Qt.Key.Key_Up, both)
        await eventually(lambda: names(page.model) == ["Lot 1", "Lot 2", "Lot 4", "Lot 3"])
        assert [each.name for each in page.selected()] == ["Lot 4"]
        QTest.keyClick(page.table, Qt.Key.Key_Home, both)
        await eventually(lambda: names(page.model) == ["Lot 4", "Lot 1", "Lot 2", "Lot 3"])
        QTest.keyClick(page.table, Qt.Key.Key_Down, both)
        QTest.keyClick(page.table, Qt.Key.Key_End, both)
        await eventually(lambda: names(page.model) == ["Lot 1", "Lot 2", "Lot 3", "Lot 4"])
        await window._context.background.run(transfers.stop_all())
        await eventually(lambda: page.model.moving_count() == 0)

    play(scenario())


async def never() -> None:
    raise AssertionError("nobody tries this again")


def test_the_menu_limits_the_speed_and_remembers_it(window: MainWindow, play: Any, eventually: Any, home: Path) -> None:
    menu = window.actions_.speed_limit

    def offered() -> dict[str, QAction]:
        menu.aboutToShow.emit()
        return {action.text(): action for action in menu.actions() if action.text()}

    async def scenario() -> None:
        assert list(offered()) == ["No limit", "1.0 MB/s", "5.0 MB/s", "10.0 MB/s", "Another limit…"]
        assert offered()["No limit"].isChecked()
        offered()["5.0 MB/s"].trigger()
        await eventually(lambda: window.desk.transfers.speed_limit == 5_000_000)
        assert offered()["5.0 MB/s"].isChecked()
        offered()["Another limit…"].trigger()
        await eventually(lambda: isinstance(QApplication.activeModalWidget(), QInputDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        dialog.setDoubleValue(2.5)
        dialog.accept()
        await eventually(lambda: window.desk.transfers.speed_limit == 2_500_000)
        assert offered()["2.5 MB/s"].isChecked()
        await eventually(lambda: "2500000" in (home / "settings.json").read_text(encoding="utf-8"))

    play(scenario())


@pytest.mark.usefixtures("clipboard")
def test_the_line_for_a_terminal_is_copied(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    media.picture(tmp_path / "lot" / "a.jpg", 1)

    async def do(cloud: RoboflowCloud, page: TransfersPage) -> None:
        start(window)
        await eventually(lambda: page.model.rowCount() == 1 and state(page) == "Done")
        # Not selectRow: that goes by the modifier keys which an earlier test has pressed.
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        page.table.selectionModel().select(page.model.index(0, NAME), flags)
        await eventually(window.actions_["transfer-command"].isEnabled)
        QApplication.clipboard().clear()
        window.actions_["transfer-command"].trigger()
        await eventually(lambda: QApplication.clipboard().text().startswith("batchdock ingest "))
        assert str(tmp_path / "lot") in QApplication.clipboard().text()
        assert cloud.key not in QApplication.clipboard().text()

    play(send(window, tmp_path / "lot", eventually, do))
