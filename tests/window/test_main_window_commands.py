"""What the window can be told and what it says: commands, keys, names, messages, the last question."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QAction,
    QClipboard,
    QIcon,
    QPalette,
    QPixmap,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from batchdock.core.errors import KeyRefused
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferKind, TransferState, Wanted
from batchdock.flows.news import JobEnded
from batchdock.window.actions import COMMANDS, JOBS, MADE_ANEW, MENUS
from batchdock.window.icons import icon
from batchdock.window.main_window import MainWindow
from batchdock.window.quitting import unfinished
from batchdock.window.sidebar import Page, Place
from making.jobs import job
from making.media import picture
from making.spoken import nameless
from making.transfers import transfer

Play = Callable[..., Any]


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.messages.notices]


def test_every_command_is_in_the_menu_bar_and_has_its_words(window: MainWindow) -> None:
    no_commands = {"-", "columns", "copies", "speed-limit"} | MADE_ANEW
    keys = [key for _, menu in MENUS for key in menu if key not in no_commands]
    copies = {"copy-name", "copy-job-id", "copy-batch-id", "copy-command", "copy-details"}
    assert set(keys) | copies == {command.key for command in COMMANDS}
    for command in COMMANDS:
        assert window.actions_[command.key].text()


def test_no_shortcut_means_two_things(window: MainWindow) -> None:
    """Each of the two tables may have the same keys: they work where the keyboard is."""
    tables = {command.key: command.table for command in COMMANDS}
    taken: dict[tuple[str, str], str] = {}
    for action in window.findChildren(QAction):
        for keys in action.shortcuts():
            place = (keys.toString(), tables.get(action.objectName(), ""))
            assert taken.setdefault(place, action.objectName()) == action.objectName()
    everywhere = {keys for keys, table in taken if not table}
    assert not everywhere & {keys for keys, table in taken if table}
    assert {"Ctrl+O", "Ctrl+Shift+O", "Ctrl+F", "F9", "Ctrl+Q", "F5"} <= everywhere
    assert {"F2", "Del", "Ctrl+R"} <= {keys for keys, table in taken if table == JOBS}


def test_every_control_has_a_name_for_screen_readers(
    window: MainWindow, play: Play, tmp_path: Path, eventually: Any
) -> None:
    async def scenario() -> None:
        window.jobs.model.put([job(1)])
        window.jobs.show_details(True)
        window.messages.undo("Removed.", lambda: None)
        window.add_paths([picture(tmp_path / "a.jpg")])
        sheet = window.sheet
        assert sheet is not None
        await eventually(sheet.start.isEnabled)
        sheet.form.show_more(True)
        assert nameless(window) == []
        sheet.close()
        commands = window.commands
        for open_dialog in (commands.connect_service, commands.manage_accounts, commands.show_shelf):
            open_dialog()
            dialog = QApplication.activeModalWidget()
            assert dialog is not None
            assert nameless(dialog) == []
            dialog.close()

    play(scenario())


def test_a_control_without_a_name_is_found(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    QLineEdit(box)
    assert len(nameless(box)) == 1


def test_tab_reaches_every_control_of_the_sheet_and_leaves_it(
    window: MainWindow, play: Play, tmp_path: Path, eventually: Any
) -> None:
    async def scenario() -> None:
        window.add_paths([picture(tmp_path / "a.jpg")])
        sheet = window.sheet
        assert sheet is not None
        await eventually(sheet.start.isEnabled)
        window.activateWindow()

        def once_round() -> list[QWidget | None]:
            assert sheet is not None
            sheet.form.name.setFocus()
            reached: list[QWidget | None] = []
            while len(reached) < 200 and sheet.form.name not in reached:
                here = QApplication.focusWidget()
                assert here is not None
                QTest.keyClick(here, Qt.Key.Key_Tab)
                reached.append(QApplication.focusWidget())
            return reached

        # Controls come, and can be used, when what is dropped has been looked at and the workflows are known.
        wanted = {sheet.form.name, sheet.form.more, sheet.start, sheet.only_batch, sheet.cancel}
        await eventually(lambda: wanted <= set(once_round()))
        reached = once_round()
        assert reached.index(sheet.start) < reached.index(sheet.only_batch) < reached.index(sheet.cancel)
        assert window.tools.search in reached
        assert window.sidebar in reached
        sheet.close()

    play(scenario())


def test_jobs_that_end_together_are_told_in_one_message(window: MainWindow, play: Play, eventually: Any) -> None:
    async def scenario() -> None:
        for number in (1, 2):
            window.desk.news.publish(JobEnded(job(number, JobState.DONE)))
        await eventually(lambda: said(window) == ["2 jobs are done."])
        window.desk.news.publish(JobEnded(job(3, JobState.FAILED)))
        await eventually(lambda: said(window) == ["3 jobs have ended. 1 to look at."])
        window.messages.clear()
        window.desk.news.publish(JobEnded(job(4, JobState.DONE, items_total=1)))
        await eventually(lambda: said(window) == ["“Lot 4” is done. 1 picture."])

    play(scenario())


def test_commands_are_possible_only_where_they_mean_something(window: MainWindow, play: Play) -> None:
    async def scenario() -> None:
        window.jobs.model.put([job(1, JobState.DONE), job(2), job(3, JobState.FAILED)])
        possible = {}
        for number in (1, 2, 3):
            window.jobs.table.go_to(job(number).key)
            keys = ("stop", "restart", "rename", "remove", "copy")
            possible[number] = {key for key in keys if window.actions_[key].isEnabled()}
        assert possible == {
            1: {"rename", "remove", "copy"},
            2: {"stop", "rename", "copy"},
            3: {"restart", "rename", "remove", "copy"},
        }
        window.go(Place(Page.PROBLEMS))
        assert not window.actions_["remove"].isEnabled()

    play(scenario())


def test_copying_gives_the_rows_as_shown(window: MainWindow, play: Play, clipboard: QClipboard) -> None:
    async def scenario() -> None:
        window.jobs.model.put([job(1, JobState.DONE, name="Lot 17", batch_id="b-1")])
        window.jobs.table.selectAll()
        window.actions_["copy"].trigger()
        assert clipboard.text().split("\t")[:3] == ["Lot 17", "Done", "Pictures"]
        window.actions_["copy-job-id"].trigger()
        assert clipboard.text() == "j-00001"
        window.actions_["copy-details"].trigger()
        assert "Batch ID: b-1" in clipboard.text()

    play(scenario())


def test_an_error_is_told_with_title_meaning_and_advice_and_once(window: MainWindow, clipboard: QClipboard) -> None:
    for _ in range(2):
        window.messages.error(KeyRefused(service="Roboflow", details="401 on GET /"))
    (notice,) = window.messages.notices
    assert notice.text == (
        "Roboflow did not accept this key Work that needs it is paused; nothing is lost. "
        "Check that you copied the whole key, and that it is a private key."
    )
    notice.press_first_button()
    assert "401 on GET /" in clipboard.text()


def test_what_was_undone_is_undone_once(window: MainWindow) -> None:
    undone: list[str] = []
    window.messages.undo("Removed “A” from the list.", lambda: undone.append("A"))
    window.messages.undo("Removed “B” from the list.", lambda: undone.append("B"))
    window.actions_["undo"].trigger()
    assert undone == ["B"]
    window.actions_["undo"].trigger()
    assert undone == ["B"]


def test_a_palette_change_repaints_the_icons(window: MainWindow, application: QApplication) -> None:
    def ink() -> str:
        image = icon("x").pixmap(64, 64).toImage()
        return str(image.pixelColor(32, 32).name())

    light = application.palette()
    dark = QPalette(light)
    dark.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.white)
    dark.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.black)
    before = ink()
    application.setPalette(dark)
    try:
        assert (before, ink()) == ("#000000", "#ffffff")
        window.grab()
    finally:
        application.setPalette(light)


def test_an_icon_that_qt_has_copied_can_be_painted(application: QApplication) -> None:
    for _ in range(50):
        copied = QIcon(icon("x"))
        copied.addPixmap(QPixmap(4, 4))
        gc.collect(0)
        assert not copied.pixmap(16, 16).isNull()


def test_another_language_is_taken_up_while_the_window_is_open(window: MainWindow) -> None:
    QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    for each in window.findChildren(QWidget):
        QApplication.sendEvent(each, QEvent(QEvent.Type.LanguageChange))
    assert window.actions_["add-files"].text() == "&Add files…"


def test_closing_is_asked_for_and_not_just_done(window: MainWindow) -> None:
    asked: list[bool] = []
    window.close_asked.connect(lambda: asked.append(True))
    window.close()
    assert asked == [True]
    assert window.isVisible()


def test_quitting_asks_only_while_something_would_stop(window: MainWindow, play: Play, eventually: Any) -> None:
    async def scenario() -> None:
        window.jobs.model.put([job(1, JobState.DONE), job(2, account_id="roboflow-x")])
        assert await window.commands.may_close()
        window.jobs.model.put([job(3)])
        moving = transfer(1, account_id="roboflow-x")
        paused = transfer(2, account_id="roboflow-x", wanted=Wanted.PAUSED)
        window.status.set_transfers([moving, paused, transfer(3, state=TransferState.DONE)])
        question = asyncio.ensure_future(window.commands.may_close())
        await eventually(lambda: QApplication.activeModalWidget() is not None)
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.text() == "1 upload is not finished. 1 job on this computer is not finished."
        assert [button.text() for button in box.buttons() if "tray" in button.text()] == []
        box.button(QMessageBox.StandardButton.Cancel).click()
        assert await question is False
        question = asyncio.ensure_future(window.commands.may_close())
        await eventually(lambda: QApplication.activeModalWidget() not in (None, box))
        again = QApplication.activeModalWidget()
        assert isinstance(again, QMessageBox)
        again.defaultButton().click()
        assert await question is True
        window.jobs.model.remove([job(3).key])
        window.status.set_transfers([paused])
        assert await window.commands.may_close()

    play(scenario())


def test_what_would_stop_is_counted_by_what_it_is(application: object) -> None:
    cloud = {"account_id": "roboflow-x"}
    saving = transfer(2, kind=TransferKind.SAVING, **cloud)
    local = transfer(3, account_id="this-computer")
    sending = [transfer(number, **cloud) for number in (4, 5)]
    assert unfinished([*sending, saving], 0, 0) == "2 uploads are not finished. 1 download is not finished."
    assert unfinished([local], 1, 0) == unfinished([local], 0, 0) == "1 job on this computer is not finished."
    assert unfinished([], 1200, 0) == "1,200 jobs on this computer are not finished."
    assert unfinished([transfer(4, wanted=Wanted.PAUSED, **cloud)], 0, 0) == ""
    assert unfinished([], 0, 2) == "2 folders are watched."
