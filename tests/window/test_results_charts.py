"""Charts of results: what has a bar, what clicks mean, and that it all works by keyboard and with hostile names."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from batchdock.core.finding import Filter, Label, Share
from batchdock.flows.results.opening import FolderCount, JobCount, LabelCount, Opened, TimeCounts, TimeKind
from batchdock.window.main_window import MainWindow
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.charts import ChartsView
from batchdock.window.results.charts.bars import MOST_BARS, Kind, choice, chosen, widened
from batchdock.window.results.charts.counting import (
    class_chart,
    confidence_chart,
    folder_chart,
    job_chart,
    time_chart,
    tips,
)
from batchdock.window.results.charts.narrowing import narrowings
from batchdock.window.results.charts.times import clock_marks, moment_marks
from batchdock.window.results.view_state import ViewState
from making import media
from making.jobs import job
from making.results import results_folder

HOSTILE = "<b>bold</b>&amp;<img src=x>"
LABELS = ("person", HOSTILE, "강아지")


def label(number: int, name: str = "") -> Label:
    return Label(number, name or f"class {number}", 1)


def test_beyond_twenty_classes_all_others_share_a_bar_that_chooses_them_together() -> None:
    labels = [label(number) for number in range(30)]
    counts = {number: LabelCount(1, 100 - number) for number in range(30)}
    chart = class_chart(labels, counts)
    assert len(chart.bars) == MOST_BARS + 1
    last = chart.bars[-1]
    assert (last.name, last.findings) == ("All others", sum(100 - number for number in range(20, 30)))
    assert choice(chart, 20, 20, Filter()) == {"labels": frozenset(range(20, 30))}
    assert sum(bar.findings for bar in chart.bars) == sum(count.findings for count in counts.values())


def test_one_more_than_twenty_needs_no_bar_for_others() -> None:
    chart = class_chart([label(number) for number in range(21)], {n: LabelCount(1, n + 1) for n in range(21)})
    assert [bar.name for bar in chart.bars][:2] == ["class 20", "class 19"]
    assert not any(bar.other for bar in chart.bars)


def test_choosing_again_what_is_chosen_takes_it_away() -> None:
    chart = class_chart([label(0), label(1)], {0: LabelCount(1, 9), 1: LabelCount(1, 3), -1: LabelCount(1, 1)})
    assert [bar.name for bar in chart.bars] == ["class 0", "class 1", "Without a class"]
    asked = Filter(labels=frozenset({1}))
    assert chosen(chart, asked) == {1}
    assert choice(chart, 1, 1, asked) == {"labels": None}
    assert choice(chart, 0, 0, asked) == {"labels": frozenset({0})}
    assert widened(Kind.CLASSES, asked) == Filter()


def test_a_stretch_of_the_histogram_is_from_its_lowest_to_its_highest_edge() -> None:
    chart = confidence_chart([1] * 20)
    assert choice(chart, 14, 10, Filter()) == {"least": 0.5, "most": 0.75}
    asked = Filter(least=0.5, most=0.75)
    assert chosen(chart, asked) == frozenset(range(10, 15))
    assert choice(chart, 10, 14, asked) == {"least": 0.0, "most": 1.0}
    assert chart.bars[11].name == "55 – 60 %"


def test_without_confidence_the_chart_says_so() -> None:
    chart = confidence_chart([0] * 20)
    assert not chart.bars
    assert chart.note


def test_folders_are_chosen_but_the_top_one_which_would_be_everything() -> None:
    chart = folder_chart([FolderCount("card 2", 9, 30), FolderCount("", 5, 40)])
    assert [bar.name for bar in chart.bars] == ["Not in a folder", "card 2"]
    assert choice(chart, 0, 0, Filter()) == {}
    assert choice(chart, 1, 1, Filter()) == {"folder": "card 2"}
    assert chosen(chart, Filter(folder="card 2")) == {1}
    assert not folder_chart([FolderCount("all in one", 9, 30)]).bars
    assert folder_chart([FolderCount(f"f{n}", 1, 1) for n in range(MOST_BARS + 1)]).note


def test_times_are_chosen_by_their_edges() -> None:
    taken = TimeCounts(
        TimeKind.TAKEN, (datetime(2026, 5, 1), datetime(2026, 5, 2), datetime(2026, 5, 3)), (1, 2), (3, 4)
    )
    chart = time_chart(taken)
    assert [bar.findings for bar in chart.bars] == [3, 4]
    assert chart.bars[0].name == "1 May 2026 00:00 – 00:00"
    assert choice(chart, 0, 1, Filter())["since"] == datetime(2026, 5, 1)
    assert choice(chart, 0, 1, Filter())["until"] == datetime(2026, 5, 3)
    seconds = time_chart(TimeCounts(TimeKind.SECONDS, (0.0, 30.0, 3700.0), (1, 2), (3, 4)))
    assert choice(seconds, 1, 1, Filter())["from_second"] == 30.0
    assert seconds.bars[1].name == "0:30 – 1:01:40"
    assert time_chart(TimeCounts(TimeKind.NONE, (), (), ())).note


def test_times_are_written_at_round_ones(application: QApplication) -> None:
    start = datetime(2026, 5, 1, 6, 30)
    days = [start + timedelta(hours=5.4) * number for number in range(21)]
    assert [text for _, text in moment_marks(days)] == ["2 May", "3 May", "4 May", "5 May"]
    assert moment_marks(days)[0][0] == pytest.approx(17.5 / 5.4)
    hours = [start + timedelta(minutes=20) * number for number in range(21)]
    assert [text for _, text in moment_marks(hours)] == ["08:00", "10:00", "12:00"]
    years = [start + timedelta(days=40) * number for number in range(21)]
    assert [text for _, text in moment_marks(years)][:3] == ["Jul 2026", "Jan 2027", "Jul 2027"]
    assert clock_marks([0.0, 61.0, 122.0]) == (
        (0.0, "0:00"),
        (30 / 61, "0:30"),
        (60 / 61, "1:00"),
        (90 / 61, "1:30"),
        (120 / 61, "2:00"),
    )


def test_what_is_narrowed_is_told_with_the_way_back() -> None:
    labels = [label(number) for number in range(9)]
    asked = Filter(Share.UNSURE, frozenset({0, 1, 2, -1}), 0.25, 1.0, "lot", "card 2", datetime(2026, 5, 1), None, 1.0)
    told = narrowings(asked, labels)
    assert [each.title for each in told] == ["Pictures", "Class", "Confidence", "Folder", "Time", "Search"]
    assert told[1].values == "4 of 10"
    assert told[2].values == "25 % – 100 %"
    for each in told:
        asked = replace(asked, **each.undo)
    assert asked == Filter()
    assert narrowings(Filter(labels=frozenset({1, -1})), labels)[0].values == "class 1, Without a class"


def test_a_tip_says_what_a_bar_is_and_is_never_markup(application: QApplication) -> None:
    chart = class_chart([label(0, HOSTILE), label(1)], {0: LabelCount(812, 1204), 1: LabelCount(1, 1)})
    assert tips(chart)[0] == f"{HOSTILE}: 1,204 findings in 812 pictures, 99 % of all"
    assert tips(chart)[1].endswith("1 finding in 1 picture, less than 1 % of all")
    assert "<b>" not in tooltip_text(tips(chart)[0])
    assert tooltip_text("plain") == "plain"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Twelve pictures in two folders, with three findings each."""
    names = [f"card {number // 6 + 1}/사진 {number}.jpg" for number in range(12)]
    return results_folder(tmp_path / "Lot 17", pictures=12, each=3, labels=LABELS, names=names)


async def opened_in(window: MainWindow, folder: Path) -> tuple[Opened, ViewState]:
    context = window._context
    opened = await context.background.run(context.desk.results.open_folder(folder, lambda _done, _all: None))
    return opened, ViewState(context, window)


def is_settled(view: ChartsView, state: ViewState) -> bool:
    """Tell whether the charts show what was wished for last, all of them."""
    selection = state.selection
    return selection is not None and view.shown is selection and selection.filter == state.filter


def press(view: ChartsView, kind: Kind, first: int, last: int) -> None:
    """Press the mouse over one bar and let it go over another."""
    plot = view.cards[kind].plot
    start, end = (plot.place_of(number).toPoint() for number in (first, last))
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(plot.viewport(), end)
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=end)


def test_clicks_filter_and_take_it_away_again(window: MainWindow, play: Any, eventually: Any, results: Path) -> None:
    async def scenario() -> None:
        opened, state = await opened_in(window, results)
        view = ChartsView(window._context, state, window)
        view.setWindowFlag(Qt.WindowType.Window)
        view.resize(1000, 800)
        state.show(opened)
        await eventually(lambda: state.selection is not None)
        assert not view.cards, "nobody looks yet"
        view.show()
        settled = partial(is_settled, view, state)
        await eventually(lambda: settled() and view.cards[Kind.CLASSES].isVisible())
        card = view.cards[Kind.CLASSES]
        assert {bar.name for bar in card.chart.bars} == set(LABELS)
        assert sum(bar.findings for bar in card.chart.bars) == 36
        wanted = card.chart.bars[1].label
        assert card.plot.bar_at(QPointF(card.plot.place_of(1))) == 1

        press(view, Kind.CLASSES, 1, 1)
        await eventually(settled)
        assert state.filter.labels == frozenset({wanted})
        assert len(card.chart.bars) == 3, "what is not chosen stays in sight"
        assert len(view.chips.chips) == 1
        press(view, Kind.CLASSES, 1, 1)
        await eventually(settled)
        assert state.filter == Filter()

        press(view, Kind.CONFIDENCE, 4, 9)
        await eventually(settled)
        assert (state.filter.least, state.filter.most) == (0.2, 0.5)
        press(view, Kind.FOLDERS, 0, 0)
        await eventually(settled)
        assert state.filter.folder == "card 1"
        assert [chip.text() for chip in view.chips.chips] == ["Confidence: 20 % – 50 %", "Folder: card 1"]
        QTest.keyClick(view.chips.chips[1], Qt.Key.Key_Delete)
        await eventually(settled)
        assert state.filter.folder is None
        QTest.mouseClick(view.chips.chips[0], Qt.MouseButton.LeftButton, pos=view.chips.chips[0].cross().center())
        await eventually(settled)
        assert state.filter == Filter()
        assert not view.chips.isVisible()
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_the_same_numbers_by_keyboard(
    window: MainWindow, play: Any, eventually: Any, results: Path, clipboard: Any
) -> None:
    async def scenario() -> None:
        opened, state = await opened_in(window, results)
        view = ChartsView(window._context, state, window)
        view.setWindowFlag(Qt.WindowType.Window)
        view.resize(1000, 800)
        view.show()
        state.show(opened)
        await eventually(lambda: is_settled(view, state))
        QTest.keyClick(view.as_numbers, Qt.Key.Key_Space)
        card = view.cards[Kind.CLASSES]
        assert card.table.isVisible()
        assert not card.plot.isVisible()
        assert card.table.accessibleName() == "Findings per class"
        card.table.selectRow(0)
        card.table.setFocus()
        first = card.chart.bars[0]
        assert first.name in card.table.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        QTest.keyClick(card.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert clipboard.text() == f"{first.name}\t12\t33 %\t{first.pictures}"
        QTest.keyClick(card.table, Qt.Key.Key_Return)
        await eventually(lambda: is_settled(view, state))
        assert state.filter.labels == frozenset({first.label})
        state.show(None)
        view.deleteLater()
        again = ChartsView(window._context, state)
        assert again.as_numbers.isChecked(), "it is remembered"
        again.deleteLater()

    play(scenario())


def test_where_nothing_fits_the_way_back_is_offered(
    window: MainWindow, play: Any, eventually: Any, results: Path
) -> None:
    async def scenario() -> None:
        opened, state = await opened_in(window, results)
        view = ChartsView(window._context, state, window)
        view.setWindowFlag(Qt.WindowType.Window)
        view.show()
        assert view._stack.currentIndex() == 0
        state.show(opened, Filter(search="there is no such name"))
        await eventually(lambda: is_settled(view, state) and view._all.isVisible())
        view._all.click()
        await eventually(lambda: is_settled(view, state) and view._stack.currentIndex() == 1)
        assert state.filter == Filter()
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_a_chart_leaves_as_a_picture_in_the_colours_at_hand(
    window: MainWindow,
    play: Any,
    eventually: Any,
    results: Path,
    application: QApplication,
    clipboard: Any,
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        opened, state = await opened_in(window, results)
        view = ChartsView(window._context, state, window)
        view.setWindowFlag(Qt.WindowType.Window)
        view.resize(900, 700)
        view.show()
        state.show(opened)
        await eventually(lambda: is_settled(view, state))
        card = view.cards[Kind.CLASSES]
        light = card.picture()
        assert light.pixelColor(2, 2) == card.palette().window().color()
        before = QGuiApplication.palette()
        try:
            application.setPalette(QPalette(QColor("#202020")))
            await eventually(lambda: card.palette().window().color().lightness() < 80)
            dark = card.picture()
            assert dark.pixelColor(2, 2).lightness() < 80
            assert dark.size() == light.size()
        finally:
            application.setPalette(before)
        copy, save = card.offers(card)
        copy.trigger()
        assert clipboard.image().size() == light.size()
        save.trigger()
        await eventually(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        assert dialog.selectedFiles()[0].endswith("Findings per class.png")
        field = dialog.findChild(QLineEdit)
        assert field is not None
        field.setText(str(tmp_path / "chart.png"))
        dialog.accept()
        await eventually(lambda: (tmp_path / "chart.png").exists())
        assert QImage(str(tmp_path / "chart.png")).size() == light.size()
        # Pressed with the other button it opens our menu, not one of the library.
        place = QPoint(card.plot.place_of(0).toPoint())
        QTest.mouseClick(card.plot.viewport(), Qt.MouseButton.RightButton, pos=place)
        assert state.filter == Filter()
        assert QApplication.activePopupWidget() is None
        state.show(None)
        view.deleteLater()

    play(scenario())


def test_jobs_of_one_workflow_are_held_against_each_other(application: QApplication) -> None:
    first, second = job(1, name="Lot 17"), job(2, name="Lot 18")
    chart = job_chart((JobCount(second, 10, 90), JobCount(first, 10, 30)), first)
    assert [(bar.name, bar.findings, bar.other) for bar in chart.bars] == [("Lot 18", 90, True), ("Lot 17", 30, False)]
    assert choice(chart, 0, 0, Filter()) == {}
    assert not job_chart((JobCount(first, 10, 30),), first).bars


def test_only_jobs_whose_results_were_looked_at_are_told(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for lot in ("Lot 17", "Lot 18"):
        media.code_picture(tmp_path / lot / "code.png", lot)

    async def scenario() -> None:
        context = window._context
        jobs = context.desk.jobs
        for number, lot in enumerate(("Lot 17", "Lot 18"), 1):
            window.add_paths([tmp_path / lot])
            sheet = window.sheet
            assert sheet is not None
            await eventually(lambda sheet=sheet: sheet.start.isEnabled() and not sheet.is_counting())
            sheet.start.click()
            await eventually(
                lambda number=number: len(jobs.all()) == number and all(each.state.is_terminal for each in jobs.all())
            )
        done = {each.name: each for each in jobs.all()}
        results, run = context.desk.results, context.background.run
        opened = await run(results.open(done["Lot 17"].key, lambda _done, _all: None))
        assert [each.job.name for each in await run(results.per_job(done["Lot 18"]))] == ["Lot 17"]
        await run(opened.close())
        opened = await run(results.open(done["Lot 18"].key, lambda _done, _all: None))
        told = await run(results.per_job(done["Lot 18"]))
        assert [(each.job.name, each.pictures, each.findings) for each in told] == [("Lot 18", 1, 1), ("Lot 17", 1, 1)]
        state = ViewState(context, window)
        view = ChartsView(context, state, window)
        view.setWindowFlag(Qt.WindowType.Window)
        view.show()
        state.show(opened)
        await eventually(lambda: is_settled(view, state))
        assert [bar.name for bar in view.cards[Kind.JOBS].chart.bars] == ["Lot 18", "Lot 17"]
        state.show(None)
        view.deleteLater()

    play(scenario())
