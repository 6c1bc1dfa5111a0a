"""The fields of a new job, each on its own: what they give, and what they show of what they are given."""

from dataclasses import fields
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from batchdock.core.account import THIS_COMPUTER_ID, Account, KeyKept, ServiceKind
from batchdock.core.job import JobOptions
from batchdock.core.order import IngestNotice
from batchdock.core.ports import Capabilities
from batchdock.core.workflow import Workflow, WorkflowInput
from batchdock.window.new_job.options_form import OptionsForm, Scope
from batchdock.window.new_job.parameter_rows import ParameterRows
from batchdock.window.new_job.searchable_combo import SearchableCombo
from batchdock.window.new_job.stop_after import StopAfter
from batchdock.window.new_job.where_choice import WhereChoice

CLOUD = Capabilities(credits_an_hour={"cpu": 1.0, "gpu": 4.0})
HERE = Capabilities(file_references=True, costs_money=False, uploads_leave_the_computer=False)
PICTURES = Scope(pictures=True, videos=False, uploads=True, capabilities=CLOUD, metadata_parts=("about",))
VIDEOS = Scope(pictures=False, videos=True, uploads=True, capabilities=CLOUD)

EVERYTHING = JobOptions(
    parameters={"confidence": 0.5},
    image_input="photo",
    keep_images=True,
    image_outputs=("drawn",),
    table_format="jsonl",
    machine="gpu",
    workers_per_machine=4,
    max_parallel_tasks=3,
    timeout_seconds=5400,
    max_failure_rate=0.05,
    metadata_mapping={"confidence": "sureness"},
    backend="old-inference",
    notifications_url="https://example.org/hook?token=secret",
)


def parameter(name: str, default: object = None, *kinds: str, **more: Any) -> WorkflowInput:
    return WorkflowInput(name, "WorkflowParameter", default, kinds, **more)


@pytest.fixture
def form(qtbot: QtBot) -> OptionsForm:
    form = OptionsForm()
    qtbot.addWidget(form)
    form.show_scope(PICTURES)
    form.show_workflow(("predictions", "drawn"), ("confidence",))
    return form


def options_of(form: OptionsForm) -> JobOptions:
    return form.options({"confidence": 0.5}, "photo")


def test_a_form_that_nobody_touched_leaves_everything_to_the_service(form: OptionsForm) -> None:
    assert options_of(form) == JobOptions(
        parameters={"confidence": 0.5}, image_input="photo", keep_images=True, table_format="csv"
    )
    assert form.reason() == ""
    assert form.ingest_notice() is None
    assert form.metadata_part() is None


def test_every_option_of_a_job_over_pictures_goes_in_and_comes_out(form: OptionsForm) -> None:
    usual = JobOptions()
    left = {each.name for each in fields(JobOptions) if getattr(EVERYTHING, each.name) == getattr(usual, each.name)}
    assert left == {"max_video_fps"}
    form.put(EVERYTHING, "about")
    assert options_of(form) == EVERYTHING
    assert form.metadata_part() == "about"
    form.put(JobOptions(table_format="csv"))
    assert options_of(form) == JobOptions(parameters={"confidence": 0.5}, image_input="photo", table_format="csv")


def test_what_is_filled_in_before_batch_and_workflow_are_known_counts_when_they_are(qtbot: QtBot) -> None:
    form = OptionsForm()
    qtbot.addWidget(form)
    form.put(EVERYTHING, "about")
    form.show_scope(PICTURES)
    form.show_workflow(("predictions", "drawn"), ("confidence",))
    form.put(EVERYTHING, "about")
    assert options_of(form) == EVERYTHING
    assert form.metadata_part() == "about"


def test_videos_have_frames_and_no_failure_rate(form: OptionsForm) -> None:
    form.put(EVERYTHING, "about")
    form.show_scope(VIDEOS)
    form.frames.setValue(0.25)
    chosen = options_of(form)
    assert chosen.max_video_fps == 0.25
    assert (chosen.max_failure_rate, chosen.metadata_mapping, form.metadata_part()) == (None, {}, None)
    assert form.frames.isVisibleTo(form)
    assert not form.failures.isVisibleTo(form)
    assert form.frames.text() == "0.25 a second"
    form.frames.setValue(0)
    assert options_of(form).max_video_fps is None
    assert form.frames.text() == "every frame"


def test_this_computer_has_neither_machines_nor_credits_nor_engines_to_choose(form: OptionsForm) -> None:
    form.put(EVERYTHING, "about")
    form.show_scope(Scope(uploads=True, capabilities=HERE))
    for hidden in (form.machine, form.backend, form.ingest, form.metadata, form.stop_after.credits):
        assert not hidden.isVisibleTo(form)
    for shown in (form.table, form.workers, form.tasks, form.stop_after.minutes, form.failures, form.webhook):
        assert shown.isVisibleTo(form)
    chosen = options_of(form)
    assert (chosen.machine, chosen.backend) == (None, None)
    assert (chosen.timeout_seconds, chosen.workers_per_machine) == (5400, 4)


def test_every_field_has_a_label_or_words_of_its_own(form: OptionsForm) -> None:
    form.show_scope(Scope(True, True, True, CLOUD, ("about",)))
    controls = [
        each for kind in (QComboBox, QSpinBox, QDoubleSpinBox, QCheckBox, QLineEdit) for each in form.findChildren(kind)
    ]
    named = [each for each in controls if not each.objectName().startswith("qt_")]
    assert len(named) > 12
    assert [each for each in named if not each.accessibleName()] == []


def test_credits_and_machine_time_say_the_same_limit(qtbot: QtBot) -> None:
    stop = StopAfter()
    qtbot.addWidget(stop)
    stop.set_price(4.0)
    stop.credits.setValue(10)
    assert stop.seconds() == 9000
    assert stop.minutes.value() == 150
    stop.minutes.setValue(30)
    assert (stop.seconds(), stop.credits.value()) == (1800, 2.0)
    # People think in credits: on a cheaper machine the same amount lasts longer.
    stop.set_price(1.0)
    assert (stop.credits.value(), stop.seconds()) == (2.0, 7200)
    stop.put(90)
    assert stop.seconds() == 90
    stop.credits.setValue(0)
    assert stop.seconds() is None
    assert stop.minutes.text() == "no limit in machine time"


def test_without_a_price_there_is_a_limit_of_time_only(qtbot: QtBot) -> None:
    stop = StopAfter()
    qtbot.addWidget(stop)
    stop.put(7200)
    assert not stop.credits.isVisibleTo(stop)
    assert stop.seconds() == 7200
    stop.set_price(1.0)
    assert (stop.seconds(), stop.credits.value()) == (7200, 2.0)


def test_the_pictures_of_some_outputs_are_kept(form: OptionsForm) -> None:
    boxes = form.outputs.boxes
    assert list(boxes) == ["predictions", "drawn"]
    boxes["predictions"].setChecked(False)
    assert options_of(form).image_outputs == ("drawn",)
    boxes["drawn"].setChecked(False)
    assert form.reason() == "Tick the outputs whose pictures are kept, or keep none at all."
    form.outputs.keep.setChecked(False)
    assert form.reason() == ""
    chosen = options_of(form)
    assert (chosen.keep_images, chosen.image_outputs) == (False, ())


def test_addresses_that_are_none_are_refused_in_words(form: OptionsForm, qtbot: QtBot) -> None:
    for wrong in ("ftp://example.org", "example.org", "https://", "https://me:secret@example.org", "https://[bad"):
        form.webhook.setText(wrong)
        assert form.reason() == (
            "“Tell this address when the job ends” takes an address that begins with https:// or http://."
        )
    form.webhook.setText(" https://example.org/hook ")
    assert form.reason() == ""
    assert options_of(form).notifications_url == "https://example.org/hook"


def test_files_can_be_told_of_in_two_ways(form: OptionsForm, qtbot: QtBot) -> None:
    line, ingest, files = form.ingest.line, form.ingest.ingest, form.ingest.files
    QTest.keyClicks(line, "https://example.org/files")
    assert form.ingest_notice() == IngestNotice(url="https://example.org/files", categories=("ingest-status",))
    files.setChecked(True)
    assert form.ingest_notice() == IngestNotice(
        url="https://example.org/files", categories=("ingest-status", "files-status")
    )
    ingest.setChecked(False)
    files.setChecked(False)
    assert form.reason() == "Tick what the address is told about the files, or leave it empty."
    line.clear()
    assert form.ingest_notice() is None
    assert form.reason() == ""


# --- the form built from a workflow's inputs


@pytest.fixture
def rows(qtbot: QtBot) -> ParameterRows:
    rows = ParameterRows()
    qtbot.addWidget(rows)
    return rows


def shown(rows: ParameterRows, *parameters: WorkflowInput) -> dict[str, QWidget]:
    rows.show_workflow(Workflow("w", "W", inputs=(WorkflowInput("image", "WorkflowImage"), *parameters)))
    found = {each.name: rows.findChild(QWidget, f"parameter-{each.name}") for each in parameters}
    return {name: widget for name, widget in found.items() if widget is not None}


def test_the_kinds_of_the_definition_make_the_fields(rows: ParameterRows) -> None:
    made = shown(
        rows,
        parameter("sure", 1, "float_zero_to_one"),
        parameter("draw", None, "boolean"),
        parameter("names", ["car", "truck"], "list_of_values"),
        parameter("mode", "fast", "string", choices=("fast", "exact")),
        parameter("count", 3, "integer"),
        parameter("model", "a/1", "roboflow_model_id"),
        parameter("limit", None, "integer"),
    )
    kinds = {name: type(widget).__mro__ for name, widget in made.items()}
    assert QDoubleSpinBox in kinds["sure"]
    assert QComboBox in kinds["draw"]
    assert QComboBox in kinds["mode"]
    assert QSpinBox in kinds["count"]
    assert rows.values() == {}
    sure, names, limit = made["sure"], made["names"], made["limit"]
    assert isinstance(sure, QDoubleSpinBox)
    assert isinstance(names, QLineEdit)
    assert isinstance(limit, QLineEdit)
    assert (sure.minimum(), sure.maximum()) == (0.0, 1.0)
    assert names.text() == "car, truck"
    names.setText("car, bus")
    limit.setText("7")
    rows.put({"draw": False, "mode": "exact", "sure": 0.125, "count": 5})
    assert rows.values() == {
        "sure": 0.125,
        "draw": False,
        "names": ["car", "bus"],
        "mode": "exact",
        "count": 5,
        "limit": 7,
    }
    assert rows.reason() == ""


@pytest.mark.parametrize(
    ("kind", "wrong", "right", "value"),
    [
        ("float_zero_to_one", "1.5", "0.4", 0.4),
        ("float", "much", "-2,5", -2.5),
        ("integer", "1.5", "12", 12),
        ("dictionary", "[1]", '{"a": 1}', {"a": 1}),
    ],
)
def test_what_does_not_fit_a_kind_is_said(
    rows: ParameterRows, kind: str, wrong: str, right: str, value: object
) -> None:
    line = shown(rows, parameter("the_value", None, kind, required=True))["the_value"]
    assert isinstance(line, QLineEdit)
    assert rows.reason() == "Fill in “The value”: the workflow needs it."
    line.setText(wrong)
    assert rows.reason().startswith("“The value” takes ")
    line.setText(right)
    assert rows.reason() == ""
    assert rows.values() == {"the_value": value}


def test_one_without_a_default_that_is_yes_or_no_has_to_be_chosen(rows: ParameterRows) -> None:
    box = shown(rows, parameter("draw", None, "boolean", required=True))["draw"]
    assert isinstance(box, QComboBox)
    assert rows.reason() == "Fill in “Draw”: the workflow needs it."
    box.setCurrentIndex(box.findText("No"))
    assert (rows.reason(), rows.values()) == ("", {"draw": False})


def test_values_that_come_before_their_workflow_wait_for_it(rows: ParameterRows) -> None:
    rows.put({"sure": 0.7, "gone": 1})
    shown(rows, parameter("sure", 0.4, "float_zero_to_one"))
    assert rows.values() == {"sure": 0.7}


# --- searching, and where


@pytest.fixture
def combo(qtbot: QtBot) -> SearchableCombo:
    model = QStandardItemModel()
    for number in range(300):
        model.appendRow(QStandardItem(f"Workflow {number}"))
    model.appendRow(QStandardItem("Count seedlings v3"))
    model.appendRow(QStandardItem("Count seedlings v4"))
    model.item(300).setEnabled(False)
    combo = SearchableCombo(model)
    model.setParent(combo)
    qtbot.addWidget(combo)
    combo.show()
    return combo


def test_typing_finds_and_enter_takes_the_first_that_can_be_chosen(combo: SearchableCombo, qtbot: QtBot) -> None:
    line = combo.lineEdit()
    assert line is not None
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "SEED")
    assert combo.matches(40) == {300, 301}
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert combo.currentText() == "Count seedlings v4"
    assert combo.currentIndex() == 301


def test_text_that_matches_nothing_gives_way_to_what_is_chosen(combo: SearchableCombo, qtbot: QtBot) -> None:
    line = combo.lineEdit()
    assert line is not None
    combo.setCurrentIndex(7)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "nothing like it")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert (combo.currentIndex(), line.text()) == (7, "Workflow 7")


def test_where_says_what_becomes_of_the_files(qtbot: QtBot) -> None:
    here = Account(THIS_COMPUTER_ID, ServiceKind.THIS_COMPUTER, "This computer", "local", "")
    there = Account("r", ServiceKind.ROBOFLOW, "acme", "acme", "https://x", KeyKept.IN_KEYRING)
    choice = WhereChoice([here, there])
    qtbot.addWidget(choice)

    def said() -> str:
        buttons = [each for each in choice.findChildren(QWidget) if each.accessibleName().startswith("This computer")]
        return buttons[0].accessibleName()

    assert said() == "This computer. Free."
    choice.say_cluster("")
    assert said() == "This computer. Free. Nothing is sent anywhere."
    choice.say_cluster("tcp://10.0.0.5:8786")
    assert said() == "This computer. Free. The files go to your cluster at tcp://10.0.0.5:8786."
    choice.show_only("r")
    assert choice.account() is there
