"""Views of the job list in the real window: each as it was left, and the person's own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenu

from batchdock.app import opened
from batchdock.core.batch import Content
from batchdock.core.states import JobState
from batchdock.flows.jobs import Attention
from batchdock.keystore.session import SessionKeys
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.saved_views import OwnView
from batchdock.window.jobs.views import JobView
from batchdock.window.main_window import MainWindow
from batchdock.window.presence import Presence
from batchdock.window.sidebar import Page, Place
from making.jobs import job

ALL, RUNNING, DONE = (Place(Page.JOBS, view) for view in (JobView.ALL, JobView.RUNNING, JobView.DONE))
VIDEOS = Filters(contents=frozenset({Content.VIDEOS}))


def names(window: MainWindow) -> set[str]:
    model = window.jobs.model
    return {model.job_at(row).name for row in range(model.rowCount())}


def places(window: MainWindow) -> list[str]:
    return [window.sidebar.item(row).text() for row in range(window.sidebar.count())]


def fill(window: MainWindow) -> None:
    window.jobs.model.put(
        [
            job(1, JobState.DONE, content=Content.VIDEOS, name="Quay film"),
            job(2, JobState.DONE, name="Quay"),
            job(3, content=Content.VIDEOS, name="Bridge film"),
            job(4, JobState.FAILED, name="Bridge"),
        ]
    )


async def made(window: MainWindow, name: str, eventually: Any) -> Place:
    """Save what is shown as a view, and type its name."""
    window.jobs.filters.save.click()
    await type_name(name, window, eventually)
    return window.sidebar.place()


async def type_name(name: str, window: MainWindow, eventually: Any) -> None:
    """Type into the field that is open in the sidebar."""
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.accessibleName() == "Name of the view"
    QTest.keyClicks(editor, name)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await eventually(lambda: name in places(window))


def button(window: MainWindow, text: str) -> QAbstractButton:
    return next(b for b in window.jobs.findChildren(QAbstractButton) if b.text() == text and b.isVisibleTo(window))


def test_filter_columns_and_order_belong_to_their_view(window: MainWindow) -> None:
    fill(window)
    header = window.jobs.table.header
    window.go(DONE)
    window.jobs.filters.chosen.emit(VIDEOS)
    header.setSectionHidden(PLACE["tags"], False)
    window.jobs.table.sortByColumn(PLACE["name"], Qt.SortOrder.AscendingOrder)
    assert names(window) == {"Quay film"}
    window.go(ALL)
    assert len(names(window)) == 4
    assert header.isSectionHidden(PLACE["tags"])
    assert header.sortIndicatorSection() == PLACE["created"]
    window.go(DONE)
    assert names(window) == {"Quay film"}
    assert not header.isSectionHidden(PLACE["tags"])
    assert header.sortIndicatorSection() == PLACE["name"]
    assert window.jobs.filters.words() == "Type: Videos"


def test_a_view_of_ones_own_keeps_filter_search_and_columns(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        fill(window)
        window.activateWindow()
        window.go(DONE)
        window.jobs.filters.chosen.emit(VIDEOS)
        window.tools.search.setText("quay")
        window.jobs.search("quay")
        own = await made(window, "Films of the quay", eventually)
        assert own.view is JobView.DONE
        assert window.tools.search.text() == ""
        assert window.jobs.filters.words() == "Type: Videos · Contains: “quay”"
        assert places(window)[5] == "Films of the quay"
        assert names(window) == {"Quay film"}
        window.jobs.model.put([job(7, JobState.DONE, content=Content.VIDEOS, name="Quay by night")])
        assert names(window) == {"Quay film", "Quay by night"}
        await eventually(lambda: window.jobs.model.own_counts() == {own.own: 2})
        window.jobs.model.put([job(7, JobState.FAILED, content=Content.VIDEOS, name="Quay by night")])
        assert window.jobs.model.own_counts() == {own.own: 1}
        window.go(DONE)
        assert names(window) == {"Quay film", "Quay"}  # The filter has become a view; this one is whole again.
        window.go(own)
        assert names(window) == {"Quay film"}

    play(scenario())


def test_own_views_come_back_with_the_window(play: Any, home: Any) -> None:
    async def first() -> Place:
        async with opened(home, key_store=SessionKeys()) as window:
            window.show()
            fill(window)
            window.jobs.filters.chosen.emit(VIDEOS)
            window.jobs.table.header.setSectionHidden(PLACE["size"], False)
            view = window.jobs.views.make("Films", "")
            assert window.sidebar.place().own == view.view_id
            return window.sidebar.place()

    async def second() -> tuple[Place, set[str], list[str], bool]:
        async with opened(home, key_store=SessionKeys()) as window:
            window.show()
            fill(window)
            hidden = window.jobs.table.header.isSectionHidden(PLACE["size"])
            return window.sidebar.place(), names(window), places(window)[5:6], hidden

    place = play(first())
    assert play(second()) == (place, {"Quay film", "Bridge film"}, ["Films"], False)


def test_a_view_is_renamed_and_removed_by_keyboard_and_both_can_be_undone(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        fill(window)
        window.activateWindow()
        window.jobs.filters.chosen.emit(VIDEOS)
        own = await made(window, "Films", eventually)
        sidebar = window.sidebar
        sidebar.setFocus()
        QTest.keyClick(sidebar, Qt.Key.Key_F2)
        await type_name("Videos", window, eventually)
        assert places(window)[5] == "Videos"
        window.actions_["undo"].trigger()
        assert places(window)[5] == "Films"
        sidebar.setFocus()
        QTest.keyClick(sidebar, Qt.Key.Key_Delete)
        assert "Films" not in places(window)
        assert sidebar.place() == ALL
        assert len(names(window)) == 4 or window.jobs.model.filters.any
        window.actions_["undo"].trigger()
        assert places(window)[5] == "Films"
        window.go(own)
        assert names(window) == {"Quay film", "Bridge film"}

    play(scenario())


def test_the_menu_of_an_own_view_offers_both(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        fill(window)
        window.jobs.filters.chosen.emit(VIDEOS)
        window.jobs.views.make("Films", "")
        sidebar = window.sidebar
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
        QApplication.sendEvent(sidebar.viewport(), asked)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [action.text().replace("&", "") for action in menu.actions()] == ["Rename…", "Remove view"]
        menu.actions()[1].trigger()
        menu.close()
        assert window.jobs.views.own == ()
        sidebar.go(DONE)
        QApplication.sendEvent(sidebar.viewport(), asked)
        assert QApplication.activePopupWidget() is None

    play(scenario())


def test_what_hides_hits_is_named_and_given_up_on_demand(window: MainWindow) -> None:
    fill(window)
    window.go(DONE)
    window.jobs.filters.chosen.emit(VIDEOS)
    window.jobs.search("bridge")
    assert window.jobs.model.rowCount() == 0
    button(window, "Show them").click()  # The view hid it: the filter, and with it the search, go along to all jobs.
    assert window.sidebar.place() == ALL
    assert names(window) == {"Bridge film"}
    window.jobs.search("")
    window.jobs.filters.chosen.emit(Filters(states=frozenset({JobState.PAUSED})))
    said = [label.text() for label in window.jobs.middle.findChildren(QLabel) if label.isVisibleTo(window)]
    assert "Hidden by the filter “State: Paused”: 4 jobs." in said
    button(window, "Show them").click()
    assert len(names(window)) == 4


def test_a_job_that_is_asked_for_is_shown_whatever_hides_it(window: MainWindow) -> None:
    fill(window)
    window.jobs.filters.chosen.emit(VIDEOS)
    window.go(RUNNING)
    window.show_job(job(4).key)
    current = window.jobs.table.current_job()
    assert current is not None
    assert current.name == "Bridge"


def test_f6_goes_through_the_regions_and_back(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        fill(window)
        window.jobs.show_details(True)
        window.jobs.table.go_to(job(1).key)
        window.activateWindow()
        await eventually(window.isActiveWindow)
        window.sidebar.setFocus()
        regions = (window.tools, window.sidebar, window.jobs.filters, window.jobs.table, window.jobs.details)

        def here() -> object:
            focus = QApplication.focusWidget()
            return next(
                (each for each in regions if focus is not None and (each is focus or each.isAncestorOf(focus))), focus
            )

        seen = []
        for _ in range(5):
            QTest.keyClick(window, Qt.Key.Key_F6)
            seen.append(here())
        assert seen == [window.jobs.filters, window.jobs.table, window.jobs.details, window.tools, window.sidebar]
        QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert here() is window.tools

    play(scenario())


def test_the_watch_learns_what_is_on_screen(window: MainWindow, play: Any, eventually: Any, monkeypatch: Any) -> None:
    told: list[frozenset[tuple[str, str]]] = []
    monkeypatch.setattr(window.desk.jobs, "in_view", told.append)

    async def scenario() -> None:
        window.resize(1000, 500)
        window.jobs.model.put([job(number) for number in range(300)])
        await eventually(lambda: told and job(0).key in told[-1])
        assert len(told[-1]) < 60
        bar = window.jobs.table.verticalScrollBar()
        bar.setValue(bar.maximum())
        await eventually(lambda: job(299).key in told[-1] and job(0).key not in told[-1])
        window.go(Place(Page.TRANSFERS))
        await eventually(lambda: told[-1] == frozenset())

    play(scenario())


def test_seconds_tick_only_while_a_start_can_be_taken_back(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        soon = datetime.now(UTC) + timedelta(seconds=40)
        clock = window.jobs._clock
        window.jobs.model.put([job(1, JobState.WAITING, goes_out=soon, progress=None)])
        await eventually(lambda: clock.interval() == 1000)
        model = window.jobs.model
        assert str(model.data(model.index(0, PLACE["state"]))).startswith("Starts in ")
        window.jobs.model.put([job(1, JobState.DRAFT, progress=None)])
        await eventually(lambda: clock.interval() == 5000)
        assert model.data(model.index(0, PLACE["state"])) == "Draft"

    play(scenario())


def test_attention_follows_the_window(window: MainWindow, play: Any, eventually: Any) -> None:
    told: list[Attention] = []
    presence = Presence(window, told.append)

    async def scenario() -> None:
        window.activateWindow()
        await eventually(window.isActiveWindow)
        window.hide()
        await eventually(lambda: told and told[-1] is Attention.BACKGROUND)
        window.show()
        window.activateWindow()
        await eventually(lambda: told[-1] is Attention.FRONT)
        presence._away.setInterval(1)
        presence._away.start()
        await eventually(lambda: told[-1] is Attention.IDLE)
        presence._away.setInterval(60_000)
        QTest.keyClick(window, Qt.Key.Key_F15)
        assert told[-1] is Attention.FRONT

    play(scenario())


def test_own_views_say_how_many_they_have(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        fill(window)
        view = window.jobs.views.make("Everything", "")
        assert isinstance(view, OwnView)
        place = Place(Page.JOBS, JobView.ALL, view.view_id)

        def spoken() -> str:
            return str(window.sidebar._items[place].data(Qt.ItemDataRole.AccessibleTextRole))

        await eventually(lambda: spoken() == "Everything, 4")

    play(scenario())


def test_tab_goes_from_search_over_views_and_filters_to_the_table_and_its_details(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        fill(window)
        window.jobs.show_details(True)
        window.jobs.table.go_to(job(3).key)
        window.jobs.filters.chosen.emit(VIDEOS)
        window.activateWindow()
        await eventually(window.isActiveWindow)
        window.tools.search.setFocus()
        reached = []
        for _ in range(12):
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, Qt.Key.Key_Tab)
            reached.append(QApplication.focusWidget())
        jobs = window.jobs
        wanted = [window.sidebar, jobs.filters.button, *jobs.filters.chips.values(), jobs.filters.save, jobs.table]
        wanted = [widget for widget in wanted if widget.isVisibleTo(window)]
        assert len(wanted) == 5
        begin = reached.index(window.sidebar)
        assert reached[begin : begin + 5] == wanted
        after = reached[begin + 5]
        assert after is not None
        assert jobs.details.isAncestorOf(after)

    play(scenario())
