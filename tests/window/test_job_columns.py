"""What the columns of the job table say."""

import time
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.jobs.columns import COLUMNS, PLACE
from batchdock.window.jobs.look import Look
from batchdock.window.jobs.model import JobModel
from making.jobs import NOON, job

SHOWN = ["name", "state", "type", "created", "progress", "items", "problems", "time-left", "where"]
OF_CAMERAS = ["video-source", "algorithm", "vendor", "runs-on", "groups"]
HIDDEN = [
    *OF_CAMERAS,
    "dataset",
    *("started", "finished", "duration", "workflow", "source", "size", "speed", "machine", "credits", "expires"),
    *("account", "stage", "last-news", "job-id", "batch-id", "tags", "note"),
]
STREAM: dict[str, Any] = {"content": Content.STREAM, "progress": None, "items_total": None}
MERGING: dict[str, Any] = {"kind": "Merge", "progress": None, "seconds_left": None, "last_news": NOON}
RUNNING, DONE, WAITING = JobState.RUNNING, JobState.DONE, JobState.WAITING


@pytest.fixture
def look(application: QApplication) -> Look:
    names = {("this-computer", "read-codes"): "Read codes"}
    return Look(now=NOON, accounts={"this-computer": "This computer"}, workflows=names)


def said(column: str, job: Job, look: Look) -> str:
    return COLUMNS[PLACE[column]].text(job, look)


def test_all_columns_are_there(application: QApplication) -> None:
    assert [column.key for column in COLUMNS if column.shown] == SHOWN
    assert [column.key for column in COLUMNS if not column.shown] == HIDDEN
    assert [column.key for column in COLUMNS if column.of_cameras] == OF_CAMERAS


@pytest.mark.parametrize(
    ("column", "state", "fields", "text"),
    [
        ("state", WAITING, {"goes_out": NOON + timedelta(seconds=48)}, "Starts in 48 s"),
        ("state", WAITING, {"goes_out": NOON - timedelta(seconds=1)}, "Waiting"),
        ("state", JobState.STOPPED, {"goes_out": NOON + timedelta(seconds=48)}, "Stopped"),
        ("state", JobState.DRAFT, {}, "Draft"),
        ("expires", DONE, {"expires": NOON + timedelta(days=2, hours=4, minutes=20)}, "in 2 days 4 h"),
        ("expires", DONE, {"expires": NOON + timedelta(days=1)}, "in 1 day"),
        ("expires", DONE, {"expires": NOON + timedelta(hours=3, minutes=20)}, "in 3 h 20 min"),
        ("expires", DONE, {"expires": NOON - timedelta(hours=3)}, "Expired"),
        ("expires", DONE, {}, ""),
        ("state", RUNNING, {**STREAM, "started": NOON - timedelta(days=73)}, "Running since 10 Sep"),
        ("state", RUNNING, {**STREAM, "created": NOON - timedelta(days=438)}, "Running since 10 Sep 2025"),
        ("state", RUNNING, {**STREAM, "created": None}, "Running"),
        ("state", JobState.STOPPED, STREAM, "Stopped"),
        ("time-left", RUNNING, {**STREAM, "last_news": NOON - timedelta(days=3)}, ""),
        ("type", RUNNING, STREAM, "Stream"),
        ("type", RUNNING, {"kind": "Merge"}, "Merge"),
        ("dataset", RUNNING, {"kind": "Merge", "dataset": "harbor"}, "harbor"),
        ("time-left", RUNNING, {**MERGING, "started": NOON - timedelta(minutes=5)}, "5 min so far"),
        ("time-left", RUNNING, {**MERGING, "started": None}, ""),
        ("time-left", DONE, {**MERGING, "started": NOON - timedelta(minutes=5)}, ""),
        ("progress", RUNNING, STREAM, ""),
        ("runs-on", RUNNING, {"runs_on": "edge"}, "Edge"),
        ("runs-on", RUNNING, {"runs_on": "moon"}, "moon"),
        ("groups", RUNNING, {"groups": ("north", "quay")}, "north, quay"),
        ("duration", DONE, {"started": NOON - timedelta(minutes=200), "ended": NOON}, "3 h 20 min"),
        ("duration", RUNNING, {"started": NOON}, ""),
        ("workflow", DONE, {}, "Read codes"),
        ("workflow", DONE, {"workflow_id": "not-known-yet"}, "not-known-yet"),
        ("size", DONE, {"bytes_total": 61_200_000_000}, "61.2 GB"),
        ("speed", RUNNING, {"rate": 12.44}, "12.4 pictures/s"),
        ("machine", RUNNING, {"device": "AMD EPYC"}, "AMD EPYC"),
        ("machine", RUNNING, {"device": "AMD EPYC", "machine": "gpu"}, "gpu"),
        ("credits", DONE, {"credits": 1.256}, "1.26"),
        ("credits", DONE, {"credits": 1234.4}, "1,234"),
        ("tags", DONE, {"tags": ("quay", "urgent")}, "quay, urgent"),
        ("note", DONE, {"note": "\nLook again\nat night"}, "Look again"),
        ("started", DONE, {"started": NOON - timedelta(minutes=12)}, "12 min ago"),
        ("finished", DONE, {"ended": NOON - timedelta(seconds=2)}, "just now"),
        ("source", DONE, {"source": "/home/ana/quay"}, "/home/ana/quay"),
    ],
)
def test_cells(look: Look, column: str, state: JobState, fields: dict[str, Any], text: str) -> None:
    assert said(column, job(1, state, **fields), look) == text


def test_the_id_of_a_workflow_is_in_the_tooltip_of_its_name(look: Look) -> None:
    tooltip = COLUMNS[PLACE["workflow"]].tooltip
    assert tooltip is not None
    assert tooltip(job(1), look) == "read-codes"


def test_a_time_is_told_here_and_in_utc(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    try:
        tooltip = COLUMNS[PLACE["created"]].tooltip
        assert tooltip is not None
        here, there = tooltip(job(0), look).splitlines()
        assert here.endswith("KST")
        assert there == "2026-11-22 12:00 UTC"
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


def test_names_of_workflows_are_found_once_they_are_known(application: QApplication) -> None:
    model = JobModel()
    model.put([job(1)])
    model.search("barcodes")
    assert model.rowCount() == 0
    model.set_names({}, {("this-computer", "read-codes"): "Find barcodes"})
    assert model.rowCount() == 1
    assert model.data(model.index(0, PLACE["workflow"])) == "Find barcodes"


def test_a_row_in_its_grace_is_read_aloud_with_its_seconds(application: QApplication) -> None:
    model = JobModel()
    model.look.now = NOON
    model.put([job(1, WAITING, progress=None, goes_out=NOON + timedelta(seconds=30))])
    spoken = model.data(model.index(0, PLACE["name"]), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Lot 1, Starts in 30 s"
