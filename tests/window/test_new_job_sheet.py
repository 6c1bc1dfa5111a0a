"""New jobs in the real window, at a fake cloud: over files, over a batch or a part of it, from drafts, once only."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.intake.sheet import IntakeSheet
from batchdock.window.main_window import MainWindow
from batchdock.window.messages import Notice
from batchdock.window.new_job.batch_sheet import BatchSheet
from batchdock.window.new_job.draft_sheet import DraftSheet
from batchdock.window.new_job.sheet import JobSheet
from batchdock.window.new_job.what_sheet import WhatSheet
from batchdock.window.sidebar import PLACES, Page, Place
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Pile, StoredBatch
from making import media
from making.starting import asked, packages

THERE = "roboflow-acme-ws"


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connect(window: MainWindow, cloud: RoboflowCloud) -> None:
    context = window._context
    await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))


def pictures(folder: Path, count: int, first: int = 0) -> Path:
    for number in range(first, first + count):
        media.picture(folder / f"{number:03}.jpg", number, (48, 48))
    return folder


def question(window: MainWindow) -> QMessageBox | None:
    boxes = [each for each in window.findChildren(QMessageBox) if each.isVisible()]
    return boxes[0] if boxes else None


def press(box: QMessageBox, words: str) -> None:
    found = [each for each in box.buttons() if each.text().replace("&", "") == words]
    found[0].click()


def notice_with(window: MainWindow, words: str) -> Notice | None:
    return next((each for each in window.messages.notices if words in each.text), None)


def button_of(notice: QWidget, words: str) -> QPushButton:
    return next(each for each in notice.findChildren(QPushButton) if each.text() == words)


async def sheet_at_cloud(window: MainWindow, folder: Path, eventually: Any) -> IntakeSheet:
    window.add_paths([folder])
    sheet = window.sheet
    assert sheet is not None
    sheet.form.where.choose(THERE)
    await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
    return sheet


async def start(window: MainWindow, sheet: JobSheet, eventually: Any) -> Job:
    """Press Start, agree, and return the job that comes of it."""
    before = {job.key for job in window.desk.jobs.all()}
    sheet.start.click()
    await eventually(lambda: question(window) is not None or window.side.sheet is None)
    if (box := question(window)) is not None:
        press(box, "Start")
    await eventually(lambda: window.side.sheet is None)
    [job] = [each for each in window.desk.jobs.all() if each.key not in before]
    return job


def shown(window: MainWindow, job: Job) -> Job:
    return next(each for each in window.desk.jobs.all() if each.key == job.key)


def test_a_paid_start_is_asked_about_and_can_be_taken_back_into_a_draft(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        await connect(window, cloud)
        sheet = await sheet_at_cloud(window, pictures(tmp_path / "Lot 17", 3), eventually)
        sheet.form.options.workers.setCurrentIndex(3)
        sheet.start.click()
        assert not sheet.start.isEnabled()
        await eventually(lambda: question(window) is not None)
        box = question(window)
        assert box is not None
        assert "3 pictures with “Find things”" in box.informativeText()
        press(box, "Cancel")
        await eventually(sheet.start.isEnabled)
        assert window.desk.jobs.all() == ()

        job = await start(window, sheet, eventually)
        await eventually(lambda: notice_with(window, "“Lot 17” starts in") is not None)
        notice = notice_with(window, "“Lot 17” starts in")
        assert notice is not None
        button_of(notice, "Take back").click()
        await eventually(lambda: shown(window, job).state is JobState.DRAFT)
        await eventually(lambda: notice_with(window, "Taken back.") is not None)
        assert notice_with(window, "starts in") is None
        assert asked(cloud) == []

        taken_back = notice_with(window, "Taken back.")
        assert taken_back is not None
        button_of(taken_back, "Change it…").click()
        await eventually(lambda: isinstance(window.side.sheet, DraftSheet))
        draft = window.side.form
        assert isinstance(draft, DraftSheet)
        await eventually(draft.start.isEnabled)
        assert draft.form.options.workers.currentData() == 4
        assert draft.form.account_id() == THERE
        draft.form.name.setText("Lot 17, again")
        draft.form.options.tasks.setValue(2)
        again = await start_again(window, draft, eventually)
        assert again.key == job.key
        await eventually(lambda: notice_with(window, "“Lot 17, again” starts in") is not None)
        await window._context.background.run(window.desk.jobs.start_now(job.key))
        await eventually(lambda: asked(cloud) == [job.job_id])
        await eventually(lambda: notice_with(window, "starts in") is None)
        await eventually(lambda: job.job_id in cloud.state.jobs)
        made = cloud.state.jobs[job.job_id]
        assert made.name == "Lot 17, again"
        assert made.definition["computeConfiguration"]["workersPerMachine"] == 4
        assert made.definition["maxParallelTasks"] == 2

    async def start_again(window: MainWindow, sheet: JobSheet, eventually: Any) -> Job:
        sheet.start.click()
        await eventually(lambda: question(window) is not None or window.side.sheet is None)
        if (box := question(window)) is not None:
            press(box, "Start")
        await eventually(lambda: window.side.sheet is None)
        return window.desk.jobs.all()[0]

    play(scenario())


def test_two_presses_are_one_job(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        window.add_paths([pictures(tmp_path / "Lot 17", 3)])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
        sheet.start.click()
        sheet.start.click()
        sheet.on_start()
        window.actions_["start"].trigger()
        await eventually(lambda: window.side.sheet is None)
        await eventually(lambda: all(job.state.is_terminal for job in window.desk.jobs.all()))
        assert len(window.desk.jobs.all()) == 1

    play(scenario())


def test_start_waits_until_the_batch_is_complete_and_says_so(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdock.window.new_job.readiness_watch.POLL_MS", 100)
    packages(cloud, "lot", moving=9, done=3)

    async def scenario() -> None:
        await connect(window, cloud)
        context = window._context
        [batch] = await context.background.run(window.desk.batches.all(THERE))
        window.side.open_batch(batch)
        sheet = window.side.form
        assert isinstance(sheet, BatchSheet)
        said = "The service is still taking in the files: 3 of 12 packages."
        await eventually(lambda: sheet.start.accessibleDescription() == said)
        assert not sheet.start.isEnabled()
        sheet.start.click()
        for piece in cloud.state.batches["lot"].shards:
            piece.polls_left = 0
        await eventually(sheet.start.isEnabled)
        assert sheet.start.accessibleDescription() == ""
        # There is no try over a few files of a batch, and that is said.
        labels = [label.text() for label in sheet.findChildren(QLabel) if label.isVisible()]
        assert "To try first, drop a few of the files." in labels
        job = await start(window, sheet, eventually)
        assert (job.batch_id, job.items_total) == ("lot", 12)

    play(scenario())


def test_a_job_over_a_part_of_a_batch_with_metadata(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    batch = StoredBatch("season", "Season", "multipart-batch", "mixed")
    batch.parts["images"] = Pile("images", {"a.jpg": b"x", "b.jpg": b"y"})
    batch.parts["clips"] = Pile("videos", {"c.mp4": b"z"})
    batch.parts["about"] = Pile("metadata", {"about.jsonl": b"{}"})
    cloud.state.batches["season"] = batch

    async def scenario() -> None:
        await connect(window, cloud)
        context = window._context
        [found] = await context.background.run(window.desk.batches.all(THERE))
        window.side.open_batch(found)
        sheet = window.side.form
        assert isinstance(sheet, BatchSheet)
        await eventually(sheet.start.isEnabled)
        parts = sheet.what.part
        assert [parts.itemData(place) for place in range(parts.count())] == ["images", "clips"]
        assert sheet.what.count.text() == "2 pictures"
        options = sheet.form.options
        assert options.metadata.isVisibleTo(options)
        parts.setCurrentIndex(1)
        await eventually(lambda: sheet.what.count.text() == "1 video")
        assert options.frames.isVisibleTo(options)
        assert not options.metadata.isVisibleTo(options)
        parts.setCurrentIndex(0)
        await eventually(lambda: sheet.what.count.text() == "2 pictures" and sheet.start.isEnabled())
        options.metadata.part.setCurrentIndex(1)
        options.metadata.keys["confidence"].setText("sureness")
        job = await start(window, sheet, eventually)
        await context.background.run(window.desk.jobs.start_now(job.key))
        await eventually(lambda: job.job_id in cloud.state.jobs)
        made = cloud.state.jobs[job.job_id].definition
        assert made["jobInput"]["partName"] == "images"
        assert made["jobInput"]["imagesMetadataPart"] == "about"
        assert made["processingSpecification"]["imagesMetadataInputsMapping"] == {"confidence": "sureness"}

    play(scenario())


def test_run_again_leaves_out_what_the_job_had(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    folder = pictures(tmp_path / "Lot 17", 4)

    async def scenario() -> None:
        window.add_paths([folder])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
        sheet.form.options.table.setCurrentIndex(1)
        job = await start(window, sheet, eventually)
        await eventually(lambda: shown(window, job).state.is_terminal)
        pictures(folder, 3, first=10)
        window.side.run_again_on_new(job.key)
        await eventually(lambda: window.sheet is not None)
        again = window.sheet
        assert again is not None
        await eventually(lambda: again.start.isEnabled() and not again.is_counting())
        assert sorted(item.path.name for item in again.files.gathered.ready) == ["010.jpg", "011.jpg", "012.jpg"]
        assert again.files.left_out.text() == "4 to look at"
        assert again.form.options.table.currentData() == "jsonl"
        assert again.form.name.text() == "Lot 17"
        second = await start(window, again, eventually)
        await eventually(lambda: shown(window, second).state.is_terminal)
        assert shown(window, second).items_done == 3

    play(scenario())


def test_a_try_leaves_the_sheet_open_and_tells_what_all_of_them_take(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        window.add_paths([pictures(tmp_path / "Lot 17", 30)])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.trial.isEnabled() and sheet.trial.isVisible())
        assert sheet.trial.text() == "Try on 20 files"
        await eventually(lambda: sheet.price.text == "Free. How long it takes is not known yet.")
        sheet.trial.click()
        await eventually(lambda: len(window.desk.jobs.all()) == 1)
        assert window.sheet is sheet
        [job] = window.desk.jobs.all()
        await eventually(lambda: shown(window, job).state.is_terminal)
        assert shown(window, job).items_done == 20
        await eventually(sheet.trial.isEnabled)
        await eventually(lambda: sheet.price.text.startswith("less than 1 min, free"))
        sheet.close()

    play(scenario())


def test_few_files_are_not_tried_first(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    async def scenario() -> None:
        window.add_paths([pictures(tmp_path / "Lot 17", 20)])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
        assert not sheet.trial.isVisible()
        sheet.close()

    play(scenario())


def test_what_the_workflow_needs_is_asked_for_before_start(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    needs = {"type": "WorkflowParameter", "name": "model_id", "kind": ["roboflow_model_id"]}
    found = cloud.state.workflows["find-things"]
    specification = dict(found["specification"])
    specification["inputs"] = [*specification["inputs"], needs]
    found["specification"] = specification

    async def scenario() -> None:
        await connect(window, cloud)
        window.add_paths([pictures(tmp_path / "Lot 17", 2)])
        sheet = window.sheet
        assert sheet is not None
        sheet.form.where.choose(THERE)
        said = "Fill in “Model id”: the workflow needs it."
        await eventually(lambda: sheet.start.accessibleDescription() == said)
        assert not sheet.start.isEnabled()
        sheet.form.parameters.put({"model_id": "plants/3"})
        await eventually(sheet.start.isEnabled)
        job = await start(window, sheet, eventually)
        await window._context.background.run(window.desk.jobs.start_now(job.key))
        await eventually(lambda: job.job_id in cloud.state.jobs)
        made = cloud.state.jobs[job.job_id].definition["processingSpecification"]
        assert made["workflowParameters"] == {"model_id": "plants/3"}

    play(scenario())


def test_addresses_are_sent_and_not_remembered(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        await connect(window, cloud)
        sheet = await sheet_at_cloud(window, pictures(tmp_path / "Lot 17", 2), eventually)
        sheet.form.options.webhook.setText("https://example.org/hook?token=very-secret")
        job = await start(window, sheet, eventually)
        await window._context.background.run(window.desk.jobs.start_now(job.key))
        await eventually(lambda: job.job_id in cloud.state.jobs)
        assert cloud.state.jobs[job.job_id].definition["notificationsURL"].endswith("very-secret")
        settings = window._context.settings
        settings.sync()
        assert "very-secret" not in " ".join(str(settings.value(key)) for key in settings.allKeys())
        next_one = await sheet_at_cloud(window, tmp_path / "Lot 17", eventually)
        assert next_one.form.options.webhook.text() == ""
        next_one.close()

    play(scenario())


def test_ctrl_n_asks_what_and_takes_a_batch_by_keyboard(
    window: MainWindow, play: Any, eventually: Any, qtbot: QtBot, cloud: RoboflowCloud
) -> None:
    packages(cloud, "lot-1", done=1)
    packages(cloud, "lot-2", done=2)
    cloud.state.batches["lot-2"].name = "Orchard"

    async def scenario() -> None:
        await connect(window, cloud)
        window.activateWindow()
        QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        sheet = window.side.sheet
        assert isinstance(sheet, WhatSheet)
        await eventually(sheet.take.isEnabled)
        line = sheet.batches.lineEdit()
        assert line is not None
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, "orch")
        QTest.keyClick(line, Qt.Key.Key_Return)
        sheet.take.click()
        await eventually(lambda: isinstance(window.side.sheet, BatchSheet))
        made = window.side.form
        assert isinstance(made, BatchSheet)
        assert made.batch.name == "Orchard"
        QTest.keyClick(made, Qt.Key.Key_Escape)
        assert window.side.sheet is None

    play(scenario())


async def work_elsewhere(window: MainWindow) -> None:
    """Let a cluster work for This computer; nobody answers there, so that nothing is sent."""
    context, computer = window._context, window.desk.computer
    settings, _computing = await context.background.run(computer.settings())
    elsewhere = replace(settings, scheduler="tcp://127.0.0.1:9")
    await context.background.run(computer.change_settings(elsewhere))


def test_the_sheet_says_when_this_computer_hands_the_files_to_a_cluster(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        await work_elsewhere(window)
        window.add_paths([pictures(tmp_path / "Lot 17", 1)])
        sheet = window.sheet
        assert sheet is not None
        radios = sheet.form.where.findChildren(QAbstractButton)
        words = "This computer. Free. The files go to your cluster at tcp://127.0.0.1:9."
        await eventually(lambda: words in [each.accessibleName() for each in radios])
        sheet.close()

    play(scenario())


def test_the_first_page_promises_only_what_holds(window: MainWindow, play: Any, eventually: Any) -> None:
    def says(words: str) -> bool:
        return any(words in label.text() for label in window.jobs.findChildren(QLabel))

    async def scenario() -> None:
        await eventually(lambda: says("They are processed on this computer. Nothing is sent anywhere."))
        await work_elsewhere(window)
        window.go(Place(Page.BATCHES))
        window.go(PLACES[0])
        await eventually(lambda: says("They go to your cluster at tcp://127.0.0.1:9."))
        assert not says("Nothing is sent anywhere")

    play(scenario())


def test_tab_goes_from_top_to_bottom_through_everything_of_a_new_job(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    found = cloud.state.workflows["find-things"]
    outputs = [{"type": "JsonField", "name": name, "selector": "$steps.m.x"} for name in ("one", "two")]
    found["specification"] = {**found["specification"], "outputs": outputs}

    async def scenario() -> None:
        await connect(window, cloud)
        sheet = await sheet_at_cloud(window, pictures(tmp_path / "Lot 17", 30), eventually)
        form, options = sheet.form, sheet.form.options
        form.show_more(True)
        QTest.keyClicks(options.ingest.line, "https://example.org/files")
        window.activateWindow()
        line = form.workflows.findChild(QLineEdit)
        confidence = form.findChild(QDoubleSpinBox, "parameter-confidence")
        where = form.where.focusProxy()
        assert line is not None
        assert confidence is not None
        assert where is not None
        line.setFocus()
        expected: list[QWidget] = [
            *(confidence, where, form.name, form.more, options.table, options.outputs.keep),
            *(options.outputs.boxes["one"], options.outputs.boxes["two"], options.machine, options.workers),
            *(options.tasks, options.stop_after.credits, options.stop_after.minutes, options.failures),
            *(options.backend, options.webhook, options.ingest.line, options.ingest.ingest, options.ingest.files),
            *(sheet.trial, sheet.start, sheet.only_batch, sheet.cancel),
        ]
        reached: list[QWidget | None] = []
        for _ in range(40):
            here = QApplication.focusWidget()
            assert here is not None
            QTest.keyClick(here, Qt.Key.Key_Tab)
            reached.append(QApplication.focusWidget())
        assert [each for each in reached if each in expected][: len(expected)] == expected
        sheet.close()

    play(scenario())


def test_enter_after_a_number_does_not_start(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    async def scenario() -> None:
        window.add_paths([pictures(tmp_path / "Lot 17", 2)])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
        sheet.form.show_more(True)
        window.activateWindow()
        tasks = sheet.form.options.tasks
        tasks.setFocus()
        QTest.keyClick(tasks, Qt.Key.Key_Return)
        assert not sheet.is_handing_over()
        sheet.form.name.setFocus()
        QTest.keyClick(sheet.form.name, Qt.Key.Key_Return)
        assert sheet.is_handing_over()
        await eventually(lambda: window.side.sheet is None)

    play(scenario())
