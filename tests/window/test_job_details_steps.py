"""The picture of the stages, and the table of tasks below it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Progress
from batchdock.core.progress import TaskCounts
from batchdock.core.states import JobState
from batchdock.window.job_details.segments import LEAST, widths
from batchdock.window.job_details.stage_picture import StagePicture
from batchdock.window.job_details.stages import looks_of
from batchdock.window.job_details.steps import Steps
from batchdock.window.job_details.task_model import COLUMNS
from batchdock.window.job_details.task_sheet import Arrangement, Numbers, TaskColumn, TaskSheet, arranged
from batchdock.window.job_details.words import Kind, kind_of
from batchdock.window.main_window import MainWindow
from making.jobs import job
from making.stages import detail, stage, task, tasks


@pytest.fixture
def picture(application: QApplication, qtbot: QtBot) -> Iterator[StagePicture]:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    picture = StagePicture(host)
    picture.resize(700, 200)
    host.show()
    qtbot.waitExposed(host)
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    yield picture
    host.close()


def steps_of(window: MainWindow) -> Steps:
    window.jobs.model.put([job(1)])
    window.jobs.show_details(True)
    window.jobs.table.go_to(job(1).key)
    return window.jobs.details.steps


def shown(steps: Steps) -> list[Kind]:
    return [kind_of(each) for each in steps.model.sheet.tasks]


# --- what the picture says -----------------------------------------------------------------------------------------


def test_stages_that_come_later_are_in_the_picture_before_they_begin() -> None:
    first, second = looks_of(job(1), ())
    assert (first.word, first.percent, first.said) == ("Processing", "", "Comes later")
    assert second.word == "Packing results"
    moving = stage("processing", tasks(done=66, problems=2, running=20, waiting=12))
    first, second = looks_of(job(1), [moving])
    assert first.said == "66 done, 2 with problems, 20 running, 12 waiting"
    assert first.percent == "76 %"
    assert second.status is None
    assert looks_of(job(1, JobState.STOPPED), [moving])[1].said == "Not reached"


def test_stages_with_names_of_their_own_come_in_their_order_and_end_with_the_packing() -> None:
    looks = looks_of(job(1), [stage("inference", tasks(running=1))])
    assert [look.name for look in looks] == ["inference", "export"]
    both = [stage("processing", tasks(done=1), Progress.SUCCESS), stage("export", tasks(running=1))]
    assert [look.percent for look in looks_of(job(1), both)] == ["100 %", "50 %"]


def test_a_stage_that_was_stopped_has_come_only_as_far_as_its_tasks() -> None:
    some = [
        task(1, Progress.SUCCESS, 1.0),
        task(2, Progress.ERROR, 0.5, done=4, total=8),
        task(3, Progress.ERROR, 0.0),
    ]
    assert looks_of(job(1), [stage("processing", some, Progress.ERROR)])[0].percent == "50 %"


def test_one_problem_among_100_000_tasks_is_seen_in_the_bar() -> None:
    pieces = widths(TaskCounts(done=99_999, problems=1), 200.0)
    assert pieces[Kind.PROBLEM] == LEAST
    assert sum(pieces.values()) == pytest.approx(200.0)
    assert widths(TaskCounts(), 200.0) == {}


# --- the picture as a control --------------------------------------------------------------------------------------


def test_each_box_is_named_and_has_its_counts_as_description(picture: StagePicture) -> None:
    picture.show_looks(looks_of(job(1), [stage("processing", tasks(done=3, running=1))]))
    spoken = []
    for box in picture.boxes:
        interface = QAccessible.queryAccessibleInterface(box)
        spoken.append((interface.text(QAccessible.Text.Name), interface.text(QAccessible.Text.Description)))
    assert spoken == [("Processing, 87 %", "3 done, 1 running"), ("Packing results", "Comes later")]
    assert QAccessible.queryAccessibleInterface(picture.boxes[0]).state().checked


def test_the_keyboard_chooses_a_stage_and_the_choice_stays(picture: StagePicture, qtbot: QtBot) -> None:
    picture.show_looks(looks_of(job(1), [stage("processing", tasks(running=1))]))
    chosen: list[int] = []
    picture.chosen.connect(chosen.append)
    assert picture.place == 0
    qtbot.waitUntil(picture.boxes[1].isVisible)
    picture.boxes[0].setFocus()
    QTest.keyClick(picture.boxes[0], Qt.Key.Key_Right)
    assert picture.boxes[1].hasFocus()
    QTest.keyClick(picture.boxes[1], Qt.Key.Key_Space)
    assert picture.place == 1
    assert chosen[-1] == 1
    picture.show_looks(looks_of(job(1), [stage("processing", tasks(done=1), Progress.SUCCESS)]))
    assert picture.place == 1


def test_until_somebody_chooses_it_is_the_stage_where_something_happens(picture: StagePicture) -> None:
    done = stage("processing", tasks(done=2), Progress.SUCCESS)
    picture.show_looks(looks_of(job(1), [stage("processing", tasks(running=1))]))
    assert picture.place == 0
    picture.show_looks(looks_of(job(1), [done, stage("export", tasks(running=1))]))
    assert picture.place == 1
    broken = stage("processing", tasks(done=1, problems=1), Progress.ERROR)
    over = [broken, stage("export", tasks(done=1), Progress.SUCCESS)]
    picture.show_looks(looks_of(job(1, JobState.DONE_WITH_PROBLEMS), over))
    assert picture.place == 0


def test_boxes_stand_below_each_other_where_there_is_no_room(picture: StagePicture, qtbot: QtBot) -> None:
    picture.show_looks(looks_of(job(1), [stage("processing", tasks(done=3, running=1, waiting=1, problems=1))]))
    qtbot.waitUntil(lambda: picture.boxes[1].x() > picture.boxes[0].geometry().right())
    picture.resize(picture.minimumSizeHint().width(), picture.heightForWidth(picture.minimumSizeHint().width()))
    qtbot.waitUntil(lambda: picture.boxes[1].y() > picture.boxes[0].geometry().bottom())
    assert picture.boxes[1].geometry().bottom() <= picture.height()


# --- the tasks -----------------------------------------------------------------------------------------------------


def test_tasks_are_arranged_by_what_needs_a_look_first() -> None:
    some = tasks(done=2, problems=1, running=1, waiting=1)
    sheet = arranged(some, Numbers().of(some), Arrangement(), TaskSheet(Arrangement()))
    assert [kind_of(each) for each in sheet.tasks] == [
        Kind.PROBLEM,
        Kind.RUNNING,
        Kind.WAITING,
        Kind.DONE,
        Kind.DONE,
    ]
    only = arranged(some, Numbers().of(some), Arrangement(Kind.DONE), sheet)
    assert only.numbers == [1, 2]


@pytest.mark.parametrize("column", list(TaskColumn))
def test_every_column_sorts_both_ways_and_what_has_no_value_comes_last(column: TaskColumn) -> None:
    some = [task(n, Progress.MOVING, (n * 7919 % 10_000) / 10_000, total=n % 97 or None, done=n) for n in range(9_000)]
    numbers = Numbers().of(some)
    up = arranged(some, numbers, Arrangement(None, column), TaskSheet(Arrangement()))
    down = arranged(some, numbers, Arrangement(None, column, descending=True), TaskSheet(Arrangement()))
    assert sorted(up.numbers) == sorted(down.numbers) == numbers
    if column is TaskColumn.PROGRESS:
        shares = [each.progress or 0.0 for each in up.tasks]
        assert shares == sorted(shares)
        assert [each.progress or 0.0 for each in down.tasks] == shares[::-1]
    if column is TaskColumn.ITEMS:
        assert [each.total for each in up.tasks[-90:]] == [None] * 90
        assert [each.total for each in down.tasks[-90:]] == [None] * 90
        assert down.tasks[0].total == 96


def test_a_task_keeps_its_number_however_the_service_orders_them() -> None:
    numbers = Numbers()
    first = tasks(running=3)
    assert numbers.of(first) == [1, 2, 3]
    assert numbers.of([task(9), *reversed(first)]) == [4, 3, 2, 1]


def test_only_what_changed_is_told_while_the_order_stays() -> None:
    some = tasks(done=3, running=3)
    numbers = Numbers().of(some)
    before = arranged(some, numbers, Arrangement(), TaskSheet(Arrangement()))
    assert before.changed is None
    news = [*some[:5], replace(some[5], progress=0.9)]
    after = arranged(news, numbers, Arrangement(), before)
    assert after.changed == [2]
    ended = [*some[:5], replace(some[5], status=Progress.SUCCESS)]
    assert arranged(ended, numbers, Arrangement(), after).changed is None


def test_a_stage_and_a_kind_choose_the_tasks_that_are_shown(window: MainWindow, play: Any, eventually: Any) -> None:
    steps = steps_of(window)
    first = stage("processing", tasks(done=3, problems=2), Progress.ERROR)
    second = stage("export", tasks(running=1, waiting=4))

    async def scenario() -> None:
        steps.take(detail(job(1), first, second))
        await eventually(lambda: shown(steps) == [Kind.RUNNING, *[Kind.WAITING] * 4])
        steps.picture.boxes[0].click()
        await eventually(lambda: shown(steps) == [*[Kind.PROBLEM] * 2, *[Kind.DONE] * 3])
        chips = steps.chips.chips
        assert not chips[Kind.RUNNING].isVisibleTo(steps.chips)
        assert chips[Kind.PROBLEM].accessibleName() == "2 with problems"
        chips[Kind.PROBLEM].click()
        await eventually(lambda: shown(steps) == [Kind.PROBLEM] * 2)
        steps.picture.boxes[1].click()
        await eventually(lambda: len(shown(steps)) == 5)

    play(scenario())


def test_what_is_selected_stays_selected_and_in_its_place_on_screen(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    steps = steps_of(window)
    some = tasks(running=2_000)

    async def scenario() -> None:
        window.resize(1300, 800)
        steps.take(detail(job(1), stage("processing", some)))
        await eventually(lambda: steps.model.rowCount() == 2_000)
        table = steps.table
        table.setCurrentIndex(steps.model.index(1_500, 0))
        before = table.visualRect(table.currentIndex()).top()
        ended = [replace(each, status=Progress.ERROR) for each in some[1_600:1_700]]
        steps.take(detail(job(1), stage("processing", [*some[:1_600], *ended, *some[1_700:]])))
        await eventually(lambda: shown(steps)[99] is Kind.PROBLEM)
        assert steps.model.task_at(table.currentIndex().row()) == some[1_500]
        assert table.currentIndex().row() == 1_600
        assert table.visualRect(table.currentIndex()).top() == before
        table.copy()
        text = QGuiApplication.clipboard().text()
        assert text.split("\t")[:3] == ["Part 1,501", "Running", "50 %"]

    play(scenario())


def test_a_click_on_a_heading_sorts(window: MainWindow, play: Any, eventually: Any) -> None:
    steps = steps_of(window)

    async def scenario() -> None:
        steps.take(detail(job(1), stage("processing", tasks(done=2, waiting=2))))
        await eventually(lambda: steps.model.rowCount() == 4)
        assert shown(steps)[0] is Kind.WAITING
        header = steps.table.horizontalHeader()
        place = COLUMNS.index(TaskColumn.PART)
        where = QPoint(header.sectionViewportPosition(place) + 10, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        await eventually(lambda: steps.model.sheet.numbers == [1, 2, 3, 4])

    play(scenario())


def test_a_stage_that_has_not_begun_says_so(window: MainWindow, play: Any, eventually: Any) -> None:
    steps = steps_of(window)

    async def scenario() -> None:
        steps.take(detail(job(1), stage("processing", tasks(running=2))))
        await eventually(lambda: steps.model.rowCount() == 2)
        steps.picture.boxes[1].click()
        await eventually(lambda: steps.note.text() == "This step comes later.")
        assert not steps.table.isVisible()

    play(scenario())


def test_while_not_all_tasks_are_read_the_table_says_so(window: MainWindow, play: Any, eventually: Any) -> None:
    steps = steps_of(window)

    async def scenario() -> None:
        steps.take(detail(job(1), stage("processing", tasks(running=20), whole=False, tasks_number=50_000)))
        await eventually(lambda: steps.note.text().startswith("20 of 50,000 parts are read so far"))
        assert steps.table.isVisible()
        steps.take(detail(job(1), stage("processing", tasks(running=20))))
        await eventually(lambda: not steps.note.isVisible())

    play(scenario())
