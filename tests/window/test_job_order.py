"""The order of the list: whatever comes, goes and moves, it is what sorting everything anew would give."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.jobs import alphabet as alphabet_module
from batchdock.window.jobs import model as model_module
from batchdock.window.jobs.alphabet import Alphabet
from batchdock.window.jobs.columns import COLUMNS, PLACE
from batchdock.window.jobs.feed import AT_A_TIME, Feed
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.view import JobTable
from batchdock.window.jobs.views import JobView
from making.jobs import NOON, job, many_jobs

ORDERS = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)


def shown(model: JobModel) -> list[tuple[str, str]]:
    return [model.job_at(row).key for row in range(model.rowCount())]


def anew(model: JobModel, column: str, descending: bool, view: JobView) -> list[tuple[str, str]]:
    """Return the order as sorting all jobs gives it, which is slow and simple."""
    kept: dict[tuple[str, str], Job] = {row.job.key: row.job for row in model._roster}
    jobs = [each for each in kept.values() if view is JobView.ALL or model._roster.row(each.key).view is view]  # type: ignore[union-attr]
    jobs.sort(key=lambda each: (-each.created.timestamp() if each.created else 0.0, each.key))
    by: Any = COLUMNS[PLACE[column]].order
    known = [each for each in jobs if by(each, model.look) is not None]
    known.sort(key=lambda each: by(each, model.look), reverse=descending)
    return [each.key for each in known + [each for each in jobs if by(each, model.look) is None]]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("column", ["created", "progress", "state", "name", "problems"])
def test_coming_going_and_moving_end_in_the_order_of_sorting_anew(
    application: QApplication, monkeypatch: pytest.MonkeyPatch, column: str, seed: int
) -> None:
    monkeypatch.setattr(model_module, "LONG", 150 if seed % 2 else 10**9)
    choice = random.Random(seed)
    model = JobModel()
    model.look.now = NOON
    order = ORDERS[seed % 2]
    view = JobView.RUNNING if seed % 3 == 2 else JobView.ALL
    model.show_view(view, Filters())
    model.sort(PLACE[column], order)
    everything = many_jobs(200)

    def changed(each: Job) -> Job:
        return replace(
            each,
            name=f"Lot {choice.randrange(40)}",
            progress=choice.choice((None, 0.0, 0.5, 1.0, choice.random())),
            state=choice.choice(list(JobState)),
            problems=choice.choice((None, 0, 1)),
            created=each.created if choice.random() < 0.9 else NOON - timedelta(minutes=choice.randrange(9000)),
        )

    for _ in range(25):
        some = choice.sample(everything, choice.choice((1, 5, 60)))
        model.put([changed(each) for each in some])
        if choice.random() < 0.3:
            model.remove([each.key for each in choice.sample(everything, choice.choice((1, 30)))])
        keys = shown(model)
        assert len(keys) == len(set(keys)) == model.rowCount()
        assert [model.row_of(key) for key in keys] == list(range(len(keys)))
        model.settle()
        assert shown(model) == anew(model, column, order is Qt.SortOrder.DescendingOrder, view)


def test_the_alphabet_gives_numbers_that_sort_as_the_texts_do(
    application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alphabet_module, "FULL_SHELF", 8)
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English))
    try:
        alphabet, choice = Alphabet(), random.Random(3)
        texts = [f"{choice.choice(('Lot', 'lot', 'Älter', 'zebra'))} {choice.randrange(300)}" for _ in range(500)]
        for text in texts:
            alphabet.number(text)
        by_number = sorted(texts, key=alphabet.number)
        keys = [alphabet._collator.sortKey(text) for text in by_number]
        assert all(not later < earlier for earlier, later in pairwise(keys))
        assert alphabet.number("LOT 7") == alphabet.number("lot 7")
        assert alphabet.number("Lot 9") < alphabet.number("lot 10")
        assert alphabet.unknown(["Lot 9", "never seen"]) == ["never seen"]
    finally:
        QLocale.setDefault(before)


def test_an_alphabet_without_room_between_two_numbers_counts_anew(application: QApplication) -> None:
    alphabet = Alphabet()
    low, high = alphabet.number("a"), alphabet.number("c")
    texts = ["b" + "b" * length for length in range(1, 81)]  # Each belongs right behind the one before it.
    for text in texts:
        alphabet.number(text)
    assert alphabet.edition > 0
    numbers = [alphabet.number(text) for text in texts]
    assert numbers == sorted(set(numbers))
    assert low < high
    assert alphabet.number("a") < alphabet.number("bb") < alphabet.number("c")


def test_live_changes_are_painted_four_times_a_second_at_most(application: QApplication, qtbot: QtBot) -> None:
    model = JobModel()
    jobs = [job(number) for number in range(20)]
    model.put(jobs)
    model.set_shown_rows(0, 19)
    spy = QSignalSpy(model.dataChanged)
    for step in range(10):
        model.put([replace(jobs[3], items_done=step)])
    assert spy.count() == 1
    qtbot.waitUntil(lambda: spy.count() == 2)
    assert model.job_at(3).items_done == 9


def test_search_through_many_unread_jobs_comes_a_little_later(application: QApplication, qtbot: QtBot) -> None:
    model = JobModel()
    model.put([job(number) for number in range(6000)])
    model.search("lot 5999")
    assert model.rowCount() == 6000
    qtbot.waitUntil(lambda: model.rowCount() == 1)


def test_a_long_history_comes_in_bit_by_bit_and_in_order(application: QApplication, qtbot: QtBot) -> None:
    model = JobModel()
    feed = Feed(model, model)
    jobs = [job(number) for number in range(2 * AT_A_TIME + 10)]
    feed.put(jobs)
    feed.put([replace(jobs[-1], name="Later")])
    feed.remove((jobs[0].key,))
    assert model.count() == 0
    qtbot.waitUntil(lambda: model.rowCount() == AT_A_TIME)
    qtbot.waitUntil(lambda: model.rowCount() == len(jobs) - 1)
    assert model.job_at(model.rowCount() - 1).name == "Later"
    assert model.job(jobs[0].key) is None
    feed.put([replace(jobs[5], name="At once")])
    assert model.job(jobs[5].key) == replace(jobs[5], name="At once")


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


def place_on_screen(table: JobTable, key: tuple[str, str]) -> int:
    row = table._jobs.row_of(key)
    assert row is not None
    return table.rowViewportPosition(row)


@pytest.mark.parametrize("many", [5, 100])
def test_what_comes_and_goes_above_does_not_move_the_current_row(table: JobTable, many: int) -> None:
    table._jobs.put([job(number) for number in range(100, 400)])
    table.go_to(job(250).key)
    before = place_on_screen(table, job(250).key)
    table._jobs.put([job(number) for number in range(many)])
    assert place_on_screen(table, job(250).key) == before
    table._jobs.remove([job(number).key for number in range(many)])
    assert place_on_screen(table, job(250).key) == before


def test_what_is_read_in_a_scrolled_list_stays_in_place(table: JobTable, qtbot: QtBot) -> None:
    table._jobs.put([job(number) for number in range(100, 400)])
    bar = table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 3000)
    bar.setValue(3000)
    first = table._jobs.job_at(table.rowAt(0))
    before = place_on_screen(table, first.key)
    table._jobs.put([job(number) for number in range(5)])
    assert place_on_screen(table, first.key) == before


def test_at_the_top_new_jobs_come_into_sight_and_the_current_one_stays_there(table: JobTable) -> None:
    table._jobs.put([job(number) for number in range(100, 400)])
    table.go_to(job(101).key)
    table._jobs.put([job(1)])
    assert table.verticalScrollBar().value() == 0
    assert table.rowAt(0) == table._jobs.row_of(job(1).key) == 0
    for start in range(2, 62, 6):
        table._jobs.put([job(number) for number in range(start, start + 6)])
        place = place_on_screen(table, job(101).key)
        assert 0 <= place <= table.viewport().height() - table.rowHeight(0)


def test_all_that_were_selected_stay_so_and_nothing_else_is(table: JobTable) -> None:
    model = table._jobs
    jobs = [job(number, progress=number / 100) for number in range(50)]
    model.put(jobs)
    table.sortByColumn(PLACE["progress"], Qt.SortOrder.AscendingOrder)
    table.selectAll()
    model.put([replace(each, progress=1 - (each.progress or 0)) for each in jobs[:30]])
    model.settle()
    assert {each.key for each in table.selected_jobs()} == {each.key for each in jobs}
    model.put([job(number, progress=0.3) for number in range(100, 140)])
    assert {each.key for each in table.selected_jobs()} == {each.key for each in jobs}
    model.search("j-0001")
    model.search("")
    assert {each.name for each in table.selected_jobs()} == {f"Lot {number}" for number in range(10, 20)}
