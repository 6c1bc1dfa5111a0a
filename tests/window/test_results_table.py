"""Results as a table: what its cells say, that it goes with the other views, and what is copied out of it."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from batchdock.core.finding import Box, Cell, Filter, Finding, Label, Picture, Shape, Share, SortBy
from batchdock.flows.results.opening import Opened, Seen
from batchdock.window.main_window import MainWindow
from batchdock.window.results.table import TableView
from batchdock.window.results.table.columns import finding_columns, picture_columns
from batchdock.window.results.table.pages import KEPT, PAGE, Pages
from batchdock.window.results.table.rows import LONGEST, Row, finding_row, picture_row
from batchdock.window.results.view_state import ViewState
from batchdock.window.results.viewer import Tab
from batchdock.window.sidebar import Page, Place
from making.results import results_folder

FORMULA = "=HYPERLINK(1)"
LABELS = ("person", FORMULA, "<i>dog</i>")


def picture(name: str = "card 2/사진 1.jpg", **more: Any) -> Picture:
    told: dict[str, Any] = {"frame": None, "seconds": None, "problem": "", "drawn": "", "best": None, **more}
    return Picture(number=7, name=name, width=640, height=480, taken=None, findings=0, **told)


def finding(label: int, confidence: float | None, text: str = "") -> Finding:
    return Finding(1, 7, "predictions", Shape.BOX, label, confidence, Box(1.5, 2.0, 30.0, 40.0), None, text)


def test_a_picture_is_a_row_with_a_count_for_each_class(application: QApplication) -> None:
    labels = [Label(0, "person", 9), Label(1, "car", 3)]
    columns = picture_columns(labels, ("count", "note"))
    seen = Seen(picture(), (finding(0, 0.873), finding(0, None), finding(1, 0.2)))
    row = picture_row(seen, (Cell("count", 1204.0), Cell("note", "two\nlines")), columns)
    told = {column.key: text for column, text in zip(columns, row.texts, strict=True)}
    assert told == {
        "name": "사진 1.jpg",
        "folder": "card 2",
        "findings": "3",
        "best": "87.3 %",
        "class:person": "2",
        "class:car": "1",
        "output:count": "1,204",
        "output:note": "two lines",
        "problem": "",
    }
    assert not next(column for column in columns if column.key == "output:note").shown
    some = (Cell("count", 1.0), Cell("note", "x"), Cell("note", 2.0))
    told_of = {each.output: each for each in picture_columns(labels, ("count", "note", "other"), some) if each.output}
    assert [(each.shown, each.number) for each in told_of.values()] == [(True, True), (True, False), (False, False)]


def test_a_finding_is_a_row_and_what_is_not_known_is_empty(application: QApplication) -> None:
    row = finding_row(picture("a.mp4", seconds=83.0), finding(-1, None, "x" * 1000), {})
    assert row.texts[:3] == ("a.mp4 · 1:23", "Without a class", "")
    assert row.texts[3:7] == ("1.5", "2.0", "30.0", "40.0")
    assert len(row.texts[7]) == LONGEST
    assert len(row.texts) == len(finding_columns())


def test_pages_that_nobody_looks_at_any_more_are_forgotten() -> None:
    pages = Pages()
    for page in range(KEPT + 2):
        pages.take(page, [Row(page, ("x",))])
    assert not pages.has(1)
    assert pages.has(KEPT + 1)
    row = pages.row((KEPT + 1) * PAGE)
    assert row is not None
    assert row.picture == KEPT + 1
    assert pages.row((KEPT + 1) * PAGE + 1) is None, "a page may be short"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Three hundred pictures with two findings each, but every third with none."""
    names = [f"card {number // 100}/사진 {number}.jpg" for number in range(300)]
    return results_folder(
        tmp_path / "Lot 17", pictures=300, each=lambda number: 0 if number % 3 == 2 else 2, labels=LABELS, names=names
    )


async def shown(window: MainWindow, eventually: Any, folder: Path) -> tuple[Opened, ViewState, TableView]:
    context = window._context
    opened = await context.background.run(context.desk.results.open_folder(folder, lambda _done, _all: None))
    state = ViewState(context, window)
    view = TableView(context, state, window)
    view.setWindowFlag(Qt.WindowType.Window)
    view.resize(1000, 500)
    view.show()
    state.show(opened)
    await eventually(lambda: view._shown is not None)
    return opened, state, view


def texts(view: TableView, row: int) -> dict[str, str]:
    model = view.model
    return {column.key: model.index(row, place).data() for place, column in enumerate(model.columns)}


def test_the_selection_as_rows_of_pictures_and_of_findings(
    window: MainWindow, play: Any, eventually: Any, results: Path
) -> None:
    async def scenario() -> None:
        _, state, view = await shown(window, eventually, results)
        assert view.model.rowCount() == 300
        assert texts(view, 0)["name"] == "사진 0.jpg"
        assert texts(view, 0)["findings"] == "2"
        assert texts(view, 2)["findings"] == "0"
        view.by_finding.click()
        await eventually(lambda: view.model.rowCount() == 400)
        assert [texts(view, row)["name"] for row in range(5)] == [
            *["사진 0.jpg"] * 2,
            *["사진 1.jpg"] * 2,
            "사진 3.jpg",
        ]
        assert texts(view, 0)["width"] == "40.0"
        state.change(share=Share.NOTHING)
        await eventually(lambda: view._stack.currentWidget() is view._empty)
        state.change(share=Share.ALL, folder="card 1")
        await eventually(lambda: view.model.rowCount() > 0)
        assert texts(view, 0)["name"] == "사진 100.jpg"
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_rows_come_when_they_are_looked_at(window: MainWindow, play: Any, eventually: Any, results: Path) -> None:
    async def scenario() -> None:
        _, state, view = await shown(window, eventually, results)
        last = 299 // PAGE
        assert not view.model.has_page(last)
        assert view.model.index(299, 0).data() == ""
        view.table.scrollToBottom()
        await eventually(lambda: view.model.has_page(last))
        assert texts(view, 299)["name"] == "사진 299.jpg"
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_the_current_row_and_the_current_picture_are_one(
    window: MainWindow, play: Any, eventually: Any, results: Path
) -> None:
    async def scenario() -> None:
        opened, state, view = await shown(window, eventually, results)
        state.go_to_place(250)
        assert view.table.currentIndex().row() == 250
        await eventually(lambda: view.model.has_page(250 // PAGE))
        QTest.keyClick(view.table, Qt.Key.Key_Down)
        assert state.place == 251
        wanted: list[int] = []
        view.opened_wanted.connect(wanted.append)
        QTest.keyClick(view.table, Qt.Key.Key_Space)
        QTest.keyClick(view.table, Qt.Key.Key_Return)
        assert wanted == [state.current] * 2
        view.by_finding.click()
        await eventually(lambda: view.model.rowCount() == 400)
        row = view.table.currentIndex().row()
        assert view.model.sheet is not None
        assert view.model.sheet.number_of(row) in (state.current, state.current + 1), "or the next that has one"
        state.sort(SortBy.FINDINGS, True)
        await eventually(lambda: view._shown is not None and view._shown[0] is state.selection)
        assert opened.pictures == 300
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_a_click_on_a_heading_sorts(window: MainWindow, play: Any, eventually: Any, results: Path) -> None:
    async def scenario() -> None:
        _, state, view = await shown(window, eventually, results)
        heading = view.table.heading
        place = [column.key for column in view.model.columns].index("best")
        heading.sectionClicked.emit(place)
        await eventually(lambda: heading.sortIndicatorSection() == place)
        assert (state.by, state.descending) == (SortBy.BEST, True)
        sure = [float(texts(view, row)["best"].split()[0]) for row in range(20)]
        assert sure == sorted(sure, reverse=True)
        heading.sectionClicked.emit(1)
        assert state.by is SortBy.BEST, "there is no order by folder"
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_what_is_copied_no_spreadsheet_runs(
    window: MainWindow, play: Any, eventually: Any, results: Path, clipboard: Any
) -> None:
    async def scenario() -> None:
        _, state, view = await shown(window, eventually, results)
        view.table.selectAll()
        QTest.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        await eventually(lambda: clipboard.text())
        lines = clipboard.text().split("\n")
        assert len(lines) == 301, "also rows that nobody has looked at"
        assert f"'{FORMULA}" in lines[0].split("\t")
        assert lines[300].split("\t")[:2] == ["사진 299.jpg", "card 2"]
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_columns_are_remembered_by_their_names(window: MainWindow, play: Any, eventually: Any, results: Path) -> None:
    async def scenario() -> None:
        opened, state, view = await shown(window, eventually, results)
        ticks = {action.text(): action for action in view.table.heading.column_actions(view)}
        ticks["Folder"].trigger()
        assert view.table.isColumnHidden(1)
        other = TableView(window._context, state, window)
        other.show()
        state.show(opened, Filter())
        await eventually(lambda: other._shown is not None)
        assert other.table.isColumnHidden(1)
        assert not other.table.isColumnHidden(0)
        {action.text(): action for action in other.table.heading.column_actions(other)}["Reset columns"].trigger()
        assert not other.table.isColumnHidden(1)
        state.show(None)
        for each in (view, other):
            each.deleteLater()

    play(scenario())


def test_broken_settings_are_no_accident(window: MainWindow, play: Any, eventually: Any, results: Path) -> None:
    window._context.settings.setValue("results/table-pictures", '[["name"], 7]')

    async def scenario() -> None:
        _, state, view = await shown(window, eventually, results)
        assert not view.table.isColumnHidden(1)
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_a_row_is_opened_large_and_keys_of_the_viewer_reach_it(
    window: MainWindow, play: Any, eventually: Any, results: Path
) -> None:
    async def scenario() -> None:
        window.go(Place(Page.RESULTS))
        page = window.results
        page.open_folder(results)
        await eventually(lambda: page.state.selection is not None)
        viewer = page.viewer
        viewer.show_tab(Tab.TABLE)
        await eventually(lambda: viewer.table.model.sheet is not None)
        viewer.table.table.setFocus()
        boxes = page.state.looks.boxes
        QTest.keyClick(viewer.table.table, Qt.Key.Key_B)
        assert page.state.looks.boxes is not boxes
        viewer.table.table.selectRow(4)
        QTest.keyClick(viewer.table.table, Qt.Key.Key_Return)
        assert viewer.tabs.currentIndex() == Tab.PICTURES
        assert viewer.pictures.is_large()
        assert page.state.place == 4

    play(scenario())
