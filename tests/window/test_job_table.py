"""The job table: selection and place belong to jobs."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from batchdock.core.states import JobState
from batchdock.window.jobs.columns import COLUMNS, PLACE
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.view import JobTable
from batchdock.window.jobs.views import JobView
from making.jobs import job, many_jobs


@pytest.fixture
def table(application: QApplication, qtbot: QtBot) -> JobTable:
    model = JobModel()
    table = JobTable(model)
    model.setParent(table)
    qtbot.addWidget(table)
    table.resize(1200, 600)
    table.show()
    qtbot.waitExposed(table)
    return table


def model_of(table: JobTable) -> JobModel:
    model = table.model()
    assert isinstance(model, JobModel)
    return model


def selected(table: JobTable) -> set[str]:
    return {each.name for each in table.selected_jobs()}


def test_selection_stays_with_its_jobs_through_sorting_and_searching(table: JobTable) -> None:
    model = model_of(table)
    model.put(many_jobs(200))
    table.select([job(7).key, job(8).key, job(150).key])
    for column in range(len(COLUMNS)):
        table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        assert selected(table) == {"Lot 7", "Lot 8", "Lot 150"}, COLUMNS[column].key
    model.search("lot 7")
    assert selected(table) == {"Lot 7"}


def test_the_current_row_stays_where_it_is_on_screen_when_the_order_changes(table: JobTable) -> None:
    model = model_of(table)
    jobs = [job(number, progress=0.5) for number in range(500)]
    model.put(jobs)
    table.sortByColumn(PLACE["progress"], Qt.SortOrder.AscendingOrder)
    table.go_to(jobs[250].key)
    before = table.visualRect(table.currentIndex()).top()
    model.put([replace(each, progress=0.1) for each in jobs[300:400]])
    model.settle()
    current = table.current_job()
    assert current is not None
    assert current.key == jobs[250].key
    assert table.visualRect(table.currentIndex()).top() == before
    assert model.row_of(jobs[250].key) == 350


def test_select_all_of_ten_thousand_gives_ten_thousand(table: JobTable) -> None:
    model_of(table).put(many_jobs(10_000))
    table.selectAll()
    assert len(table.selected_jobs()) == 10_000


def test_new_rows_do_not_move_the_selection_to_other_jobs(table: JobTable) -> None:
    model = model_of(table)
    model.put([job(number) for number in range(10, 20)])
    table.go_to(job(15).key)
    model.put([job(number) for number in range(10)])
    assert selected(table) == {"Lot 15"}
    model.remove([job(12).key])
    assert selected(table) == {"Lot 15"}


def test_numbers_and_dates_have_the_largest_on_top_at_the_first_click(table: JobTable) -> None:
    model_of(table).put(many_jobs(20))
    header = table.horizontalHeader()

    def click(column: str) -> Qt.SortOrder:
        where = QPoint(header.sectionViewportPosition(PLACE[column]) + 20, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        return header.sortIndicatorOrder()

    assert click("items") is Qt.SortOrder.DescendingOrder
    assert click("items") is Qt.SortOrder.AscendingOrder
    assert click("name") is Qt.SortOrder.AscendingOrder


def test_columns_are_remembered(table: JobTable, qtbot: QtBot) -> None:
    table.header.setSectionHidden(PLACE["job-id"], False)
    table.header.resizeSection(PLACE["state"], 333)
    table.header.moveSection(table.header.visualIndex(PLACE["where"]), 1)
    table.sortByColumn(PLACE["items"], Qt.SortOrder.DescendingOrder)
    again = JobTable(JobModel(table))
    qtbot.addWidget(again)
    again.header.take_layout(table.header.layout_text())
    assert not again.header.isSectionHidden(PLACE["job-id"])
    assert again.header.sectionSize(PLACE["state"]) == 333
    assert again.header.visualIndex(PLACE["where"]) == 1
    assert again.header.sortIndicatorSection() == PLACE["items"]
    assert again.header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder


@pytest.mark.parametrize("text", ["", "[]", '{"columns": [["no-such", 5, true]], "sort": ["no-such", 1], "fits": 0}'])
def test_columns_nobody_wrote_are_as_they_were_at_first(table: JobTable, text: str) -> None:
    table.header.setSectionHidden(PLACE["job-id"], False)
    table.header.take_layout(text)
    assert hidden_columns(table) == HIDDEN
    assert table.header.sortIndicatorSection() == PLACE["created"]


HIDDEN = [
    *("video-source", "algorithm", "vendor", "runs-on", "groups"),
    *(
        "dataset",
        "started",
        "finished",
        "duration",
        "workflow",
        "source",
        "size",
        "speed",
        "machine",
        "credits",
        "expires",
    ),
    *("account", "stage", "last-news", "job-id", "batch-id", "tags", "note"),
]


def hidden_columns(table: JobTable) -> list[str]:
    return [column.key for column in COLUMNS if table.header.isSectionHidden(PLACE[column.key])]


def test_ticks_of_the_header_show_and_hide_columns(table: JobTable) -> None:
    actions = table.column_actions(table)
    assert hidden_columns(table) == HIDDEN
    actions[PLACE["workflow"]].trigger()
    assert not table.header.isSectionHidden(PLACE["workflow"])
    assert not actions[PLACE["name"]].isEnabled()
    actions[-1].trigger()
    assert table.header.isSectionHidden(PLACE["workflow"])


def test_f2_lets_one_type_another_name(table: JobTable, qtbot: QtBot) -> None:
    model = model_of(table)
    model.put([job(1), job(2)])
    table.go_to(job(2).key)
    asked: list[tuple[tuple[str, str], str]] = []
    model.rename_asked.connect(lambda key, name: asked.append((key, name)))
    table.edit_name()
    editor = table.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Lot 2"
    editor.selectAll()
    QTest.keyClicks(editor, "Harvest")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [(job(2).key, "Harvest")]


@pytest.mark.parametrize("scale", [1.0, 1.4])
def test_rows_are_as_high_as_their_text_needs(application: QApplication, qtbot: QtBot, scale: float) -> None:
    font = application.font()
    bigger = application.font()
    bigger.setPointSizeF(font.pointSizeF() * scale)
    application.setFont(bigger)
    try:
        model = JobModel()
        table = JobTable(model)
        qtbot.addWidget(table)
        model.put([job(1, JobState.DONE)])
        assert table.rowHeight(0) >= table.fontMetrics().height() * 1.5
        header = table.horizontalHeader()
        for place, column in enumerate(COLUMNS):
            if not header.isSectionHidden(place):
                title = header.fontMetrics().horizontalAdvance(column.title)
                assert header.sectionSize(place) > title * 1.2, column.key
        model.setParent(table)
    finally:
        application.setFont(font)


def test_a_view_without_rows_has_no_selection(table: JobTable) -> None:
    model = model_of(table)
    model.put([job(1)])
    table.selectAll()
    model.show_view(JobView.DONE, Filters())
    assert table.selected_jobs() == ()
