"""The window as a whole, over a real desk: ways in, navigation, news, what it remembers."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, QSize, Qt, QUrl
from PySide6.QtGui import (
    QClipboard,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from batchdock.app import opened
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.news import JobEnded, JobsChanged, JobsRemoved, Light
from batchdock.keystore.session import SessionKeys
from batchdock.window.empty_state import EmptyState
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.views import JobView
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import PLACES, Page, Place
from batchdock.window.theme import unit
from making.dropping import drag_over, drop, links
from making.jobs import job
from making.media import code_picture, picture

Play = Callable[..., Any]


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


def test_pages_that_nobody_has_looked_at_are_made_when_there_is_time(
    window: MainWindow, play: Play, eventually: Any
) -> None:
    late = (Page.BATCHES, Page.RESULTS)
    assert not [page for page in late if page in window.pages]

    async def wait() -> None:
        window.pages.make_all()
        await eventually(lambda: all(page in window.pages for page in late))

    play(wait())
    assert window.pages.currentWidget() is window.jobs
    made = {page: window.pages[page] for page in late}
    window.go(Place(Page.RESULTS))
    assert window.pages.currentWidget() is made[Page.RESULTS] is window.results
    window.go(Place(Page.BATCHES))
    assert window.pages.currentWidget() is made[Page.BATCHES] is window.batches


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
        # The real service may have answered already.
        window.desk.accounts._lights.pop("this-computer", None)
        window.load()
        assert said_of_this_computer() == "This computer: not asked yet"

        def slow() -> bool:
            # Said again: the real service may have answered just now, and then it is not slow.
            window.desk.accounts.show_light("this-computer", Light.SLOW)
            return said_of_this_computer() == "This computer: answers slowly"

        await eventually(slow)
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
        shown = [button for button in window.jobs.findChildren(QAbstractButton) if button.isVisibleTo(window)]
        offered = {button.text(): button for button in shown}
        assert "Clear search" in offered
        offered["Show them"].click()
        assert window.sidebar.place() == Place(Page.JOBS, JobView.ALL)
        assert window.jobs.model.rowCount() == 1
        next(b for b in window.jobs.findChildren(QAbstractButton) if b.text() == "Clear search").click()
        assert window.jobs.model.rowCount() == 2

    play(scenario())


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
        await eventually(lambda: [box.look.percent for box in window.jobs.details.steps.picture.boxes] == ["100 %"] * 2)
        shown = window.jobs.details.head.findChildren(QLabel)
        await eventually(lambda: "Read QR codes and barcodes" in [label.text() for label in shown])
        window.jobs.commands.rename_to(key, "Harvest")
        await eventually(lambda: only().name == "Harvest")
        window.actions_["undo"].trigger()
        await eventually(lambda: only().name == "Lot 17")
        window.actions_["remove"].trigger()
        await eventually(lambda: model.count() == 0)
        window.actions_["undo"].trigger()
        await eventually(lambda: model.count() == 1)
        window.show_results(key)
        await eventually(lambda: window.results.state.selection is not None)

    play(scenario())
