"""Filters of the job list: what they let through, how they are written down, and the chips that show them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QInputMethodEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QDateEdit, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Content
from batchdock.core.states import JobState
from batchdock.window.jobs.chip import Chip
from batchdock.window.jobs.filter_bar import FilterBar
from batchdock.window.jobs.filter_words import Kind
from batchdock.window.jobs.filters import Asked, Filters, Period, Span, read_filters
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.period_dialog import PeriodDialog
from batchdock.window.jobs.views import JobView
from batchdock.window.search_field import PAUSE_MS, SearchField
from making.jobs import NOON, job

EVERYTHING = Filters(
    frozenset({JobState.FAILED, JobState.DONE}),
    frozenset({Content.VIDEOS}),
    frozenset({"rf-1"}),
    frozenset({"read-codes"}),
    Period(Span.OWN, date(2026, 3, 1), date(2026, 3, 31)),
    "north quay",
    frozenset({"Intrusion detection"}),
    frozenset({"gate-north"}),
    frozenset({"VIAS"}),
    frozenset({"edge"}),
    frozenset({"quay"}),
    (Asked("hw-1", "batch_id", ("b-1", "b-2"), "perimeter-night"),),
)
CAMERA: dict[str, Any] = {
    "content": Content.STREAM,
    "algorithm": "Intrusion detection",
    "video_source": "gate-north",
    "vendor": "VIAS",
    "runs_on": "edge",
    "groups": ("quay", "north"),
}


@pytest.fixture
def bar(application: QApplication, qtbot: QtBot) -> FilterBar:
    model = JobModel()
    model.look.now = NOON
    model.look.accounts = {"this-computer": "This computer", "rf-1": "harbour-lab"}
    model.put([job(1), job(2, JobState.FAILED), job(3, JobState.DONE, content=Content.VIDEOS, account_id="rf-1")])
    bar = FilterBar(model)
    model.setParent(bar)

    def choose(filters: Filters) -> None:
        model.show_view(JobView.ALL, filters)
        bar.update_filters()
        bar.update_count(False)

    bar.chosen.connect(choose)
    qtbot.addWidget(bar)
    bar.resize(1000, 40)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def model_of(bar: FilterBar) -> JobModel:
    return bar._model


def names(bar: FilterBar) -> set[str]:
    model = model_of(bar)
    return {model.job_at(row).name for row in range(model.rowCount())}


def menu_of(bar: FilterBar, kind: str) -> QMenu:
    bar.menu.aboutToShow.emit()
    below = next(action.menu() for action in bar.menu.actions() if action.text() == kind)
    assert isinstance(below, QMenu)
    return below


def action_of(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(), True),
        (Filters(states=frozenset({JobState.RUNNING, JobState.DONE})), True),
        (Filters(states=frozenset({JobState.DONE})), False),
        (Filters(contents=frozenset({Content.VIDEOS})), False),
        (Filters(accounts=frozenset({"rf-1"})), False),
        (Filters(workflows=frozenset({"read-codes"})), True),
        (Filters(states=frozenset({JobState.RUNNING}), workflows=frozenset({"other"})), False),
    ],
)
def test_each_kind_has_to_be_met_by_any_of_its_values(filters: Filters, passes: bool) -> None:
    test = filters.test(NOON)
    assert (test is None or test(job(1))) is passes


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(algorithms=frozenset({"Intrusion detection", "Ship detection"})), True),
        (Filters(video_sources=frozenset({"lobby"})), False),
        (Filters(vendors=frozenset({"VIAS"}), runs_on=frozenset({"cloud"})), False),
        (Filters(vendors=frozenset({"VIAS"}), runs_on=frozenset({"edge"})), True),
        (Filters(groups=frozenset({"north", "south"})), True),
        (Filters(groups=frozenset({"south"})), False),
    ],
)
def test_jobs_over_cameras_have_kinds_of_their_own(filters: Filters, passes: bool) -> None:
    test = filters.test(NOON)
    assert test is not None
    assert test(job(1, **CAMERA)) is passes
    assert not test(job(2)), "others have nothing of the kind"


def test_of_what_services_are_asked_only_what_they_find_passes() -> None:
    near, far = job(1, account_id="hw-1"), job(2, account_id="hw-2")
    filters = Filters(asked=(Asked("hw-1", "b", ("2",)), Asked("hw-1", "a", ("1",)), Asked("hw-2", "a", ("1",))))
    one, two = filters.questions
    assert one == ("hw-1", (("a", ("1",)), ("b", ("2",))))
    found: dict[Any, frozenset[tuple[str, str]]] = {}
    test = filters.test(NOON, found)
    assert test is not None
    assert not test(near)
    found[one] = frozenset({near.key})
    assert (test(near), test(far)) == (True, False)
    found[two] = frozenset({far.key})
    assert test(far)


@pytest.mark.parametrize(
    ("span", "days"),
    [(Span.TODAY, [0]), (Span.WEEK, [0, 6]), (Span.MONTH, [0, 6, 7, 29])],
)
def test_days_are_those_of_this_computers_clock(span: Span, days: list[int]) -> None:
    test = Filters(period=Period(span)).test(NOON)
    assert test is not None
    here = NOON.astimezone().replace(hour=0, minute=0, second=1)
    found = [ago for ago in (0, 6, 7, 29, 30) if test(job(1, created=(here - timedelta(days=ago)).astimezone(UTC)))]
    assert found == days
    assert not test(job(1, created=None))


def test_a_range_holds_its_last_day_whole() -> None:
    begin, end = Period(Span.OWN, date(2026, 3, 1), date(2026, 3, 2)).bounds(NOON)
    assert datetime.fromtimestamp(begin).isoformat() == "2026-03-01T00:00:00"
    assert datetime.fromtimestamp(end).isoformat() == "2026-03-03T00:00:00"


@pytest.mark.parametrize("filters", [Filters(), EVERYTHING, Filters(period=Period(Span.WEEK))])
def test_filters_are_read_as_they_were_written(filters: Filters) -> None:
    assert read_filters(filters.written()) == filters


@pytest.mark.parametrize("text", ["", "[]", "{", '{"states": ["no-such-state"]}', '{"period": ["own", "x", "y"]}', "7"])
def test_what_nobody_wrote_hides_nothing(text: str) -> None:
    assert read_filters(text) == Filters()


def test_ticks_narrow_the_list_and_become_chips(bar: FilterBar) -> None:
    states = menu_of(bar, "State")
    action_of(states, "Failed").trigger()
    action_of(states, "Done").trigger()
    assert names(bar) == {"Lot 2", "Lot 3"}
    action_of(menu_of(bar, "Account"), "harbour-lab").trigger()
    assert names(bar) == {"Lot 3"}
    shown = [chip.accessibleName() for chip in bar.chips.values() if chip.isVisible()]
    assert shown == ["State: Done, Failed", "Account: harbour-lab"]
    assert bar.words() == "State: Done, Failed · Account: harbour-lab"
    action_of(menu_of(bar, "State"), "Done").trigger()
    assert names(bar) == set()


def test_a_menu_of_ticks_stays_open_for_the_next_one(bar: FilterBar, qtbot: QtBot) -> None:
    menu = menu_of(bar, "State")
    menu.popup(QPoint(0, 0))
    qtbot.waitExposed(menu)
    for text in ("Failed", "Done"):
        menu.setActiveAction(action_of(menu, text))
        QTest.keyClick(menu, Qt.Key.Key_Space)
        assert menu.isVisible()
    where = menu.actionGeometry(action_of(menu, "Running")).center()
    QTest.mouseMove(menu, where)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert menu.isVisible()
    assert model_of(bar).filters.states == {JobState.FAILED, JobState.DONE, JobState.RUNNING}
    menu.close()


def test_a_chip_goes_by_its_cross_and_by_delete(bar: FilterBar) -> None:
    bar.chosen.emit(EVERYTHING)
    chip = bar.chips[Kind.TYPE]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, chip.cross().center())
    assert not model_of(bar).filters.contents
    bar.chips[Kind.STATE].setFocus()
    QTest.keyClick(bar.chips[Kind.STATE], Qt.Key.Key_Delete)
    assert not model_of(bar).filters.states
    assert bar.button.hasFocus()
    bar.clear.click()
    assert not model_of(bar).filters.any


def test_a_chip_opens_its_own_choices(bar: FilterBar, qtbot: QtBot) -> None:
    bar.chosen.emit(Filters(states=frozenset({JobState.DONE})))
    bar.chips[Kind.STATE].click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Done"]
    action_of(menu, "Remove this filter").trigger()
    menu.close()
    assert not model_of(bar).filters.any


def test_a_long_chip_gives_way_before_the_window_grows(bar: FilterBar) -> None:
    bar.chosen.emit(Filters(states=frozenset(JobState), contents=frozenset(Content)))
    assert bar.minimumSizeHint().width() < 700
    long = bar.chips[Kind.STATE]
    assert isinstance(long, Chip)
    assert "Failed" in long.toolTip()


def test_own_days_are_asked_for(bar: FilterBar, qtbot: QtBot) -> None:
    action_of(menu_of(bar, "Created"), "From … to …").trigger()
    dialog = bar.findChild(PeriodDialog)
    assert dialog is not None
    edits = dialog.findChildren(QDateEdit)
    assert [edit.accessibleName() for edit in edits] == ["First day", "Last day"]
    dialog.first.setDate(date(2026, 11, 25))  # type: ignore[arg-type]
    dialog.last.setDate(date(2026, 11, 20))  # type: ignore[arg-type]
    dialog.accept()
    assert model_of(bar).filters.period == Period(Span.OWN, date(2026, 11, 20), date(2026, 11, 25))
    assert names(bar) == {"Lot 1", "Lot 2", "Lot 3"}


def test_letters_that_are_still_being_composed_are_not_searched_for(application: QApplication, qtbot: QtBot) -> None:
    field = SearchField()
    qtbot.addWidget(field)
    searched = QSignalSpy(field.searched)

    def told() -> list[Any]:
        return [searched.at(each)[0] for each in range(searched.count())]

    QTest.keyClicks(field, "1 ")
    for letters in ("ㅅ", "수", "숳"):
        QApplication.sendEvent(field, QInputMethodEvent(letters, []))
    qtbot.wait(2 * PAUSE_MS)
    assert told() == []
    chosen = QInputMethodEvent("ㅎ", [])
    chosen.setCommitString("수")
    QApplication.sendEvent(field, chosen)
    qtbot.wait(2 * PAUSE_MS)
    assert told() == []  # A word is written, but the next one is being composed already.
    last = QInputMethodEvent("", [])
    last.setCommitString("확")
    QApplication.sendEvent(field, last)
    qtbot.waitUntil(lambda: told() == ["1 수확"])
    QTest.keyClicks(field, " 2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert told() == ["1 수확", "1 수확 2"]
    field.clear()
    assert told()[-1] == ""


def test_what_empties_a_search_field_is_there_while_there_is_something_in_it(qtbot: QtBot) -> None:
    field = SearchField()
    qtbot.addWidget(field)
    field.name("Search jobs")
    field.show()
    [cross] = [each for each in field.findChildren(QToolButton) if each.accessibleName() == "Clear search"]
    assert not cross.isVisible()
    field.setText("leaves")
    assert cross.isVisible()
    heard: list[str] = []
    field.searched.connect(heard.append)
    cross.click()
    assert (field.text(), heard) == ("", [""])
    assert not cross.isVisible()
