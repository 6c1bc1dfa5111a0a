"""The transfers page: what it says of a transfer, and what its buttons do."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from batchdock.core.transfer import Hold, Transfer, TransferKind, TransferState, Wanted
from batchdock.flows.transfers.row import Row
from batchdock.window.accounts.dialog import ConnectDialog
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from batchdock.window.transfers.model import FILES, NAME, PACE, STATE, TransfersModel
from batchdock.window.transfers.page import TransfersPage
from batchdock.window.transfers.summary import summary
from batchdock.window.transfers.wording import amount_text, share_of
from batchdock.window.two_lines import SECOND_LINE_ROLE
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making import media
from making.transfers import transfer


def page_of(window: MainWindow) -> TransfersPage:
    page = window.pages[Page.TRANSFERS]
    assert isinstance(page, TransfersPage)
    return page


def test_a_row_says_what_how_much_and_how_long(application: object) -> None:
    model = TransfersModel()
    model.name_places({"a": "harbour-lab"})
    model.show_transfers([transfer()])
    assert model.index(0, NAME).data() == "Lot 1"
    assert model.index(0, NAME).data(SECOND_LINE_ROLE) == "harbour-lab"
    assert model.index(0, STATE).data() == "Uploading"
    assert model.index(0, FILES).data() == "8,410 of 12,782"
    assert model.index(0, FILES).data(SECOND_LINE_ROLE) == "38.1 of 61.2 GB"
    assert model.index(0, PACE).data() == "18.0 MB/s"
    assert model.index(0, PACE).data(SECOND_LINE_ROLE) == "about 22 min"
    spoken = model.index(0, NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Lot 1, Uploading, harbour-lab, 8,410 of 12,782 files, 38.1 of 61.2 GB"


@pytest.mark.parametrize("state", list(TransferState))
@pytest.mark.parametrize("kind", list(TransferKind))
def test_every_state_has_a_word_and_an_icon(qtbot: QtBot, kind: TransferKind, state: TransferState) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(kind=kind, state=state)])
    assert model.index(0, STATE).data()
    assert not model.index(0, STATE).data(1).isNull()


def test_what_a_held_transfer_waits_for_is_said_in_words_of_its_own(qtbot: QtBot) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(n, state=TransferState.HELD, hold=hold) for n, hold in enumerate(Hold)])
    said = [model.index(row, STATE).data() for row in range(len(Hold))]
    assert len(set(said)) == len(Hold)
    assert "Waiting for the internet" in said
    assert "Paused: disk full" in said
    assert all(not model.index(row, STATE).data(1).isNull() for row in range(len(Hold)))


def names(model: TransfersModel) -> list[str]:
    return [model.index(row, NAME).data() for row in range(model.rowCount())]


def test_rows_stand_in_the_order_of_the_queue_and_below_them_what_is_over(qtbot: QtBot) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(1, state=TransferState.DONE), transfer(2, rank=2.0), transfer(3, rank=1.0)])
    assert names(model) == ["Lot 3", "Lot 2", "Lot 1"]
    model.update_transfers([transfer(4, rank=1.5)])
    assert names(model) == ["Lot 3", "Lot 4", "Lot 2", "Lot 1"]
    assert model.moving_count() == 3


def test_what_is_selected_stays_selected_when_rows_move(qtbot: QtBot) -> None:
    model = TransfersModel()
    table = QTableView()
    qtbot.addWidget(table)
    table.setModel(model)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    model.show_transfers([transfer(number, rank=float(number)) for number in range(1, 6)])
    table.selectRow(3)
    model.update_transfers([transfer(4, rank=0.5), transfer(1, rank=1.0, items_done=9000)])
    assert names(model) == ["Lot 4", "Lot 1", "Lot 2", "Lot 3", "Lot 5"]
    assert table.currentIndex().row() == 0
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]
    model.show_transfers([transfer(4, rank=0.5), transfer(5, rank=5.0)])
    assert names(model) == ["Lot 4", "Lot 5"]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]


def test_only_what_changed_and_is_on_screen_is_announced(application: object) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(number, rank=float(number)) for number in range(1000)])
    model.set_shown_rows(10, 30)
    announced: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: announced.append((first.row(), last.row())))
    again = [transfer(number, rank=float(number)) for number in (11, 12)]
    moved = [transfer(number, rank=float(number), items_done=9000) for number in (3, 15, 16, 20, 900)]
    model.update_transfers([*again, *moved])
    assert announced == [(15, 16), (20, 20)]
    assert model.index(900, FILES).data() == "9,000 of 12,782"


@pytest.mark.parametrize(
    ("done", "total", "said"),
    [
        (38_100_000_000, 61_200_000_000, "38.1 of 61.2 GB"),
        (900_000, 61_200_000_000, "0.0 of 61.2 GB"),
        (0, 900, "0 of 900 bytes"),
        (5, 5, "5 bytes"),
        (7_000_000, 0, "7.0 MB"),
        (0, 0, ""),
    ],
)
def test_sizes_share_one_unit(done: int, total: int, said: str, application: object) -> None:
    assert amount_text(transfer(bytes_done=done, bytes_total=total)) == said


def test_one_line_says_how_all_transfers_stand(application: object) -> None:
    def said(*transfers: Transfer) -> str:
        found = summary(transfers)
        return found.text if found is not None else ""

    held = transfer(3, state=TransferState.HELD, hold=Hold.OFFLINE)
    paused = transfer(4, state=TransferState.PAUSED, wanted=Wanted.PAUSED, rate=None)
    assert said(transfer(1, state=TransferState.DONE)) == ""
    assert said(transfer(1), transfer(2, rate=2_000_000.0, seconds_left=1500.0)) == (
        "2 transfers · 20.0 MB/s · about 25 min"
    )
    assert said(held) == "1 transfer · waiting for the internet"
    assert said(paused) == "1 transfer · paused"
    assert said(paused, held) == "1 transfer · waiting for the internet"
    assert said(transfer(1), held) == "2 transfers · 18.0 MB/s · about 22 min"


def test_progress_goes_by_bytes_then_by_files_and_never_past_the_end() -> None:
    assert share_of(transfer(bytes_done=1, bytes_total=4)) == 0.25
    assert share_of(transfer(bytes_total=0, items_done=1, items_total=2)) == 0.5
    assert share_of(transfer(bytes_total=0, items_done=0, items_total=0)) == 0.0
    assert share_of(transfer(bytes_done=9, bytes_total=4)) == 1.0


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
        assert "2500000" in (home / "settings.json").read_text(encoding="utf-8")

    play(scenario())
