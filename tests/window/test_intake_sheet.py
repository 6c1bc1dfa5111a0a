"""The side sheet over a real scan, a real desk and the real local service."""

import asyncio
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Content
from batchdock.core.intake import Finding, Item, Review
from batchdock.core.workflow import Workflow, WorkflowInput
from batchdock.window.intake.files_panel import FilesPanel
from batchdock.window.intake.findings import finding_advice, finding_title
from batchdock.window.intake.gathered import Gathered
from batchdock.window.intake.ready_model import ReadyModel
from batchdock.window.intake.sheet import IntakeSheet
from batchdock.window.main_window import MainWindow
from batchdock.window.new_job.parameter_rows import ParameterRows
from batchdock.window.quiet_table import RowDelegate
from fakes.roboflow_cloud import RoboflowCloud
from making import media
from making.rights import ran_like_anybody

Field = TypeVar("Field", bound=QWidget)

HANGUL = "수확 십칠 번 밭의 봄 사진 모음 이천이십육 년 사월 첫째 주 아침 촬영"


def shown(table: QTableView) -> list[list[str]]:
    """Return what a table shows, row by row."""
    model = table.model()
    columns = range(model.columnCount())
    return [[str(model.index(row, column).data() or "") for column in columns] for row in range(model.rowCount())]


def sheet_of(window: MainWindow) -> IntakeSheet:
    sheet = window.sheet
    assert sheet is not None
    return sheet


def counted(window: MainWindow) -> bool:
    return not sheet_of(window).is_counting()


def items(count: int) -> list[Item]:
    return [Item(Path(f"/p/{n}.jpg"), f"{n}.jpg", 1000, 0.0, Content.IMAGES) for n in range(count)]


def test_a_drop_is_counted_sorted_and_started(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    folder = tmp_path / HANGUL
    for number in range(6):
        media.picture(folder / f"cam {number % 2}" / "IMG_0001.JPG" if number < 2 else folder / f"{number}.jpg", number)
    media.picture(folder / "छवि 😀.jpg", 50)
    media.picture(folder / "line\nbreak.jpg", 51)
    media.truncated_picture(folder / "cut.jpg")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.jpg").write_text("not a picture")
    (folder / "readme.txt").write_text("text")
    (folder / "nowhere.jpg").symlink_to(tmp_path / "gone.jpg")
    media.picture(folder / "twice.jpg", 3)

    async def scenario() -> None:
        window.add_paths([folder])
        await eventually(lambda: counted(window) and sheet_of(window).start.isEnabled())
        sheet = sheet_of(window)
        files = sheet.files
        assert files.title.text().startswith("8 pictures · ")
        assert files.ready.text() == "8 ready"
        assert files.left_out.text() == "6 to look at"
        assert sheet.form.name.text() == HANGUL
        files.show_left_out.click()
        rows = [row[0] for row in shown(files.left_out_table)]
        for finding, name in (
            (Finding.DAMAGED, "cut.jpg"),
            (Finding.EMPTY, "empty.jpg"),
            (Finding.NOT_A_PICTURE, "notes.jpg"),
            (Finding.UNSUPPORTED, "readme.txt"),
            (Finding.BROKEN_LINK, "nowhere.jpg"),
        ):
            heading = rows.index(f"{finding_title(finding)} · 1")
            assert rows[heading + 1].endswith(name)
        assert f"{finding_title(Finding.EXACT_COPY)} · 1" in rows
        started: list[Any] = []
        sheet.started.connect(started.extend)
        sheet.start.click()
        await eventually(lambda: window.sheet is None)
        assert [job.name for job in started] == [HANGUL]
        desk = window._context.desk
        await eventually(lambda: all(job.state.is_terminal for job in desk.jobs.all()))
        assert [(job.items_done, job.problems or 0) for job in desk.jobs.all()] == [(8, 0)]

    play(scenario())


def test_a_name_with_a_line_break_is_drawn_on_one_line(qtbot: QtBot) -> None:
    panel = FilesPanel()
    qtbot.addWidget(panel)
    panel.take([Review((Item(Path("/p/a\nb.jpg"), "a\nb.jpg", 1000, 0.0, Content.IMAGES),))])
    delegate, option = panel.ready_table.itemDelegate(), QStyleOptionViewItem()
    assert isinstance(delegate, RowDelegate)
    delegate.initStyleOption(option, panel.ready_table.model().index(0, 0))
    assert option.text == "a b.jpg"


def test_the_sheet_is_there_at_once_and_counts_while_it_scans(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(300):
        media.picture(tmp_path / "many" / f"{number}.jpg", number, (32, 32))

    async def scenario() -> None:
        window.add_paths([tmp_path / "many"])
        sheet = sheet_of(window)
        assert sheet.isVisible()
        assert not sheet.isWindow()
        assert sheet.start.text() == "Start when counted"
        await eventually(lambda: counted(window))
        assert sheet.files.title.text().startswith("300 pictures")
        sheet.cancel.click()
        await eventually(lambda: window.sheet is None)

    play(scenario())


def test_start_pressed_while_counting_starts_when_it_is_counted(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(40):
        media.picture(tmp_path / "some" / f"{number}.jpg", number, (32, 32))

    async def scenario() -> None:
        window.add_paths([tmp_path / "some"])
        sheet = sheet_of(window)
        await eventually(lambda: sheet.form.workflows.workflow() is not None)
        window.add_paths([tmp_path / "some"])
        assert sheet.start.text() == "Start when counted"
        sheet.start.click()
        assert not sheet.start.isEnabled()
        await eventually(lambda: window.sheet is None)
        await eventually(lambda: [job.items_total for job in window._context.desk.jobs.all()] == [40])

    play(scenario())


def test_nothing_usable_is_said_and_nothing_can_be_started(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.txt").write_text("a")
    (tmp_path / "papers" / "b.jpg").write_bytes(b"")

    async def scenario() -> None:
        window.add_paths([tmp_path / "papers"])
        await eventually(lambda: counted(window))
        sheet = sheet_of(window)
        assert sheet.files.title.text() == "None of these files can be used"
        assert sheet.files.note.text().startswith("2 files looked at")
        assert sheet.files.left_out_table.isVisible()
        assert not sheet.start.isVisible()
        assert sheet.cancel.text() == "Close"
        media.picture(tmp_path / "late" / "good.jpg")
        window.add_paths([tmp_path / "late"])
        await eventually(lambda: counted(window) and sheet.start.isEnabled())
        assert sheet.start.isVisible()
        sheet.close()

    play(scenario())


def test_what_is_dropped_twice_counts_once_and_more_can_be_added(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(3):
        media.picture(tmp_path / "a" / f"{number}.jpg", number)
    media.video(tmp_path / "b" / "clip.mp4")

    async def scenario() -> None:
        window.add_paths([tmp_path / "a"])
        window.add_paths([tmp_path / "a"])
        window.add_paths([tmp_path / "b"])
        await eventually(lambda: counted(window) and sheet_of(window).form.workflows.workflow() is not None)
        sheet = sheet_of(window)
        assert sheet.files.title.text().startswith("3 pictures and 1 video · ")
        assert sheet.files.note.text() == "Videos and pictures need separate jobs; both will be prepared."
        assert sheet.start.text() == "Start 2 jobs"
        assert sheet.form.name.text() == "a"
        sheet.form.name.clear()
        sheet.form.name.insert("My name")
        sheet.form.name.textEdited.emit("My name")
        sheet.form.suggest_name("other")
        assert sheet.form.name.text() == "My name"
        sheet.close()

    play(scenario())


def test_only_make_a_batch_sends_and_starts_no_job(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    media.picture(tmp_path / "lot" / "1.jpg")

    async def scenario() -> None:
        desk = window._context.desk
        window.add_paths([tmp_path / "lot"])
        await eventually(lambda: counted(window))
        sheet_of(window).only_batch.click()
        await eventually(lambda: window.sheet is None)
        await eventually(lambda: desk.transfers.all() and desk.transfers.all()[0].state.is_terminal)
        assert desk.jobs.all() == ()
        batches = await window._context.background.run(desk.batches.all("this-computer"))
        assert [batch.name for batch in batches] == ["lot"]

    play(scenario())


def test_a_folder_that_may_not_be_read_is_named(
    request: pytest.FixtureRequest, window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    if ran_like_anybody(request):
        return
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)

    async def scenario() -> None:
        window.add_paths([closed])
        await eventually(lambda: counted(window))
        rows = [row[0] for row in shown(sheet_of(window).files.left_out_table)]
        assert rows[0] == f"{finding_title(Finding.NO_PERMISSION)} · 1"
        sheet_of(window).close()

    play(scenario())
    closed.chmod(0o700)


def test_workflows_of_an_account_that_do_not_fit_are_grey_with_the_reason(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    media.picture(tmp_path / "lot" / "1.jpg")
    inputs = [{"type": "InferenceImage", "name": name} for name in ("left", "right")]
    two = {"version": "1.0", "steps": [], "outputs": [], "inputs": inputs}

    async def scenario(cloud: RoboflowCloud) -> None:
        context = window._context
        cloud.state.workflows["compare"] = {"name": "Compare", "url": "compare", "specification": two}
        await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
        window.add_paths([tmp_path / "lot"])
        sheet = sheet_of(window)
        where = sheet.form.where
        where.choose("roboflow-acme-ws")
        await eventually(lambda: sheet.form.workflows.workflow() is not None)
        choice = sheet.form.workflows.findChild(QComboBox)
        assert choice is not None
        place = choice.findText("Compare")
        await eventually(lambda: not choice.model().flags(choice.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled)
        assert "several pictures" in str(choice.itemData(place, Qt.ItemDataRole.ToolTipRole))
        sheet.form.workflows.choose("compare")
        assert sheet.form.workflows.workflow() is None
        assert "several pictures" in sheet.form.reason()
        await eventually(lambda: counted(window))
        assert not sheet.start.isEnabled()
        sheet.close()

    with RoboflowCloud() as cloud:
        play(scenario(cloud))


def test_every_finding_has_words() -> None:
    titles = {finding_title(finding) for finding in Finding}
    assert len(titles) == len(Finding)
    assert all(finding_advice(finding).endswith(".") for finding in Finding)
    assert not any("%1" in title for title in titles)


def test_a_million_files_fit_into_the_model(qtbot: QtBot) -> None:
    model = ReadyModel()
    model.add(items(1) * 1_000_000)
    assert model.rowCount() == 1_000_000
    assert model.index(999_999, 0).data() == "0.jpg"


def test_gathered_counts_each_path_once() -> None:
    gathered = Gathered()
    first, *rest = items(3)
    ready, left_out = gathered.take(Review((first, *rest)))
    again, _ = gathered.take(Review((first,)))
    assert (len(ready), left_out, again) == (3, [], [])
    assert (gathered.pictures, gathered.size) == (3, 3000)


def found(holder: QWidget, kind: type[Field], name: str) -> Field:
    """Return the field of a parameter."""
    field = holder.findChild(kind, f"parameter-{name}")
    assert field is not None
    return field


def test_parameters_are_asked_by_the_kind_of_their_default_and_sent_only_when_changed(qtbot: QtBot) -> None:
    holder = rows = ParameterRows()
    qtbot.addWidget(rows)
    inputs = [("image", None), ("confidence", 0.4), ("count", 3), ("deep", True), ("word", "x"), ("kinds", ["a", "b"])]
    types = ["InferenceImage", *["WorkflowParameter"] * 5]
    made = (WorkflowInput(name, kind, default) for (name, default), kind in zip(inputs, types, strict=True))
    rows.show_workflow(Workflow("w", "W", inputs=tuple(made)))
    assert rows.values() == {}
    found(holder, QDoubleSpinBox, "confidence").setValue(0.55)
    found(holder, QSpinBox, "count").setValue(4)
    found(holder, QCheckBox, "deep").setChecked(False)
    found(holder, QLineEdit, "word").setText("y")
    found(holder, QLineEdit, "kinds").setText("a, c")
    assert rows.values() == {"confidence": 0.55, "count": 4, "deep": False, "word": "y", "kinds": ["a", "c"]}
    rows.show_workflow(None)
    assert rows.values() == {}


def test_the_last_choice_is_offered_again(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    media.picture(tmp_path / "lot" / "1.jpg")

    async def scenario() -> None:
        for chosen in ("picture-quality", None):
            window.add_paths([tmp_path / "lot"])
            sheet = sheet_of(window)
            await eventually(lambda: counted(window) and sheet_of(window).form.workflows.workflow() is not None)
            if chosen is not None:
                sheet.form.workflows.choose(chosen)
                await eventually(lambda: sheet_of(window).start.isEnabled())
                sheet.start.click()
                await eventually(lambda: window.sheet is None)
                continue
            workflow = sheet.form.workflows.workflow()
            assert workflow is not None
            assert workflow.workflow_id == "picture-quality"
            sheet.close()
        await asyncio.sleep(0)

    play(scenario())
