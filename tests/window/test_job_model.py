"""The job table's model: order, filter, counts, and what it announces."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from batchdock.core.states import JobState
from batchdock.window.jobs.columns import COLUMNS, PLACE
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.ordering import ranges
from batchdock.window.jobs.views import JobView
from making.jobs import NOON, job, many_jobs

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model(application: QApplication) -> JobModel:
    model = JobModel()
    model.look.now = NOON
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    return model


@pytest.fixture
def large(application: QApplication) -> JobModel:
    """A model without Qt's tester, which walks over every row at every change."""
    model = JobModel()
    model.put(many_jobs(10_000))
    return model


def names(model: JobModel) -> list[str]:
    return [model.job_at(row).name for row in range(model.rowCount())]


def text(model: JobModel, row: int, column: str, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    return str(model.data(model.index(row, PLACE[column]), role))


def test_newest_first_and_a_new_one_goes_where_it_belongs(model: JobModel) -> None:
    model.put([job(3), job(1)])
    model.put([job(2)])
    assert names(model) == ["Lot 1", "Lot 2", "Lot 3"]


def test_names_sort_as_people_count(model: JobModel) -> None:
    model.put([job(1, name="Lot 10"), job(2, name="lot 9"), job(3, name="Lot 1")])
    model.sort(PLACE["name"], ASCENDING)
    assert names(model) == ["Lot 1", "lot 9", "Lot 10"]


def test_what_is_not_known_comes_last_in_both_directions(model: JobModel) -> None:
    model.put([job(1, progress=None), job(2, progress=0.1), job(3, progress=0.9)])
    model.sort(PLACE["progress"], ASCENDING)
    assert names(model) == ["Lot 2", "Lot 3", "Lot 1"]
    model.sort(PLACE["progress"], DESCENDING)
    assert names(model) == ["Lot 3", "Lot 2", "Lot 1"]


def test_every_job_is_in_all_and_one_other_view(large: JobModel) -> None:
    parts = [large.count(view) for view in JobView if view is not JobView.ALL]
    assert large.count() == 10_000 == sum(parts)
    assert all(parts)
    for view in JobView:
        large.show_view(view, Filters())
        assert large.rowCount() == large.count(view)


def test_counts_follow_a_job_through_its_life(model: JobModel) -> None:
    model.put([job(1, JobState.RUNNING)])
    model.put([job(1, JobState.FAILED)])
    assert (model.count(JobView.RUNNING), model.count(JobView.NEEDS_ATTENTION)) == (0, 1)
    model.remove([job(1).key])
    assert (model.count(), model.count(JobView.NEEDS_ATTENTION)) == (0, 0)


def test_a_job_leaves_the_view_it_no_longer_fits(model: JobModel) -> None:
    model.show_view(JobView.RUNNING, Filters())
    model.put([job(1), job(2)])
    model.put([job(1, JobState.DONE)])
    assert names(model) == ["Lot 2"]


def test_search_finds_words_in_any_order_and_any_spelling_of_accents(model: JobModel) -> None:
    model.put([job(1, name="Cafe\u0301 harbour"), job(2, name="Harbour"), job(3, JobState.FAILED, name="수확 17")])
    model.search("HARBOUR caf\u00e9")
    assert names(model) == ["Cafe\u0301 harbour"]
    model.search("수확")
    assert names(model) == ["수확 17"]
    model.search("failed pictures")
    assert names(model) == ["수확 17"]


def test_search_tells_what_the_view_hides(model: JobModel) -> None:
    model.put([job(1, JobState.DONE), job(2, JobState.DONE), job(3)])
    model.show_view(JobView.RUNNING, Filters())
    model.search("done")
    assert (model.rowCount(), model.hits(JobView.ALL, Filters())) == (0, 2)


def test_a_change_is_announced_only_for_rows_on_screen_and_in_runs(model: JobModel) -> None:
    jobs = [job(number) for number in range(100)]
    model.put(jobs)
    model.set_shown_rows(10, 20)
    spy = QSignalSpy(model.dataChanged)
    model.put([replace(jobs[row], items_done=5) for row in (3, 12, 13, 14, 18, 60)])
    told = [(spy.at(each)[0].row(), spy.at(each)[1].row()) for each in range(spy.count())]
    assert told == [(12, 14), (18, 18)]


def test_the_same_news_twice_announces_nothing(model: JobModel) -> None:
    model.put([job(1)])
    model.set_shown_rows(0, 0)
    spy = QSignalSpy(model.dataChanged)
    model.put([job(1)])
    assert spy.count() == 0


def test_values_that_change_the_order_settle_a_little_later(model: JobModel) -> None:
    model.put([job(1, progress=0.1), job(2, progress=0.2)])
    model.sort(PLACE["progress"], ASCENDING)
    model.put([job(1, progress=0.9)])
    assert names(model) == ["Lot 1", "Lot 2"]
    model.settle()
    assert names(model) == ["Lot 2", "Lot 1"]


@pytest.mark.parametrize("column", [column.key for column in COLUMNS])
def test_ten_thousand_rows_keep_their_order_and_their_numbers(large: JobModel, qtbot: QtBot, column: str) -> None:
    with qtbot.waitSignal(large.order_changed):  # So many names are put into their order bit by bit.
        large.sort(PLACE[column], ASCENDING)
    values = [COLUMNS[PLACE[column]].order(large.job_at(row), large.look) for row in range(10_000)]
    known: list[Any] = [value for value in values if value is not None]
    assert known == sorted(known)
    assert values[len(known) :] == [None] * (10_000 - len(known))
    assert all(large.row_of(large.job_at(row).key) == row for row in range(10_000))


def test_ten_thousand_rows_with_some_gone_and_some_new(large: JobModel) -> None:
    jobs = many_jobs(10_000)
    large.remove([each.key for each in jobs[::2]])
    large.remove([each.key for each in jobs[1:20:2]])
    large.put([replace(each, job_id=f"new-{each.job_id}") for each in jobs[:7]])
    assert large.rowCount() == 10_000 - 5_000 - 10 + 7
    ages = [each.created for each in map(large.job_at, range(large.rowCount())) if each.created is not None]
    assert ages == sorted(ages, reverse=True)
    assert all(large.row_of(large.job_at(row).key) == row for row in range(large.rowCount()))


def test_a_few_new_and_gone_rows_are_told_one_by_one_and_rightly(model: JobModel) -> None:
    jobs = many_jobs(60)
    model.put(jobs[::2])
    for start in range(1, 60, 14):
        model.put(jobs[start : start + 14 : 2])
    model.remove([each.key for each in jobs[5:40:3]])
    expected = [each.name for each in jobs if each not in jobs[5:40:3]]
    assert names(model) == expected


def test_silence_is_said_where_the_estimate_would_be(model: JobModel) -> None:
    model.put([job(1, seconds_left=600.0, last_news=NOON - timedelta(minutes=6))])
    assert text(model, 0, "time-left") == "No news for 6 min"
    model.put([job(1, seconds_left=600.0, last_news=NOON - timedelta(seconds=5))])
    assert text(model, 0, "time-left") == "about 10 min"


def test_progress_and_state_can_be_read_aloud(model: JobModel) -> None:
    model.put([job(1, progress=0.384, problems=None)])
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert text(model, 0, "name", spoken) == "Lot 1, Running, 38 %"
    assert text(model, 0, "progress", spoken) == "Progress: 38 %"
    assert text(model, 0, "problems", spoken) == "Problems: not known"


def test_a_progress_of_almost_everything_is_not_everything(model: JobModel) -> None:
    model.put([job(1, progress=0.9999)])
    assert text(model, 0, "progress") == "99 %"


def test_the_services_own_word_is_in_the_tooltip(model: JobModel) -> None:
    model.put([job(1, service_word="processing")])
    assert "The service says: processing" in text(model, 0, "state", Qt.ItemDataRole.ToolTipRole)


def test_a_typed_name_is_asked_for_and_not_just_shown(model: JobModel) -> None:
    model.put([job(1)])
    spy = QSignalSpy(model.rename_asked)
    index = model.index(0, PLACE["name"])
    assert not model.setData(index, "  ")
    assert not model.setData(index, "Lot 1")
    assert model.setData(index, " Harvest ")
    assert [spy.at(0)[0], spy.at(0)[1]] == [job(1).key, "Harvest"]
    assert names(model) == ["Lot 1"]


def test_ranges_are_runs() -> None:
    assert ranges([5, 1, 2, 3, 9]) == [(1, 3), (5, 5), (9, 9)]
    assert ranges([]) == []
