"""The details panel over a cloud: what is asked, when, and what is shown of the answers."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from batchdock.core.batch import Content
from batchdock.core.job import JobDefinition, JobOptions
from batchdock.core.states import JobState
from batchdock.window.job_details import panel
from batchdock.window.job_details.definition_lines import definition_json, definition_lines
from batchdock.window.job_details.panel import JobDetails
from batchdock.window.job_details.words import moment_tooltip, pace_text
from batchdock.window.main_window import MainWindow
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Played, StoredJob, time_text
from making.jobs import job
from making.spoken import nameless

BODY = {
    "type": "simple-image-processing-v1",
    "jobInput": {"type": "staging-batch-input-v1", "batchId": "b1"},
    "computeConfiguration": {"type": "compute-configuration-v2", "machineType": "gpu", "workersPerMachine": 4},
    "processingTimeoutSeconds": 7200,
    "processingSpecification": {
        "type": "workflows-processing-specification-v1",
        "workspace": "acme-ws",
        "workflowId": "count-seedlings",
        "workflowParameters": {"confidence": 0.4},
        "persistImagesOutputs": False,
    },
}
NOW = datetime.now(UTC)
MOVING: dict[str, Any] = {"currentStage": "processing", "isTerminal": False, "error": False}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the panel ask as fast as a test wants to see it."""
    monkeypatch.setattr(panel, "TICK_MS", 50)
    monkeypatch.setattr(panel, "THERE_SECONDS", 0.2)


def entry(number: int, severity: str = "info") -> dict[str, Any]:
    return {
        "createdAt": time_text(NOW + timedelta(milliseconds=number)),
        "processingStageId": "s-1",
        "taskId": None,
        "severity": severity,
        "reportingModule": "workflows-data-processor",
        "logType": "note",
        "payload": {"message": f"line {number}"},
    }


def stage(status: str = "info", tasks: int = 4) -> dict[str, Any]:
    return {
        "processingStageId": "s-1",
        "processingStageName": "processing",
        "tasksNumber": tasks,
        "outputBatches": [],
        "startTimestamp": time_text(NOW),
        "notification": "",
        "statusType": status,
        "lastEventTimestamp": time_text(NOW),
    }


def task(number: int, progress: float | None, status: str = "info") -> dict[str, Any]:
    return {
        "taskId": f"t{number}",
        "notification": "",
        "statusType": status,
        "progress": progress,
        "eventTimestamp": time_text(NOW),
    }


@contextmanager
def cloud_with_a_job(played: Played) -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as cloud:
        cloud.state.jobs["j-1"] = StoredJob("j-1", "Lot 17", BODY, played=played)
        yield cloud


async def looked_at(window: MainWindow, cloud: RoboflowCloud, eventually: Any) -> JobDetails:
    """Connect the cloud, and select its job."""
    context = window._context
    await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
    await eventually(lambda: window.jobs.model.count() == 1)
    window.jobs.show_details(True)
    window.show_job(window.jobs.model.job_at(0).key)
    return window.jobs.details


def test_steps_problems_and_facts_of_a_job_of_a_cloud(window: MainWindow, play: Any, eventually: Any) -> None:
    tasks = [task(0, 1.0, "success"), task(1, 0.5), task(2, None), task(3, 0.2, "error")]
    played = Played(MOVING, stages=[stage()], tasks={"s-1": tasks})

    async def scenario() -> None:
        with cloud_with_a_job(played) as cloud:
            details = await looked_at(window, cloud, eventually)
            first = details.steps.picture
            await eventually(lambda: first.boxes[0].look.said == "1 done, 1 with problems, 1 running, 1 waiting")
            assert details.head.name.text() == "Lot 17"
            assert details.head.state.text().startswith("Running")
            assert [box.look.word for box in first.boxes] == ["Processing", "Packing results"]
            await eventually(lambda: details.tabs.tabText(1) == "Problems (1)")
            shown = ["Part 4", "Part 2", "Part 3", "Part 1"]
            await eventually(lambda: [details.steps.model.index(row, 0).data() for row in range(4)] == shown)

    play(scenario())


def test_a_log_is_read_by_pages_filtered_searched_and_followed(window: MainWindow, play: Any, eventually: Any) -> None:
    played = Played(MOVING, stages=[stage()], logs=[entry(number) for number in range(2_500)])

    async def scenario() -> None:
        with cloud_with_a_job(played) as cloud:
            cloud.state.page = 500
            details = await looked_at(window, cloud, eventually)
            details.tabs.setCurrentWidget(details.log)
            log = details.log
            await eventually(lambda: log.model.rowCount() == 2_500)
            bar = log.table.verticalScrollBar()
            await eventually(lambda: bar.value() == bar.maximum() > 0)
            asked = len(cloud.requests("/logs"))
            played.logs.append(entry(2_500, "error"))
            await eventually(lambda: log.model.rowCount() == 2_501)
            assert bar.value() == bar.maximum()
            # What was read stays read: only the last page came again.
            assert len(cloud.requests("/logs")) - asked < 5
            bar.setValue(bar.maximum() // 2)
            where = bar.value()
            played.logs.append(entry(2_501))
            await eventually(lambda: log.model.rowCount() == 2_502)
            assert bar.value() == where
            log.search.setText("LINE 2500")
            await eventually(lambda: [each.message for each in log.model.entries] == ["line 2500"])
            index = log.model.index(0, 1)
            assert index.data(Qt.ItemDataRole.AccessibleTextRole).endswith(", error, line 2500")
            assert "UTC" in index.data(Qt.ItemDataRole.ToolTipRole)
            log.copy_all.click()
            await eventually(lambda: QGuiApplication.clipboard().text().endswith("\terror\tline 2500"))

    play(scenario())


def test_another_severity_is_asked_for(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        with cloud_with_a_job(Played(MOVING, logs=[entry(1)])) as cloud:
            details = await looked_at(window, cloud, eventually)
            details.tabs.setCurrentWidget(details.log)
            await eventually(lambda: details.log.model.rowCount() == 1)
            details.log.severity.setCurrentIndex(2)
            wanted = {"severity": "error"}
            await eventually(lambda: any(wanted.items() <= each.query.items() for each in cloud.requests("/logs")))

    play(scenario())


def test_the_definition_is_a_tree_and_can_be_copied(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        with cloud_with_a_job(Played(MOVING)) as cloud:
            details = await looked_at(window, cloud, eventually)
            details.tabs.setCurrentWidget(details.definition)
            tree = details.definition.tree
            await eventually(lambda: tree.lines.lines)
            said = {line.text: {below.text: below.remark for below in line.below} for line in tree.lines.lines}
            assert said["Parameters"] == {"confidence": "0.4"}
            assert said["How"]["Stop after"] == "2 h of machine time"
            assert said["How"]["Workers per machine"] == "4"
            details.definition.copy.click()
            told = json.loads(QGuiApplication.clipboard().text())
            assert told["workflow_id"] == "count-seedlings"
            assert "max_parallel_tasks" not in told

    play(scenario())


def test_the_definition_of_a_draft_follows_its_changes(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        with cloud_with_a_job(Played(MOVING)) as cloud:
            details = await looked_at(window, cloud, eventually)
            run, jobs = window._context.background.run, window.desk.jobs
            draft = await run(jobs.duplicate(window.jobs.model.job_at(0).key))
            await eventually(lambda: window.jobs.model.job(draft.key) is not None)
            window.show_job(draft.key)
            details.tabs.setCurrentWidget(details.definition)

            def values() -> dict[str, str]:
                return {
                    below.text: below.remark for line in details.definition.tree.lines.lines for below in line.below
                }

            await eventually(lambda: values().get("Workers per machine") == "4")
            await run(jobs.change_draft(draft.key, draft.name, JobOptions(workers_per_machine=2)))
            await eventually(lambda: values().get("Workers per machine") == "2")

    play(scenario())


def test_raw_answers_are_asked_for_only_when_somebody_opens_them(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        with cloud_with_a_job(Played(MOVING, stages=[stage()])) as cloud:
            details = await looked_at(window, cloud, eventually)
            await eventually(lambda: details.steps.picture.boxes[0].look.status is not None)
            assert details.support.text.toPlainText() == ""
            details.tabs.setCurrentWidget(details.support)
            await eventually(lambda: "plannedStages" in details.support.text.toPlainText())
            assert cloud.key not in details.support.text.toPlainText()
            assert details.support.text.isReadOnly()
            details.support.copy.click()
            assert "count-seedlings" in QGuiApplication.clipboard().text()
            asked = len(cloud.requests("GET"))
            details.support.again.click()
            await eventually(lambda: "plannedStages" in details.support.text.toPlainText())
            assert len(cloud.requests("GET")) > asked

    play(scenario())


def test_what_is_over_is_asked_for_once(window: MainWindow, play: Any, eventually: Any) -> None:
    over = Played({"currentStage": "processing", "isTerminal": True, "error": True}, stages=[stage("error", 1)])
    over.tasks["s-1"] = [task(0, 0.4, "error")]

    async def scenario() -> None:
        with cloud_with_a_job(over) as cloud:
            details = await looked_at(window, cloud, eventually)
            await eventually(lambda: details.steps.model.rowCount() == 1)
            asked = -1
            # The watch looks at the end of a job, too; then there is nothing more to ask.
            while asked != (asked := len(cloud.requests("/stages"))):
                assert asked < 10
                for _ in range(20):
                    details.show_job(details.job)
                    await asyncio.sleep(0.02)
            over.job = MOVING
            await window._context.background.run(window.desk.jobs.refresh())
            await eventually(lambda: details.head.state.text().startswith("Running"))
            await eventually(lambda: len(cloud.requests("/stages")) > asked + 3)

    play(scenario())


def test_a_service_that_does_not_answer_is_said_above_the_tabs_and_forgotten_when_it_does(
    window: MainWindow, play: Any, eventually: Any
) -> None:

    async def scenario() -> None:
        with cloud_with_a_job(Played(MOVING, stages=[stage()], tasks={"s-1": [task(0, 0.5)]})) as cloud:
            details = await looked_at(window, cloud, eventually)
            await eventually(lambda: details.steps.model.rowCount() == 1)
            cloud.fail("GET .*/stages", status=404, times=1000)
            await eventually(details.head.trouble.isVisible)
            assert details.steps.model.rowCount() == 1
            cloud.heal()
            await eventually(lambda: not details.head.trouble.isVisible())

    play(scenario())


# --- the head ------------------------------------------------------------------------------------------------------


def shown_in(window: MainWindow, some: Any) -> JobDetails:
    window.jobs.model.put([some])
    window.jobs.show_details(True)
    window.show_job(some.key)
    return window.jobs.details


def test_a_start_that_can_be_taken_back_counts_down_and_offers_both_ways(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        waiting = job(1, JobState.WAITING, goes_out=datetime.now(UTC) + timedelta(seconds=48.5))
        details = shown_in(window, waiting)
        head = details.head
        assert head.state.text() == "Starts in 48 s"
        assert head.take_back.isVisible()
        assert (head.start.text(), head.change.isVisible()) == ("Start now", False)
        asked: list[str] = []
        details.command_asked.disconnect()
        details.command_asked.connect(asked.append)
        QTest.keyClick(head.take_back, Qt.Key.Key_Space)
        head.start.click()
        assert asked == ["take-back", "start"]
        details.show_job(replace(waiting, goes_out=datetime.now(UTC) - timedelta(seconds=1)))
        assert not head.take_back.isVisible()
        assert not head.start.isVisible()

    play(scenario())


def test_a_draft_can_be_started_and_changed(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        head = shown_in(window, job(1, JobState.DRAFT, progress=None)).head
        assert head.state.text() == "Draft"
        assert head.start.text() == "Start"
        assert head.start.isVisible()
        assert head.change.isVisible()
        assert not head.take_back.isVisible()

    play(scenario())


def test_every_control_of_every_tab_has_a_name_for_screen_readers(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        details = shown_in(window, job(1, JobState.DRAFT, progress=None))
        for place in range(details.tabs.count()):
            details.tabs.setCurrentIndex(place)
            for control in details.tabs.currentWidget().findChildren(QWidget):
                control.setVisible(True)
            assert nameless(details) == []

    play(scenario())


def test_silence_is_a_sentence(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        silent = job(1, last_news=datetime.now(UTC) - timedelta(minutes=6), seconds_left=60.0)
        head = shown_in(window, silent).head
        assert head.silence.text() == "No news for 6 min. The service may be busy; still checking."
        assert head.silence.isVisible()

    play(scenario())


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"rate": 12.44, "seconds_left": 170.0, "device": "AMD EPYC, 2 processes"},
            "12.4 pictures/s · about 3 min left · on AMD EPYC, 2 processes",
        ),
        ({"rate": 0.5, "seconds_left": 20.0, "device": "A"}, "30.0 pictures/min · less than 1 min left · on A"),
        ({"rate": 0.001, "content": Content.VIDEOS, "device": "A"}, "3.6 videos/h · on A"),
        ({"rate": None, "device": "A"}, "on A"),
        ({"rate": 150.2, "device": "A", "state": JobState.DONE}, "150 pictures/s · on A"),
        ({"rate": 1.0, "device": "A", "seconds_left": 9.0, "state": JobState.FAILED}, "1.0 pictures/s · on A"),
        ({"seconds_left": 170.0}, ""),
    ],
)
def test_how_fast_a_job_goes_is_said_as_far_as_it_is_known(fields: dict[str, Any], text: str) -> None:
    assert pace_text(job(1, **fields)) == text


def test_a_moment_is_told_to_the_second_and_in_utc() -> None:
    assert moment_tooltip(datetime(2026, 11, 22, 12, 30, 5, tzinfo=UTC)).endswith("2026-11-22 12:30:05 UTC")


def test_a_definition_names_only_what_was_decided() -> None:
    definition = JobDefinition(content=Content.IMAGES, batch_id="b1", workflow_id="w", max_failure_rate=0.05)
    groups = {line.text: {below.text: below.remark for below in line.below} for line in definition_lines(definition)}
    assert groups["How"] == {"Accept failures": "5 %"}
    assert groups["What"] == {"Workflow": "w", "Files": "Pictures", "Batch": "b1"}
    assert set(json.loads(definition_json(definition))) >= {"workflow_id", "max_failure_rate"}
    assert "machine" not in json.loads(definition_json(definition))
