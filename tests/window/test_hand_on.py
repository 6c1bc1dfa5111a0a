"""Saving opened results: what the dialog offers and refuses, and what comes of it."""

import json
from pathlib import Path
from typing import Any

import numpy
import openpyxl
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QLabel

from batchdock.core.finding import Filter, Share, SortBy
from batchdock.flows.results.handing import SHEET_ROWS, Form, Weight
from batchdock.flows.results.opening import Selection
from batchdock.window.main_window import MainWindow
from batchdock.window.results.handing.choice import Choice, last_choice, remember
from batchdock.window.results.handing.dialog import HandOnDialog
from batchdock.window.sidebar import Page, Place
from making.results import results_folder

HOSTILE = "<b>수확 <img src=x> फ़सल"


class Known:
    """As much of opened results as the dialog looks at."""

    def __init__(self, *, name: str = "Lot 17", findings: int = 60, of_videos: bool = False) -> None:
        self.name, self.job, self.of_videos = name, None, of_videos
        self.pictures, self.findings = 20, findings


def selection(pictures: int, findings: int) -> Selection:
    """Make what is on screen."""
    return Selection(Filter(), SortBy.NAME, False, numpy.arange(pictures, dtype=numpy.int32), {}, {}, findings)


def choice_at(place: Path, *forms: Form, only_shown: bool = False) -> Choice:
    """Make what was chosen the last time."""
    return Choice(frozenset(forms), False, only_shown, False, False, place)


@pytest.fixture
def make(application: QApplication, tmp_path: Path, qtbot: Any) -> Any:
    """Make a dialog."""

    def made(known: Known, shown: Selection, last: Choice | None = None) -> HandOnDialog:
        dialog = HandOnDialog(known, shown, f"{known.name} results", last or choice_at(tmp_path, Form.CSV))  # type: ignore[arg-type]
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return made


def test_a_name_in_the_dialog_is_never_markup(make: Any) -> None:
    dialog = make(Known(name=HOSTILE), selection(20, 60))
    shown = [label for label in dialog.findChildren(QLabel) if HOSTILE in label.text()]
    assert len(shown) == 2
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)


def test_nothing_chosen_can_not_be_saved(make: Any, tmp_path: Path) -> None:
    dialog = make(Known(), selection(20, 60))
    assert dialog.save.isEnabled()
    dialog.forms.ticks[Form.CSV].setChecked(False)
    assert not dialog.save.isEnabled()
    dialog.forms.report.setChecked(True)
    assert dialog.save.isEnabled()


def test_only_what_is_shown_is_offered_where_it_is_less(make: Any, tmp_path: Path) -> None:
    last = choice_at(tmp_path, Form.CSV, only_shown=True)
    everything = make(Known(), selection(20, 60), last)
    assert not everything.only_shown.isEnabled()
    assert everything.every.isChecked()
    for shown in (selection(8, 60), selection(20, 59)):
        dialog = make(Known(), shown, last)
        assert dialog.choice().only_shown
    assert not make(Known(), selection(0, 0), last).choice().only_shown


def test_what_does_not_fit_on_the_disk_can_not_be_saved(make: Any, tmp_path: Path) -> None:
    dialog = make(Known(), selection(20, 60), choice_at(tmp_path, Form.CSV, Form.DRAWN))
    sizes = dict.fromkeys(Form, 1_000_000) | {Form.DRAWN: 9_800_000_000}
    dialog.show_weight(Weight(sizes, 9_800_000_000, 2_000_000_000))
    assert "9.8 GB" in dialog.forms.ticks[Form.DRAWN].text()
    assert not dialog.save.isEnabled()
    assert "only 2.0 GB are free" in dialog.room.text()
    dialog.forms.ticks[Form.DRAWN].setChecked(False)
    assert dialog.save.isEnabled()
    dialog.forms.ticks[Form.COCO].setChecked(True)
    dialog.forms.copies.setChecked(True)
    assert not dialog.save.isEnabled(), "the copies do not fit either"
    dialog.show_place(tmp_path / "elsewhere")
    assert dialog.save.isEnabled(), "nobody knows yet how much room there is"


def test_more_rows_than_excel_holds_are_told_with_what_is_done_about_it(make: Any, tmp_path: Path) -> None:
    last = choice_at(tmp_path, Form.XLSX)
    assert make(Known(findings=SHEET_ROWS), selection(20, SHEET_ROWS), last).note.text() == ""
    dialog = make(Known(findings=SHEET_ROWS + 1), selection(8, 60), last)
    assert "1,048,576 rows" in dialog.note.text()
    assert "2 sheets" in dialog.note.text()
    dialog.only_shown.setChecked(True)
    assert dialog.note.text() == ""


def test_frames_are_not_offered_as_pictures(make: Any, tmp_path: Path) -> None:
    last = Choice(frozenset({Form.DRAWN, Form.COCO}), True, False, False, False, tmp_path)
    dialog = make(Known(of_videos=True), selection(20, 60), last)
    assert dialog.choice().forms == {Form.COCO}
    assert not dialog.choice().pictures
    assert not dialog.forms.ticks[Form.DRAWN].isVisible()


def test_what_is_for_other_programs_is_folded_until_it_is_used(make: Any, tmp_path: Path) -> None:
    used = make(Known(), selection(20, 60), choice_at(tmp_path, Form.COCO))
    assert used.forms.ticks[Form.YOLO].isVisible()
    dialog = make(Known(), selection(20, 60))
    assert not dialog.forms.ticks[Form.YOLO].isVisible()
    dialog.forms.more.click()
    assert dialog.forms.ticks[Form.YOLO].isVisible()
    assert not dialog.forms.copies.isEnabled()
    dialog.forms.ticks[Form.YOLO].setChecked(True)
    assert dialog.forms.copies.isEnabled()


def test_every_control_has_a_name(make: Any) -> None:
    dialog = make(Known(), selection(20, 60))
    for widget in (*dialog.forms.ticks.values(), dialog.forms.more, dialog.every, dialog.only_shown, dialog.change):
        assert widget.accessibleName() or widget.text(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.text()


def test_the_last_choice_is_remembered(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    assert last_choice(settings).forms == {Form.XLSX, Form.CSV}
    for choice in (
        Choice(frozenset({Form.JSONL, Form.LABEL_STUDIO}), True, True, True, True, tmp_path / "수확"),
        Choice(frozenset(), False, False, True, False, tmp_path),
    ):
        remember(settings, choice)
        settings.sync()
        again = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        assert last_choice(again) == choice


def dialogs() -> list[HandOnDialog]:
    """Return the dialogs on screen."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, HandOnDialog) and each.isVisible()]


def test_what_is_shown_is_saved_from_the_page(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "Lot 17", pictures=12, originals=tmp_path / "originals")
    page = window.results
    (tmp_path / "to").mkdir()

    async def scenario() -> None:
        window.go(Place(Page.RESULTS))
        page.open_folder(folder)
        await eventually(lambda: page.state.selection is not None)
        page.state.change(share=Share.WITH_FINDINGS, least=0.9)
        await eventually(lambda: page.state.selection is not None and len(page.state.selection.numbers) < 12)
        shown = page.state.selection
        assert shown is not None
        page.save.click()
        await eventually(dialogs)
        [dialog] = dialogs()
        dialog.show_place(tmp_path / "to")
        dialog.only_shown.setChecked(True)
        dialog.forms.report.setChecked(True)
        dialog.forms.ticks[Form.JSONL].setChecked(True)
        await eventually(lambda: "free" in dialog.room.text())
        dialog.save.click()
        notices = window._context.messages
        await eventually(lambda: any("saved in “to › Lot 17 results”" in each.text for each in notices.notices))
        done = tmp_path / "to" / "Lot 17 results"
        assert {path.name for path in done.iterdir()} == {
            "Lot 17.xlsx",
            "Lot 17 pictures.csv",
            "Lot 17 findings.csv",
            "Lot 17.jsonl",
            "Lot 17 report.pdf",
        }
        assert [path.name for path in (tmp_path / "to").iterdir()] == ["Lot 17 results"], "nothing hidden is left"
        lines = (done / "Lot 17.jsonl").read_bytes().splitlines()
        assert len(lines) == len(shown.numbers)
        assert sum(len(json.loads(line)["findings"]) for line in lines) == shown.findings
        sheets = openpyxl.load_workbook(done / "Lot 17.xlsx")
        assert sheets["Findings"].max_row == shown.findings + 1
        assert (done / "Lot 17 report.pdf").read_bytes().startswith(b"%PDF")
        assert last_choice(window._context.settings).forms == {Form.XLSX, Form.CSV, Form.JSONL}

    play(scenario())


def test_a_report_alone_is_written_though_somebody_looks_at_other_results_meanwhile(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    folder, other = results_folder(tmp_path / "Lot 17"), results_folder(tmp_path / "Lot 18")
    place = tmp_path / "not there yet"

    async def scenario() -> None:
        window.go(Place(Page.RESULTS))
        page = window.results
        page.open_folder(folder)
        await eventually(lambda: page.state.selection is not None)
        page.save.click()
        await eventually(dialogs)
        [dialog] = dialogs()
        dialog.show_place(place)
        for tick in dialog.forms.ticks.values():
            tick.setChecked(False)
        dialog.forms.report.setChecked(True)
        dialog.save.click()
        page.open_folder(other)
        notices = window._context.messages
        await eventually(lambda: any("The report is saved" in each.text for each in notices.notices))
        assert [path.name for path in place.iterdir()] == ["Lot 17 report.pdf"]

    play(scenario())


def test_the_dialog_can_be_left_and_nothing_is_written(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "Lot 17")
    (tmp_path / "to").mkdir()

    async def scenario() -> None:
        window.go(Place(Page.RESULTS))
        window.results.open_folder(folder)
        await eventually(lambda: window.results.state.selection is not None)
        window.results.save.click()
        await eventually(dialogs)
        [dialog] = dialogs()
        dialog.show_place(tmp_path / "to")
        dialog.reject()
        await eventually(lambda: not dialogs())
        assert not window._context.desk.transfers.all()
        assert not list((tmp_path / "to").iterdir())

    play(scenario())
