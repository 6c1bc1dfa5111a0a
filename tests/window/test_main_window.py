"""The window as a whole, over a real desk: ways in, navigation, messages, what it remembers, how it closes."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, QSettings, QSize, Qt, QUrl
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QClipboard,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QIcon,
    QPalette,
    QPixmap,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from batchdock.app import opened
from batchdock.core.errors import KeyRefused
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.news import JobEnded, JobsChanged, JobsRemoved, Light
from batchdock.keystore.session import SessionKeys
from batchdock.window.actions import COMMANDS, MENUS
from batchdock.window.batches.page import BatchesPage
from batchdock.window.empty_state import EmptyState
from batchdock.window.icons import icon
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.views import JobView
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import PLACES, Page, Place
from batchdock.window.theme import unit
from making.jobs import job
from making.media import code_picture, picture

Play = Callable[..., Any]


def links(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag_over(window: MainWindow, data: QMimeData) -> None:
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    middle = QPointF(window.rect().center())
    QApplication.sendEvent(window, QDragEnterEvent(middle.toPoint(), action, data, buttons, keys))


def drop(window: MainWindow, data: QMimeData) -> None:
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    drag_over(window, data)
    QApplication.sendEvent(window, QDropEvent(QPointF(window.rect().center()), action, data, buttons, keys))


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.messages.notices]


def test_first_run_offers_three_ways_to_begin(window: MainWindow) -> None:
    buttons = [button.text() for button in window.jobs.findChildren(QAbstractButton) if button.isVisibleTo(window)]
    assert buttons[:3] == ["Choose files…", "Choose a folder…", "Use the sample pictures"]
    assert not window.jobs.details.isVisibleTo(window)


def test_dropped_files_are_looked_at_in_a_sheet_and_not_in_a_dialog(
    window: MainWindow, play: Play, tmp_path: Path, eventually: Any
) -> None:
    folder = tmp_path / "Lot 17"
    for number in range(3):
        picture(folder / "deep" / f"{number}.jpg", number)

    async def scenario() -> None:
        drop(window, links(folder))
        sheet = window.sheet
        assert sheet is not None
        assert not sheet.isModal()
        assert sheet.window() is window
        await eventually(lambda: len(sheet.files.gathered.ready) == 3)
        drop(window, links(picture(tmp_path / "one more.jpg", 9)))
        assert window.sheet is sheet
        await eventually(lambda: len(sheet.files.gathered.ready) == 4)
        sheet.close()
        assert window.sheet is None

    play(scenario())


def test_the_window_shows_that_it_takes_what_is_dragged_over_it(window: MainWindow, tmp_path: Path) -> None:
    drag_over(window, links(tmp_path))
    assert window.drop_frame.isVisible()
    assert window.drop_frame.geometry() == window.rect()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.drop_frame.isVisible()


def test_a_drop_over_a_field_is_a_drop_on_the_window(
    window: MainWindow, play: Play, tmp_path: Path, eventually: Any
) -> None:
    data = links(picture(tmp_path / "a.jpg"))
    field = window.tools.search
    where = QPointF(field.mapTo(window, field.rect().center()))
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction

    async def scenario() -> None:
        field.setAcceptDrops(True)
        handle = window.windowHandle()
        QApplication.sendEvent(handle, QDragEnterEvent(where.toPoint(), action, data, buttons, keys))
        assert window.drop_frame.isVisible()
        QApplication.sendEvent(handle, QDropEvent(where, action, data, buttons, keys))
        sheet = window.sheet
        assert sheet is not None
        assert field.text() == ""
        await eventually(lambda: len(sheet.files.gathered.ready) == 1)
        sheet.close()

    play(scenario())


def test_a_drop_without_files_says_why(window: MainWindow) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/cat.jpg")])
    drop(window, data)
    assert window.sheet is None
    assert said(window) == [
        "There are no files of this computer in it. Save them to a folder first, then drop them here."
    ]


@pytest.mark.parametrize("as_text", [False, True])
def test_pasted_files_are_taken_as_dropped_ones_are(
    window: MainWindow, play: Play, tmp_path: Path, clipboard: QClipboard, as_text: bool
) -> None:
    path = picture(tmp_path / "名前 ä.jpg")

    async def scenario() -> None:
        if as_text:
            clipboard.setText(f"{path}\n")
        else:
            clipboard.setMimeData(links(path))
        window.actions_["paste"].trigger()
        assert window.sheet is not None
        await asyncio.sleep(0)
        window.sheet.close()

    play(scenario())


def test_every_command_is_in_the_menu_bar_and_has_its_words(window: MainWindow) -> None:
    keys = [key for _, menu in MENUS for key in menu if key not in ("-", "columns", "copies")]
    copies = {"copy-name", "copy-job-id", "copy-batch-id", "copy-details"}
    assert set(keys) | copies == {command.key for command in COMMANDS}
    for command in COMMANDS:
        assert window.actions_[command.key].text()


def test_no_shortcut_means_two_things(window: MainWindow) -> None:
    taken: dict[str, str] = {}
    for action in window.findChildren(QAction):
        for keys in action.shortcuts():
            assert taken.setdefault(keys.toString(), action.objectName()) == action.objectName()
    assert {"Ctrl+O", "Ctrl+Shift+O", "Ctrl+F", "F9", "F2", "Del", "Ctrl+Q", "F5"} <= set(taken)


CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QPlainTextEdit, QTabBar)


def nameless(inside: QWidget) -> list[str]:
    """Return the controls the keyboard can reach of which a screen reader could say nothing."""
    found = []
    for control in inside.findChildren(QWidget):
        # Qt's own pieces inside of its widgets are named by those.
        of_qt = control.objectName().startswith("qt_") or isinstance(control, QHeaderView)
        of_qt = of_qt or any(isinstance(above, QComboBox) for above in above_of(control))
        if not isinstance(control, CONTROLS) or control.focusPolicy() == Qt.FocusPolicy.NoFocus or of_qt:
            continue
        spoken = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
        if not spoken and not control.isHidden():
            found.append(f"{type(control).__name__} in {[type(each).__name__ for each in above_of(control)]}")
    return found


def above_of(widget: QWidget) -> list[QWidget]:
    found = []
    while (above := widget.parentWidget()) is not None:
        found.append(above)
        widget = above
    return found


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
        batches = window.pages[Page.BATCHES]
        assert isinstance(batches, BatchesPage)
        batches.start_form.show()
        assert nameless(window) == []
        sheet.close()
        for open_dialog in (window.commands.connect_roboflow, window.commands.manage_accounts):
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
        sheet.form.name.setFocus()
        reached: list[QWidget | None] = []
        for _ in range(60):
            here = QApplication.focusWidget()
            assert here is not None
            QTest.keyClick(here, Qt.Key.Key_Tab)
            reached.append(QApplication.focusWidget())
        for control in (sheet.form.name, sheet.form.more, sheet.start, sheet.only_batch, sheet.cancel):
            assert control in reached
        assert reached.index(sheet.start) < reached.index(sheet.only_batch) < reached.index(sheet.cancel)
        assert window.tools.search in reached
        assert window.sidebar in reached
        sheet.close()

    play(scenario())


def test_the_sheet_finds_its_room_in_the_window(
    window: MainWindow, play: Play, tmp_path: Path, eventually: Any
) -> None:
    async def scenario() -> None:
        window.jobs.model.put([job(1)])
        window.jobs.show_details(True)
        for size in (QSize(1200, 700), window.minimumSize()):
            window.resize(size)
            before = window.size()
            window.add_paths([picture(tmp_path / "a.jpg")])
            sheet = window.sheet
            assert sheet is not None
            await eventually(sheet.start.isEnabled)
            assert window.size() == before
            assert sheet.width() >= sheet.minimumSizeHint().width()
            # There is no room for both, but who asks for the details gets them.
            assert not window.jobs.details.isVisibleTo(window)
            sheet.close()
            assert window.jobs.details.isVisibleTo(window)

    play(scenario())


def test_the_first_window_is_as_large_as_is_good_and_not_larger_than_the_screen(window: MainWindow) -> None:
    room = window.screen().availableSize()
    assert window.width() == max(min(unit(window) * 320, round(room.width() * 0.9)), window.minimumWidth())
    assert window.height() == max(min(unit(window) * 200, round(room.height() * 0.88)), window.minimumHeight())


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


def test_buttons_of_an_empty_page_stay_readable_when_there_is_little_room(qtbot: QtBot) -> None:
    page = EmptyState("search", "Nothing matches.")
    qtbot.addWidget(page)
    buttons = [page.add_button(text, lambda: None) for text in ("Choose files…", "Use the sample pictures")]
    page.resize(900, 600)
    page.show()
    assert buttons[0].y() == buttons[1].y()
    page.resize(260, 600)
    QApplication.processEvents()
    assert buttons[0].y() < buttons[1].y()
    assert all(button.width() >= button.sizeHint().width() for button in buttons)


def test_the_sidebar_goes_everywhere_and_the_keyboard_too(window: MainWindow) -> None:
    for place in PLACES:
        window.actions_[f"show-{place.key}"].trigger()
        assert window.sidebar.place() == place
        assert window.pages[place.page].isVisibleTo(window)
    window.sidebar.setFocus()
    QTest.keyClick(window.sidebar, Qt.Key.Key_Up)
    assert window.sidebar.place() == PLACES[-2]


def test_news_reach_the_table_the_counts_and_the_person(window: MainWindow, play: Play, eventually: Any) -> None:
    done = job(1, JobState.DONE, items_total=12_780, problems=0)

    async def scenario() -> None:
        window.desk.news.publish(JobsChanged((done, job(2), job(3, JobState.FAILED))))
        window.desk.news.publish(JobEnded(done))
        await eventually(lambda: window.jobs.model.rowCount() == 3)
        counts = [window.jobs.model.count(view) for view in JobView]
        assert counts == [3, 1, 1, 1]
        assert said(window) == ["“Lot 1” is done. 12,780 pictures."]
        window.desk.news.publish(JobsRemoved((done.key,)))
        await eventually(lambda: window.jobs.model.rowCount() == 2)

    play(scenario())


def test_the_lights_say_what_is_known_from_the_start(
    window: MainWindow, play: Play, eventually: Any, application: QApplication
) -> None:
    def said_of_this_computer() -> str:
        buttons = window.status.findChildren(QToolButton)
        texts = [each.accessibleName() for each in buttons if each.isVisibleTo(window.status)]
        return next(text for text in texts if text.startswith("This computer"))

    async def scenario() -> None:
        assert said_of_this_computer() == "This computer: not asked yet"
        window.desk.accounts.show_light("this-computer", Light.SLOW)
        await eventually(lambda: said_of_this_computer() == "This computer: answers slowly")
        # Who comes later, or is built anew, missed the news.
        window.desk.accounts._lights["this-computer"] = Light.OK
        window.load()
        assert said_of_this_computer() == "This computer: connected"

    play(scenario())


def test_search_waits_for_a_pause_and_tells_what_it_hides(window: MainWindow, play: Play, eventually: Any) -> None:
    async def scenario() -> None:
        window.jobs.model.put([job(1, JobState.DONE, name="Leaf survey"), job(2)])
        window.go(Place(Page.JOBS, JobView.RUNNING))
        QTest.keyClicks(window.tools.search, "leaf")
        assert window.jobs.model.rowCount() == 1
        await eventually(lambda: window.jobs.model.rowCount() == 0)
        texts = [button.text() for button in window.jobs.findChildren(QAbstractButton) if button.isVisibleTo(window)]
        assert "Show all jobs" in texts
        assert "Clear search" in texts
        next(b for b in window.jobs.findChildren(QAbstractButton) if b.text() == "Show all jobs").click()
        assert window.sidebar.place() == Place(Page.JOBS, JobView.ALL)
        assert window.jobs.model.rowCount() == 1
        next(b for b in window.jobs.findChildren(QAbstractButton) if b.text() == "Clear search").click()
        assert window.jobs.model.rowCount() == 2

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


def test_geometry_place_and_columns_are_remembered_in_the_home_folder(play: Play, home: Path) -> None:
    async def once(change: bool) -> tuple[int, int, Place, bool]:
        async with opened(home, key_store=SessionKeys()) as window:
            window.show()
            if change:
                window.resize(777, 555)
                window.go(Place(Page.TRANSFERS))
                window.jobs.table.horizontalHeader().setSectionHidden(PLACE["stage"], False)
                window.jobs.show_details(False)
            hidden = window.jobs.table.horizontalHeader().isSectionHidden(PLACE["stage"])
            assert not change or not window.jobs.details_wanted
            return window.width(), window.height(), window.sidebar.place(), hidden

    before = play(once(True))
    assert play(once(False)) == before == (777, 555, Place(Page.TRANSFERS), False)
    assert QSettings(str(home / "window.ini"), QSettings.Format.IniFormat).contains("window/geometry")


def test_closing_is_asked_for_and_not_just_done(window: MainWindow) -> None:
    asked: list[bool] = []
    window.close_asked.connect(lambda: asked.append(True))
    window.close()
    assert asked == [True]
    assert window.isVisible()


def test_from_drop_to_results_rename_remove_and_back(
    window: MainWindow, play: Play, tmp_path: Path, eventually: Any
) -> None:
    for number in range(4):
        code_picture(tmp_path / "Lot 17" / f"{number}.png", f"box {number}")
    model: JobModel = window.jobs.model

    def only() -> Job:
        return model.job_at(0)

    async def scenario() -> None:
        drop(window, links(tmp_path / "Lot 17"))
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: len(sheet.files.gathered.ready) == 4 and sheet.start.isEnabled())
        sheet.form.workflows.choose("read-codes")
        await eventually(sheet.start.isEnabled)
        sheet.start.click()
        await eventually(lambda: model.rowCount() == 1)
        assert only().name == "Lot 17"
        await eventually(lambda: only().state.is_terminal, 60)
        assert (only().state, only().items_done, only().problems) == (JobState.DONE, 4, 0)
        key = only().key
        window.jobs.show_details(True)
        window.show_job(key)
        await eventually(lambda: len(window.jobs.details.stages.lines.lines) == 2)
        window.jobs.commands.rename_to(key, "Harvest")
        await eventually(lambda: only().name == "Harvest")
        window.actions_["undo"].trigger()
        await eventually(lambda: only().name == "Lot 17")
        window.actions_["remove"].trigger()
        await eventually(lambda: model.count() == 0)
        window.actions_["undo"].trigger()
        await eventually(lambda: model.count() == 1)
        window.show_results(key)
        await eventually(lambda: bool(window.results.browser.entries()))

    play(scenario())


def test_quitting_asks_only_while_something_would_stop(window: MainWindow, play: Play, eventually: Any) -> None:
    async def scenario() -> None:
        window.jobs.model.put([job(1, JobState.DONE), job(2, account_id="roboflow-x")])
        assert await window.commands.may_close()
        window.jobs.model.put([job(3)])
        question = asyncio.ensure_future(window.commands.may_close())
        await eventually(lambda: QApplication.activeModalWidget() is not None)
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.text() == "Not finished: 1 job on this computer."
        box.button(QMessageBox.StandardButton.Cancel).click()
        assert await question is False
        question = asyncio.ensure_future(window.commands.may_close())
        await eventually(lambda: QApplication.activeModalWidget() not in (None, box))
        again = QApplication.activeModalWidget()
        assert isinstance(again, QMessageBox)
        again.defaultButton().click()
        assert await question is True

    play(scenario())
