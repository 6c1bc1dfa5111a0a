"""Jobs, stages, tasks and log lines in every shape that has been seen or may come."""

from datetime import UTC, datetime
from typing import Any

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content, Progress
from batchdock.core.job import Severity
from batchdock.core.states import JobState
from batchdock.services.roboflow.job_reading import read_job, read_log_entry, read_stage, read_task


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"rate": 12.4, "secondsLeft": 180.0, "device": "AMD EPYC"}, (12.4, 180.0, "AMD EPYC")),
        ({"rate": None, "secondsLeft": None, "device": "AMD EPYC"}, (None, None, "AMD EPYC")),
        ({"rate": -1, "secondsLeft": -5, "device": None}, (None, None, "")),
        ({"rate": "NaN", "secondsLeft": {}, "device": 7}, (None, None, "7")),
        ({}, (None, None, "")),
    ],
)
def test_speed_of_a_job(told: dict[str, Any], read: tuple[float | None, float | None, str]) -> None:
    running = read_job({"jobId": "j", "isTerminal": False, "currentStage": "processing", "lastNotification": told}, "a")
    assert running is not None
    assert (running.rate, running.seconds_left, running.device) == read
    ended = read_job({"jobId": "j", "isTerminal": True, "lastNotification": told}, "a")
    assert ended is not None
    assert (ended.rate, ended.seconds_left, ended.device) == (read[0], None, read[2])


@pytest.mark.parametrize(
    ("found", "state", "word"),
    [
        # nested shape (contract §4.2)
        ({"isTerminal": False, "error": False, "currentStage": None}, JobState.STARTING, ""),
        ({"isTerminal": False, "currentStage": "processing"}, JobState.RUNNING, "processing"),
        ({"isTerminal": False, "currentStage": "inference"}, JobState.RUNNING, "inference"),
        ({"isTerminal": False, "currentStage": "polishing"}, JobState.RUNNING, "polishing"),
        ({"isTerminal": False, "currentStage": "export"}, JobState.FINISHING, "export"),
        ({"isTerminal": True, "error": True}, JobState.FAILED, ""),
        ({"isTerminal": True, "error": False}, JobState.DONE, ""),
        ({"isTerminal": True}, JobState.DONE, ""),
        ({"isTerminal": True, "error": None}, JobState.DONE, ""),
        ({"isTerminal": True, "lastNotification": {"type": "job-aborted"}}, JobState.STOPPED, "job-aborted"),
        ({"isTerminal": True, "error": True, "lastNotification": {"type": "aborted"}}, JobState.STOPPED, "aborted"),
        ({"isTerminal": True, "lastNotification": "Job was aborted by user"}, JobState.STOPPED, ""),
        (
            {"isTerminal": True, "error": True, "lastNotification": "Shard aborted: too many failures"},
            JobState.FAILED,
            "",
        ),
        ({"isTerminal": True, "lastNotification": {"failed": 2}}, JobState.DONE_WITH_PROBLEMS, ""),
        ({"isTerminal": True, "lastNotification": {"failed": 0}}, JobState.DONE, ""),
        # flat shape (the vendor's page, §4.3)
        ({"status": "pending", "progress": 0}, JobState.STARTING, "pending"),
        ({"status": "processing", "progress": 0.4}, JobState.RUNNING, "processing"),
        ({"status": "Completed", "progress": 1}, JobState.DONE, "Completed"),
        ({"status": "failed"}, JobState.FAILED, "failed"),
        ({"status": "cancelled"}, JobState.STOPPED, "cancelled"),
        # mixtures: the flags win, but a word may say more
        ({"isTerminal": False, "status": "aborting", "currentStage": "processing"}, JobState.STOPPING, "aborting"),
        ({"isTerminal": True, "error": False, "status": "aborted"}, JobState.STOPPED, "aborted"),
        ({"isTerminal": False, "status": "completed", "currentStage": "export"}, JobState.FINISHING, "completed"),
        # nobody knows
        ({"status": "levitating"}, JobState.UNKNOWN, "levitating"),
        ({}, JobState.UNKNOWN, ""),
        ({"isTerminal": None, "currentStage": None, "status": None}, JobState.UNKNOWN, ""),
        ({"isTerminal": "yes", "currentStage": 7}, JobState.RUNNING, "7"),
    ],
)
def test_the_state_of_a_job(found: dict[str, Any], state: JobState, word: str) -> None:
    job = read_job({"jobId": "j", **found}, "a")
    assert job is not None
    assert (job.state, job.service_word) == (state, word)


def test_an_envelope_that_says_ok_is_not_a_state() -> None:
    job = read_job({"jobId": "j", "currentStage": "processing"}, "a", envelope={"status": "ok"})
    assert job is not None
    assert job.state is JobState.UNKNOWN or job.state is JobState.RUNNING
    flat = read_job({"jobId": "j"}, "a", envelope={"status": "processing", "progress": 0.25})
    assert flat is not None
    assert (flat.state, flat.progress) == (JobState.RUNNING, 0.25)


def test_everything_a_job_may_tell() -> None:
    job = read_job(
        {
            "jobId": "j",
            "name": "Night",
            "jobDefinition": {
                "type": "simple-video-processing-v1",
                "jobInput": {"batchId": "b"},
                "processingSpecification": {"workflowId": "w"},
            },
            "isTerminal": False,
            "currentStage": "processing",
            "progress": 0.5,
            "createdAt": "2026-10-01T12:00:00",
            "lastUpdate": "2026-10-01T14:00:00+02:00",
            "lastNotification": {
                "type": "progress",
                "message": "Half",
                "processed": 5,
                "total": 10,
                "failed": 1,
                "resultsBatches": ["o", None, 3],
            },
        },
        "a",
    )
    assert job is not None
    assert (job.content, job.batch_id, job.workflow_id) == (Content.VIDEOS, "b", "w")
    assert (job.progress, job.items_done, job.items_total, job.problems) == (0.5, 5, 10, 1)
    assert job.created == job.last_news == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert (job.message, job.output_batches) == ("Half", ("o",))
    assert job.expires == datetime(2026, 10, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("account_id", "created"), [(THIS_COMPUTER_ID, "2026-10-01T12:00:00"), ("a", None), ("a", "9999-12-30T12:00:00")]
)
def test_not_every_job_has_results_that_expire(account_id: str, created: str | None) -> None:
    job = read_job({"jobId": "j", "createdAt": created}, account_id)
    assert job is not None
    assert job.expires is None


JUNK = [None, "", "x", 7, -1, 1e400, True, [], [None], {}, {"a": None}, "2026-13-45", "NaN"]
JOB_FIELDS = ["name", "jobDefinition", "currentStage", "plannedStages", "error", "isTerminal", "lastNotification"]
JOB_FIELDS += ["createdAt", "lastUpdate", "restartParametersOverride", "status", "progress"]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_in_a_field_never_raises(junk: object) -> None:
    for field in JOB_FIELDS:
        assert read_job({"jobId": "j", field: junk}, "a") is not None
    assert read_job(dict.fromkeys([*JOB_FIELDS], junk) | {"jobId": "j"}, "a") is not None
    stage = ["processingStageName", "tasksNumber", "outputBatches", "startTimestamp", "notification", "statusType"]
    assert read_stage({"processingStageId": "s", **dict.fromkeys(stage, junk)}) is not None
    task = ["notification", "statusType", "progress", "eventTimestamp"]
    found = read_task({"taskId": "t", **dict.fromkeys(task, junk)})
    assert found is not None
    assert found.progress is None or 0 <= found.progress <= 1
    entry = ["createdAt", "severity", "logType", "reportingModule", "payload", "processingStageId", "taskId"]
    read_log_entry(dict.fromkeys(entry, junk))


def test_without_an_id_there_is_nothing() -> None:
    assert read_job({"name": "Night"}, "a") is None
    assert read_stage({"processingStageName": "processing"}) is None
    assert read_task({"taskId": None, "progress": 0.5}) is None


def test_tasks_of_this_computer_count_their_items() -> None:
    task = read_task({"taskId": "t", "statusType": "info", "notification": {"done": 3, "total": 9, "failed": 1}})
    assert task is not None
    assert (task.done, task.total, task.failed, task.status) == (3, 9, 1, Progress.MOVING)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"message": "m"}, "m"),
        ({"file": "a.jpg", "cause": "It is empty."}, "a.jpg: It is empty."),
        ({"anything": [1]}, '{"anything": [1]}'),
        ({}, ""),
        ("text", "text"),
    ],
)
def test_what_a_log_line_says(payload: object, message: str) -> None:
    entry = read_log_entry({"severity": "CRITICAL", "payload": payload})
    assert (entry.message, entry.severity) == (message, Severity.INFO)
