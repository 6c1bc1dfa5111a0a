"""An ONNX model on the window: looked into, named, tried on a picture, added, or refused in sentences."""

import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QClipboard, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from batchdock.core.computer import Model
from batchdock.core.resources import resource
from batchdock.window.main_window import MainWindow
from batchdock.window.workflows.class_names import NAME, ClassNamesModel
from batchdock.window.workflows.model_dialog import USUAL_SIDE, AddModelDialog
from making.dropping import drop, links
from making.media import picture
from making.onnx_models import Value, constant, real_yolov8
from making.spoken import nameless

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="the engine is not there")

NAMES = resource("models", "coco_80.txt").read_text(encoding="utf-8").split("\n")[:80]
ANY_SIZE = Value("images", (1, 3, "height", "width"))


def dialog_of(window: MainWindow) -> AddModelDialog:
    """Return the dialog that is open."""
    found = [each for each in window.findChildren(AddModelDialog) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def is_asking(window: MainWindow) -> bool:
    return any(each.isVisible() for each in window.findChildren(AddModelDialog))


def drop_on(dialog: AddModelDialog, data: QMimeData) -> None:
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    middle = QPointF(dialog.rect().center())
    QApplication.sendEvent(dialog, QDragEnterEvent(middle.toPoint(), action, data, buttons, keys))
    QApplication.sendEvent(dialog, QDropEvent(middle, action, data, buttons, keys))


async def looked_into(window: MainWindow, eventually: Any, file: Path) -> AddModelDialog:
    """Drop a model and return the dialog that shows it."""
    drop(window, links(file))
    await eventually(lambda: is_asking(window))
    dialog = dialog_of(window)
    await eventually(dialog.content.isVisible)
    return dialog


async def own_models(window: MainWindow) -> list[Model]:
    models = await window._context.background.run(window.desk.computer.models())
    return [each for each in models if not each.built_in]


def test_a_dropped_model_is_named_tried_and_added(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, clipboard: QClipboard
) -> None:
    file = tmp_path / "harbour_cranes.onnx"
    file.write_bytes(real_yolov8())
    (tmp_path / "few.txt").write_text("crane\nboat\n")
    (tmp_path / "all.yaml").write_text("names:\n" + "".join(f"  {at}: {name}\n" for at, name in enumerate(NAMES)))

    async def scenario() -> None:
        drop(window, links(file))
        await eventually(lambda: is_asking(window))
        dialog = dialog_of(window)
        assert dialog.busy_text.text() == "Looking into the model…"
        await eventually(dialog.add_button.isEnabled)
        assert dialog.name.text() == "harbour cranes"
        kind, family = dialog.facts.text().splitlines()
        assert kind == "Finds objects"
        assert "YOLOv8" in family
        assert family.endswith(" MB")
        assert dialog.side_text.isVisible()
        assert not dialog.side.isVisible()
        assert dialog.side_text.text() == "416 × 416 pixels"
        assert dialog.classes.text() == "80 classes"
        assert dialog.hint.isVisible()
        assert dialog.note.text() == "It has not been tried on a picture yet."
        assert dialog.add_button.isDefault()
        assert nameless(dialog) == []

        await _type_a_name(dialog, "bollard")
        clipboard.setText("crane\n small boat \n")
        dialog.table.setCurrentIndex(dialog.names.index(1, NAME))
        QTest.keyClick(dialog.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert dialog.names.names()[:4] == ("bollard", "crane", "small boat", "3")

        dialog._start(dialog.take_names(tmp_path / "few.txt"), dialog._say_trouble)
        await eventually(dialog.trouble.isVisible)
        assert "Names in it: 2. Classes of the model: 80." in dialog.trouble.text()
        assert dialog.names.names()[0] == "bollard"
        dialog._start(dialog.take_names(tmp_path / "all.yaml"), dialog._say_trouble)
        await eventually(lambda: dialog.names.names() == tuple(NAMES))
        assert not dialog.trouble.isVisible()

        QTest.mouseClick(dialog.trial.try_button, Qt.MouseButton.LeftButton)
        await eventually(lambda: dialog.trial.is_tried)
        found = [dialog.trial.findings.item(row).text() for row in range(dialog.trial.findings.count())]
        assert any(each.startswith("cup") for each in found)
        assert "2 found" in dialog.trial.caption.text()
        assert dialog.note.text() == "It was tried on a picture."
        assert not dialog.trial.view._pixmap.isNull()

        dialog.add_button.click()
        await eventually(lambda: not is_asking(window))
        (model,) = await own_models(window)
        assert (model.name, model.class_names) == ("harbour cranes", tuple(NAMES))
        window.add_paths([picture(tmp_path / "a.jpg")])
        sheet = window.sheet
        assert sheet is not None
        await eventually(sheet.start.isEnabled)
        chosen = sheet.form.workflows.workflow()
        assert chosen is not None
        assert chosen.workflow_id == model.workflow_id
        sheet.close()

    play(scenario())
    assert file.exists()


async def _type_a_name(dialog: AddModelDialog, name: str) -> None:
    dialog.table.setCurrentIndex(dialog.names.index(0, NAME))
    dialog.table.edit(dialog.names.index(0, NAME))
    (field,) = dialog.table.findChildren(QLineEdit)
    field.setText(name)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_picture_dropped_on_the_dialog_is_tried_at_once_and_what_is_none_is_said(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    file = tmp_path / "named.onnx"
    named = "{" + ", ".join(f"{at}: '{name}'" for at, name in enumerate(NAMES)) + "}"
    file.write_bytes(real_yolov8({"names": named, "task": "detect"}))
    (tmp_path / "notes.jpg").write_text("no picture")

    async def scenario() -> None:
        dialog = await looked_into(window, eventually, file)
        assert not dialog.hint.isVisible()
        assert not dialog.names_file.isVisible()
        assert dialog.names.index(0, NAME).data() == "person"
        assert not dialog.names.flags(dialog.names.index(0, NAME)) & Qt.ItemFlag.ItemIsEditable
        dialog.names.put(["x"])
        assert dialog.names.names() == ()

        drop_on(dialog, links(resource("samples", "dogs.jpg")))
        await eventually(lambda: dialog.trial.is_tried)
        assert dialog.trial.caption.text().startswith("dogs.jpg · 2 found · ")
        assert dialog.trial.findings.item(0).text().startswith("dog ")
        assert window.sheet is None

        drop_on(dialog, links(tmp_path / "notes.jpg"))
        await eventually(dialog.trial.trouble.isVisible)
        assert dialog.trial.trouble.text().endswith(".")
        assert dialog.trial.try_button.isEnabled()
        assert dialog.add_button.isEnabled()
        dialog.reject()
        await eventually(lambda: not window.findChildren(AddModelDialog))
        assert await own_models(window) == []

    play(scenario())


def test_a_model_of_any_size_is_asked_for_one_and_may_be_added_untried(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    file = tmp_path / "any.onnx"
    file.write_bytes(constant({"output0": numpy.zeros((1, 7, 8400), numpy.float32)}, picture=ANY_SIZE))

    async def scenario() -> None:
        dialog = await looked_into(window, eventually, file)
        assert dialog.side.isVisible()
        assert not dialog.side_text.isVisible()
        assert dialog.side.value() == USUAL_SIDE
        assert dialog._answers().side == (USUAL_SIDE, USUAL_SIDE)
        dialog.trial.try_now()
        await eventually(lambda: dialog.trial.is_tried)
        assert "Nothing was found" in dialog.trial.caption.text()
        dialog.side.setValue(320)
        assert dialog.note.text() == "It has not been tried on a picture yet."
        dialog.side.setFocus()
        dialog.side.setValue(USUAL_SIDE)
        QTest.keyClick(dialog.side, Qt.Key.Key_Return)
        assert dialog.add_button.text() == "Add model"
        dialog.add_button.click()
        await eventually(lambda: not is_asking(window))
        assert len(await own_models(window)) == 1

    play(scenario())


def test_a_picture_that_came_with_the_model_is_there_to_try_it_on(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    file = tmp_path / "any.onnx"
    file.write_bytes(real_yolov8())

    async def scenario() -> None:
        drop(window, links(file, resource("samples", "dogs.jpg")))
        await eventually(lambda: is_asking(window))
        dialog = dialog_of(window)
        await eventually(dialog.content.isVisible)
        assert dialog.trial.caption.text() == "dogs.jpg"
        dialog.trial.try_button.click()
        await eventually(lambda: dialog.trial.is_tried)
        assert dialog.trial.caption.text().startswith("dogs.jpg · 2 found")
        dialog.reject()
        await eventually(lambda: not is_asking(window))
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: len(sheet.files.gathered.ready) == 1)
        sheet.close()

    play(scenario())


def test_what_is_no_model_is_said_in_sentences(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    (tmp_path / "liar.onnx").write_bytes(b"This is no model.")

    async def scenario() -> None:
        drop(window, links(tmp_path / "liar.onnx", picture(tmp_path / "a.jpg")))
        await eventually(lambda: is_asking(window))
        dialog = dialog_of(window)
        await eventually(dialog.reasons.isVisible)
        assert dialog.refusal_title.text() == "The model “liar.onnx” can not be used here."
        assert dialog.reasons.toPlainText().endswith(".")
        assert not dialog.add_button.isVisible()
        assert not dialog.note.isVisible()
        drop_on(dialog, links(resource("samples", "dogs.jpg")))
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await eventually(lambda: not is_asking(window))
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: len(sheet.files.gathered.ready) == 1)
        sheet.close()

    play(scenario())


def test_names_for_a_model_that_does_not_say_how_many_classes_it_has(application: QApplication) -> None:
    names = ClassNamesModel()
    names.show_names((), fixed=False)
    assert (names.rowCount(), names.names()) == (1, ())
    assert names.setData(names.index(0, NAME), " crane ")
    names.put(["boat", "bollard", "buoy"], 1)
    assert names.names() == ("crane", "boat", "bollard", "buoy")
    assert names.rowCount() == 5
    assert names.index(4, NAME).data() == ""
    assert not names.setData(names.index(4, NAME), "  ")
    names.show_names(("0", "1"), fixed=False)
    names.put(["crane", "boat", "too many"])
    assert names.names() == ("crane", "boat")
    assert names.setData(names.index(0, NAME), "")
    assert names.names() == ("0", "boat")


def test_closing_the_window_while_a_model_is_looked_into_ends_in_order(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    file = tmp_path / "harbour.onnx"
    file.write_bytes(real_yolov8())

    async def scenario() -> None:
        drop(window, links(file))
        await eventually(lambda: is_asking(window))

    play(scenario())
