"""What can be done to jobs, by state, by service and from every menu; what costs nothing can be undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMessageBox, QPlainTextEdit

from batchdock.core.job import Job
from batchdock.core.ports import Capabilities
from batchdock.core.states import JobState
from batchdock.window.jobs.annotating import AnnotateDialog
from batchdock.window.jobs.commands import JobCommands
from batchdock.window.jobs.offers import OF_SEVERAL, loses_something, offered, offered_to
from batchdock.window.jobs.restarting import RestartDialog
from batchdock.window.main_window import MainWindow
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import StoredJob
from making.jobs import job, many_jobs
from making.media import picture
from making.spoken import nameless

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = Capabilities(file_references=True, costs_money=False, uploads_leave_the_computer=False)
THERE = Capabilities(credits_an_hour={"cpu": 1.0, "gpu": 4.0})
BODY = {
    "type": "simple-image-processing-v1",
    "jobInput": {"type": "staging-batch-input-v1", "batchId": "b1"},
    "computeConfiguration": {"type": "compute-configuration-v2", "machineType": "gpu", "workersPerMachine": 4},
    "processingTimeoutSeconds": 7200,
    "maxImageFailureRate": 0.1,
    "processingSpecification": {
        "type": "workflows-processing-specification-v1",
        "workspace": "acme-ws",
        "workflowId": "wf1",
        "persistImagesOutputs": False,
    },
}


def able(_account_id: str) -> Capabilities:
    return THERE


# --- by state ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "commands"),
    [
        (JobState.DRAFT, {"start", "change-draft", "duplicate", "remove"}),
        (JobState.RUNNING, {"stop", "run-new-files", "duplicate", "make-recipe"}),
        (JobState.STOPPING, {"run-new-files", "duplicate", "make-recipe"}),
        (JobState.ON_HOLD, {"stop", "restart", "restart-changed", "run-new-files", "duplicate", "make-recipe"}),
        (JobState.DONE, {"run-again", "run-new-files", "duplicate", "make-recipe", "remove"}),
        (
            JobState.FAILED,
            {"restart", "restart-changed", "run-again", "run-new-files", "duplicate", "make-recipe", "remove"},
        ),
    ],
)
def test_what_is_offered_follows_the_state(state: JobState, commands: set[str]) -> None:
    assert offered(job(1, state), THERE, NOW) == commands | {"annotate", "rename"}


def test_a_start_can_be_taken_back_only_in_its_minute() -> None:
    waiting = job(1, JobState.WAITING, goes_out=NOW + timedelta(seconds=30))
    assert {"take-back", "start"} <= offered(waiting, THERE, NOW)
    assert "stop" not in offered(waiting, THERE, NOW)
    later = offered(waiting, THERE, NOW + timedelta(seconds=31))
    assert not {"take-back", "start"} & later
    assert "stop" in later


def test_a_service_that_can_not_start_again_is_not_asked_to() -> None:
    offers = offered(job(1, JobState.FAILED), Capabilities(can_restart=False), NOW)
    assert not {"restart", "restart-changed"} & offers


def test_of_100_000_jobs_it_is_told_what_fits_some_and_what_all() -> None:
    some, every = offered_to(many_jobs(100_000), able, NOW)
    assert {"start", "stop", "restart", "remove"} <= some
    assert every == {"rename", "annotate", "duplicate"}
    assert offered_to((), able, NOW) == (frozenset(), frozenset())


def test_stopping_is_asked_about_only_where_it_loses_something() -> None:
    waiting = job(1, JobState.WAITING, progress=None, items_done=None)
    assert not loses_something(waiting, HERE)
    assert loses_something(waiting, THERE)
    assert loses_something(job(1, JobState.RUNNING, progress=None), HERE)
    assert loses_something(job(1, JobState.CHECKING, progress=0.2), HERE)


# --- in the menus --------------------------------------------------------------------------------------------------


def select(window: MainWindow, *jobs: Job) -> None:
    window.jobs.model.put(jobs)
    window.jobs.table.select([each.key for each in jobs])
    window.activateWindow()
    window.jobs.table.setFocus()


def test_the_context_menu_is_short_and_all_of_it_is_in_the_menu_bar(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        menus = window.findChildren(QMenu)
        in_bar = {action.text() for menu in menus for action in menu.actions()}
        for number, state in enumerate(JobState):
            goes_out = datetime.now(UTC) + timedelta(seconds=50) if state is JobState.WAITING else None
            select(window, job(number, state, goes_out=goes_out, output_batches=("b",)))
            menu = window.actions_.job_menu()
            entries = [action for action in menu.actions() if not action.isSeparator()]
            assert len(entries) <= 12, state
            assert {action.text() for action in entries} <= in_bar
            shown = {action.objectName() for action in entries if action.objectName()}
            assert ("take-back" in shown) is (state is JobState.WAITING)
            assert ("change-draft" in shown) is (state is JobState.DRAFT)
            menu.deleteLater()

    play(scenario())


def test_commands_of_one_job_are_not_offered_to_two(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        select(window, job(1, JobState.FAILED), job(2, JobState.FAILED))
        possible = window.jobs.commands.possible()
        assert possible["restart"]
        assert possible["run-again"]
        alone = ("restart-changed", "duplicate", "annotate", "rename", "run-new-files", "change-draft")
        assert not any(possible[command] for command in alone)
        assert not OF_SEVERAL & set(alone)
        select(window, job(1, JobState.FAILED), job(3, JobState.RUNNING))
        assert not window.jobs.commands.possible()["remove"]

    play(scenario())


def test_what_others_open_is_asked_for(window: MainWindow, play: Any) -> None:
    commands: JobCommands = window.jobs.commands
    asked: list[Any] = []

    async def scenario() -> None:
        for signal in (commands.draft_opened, commands.new_files_asked):
            signal.disconnect()
            signal.connect(asked.append)
        select(window, job(1, JobState.DRAFT))
        window.actions_["change-draft"].trigger()
        select(window, job(2, JobState.DONE))
        window.actions_["run-new-files"].trigger()
        assert asked == [job(1).key, job(2).key]

    play(scenario())


# --- done here -----------------------------------------------------------------------------------------------------


async def ended_job(window: MainWindow, folder: Path, eventually: Any) -> Job:
    """Run a job on this computer to its end."""
    for number in range(2):
        picture(folder / f"{number}.jpg", number)
    window.add_paths([folder])
    sheet = window.sheet
    assert sheet is not None
    await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
    sheet.start.click()
    await eventually(lambda: window.jobs.model.count() == 1)
    await eventually(lambda: window.jobs.model.job_at(0).state.is_terminal)
    window.show_job(window.jobs.model.job_at(0).key)
    return window.jobs.model.job_at(0)


def names(window: MainWindow) -> list[tuple[str, JobState]]:
    jobs = [window.jobs.model.job_at(row) for row in range(window.jobs.model.rowCount())]
    return sorted((each.name, each.state) for each in jobs)


def test_a_job_is_duplicated_started_and_run_again(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        first = await ended_job(window, tmp_path / "Lot 17", eventually)
        window.actions_["duplicate"].trigger()
        await eventually(lambda: ("Lot 17", JobState.DRAFT) in names(window))

        def draft_is_selected() -> bool:
            return [each.state for each in window.jobs.table.selected_jobs()] == [JobState.DRAFT]

        await eventually(draft_is_selected)
        window.actions_["undo"].trigger()
        await eventually(lambda: names(window) == [("Lot 17", first.state)])
        window.show_job(first.key)
        window.actions_["duplicate"].trigger()
        await eventually(draft_is_selected)
        assert window.actions_["start"].isEnabled()
        window.actions_["start"].trigger()
        await eventually(lambda: names(window) == [("Lot 17", first.state)] * 2)
        window.show_job(first.key)
        window.actions_["run-again"].trigger()
        await eventually(lambda: names(window) == [("Lot 17", first.state)] * 3)

    play(scenario())


def test_tags_and_a_note_are_saved_and_can_be_taken_back(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        first = await ended_job(window, tmp_path / "Lot 17", eventually)

        def told() -> tuple[tuple[str, ...], str]:
            found = window.jobs.model.job(first.key)
            assert found is not None
            return (found.tags, found.note)

        window.actions_["annotate"].trigger()
        await eventually(lambda: isinstance(QApplication.activeModalWidget(), AnnotateDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, AnnotateDialog)
        assert nameless(dialog) == []
        tags, note = dialog.findChild(QLineEdit), dialog.findChild(QPlainTextEdit)
        assert tags is not None
        assert note is not None
        QTest.keyClicks(tags, "harvest, to check , harvest,")
        note.setPlainText("Field 7\nnorth")
        dialog.accept()
        await eventually(lambda: told() == (("harvest", "to check"), "Field 7\nnorth"))
        window.actions_["undo"].trigger()
        await eventually(lambda: told() == ((), ""))

    play(scenario())


# --- done at a cloud -----------------------------------------------------------------------------------------------


@contextmanager
def cloud_with(*phases: str) -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as cloud:
        for number, phase in enumerate(phases):
            job_id = f"j-{number}"
            cloud.state.jobs[job_id] = StoredJob(job_id, f"Lot {number}", BODY, phase=phase)
        yield cloud


async def connected(window: MainWindow, cloud: RoboflowCloud, eventually: Any) -> None:
    context = window._context
    await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
    await eventually(lambda: window.jobs.model.count() == len(cloud.state.jobs))
    window.activateWindow()
    window.show_job(window.jobs.model.job_at(0).key)
    window.jobs.table.setFocus()


def button(box: QMessageBox, text: str) -> Any:
    return next(each for each in box.buttons() if each.text() == text)


async def answered(text: str, eventually: Any) -> str:
    """Press a button of the question that comes; return what it said."""
    await eventually(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    said = f"{box.text()} {box.informativeText()}"
    button(box, text).click()
    await eventually(lambda: QApplication.activeModalWidget() is None)
    return said


def test_ctrl_r_starts_a_failed_job_again_as_it_was(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        with cloud_with("failed") as cloud:
            await connected(window, cloud, eventually)
            await eventually(window.actions_["restart"].isEnabled)
            for answer in ("Cancel", "Start"):
                assert cloud.state.jobs["j-0"].restarts == []
                window.activateWindow()
                window.jobs.table.setFocus()
                await eventually(window.jobs.table.hasFocus)
                QTest.keyClick(window.jobs.table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
                assert "What it costs is not known before a try." in await answered(answer, eventually)
            await eventually(lambda: cloud.state.jobs["j-0"].restarts == [{}])

    play(scenario())


def test_a_job_is_started_again_with_exactly_the_changes_that_were_made(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        with cloud_with("aborted") as cloud:
            await connected(window, cloud, eventually)
            await eventually(window.actions_["restart-changed"].isEnabled)
            window.actions_["restart-changed"].trigger()
            await eventually(lambda: isinstance(QApplication.activeModalWidget(), RestartDialog))
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, RestartDialog)
            assert nameless(dialog) == []
            # Filled with how it was started.
            assert (dialog.machine.currentIndex(), dialog.workers.currentText()) == (2, "4")
            assert dialog.stop_after.seconds() == 7200
            assert dialog.failures.value() == 10.0
            dialog.machine.setCurrentIndex(1)
            dialog.workers.setCurrentIndex(0)
            dialog.tasks.setValue(3)
            dialog.stop_after.minutes.setValue(60)
            dialog.failures.setValue(-1.0)
            dialog.accept()
            await answered("Start", eventually)
            await eventually(lambda: cloud.state.jobs["j-0"].restarts)
            assert cloud.state.jobs["j-0"].restarts == [
                {
                    "type": "parameters-override-v1",
                    "computeConfiguration": {"type": "compute-configuration-v2", "machineType": "cpu"},
                    "maxParallelTasks": 3,
                    "processingTimeoutSeconds": 3600,
                }
            ]

    play(scenario())


def test_stopping_a_job_that_costs_asks_and_says_what_stays(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        with cloud_with("processing") as cloud:
            await connected(window, cloud, eventually)
            await eventually(window.actions_["stop"].isEnabled)
            for answer in ("Keep running", "Stop"):
                assert cloud.state.jobs["j-0"].phase == "processing"
                window.actions_["stop"].trigger()
                assert "may have been billed" in await answered(answer, eventually)
            await eventually(lambda: cloud.state.jobs["j-0"].phase == "aborted")

    play(scenario())


def test_every_command_of_jobs_has_an_action(window: MainWindow) -> None:
    actions = {action.objectName() for action in window.findChildren(QAction)}
    assert set(window.jobs.commands.slots()) | {"start", "save-results"} <= actions
    assert set(window.jobs.commands.possible()) <= actions
