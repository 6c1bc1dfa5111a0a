"""A Workflow JSON on the window: checked by the real service, shown in plain words, added, or refused in sentences.

A check starts the engine, which takes seconds; the long test has two of them in a row.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import LocalServiceStopped
from batchdock.core.workflow import WorkflowInput
from batchdock.window.main_window import MainWindow
from batchdock.window.workflows.plain_words import LINES_SHOWN, input_text, lines_text, short
from batchdock.window.workflows.workflow_dialog import AddWorkflowDialog
from making.dropping import drop, links
from making.media import picture
from making.spoken import nameless
from making.workflows import CUT, UNFIT, written

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="the engine is not there")


def dialog_of(window: MainWindow) -> AddWorkflowDialog:
    """Return the dialog that is open."""
    found = [each for each in window.findChildren(AddWorkflowDialog) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def is_asking(window: MainWindow) -> bool:
    return any(each.isVisible() for each in window.findChildren(AddWorkflowDialog))


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.messages.notices]


async def refused(window: MainWindow, eventually: Any, *paths: Path) -> AddWorkflowDialog:
    """Drop files and return the dialog that says why not."""
    drop(window, links(*paths))
    await eventually(lambda: is_asking(window))
    dialog = dialog_of(window)
    await eventually(dialog.reasons.isVisible)
    return dialog


def test_a_dropped_workflow_is_checked_shown_added_and_chosen(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    file = written(tmp_path / "자르기 7.json", {"specification": CUT})
    before = file.read_bytes()

    async def scenario() -> None:
        drop(window, links(file))
        await eventually(lambda: is_asking(window))
        assert window.sheet is None
        dialog = dialog_of(window)
        assert dialog.busy_text.isVisible()
        assert "some seconds" in dialog.busy_text.text()
        assert not dialog.add_button.isEnabled()
        await eventually(dialog.add_button.isEnabled)
        assert dialog.name.text() == "자르기 7"
        assert dialog.takes.text().splitlines() == [
            "photo: a picture, or a frame of a video",
            "sure: a number, usually 0.5",
            "loud: yes or no, usually no",
        ]
        assert dialog.gives.text() == "found"
        assert not dialog.known.isVisible()
        dialog.name.clear()
        assert not dialog.add_button.isEnabled()
        QTest.keyClicks(dialog.name, "  Cut out  at night ")
        assert dialog.add_button.text() == "Add workflow"
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        await eventually(lambda: not is_asking(window))
        (text,) = said(window)
        assert text.startswith("“Cut out at night” was added.")
        assert file.read_bytes() == before

        window.add_paths([picture(tmp_path / "a.jpg")])
        sheet = window.sheet
        assert sheet is not None
        await eventually(sheet.start.isEnabled)
        chosen = sheet.form.workflows.workflow()
        assert chosen is not None
        assert (chosen.name, chosen.outputs) == ("Cut out at night", ("found",))

        drop(window, links(file))
        await eventually(lambda: is_asking(window))
        again = dialog_of(window)
        await eventually(again.known.isVisible)
        assert "already, as “Cut out at night”" in again.known.text()
        again.reject()
        await eventually(lambda: not is_asking(window))
        sheet.close()

    play(scenario())


def test_one_that_can_not_run_here_is_told_every_reason_and_left_as_it_is(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    file = written(tmp_path / "team.json", UNFIT)
    before = file.read_bytes()

    async def scenario() -> None:
        dialog = await refused(window, eventually, file)
        assert dialog.refusal_title.text() == "The workflow “team” can not be used here."
        reasons = dialog.reasons.toPlainText().splitlines()
        assert len(reasons) == 2
        assert "team/bolts/3" in reasons[0]
        assert dialog.refusal_advice.text().endswith("The file was left as it is.")
        assert not dialog.add_button.isVisible()
        assert not dialog.again_button.isVisible()
        assert nameless(dialog) == []
        QTest.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
        await eventually(lambda: not is_asking(window))
        desk = window.desk
        listed = await window._context.background.run(desk.jobs.workflows(THIS_COMPUTER_ID))
        assert all(each.built_in for each in listed)

    play(scenario())
    assert file.read_bytes() == before


def test_what_is_no_workflow_is_one_sentence(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    coco = written(tmp_path / "instances.json", {"images": [], "annotations": []})
    (tmp_path / "broken.json").write_text('{"a": 1,\n}')
    (tmp_path / "latin.json").write_bytes('{"a": "Größe"}'.encode("latin-1"))
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(100_000_000)

    async def scenario() -> None:
        for name, words in (
            (coco.name, "A Workflow JSON has inputs, steps and outputs; this file has other things in it."),
            ("broken.json", "It can not be read as JSON: something is wrong in line 2."),
            ("latin.json", "It can not be read as JSON: something is wrong in line 1."),
            ("huge.json", "It has 100,000,000 bytes; a workflow has 4,000,000 at most."),
        ):
            dialog = await refused(window, eventually, tmp_path / name)
            assert dialog.refusal_title.text() == f"“{name}” is not a workflow."
            assert dialog.reasons.toPlainText() == words
            QTest.keyClick(dialog.cancel_button, Qt.Key.Key_Space)
            await eventually(lambda: not is_asking(window))
        assert window.sheet is None

    play(scenario())


def test_cancel_while_it_is_checked_adds_nothing(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        drop(window, links(written(tmp_path / "cut.json", CUT)))
        await eventually(lambda: is_asking(window))
        QTest.keyClick(dialog_of(window), Qt.Key.Key_Escape)
        await eventually(lambda: not window.findChildren(AddWorkflowDialog))
        assert said(window) == []

    play(scenario())


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="goes by /proc")
def test_a_service_that_ends_meanwhile_is_asked_again(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        drop(window, links(written(tmp_path / "cut.json", CUT)))
        await eventually(lambda: is_asking(window))
        service = window.desk.accounts._local
        await eventually(lambda: service.process_id is not None)
        dialog = dialog_of(window)
        # It dies while it checks, which takes seconds: how soon is not known from outside.
        await eventually(lambda: _checks(window))
        assert service.process_id is not None
        os.kill(service.process_id, signal.SIGKILL)
        # It is asked again by itself, unless it comes back later than that is tried: then the person is asked.
        await eventually(lambda: dialog.add_button.isEnabled() or dialog.again_button.isVisible(), 60)
        if dialog.again_button.isVisible():
            QTest.keyClick(dialog.again_button, Qt.Key.Key_Space)
        await eventually(dialog.add_button.isEnabled, 60)
        dialog._refuse(LocalServiceStopped())
        assert dialog.refusal_title.text() == "The service of this computer stopped."
        assert not dialog.content.isVisible()
        QTest.keyClick(dialog.again_button, Qt.Key.Key_Space)
        await eventually(dialog.add_button.isEnabled)
        assert dialog.content.isVisible()
        assert not dialog.again_button.isVisible()
        dialog.reject()
        await eventually(lambda: not is_asking(window))

    play(scenario())


def _checks(window: MainWindow) -> bool:
    """Tell whether a process of the service works on a check."""
    service = window.desk.accounts._local.process_id
    return any(threads.read_text().strip() for threads in Path(f"/proc/{service}/task").glob("*/children"))


def test_pictures_go_to_the_sheet_and_a_workflow_beside_them_is_asked_about(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    workflow = written(tmp_path / "cut.json", CUT)
    labels = written(tmp_path / "labels.json", {"shapes": []})

    async def scenario() -> None:
        drop(window, links(picture(tmp_path / "a.jpg"), workflow, labels))
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: is_asking(window))
        assert dialog_of(window).origin.text() == "cut.json"
        dialog_of(window).reject()
        await eventually(lambda: not is_asking(window))
        await eventually(lambda: not sheet.is_counting() and sheet.files.gathered.looked_at == 2)
        assert [each.path for each in sheet.files.gathered.ready] == [tmp_path / "a.jpg"]
        left_out = [each.path for group in sheet.files.gathered.left_out.values() for each in group]
        assert left_out == [labels]
        sheet.close()

    play(scenario())


def test_what_lies_in_a_folder_is_only_looked_at_for_pictures(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "set.json"
    picture(folder / "a.jpg")
    written(folder / "cut.json", CUT)

    async def scenario() -> None:
        drop(window, links(folder))
        await eventually(lambda: window.sheet is not None)
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: not sheet.is_counting())
        assert len(sheet.files.gathered.ready) == 1
        assert not is_asking(window)
        sheet.close()

    play(scenario())


def test_several_are_asked_about_one_after_the_other_and_strangers_are_named(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        names = ("one.json", "two.json")
        files = [written(tmp_path / name, {**CUT, "version": f"1.{at}"}) for at, name in enumerate(names)]
        drop(window, links(*files, written(tmp_path / "labels.json", {})))
        await eventually(lambda: said(window))
        assert said(window) == ["“labels.json” is not a workflow, and was left as it is."]
        for name in names:
            await eventually(lambda wanted=name: is_asking(window) and dialog_of(window).origin.text() == wanted)
            dialog_of(window).reject()
        await eventually(lambda: not window.findChildren(AddWorkflowDialog))

    play(scenario())


def test_it_can_be_chosen_from_the_menu_and_from_the_list_of_workflows(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        window.add_paths([picture(tmp_path / "a.jpg")])
        sheet = window.sheet
        assert sheet is not None
        for begin in (window.actions_["add-own"].trigger, sheet.form.workflows.own.click):
            begin()
            await eventually(lambda: window.findChild(QFileDialog))
            chooser = window.findChild(QFileDialog)
            assert isinstance(chooser, QFileDialog)
            assert any("*.json *.onnx" in each for each in chooser.nameFilters())
            chooser.reject()
            await eventually(lambda: not window.findChild(QFileDialog))
        sheet.close()

    play(scenario())


def test_a_workflow_copied_as_text_is_pasted(
    window: MainWindow, play: Any, eventually: Any, clipboard: QClipboard
) -> None:
    async def scenario() -> None:
        clipboard.setText(json.dumps({"images": []}, indent=2))
        window.actions_["paste"].trigger()
        await eventually(lambda: is_asking(window))
        dialog = dialog_of(window)
        await eventually(dialog.reasons.isVisible)
        assert dialog.refusal_title.text() == "“Pasted workflow” is not a workflow."
        assert "file" not in dialog.refusal_advice.text()
        dialog.reject()
        await eventually(lambda: not is_asking(window))
        clipboard.setText("\n" + json.dumps(CUT, indent=2))
        window.actions_["paste"].trigger()
        await eventually(lambda: is_asking(window))
        dialog = dialog_of(window)
        await eventually(dialog.add_button.isEnabled)
        assert dialog.name.text() == "Pasted workflow"
        assert dialog.gives.text() == "found"
        dialog.reject()
        await eventually(lambda: not is_asking(window))

    play(scenario())


def test_words_for_inputs_and_long_lists() -> None:
    def said_of(default: object) -> str:
        return input_text(WorkflowInput("a", "WorkflowParameter", default))

    assert said_of(None) == "a: has no usual value; you give it with every job"
    assert said_of(["person", "car"]) == "a: a list, usually person, car"
    assert said_of("dog") == "a: text, usually “dog”"
    assert said_of(3) == "a: a number, usually 3"
    assert said_of({"x": [1]}) == 'a: a list, usually {"x": [1]}'
    assert len(said_of("long " * 100)) < 100
    assert max(map(len, short("a" * 500 + " b").split())) < 50
    assert lines_text(map(str, range(LINES_SHOWN + 1))).count("\n") == LINES_SHOWN
    assert lines_text(map(str, range(300))).endswith(f"and {300 - LINES_SHOWN} more")


def test_a_workflow_with_very_long_names_keeps_the_dialog_on_the_screen(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    document: Any = json.loads(json.dumps(CUT).replace("photo", "p" * 300))
    document["inputs"] += [
        {"type": "WorkflowParameter", "name": "q" * 200 + str(n), "default_value": n} for n in range(40)
    ]

    async def scenario() -> None:
        drop(window, links(written(tmp_path / f"{'수' * 80}.json", document)))
        await eventually(lambda: is_asking(window))
        dialog: QWidget = dialog_of(window)
        await eventually(dialog_of(window).add_button.isEnabled)
        assert dialog.minimumSizeHint().width() < 900
        assert dialog.minimumHeight() < 560
        dialog_of(window).reject()
        await eventually(lambda: not is_asking(window))

    play(scenario())
