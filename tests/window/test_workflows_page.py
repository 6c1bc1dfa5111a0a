"""The list of workflows and models: what there is, what uses what, and removing what is one's own."""

import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from batchdock.core.computer import Model, ModelAnswers, ModelKind
from batchdock.core.errors import StillUsed
from batchdock.core.workflow import Workflow, WorkflowInput
from batchdock.flows.computer import Shelf
from batchdock.flows.own_files import WorkflowFile
from batchdock.window.main_window import MainWindow
from batchdock.window.two_lines import SECOND_LINE_ROLE
from batchdock.window.workflows.shelf_dialog import ShelfDialog
from batchdock.window.workflows.shelf_model import ShelfModel
from making.media import picture
from making.onnx_models import real_yolov8
from making.workflows import CUT

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="the engine is not there")


def rows(model: ShelfModel) -> list[tuple[str, str]]:
    """Return both lines of every row."""
    found = [model.index(row) for row in range(model.rowCount())]
    return [(str(each.data()), str(each.data(SECOND_LINE_ROLE) or "")) for each in found]


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.messages.notices]


async def opened(window: MainWindow, eventually: Any) -> ShelfDialog:
    window.actions_["shelf"].trigger()
    dialog = window.findChild(ShelfDialog)
    assert isinstance(dialog, ShelfDialog)
    await eventually(lambda: dialog.model.rowCount() > 0)
    return dialog


def choose(dialog: ShelfDialog, name: str) -> None:
    dialog.list.setCurrentIndex(dialog.model.index([first for first, _ in rows(dialog.model)].index(name)))


def test_what_is_listed_and_what_uses_what() -> None:
    kind = ModelKind.DETECTOR
    shelf = Shelf(
        workflows=(
            Workflow("read-codes", "Read codes", "Reads.", built_in=True),
            Workflow("m-1", "Cranes"),
            Workflow("own-1", "Night\nshift", "", (WorkflowInput("photo", "WorkflowImage"),), ("found", "pieces")),
        ),
        models=(
            Model("coco", "YOLOX", kind, ("person",), 3_700_000, "find-objects", built_in=True),
            Model("cranes", "Cranes", kind, tuple(map(str, range(80))), 12_000_000, "m-1"),
        ),
        used={"read-codes": (), "m-1": ("cranes",), "own-1": ("coco", "cranes")},
    )
    model = ShelfModel()
    model.show_shelf(shelf)
    assert rows(model) == [
        ("Your own", ""),
        ("Night shift", "Workflow · uses YOLOX, Cranes"),
        ("Cranes", "Model · Finds objects · 80 classes · 12.0 MB · used by Night\nshift"),
        ("Came with Batchdock", ""),
        ("Read codes", "Workflow"),
        ("YOLOX", "Model · Finds objects · 1 class · 3.7 MB · used by Night\nshift"),
    ]
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert model.item(0) is None
    night, cranes = model.item(1), model.item(2)
    assert night is not None
    assert cranes is not None
    assert model.about(night) == "It takes: photo: a picture, or a frame of a video\nIt gives: found, pieces"
    assert model.about(cranes).startswith("It knows: 0, 1, 2, ")
    assert model.about(cranes).endswith("…")


def test_own_ones_are_removed_after_a_question_and_built_in_ones_stay(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    file = tmp_path / "cranes.onnx"
    file.write_bytes(real_yolov8())

    async def scenario() -> None:
        run, computer = window._context.background.run, window.desk.computer
        look = await run(computer.look_at_model(file))
        model = await run(computer.add_model(file, look, "Cranes", ModelAnswers()))
        definition = {**CUT, "steps": [{**CUT["steps"][0], "model_id": model.model_id}]}
        await run(computer.add_workflow(WorkflowFile("Night", "", definition), "Night"))

        window.add_paths([picture(tmp_path / "a.jpg")])
        sheet = window.sheet
        assert sheet is not None
        await eventually(sheet.start.isEnabled)
        sheet.form.workflows.shelf.click()
        dialog = window.findChild(ShelfDialog)
        assert isinstance(dialog, ShelfDialog)
        await eventually(lambda: dialog.model.rowCount() > 0)
        assert rows(dialog.model)[:3] == [
            ("Your own", ""),
            ("Night", "Workflow · uses Cranes"),
            ("Cranes", f"Model · Finds objects · 80 classes · {file.stat().st_size / 1e6:.1f} MB · used by Night"),
        ]
        choose(dialog, "Find objects")
        assert not dialog.remove_button.isEnabled()
        assert "It takes: " in dialog.about.text()

        choose(dialog, "Cranes")
        QTest.keyClick(dialog.remove_button, Qt.Key.Key_Space)
        assert dialog.question.text() == (
            "Remove the model “Cranes”, and its workflow? Results that it has made stay. To have it back, add its file "
            "again. These workflows can not run without it: “Night”."
        )
        assert dialog.keep_button.hasFocus()
        dialog.keep_button.click()
        assert not dialog.question.isVisible()
        dialog.remove_button.click()
        dialog.really_remove_button.click()
        await eventually(lambda: "“Cranes” was removed." in said(window))
        await eventually(lambda: "Cranes" not in [first for first, _ in rows(dialog.model)])
        assert file.exists()

        choose(dialog, "Night")
        dialog.remove_button.click()
        assert dialog.question.text().startswith("Remove the workflow “Night”?")
        dialog.really_remove_button.click()
        await eventually(lambda: "“Night” was removed." in said(window))
        await eventually(lambda: rows(dialog.model)[0][0] == "Came with Batchdock")
        dialog.reject()
        await eventually(lambda: sheet.form.workflows.workflow() is not None)
        assert "Night" not in [sheet.form.workflows._model.item(row).text() for row in range(7)]
        sheet.close()

    play(scenario())


def test_what_a_job_still_uses_is_said_and_stays(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        dialog = await opened(window, eventually)
        dialog._on_error(StillUsed(reason="The job “Lot 17” uses it."))
        assert dialog.trouble.text() == (
            "A job that is not over needs this. Nothing was removed. The job “Lot 17” uses it. "
            "Wait until the job is done, or stop it, and remove it then."
        )
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await eventually(lambda: window.findChild(ShelfDialog) is None)

    play(scenario())


def test_a_file_is_added_from_the_list(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        dialog = await opened(window, eventually)
        dialog.add_button.click()
        await eventually(lambda: dialog.findChild(QFileDialog))
        chooser = dialog.findChild(QFileDialog)
        assert isinstance(chooser, QFileDialog)
        chooser.reject()
        await eventually(lambda: dialog.findChild(QFileDialog) is None)
        dialog.reject()
        await eventually(lambda: window.findChild(ShelfDialog) is None)

    play(scenario())
