"""Forms made of descriptions: every kind of field, what is wrong said while typing, and refusals that lose nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from batchdock.core.errors import BadRequest
from batchdock.core.inventory import Field, FieldKind
from batchdock.window.inventory.checking import number_reason, read_json, read_number
from batchdock.window.inventory.form_dialog import FormDialog, field_of
from batchdock.window.inventory.form_fields import FormField
from batchdock.window.inventory.pick_field import PickField
from batchdock.window.main_window import MainWindow
from fakes.huawei import HuaweiCloud
from making.huawei import connect_desk

NAME = Field(key="name", title="Name", required=True, least=2, most=5, pattern="[a-z]+", hint="Letters.")
ALL = (
    NAME,
    Field(key="text", title="Description", kind=FieldKind.LONG_TEXT, most=500),
    Field(key="number", title="Streams", kind=FieldKind.NUMBER, least=1, most=100),
    Field(key="switch", title="Save as a template", kind=FieldKind.SWITCH),
    Field(key="choice", title="Runs on", kind=FieldKind.CHOICE, choices=(("cloud", "Cloud"), ("edge", "Edge"))),
    Field(key="days", title="Days", kind=FieldKind.SEVERAL, choices=(("1", "Monday"), ("2", "Tuesday"))),
    Field(key="tags", title="Tags", kind=FieldKind.SEVERAL),
    Field(key="secret", title="Password", kind=FieldKind.SECRET),
    Field(key="json", title="Settings", kind=FieldKind.JSON),
)


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def dialog_of(window: MainWindow, *fields: Field, **options: Any) -> FormDialog:
    options.setdefault("title", "New thing")
    options.setdefault("action_title", "Make")
    options.setdefault("parent", window)
    return FormDialog(window._context, "this-computer", fields, **options)


def dialog_needs(window: MainWindow, field: Field) -> bool:
    dialog = dialog_of(window, field)
    dialog.deleteLater()
    return dialog.fields[field.key].tell()


def fill(dialog: FormDialog, **values: object) -> None:
    for key, value in values.items():
        dialog.fields[key].put(value)


def made(qtbot: QtBot, field: Field, *, making: bool = True) -> FormField:
    shown = field_of(field, making=making)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def test_only_what_was_filled_in_counts(window: MainWindow) -> None:
    dialog = dialog_of(window, *ALL, making=True)
    assert dialog.values() == {}
    values = {
        "name": "abc",
        "text": "two\nlines",
        "number": 12,
        "switch": True,
        "choice": "edge",
        "days": ("2",),
        "tags": ("night", "gate"),
        "json": {"a": [1, 2.5, None]},
    }
    fill(dialog, **values)
    secret = dialog.fields["secret"].control
    assert isinstance(secret, QLineEdit)
    secret.setText("hush")
    assert dialog.values() == {**values, "secret": "hush"}
    dialog.deleteLater()


def test_what_stands_there_counts_for_something_new_and_only_when_changed_for_what_is(window: MainWindow) -> None:
    stands = (
        Field(key="access", title="Runs on", kind=FieldKind.CHOICE, choices=(("cloud", "Cloud"),), value="cloud"),
        Field(key="name", title="Name", value="gate"),
        Field(key="number", title="Streams", kind=FieldKind.NUMBER, value=0.5),
        Field(key="on", title="On", kind=FieldKind.SWITCH, value=False),
        Field(key="days", title="Days", kind=FieldKind.SEVERAL, choices=(("1", "Monday"),), value=("1",)),
        Field(key="secret", title="Password", kind=FieldKind.SECRET, value="never shown"),
        Field(key="json", title="Settings", kind=FieldKind.JSON, value={"b": 1}),
    )
    new = dialog_of(window, *stands, making=True)
    assert new.values() == {
        **{"access": "cloud", "name": "gate", "number": 0.5, "on": False, "days": ("1",), "json": {"b": 1}}
    }
    changed = dialog_of(window, *stands)
    assert changed.values() == {}
    assert not any(field.tell() for field in changed.fields.values()), "a secret that is kept need not be typed"
    fill(changed, name="", number=None, days=(), json={"b": 2})
    assert changed.values() == {"name": "", "number": None, "days": (), "json": {"b": 2}}
    assert dialog_needs(window, replace(stands[5], required=True)), "a secret that the service does not keep is needed"
    secret = changed.fields["secret"].control
    assert isinstance(secret, QLineEdit)
    assert not secret.text()
    assert secret.placeholderText() == "Leave it empty to keep it"
    for dialog in (new, changed):
        dialog.deleteLater()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (NAME, "a", "At least 2 characters."),
        (NAME, "abcdef", "At most 5 characters; these are 6."),
        (NAME, "ab1", "It can not be written like this here."),
        (Field(key="n", title="", kind=FieldKind.NUMBER, least=5, most=50), "51", "A number from 5 to 50."),
        (Field(key="n", title="", kind=FieldKind.NUMBER, least=1000), "9", "A number from 1,000 up."),
        (Field(key="n", title="", kind=FieldKind.NUMBER), "many", "This is not a number."),
        (Field(key="t", title="", kind=FieldKind.SEVERAL, most=2), ("a", "b", "c"), "At most 2 of them; these are 3."),
        (Field(key="t", title="", kind=FieldKind.SEVERAL, pattern="[a-z]"), ("a", "B"), "“B” can not be written"),
        (
            Field(key="j", title="", kind=FieldKind.JSON),
            '{"a": 1,\n "b" 2}',
            "Line 2, character 6: a colon is missing.",
        ),
        (Field(key="j", title="", kind=FieldKind.JSON), "[1 2]", "a comma or a closing bracket is missing"),
        (Field(key="j", title="", kind=FieldKind.JSON), "7", "It begins with {"),
        (Field(key="j", title="", kind=FieldKind.JSON), '{"a": NaN}', "“NaN” is not a value"),
        (Field(key="j", title="", kind=FieldKind.JSON), "[" * 100_000, "too many brackets"),
    ],
)
def test_what_is_wrong_is_said_while_it_is_typed(qtbot: QtBot, field: Field, value: object, sentence: str) -> None:
    shown = made(qtbot, field)
    assert not shown.said.isVisible()
    shown.put(value)
    assert shown.said.isVisible()
    assert sentence in shown.said.text()
    assert sentence in shown.control.accessibleDescription()
    shown.put(None)
    assert not shown.said.isVisible()


def test_a_pattern_that_can_not_be_read_keeps_nobody_out(qtbot: QtBot) -> None:
    shown = made(qtbot, Field(key="a", title="A", pattern="[unclosed"))
    shown.put("x")
    assert shown.reason() == ""


def test_numbers_are_read_as_people_write_them(qtbot: QtBot) -> None:
    before = QLocale()
    try:
        QLocale.setDefault(QLocale(QLocale.Language.German))
        assert read_number("1.000") == 1000
        assert read_number("0,5") == 0.5
        shown = made(qtbot, Field(key="n", title="", kind=FieldKind.NUMBER, value=1234.5))
        assert isinstance(shown.control, QLineEdit)
        assert shown.control.text() == "1234,5"
        assert shown.value() == 1234.5
        assert number_reason(Field(key="n", title="", least=0, most=1), "0,7") == ""
    finally:
        QLocale.setDefault(before)
    assert read_number(" 12 ") == 12
    assert isinstance(read_number("12"), int)
    for wrong in ("a", "nan", "inf", "1e999"):
        assert number_reason(Field(key="n", title=""), wrong) == "This is not a number."
    assert read_json("[]") == []


def test_the_first_field_that_is_not_right_gets_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    wrong = Field(key="number", title="Streams", kind=FieldKind.NUMBER, required=True)
    dialog = dialog_of(window, Field(key="fine", title="Fine"), wrong, NAME)
    dialog.open()
    assert dialog.go.isEnabled()
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.fields["number"].control
    assert dialog.fields["number"].said.text() == dialog.fields["name"].said.text() == "This is needed."
    fill(dialog, number=7, name="abc")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.values() == {"number": 7, "name": "abc"}
    dialog.deleteLater()


def test_every_control_has_a_name_and_the_keyboard_leaves_it(window: MainWindow) -> None:
    dialog = dialog_of(window, *ALL)
    dialog.open()
    for each in dialog.fields.values():
        assert each.title in each.control.accessibleName()
        if isinstance(each.control, QPlainTextEdit):
            assert each.control.tabChangesFocus()
    assert dialog.fields["name"].control.accessibleName() == "Name, needed"
    labels = [label for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    assert [label.text() for label in labels][:2] == ["Name\N{NO-BREAK SPACE}*", "Description"]
    order: list[QWidget] = []
    dialog.fields["name"].control.setFocus()
    for _ in range(40):
        order.append(dialog.focusWidget())
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    controls = [each.entry for each in dialog.fields.values()]
    places = [order.index(control) for control in controls]
    assert places == sorted(places)
    assert order.index(dialog.go) > places[-1]
    dialog.reject()
    dialog.deleteLater()


def test_secrets_are_hidden_until_somebody_looks_and_forgotten_with_the_dialog(window: MainWindow) -> None:
    dialog = dialog_of(window, ALL[7])
    line = dialog.fields["secret"].control
    assert isinstance(line, QLineEdit)
    assert line.echoMode() is QLineEdit.EchoMode.Password
    (eye,) = line.actions()
    eye.trigger()
    assert line.echoMode() is QLineEdit.EchoMode.Normal
    assert eye.text() == "Hide Password"
    line.setText("hush")
    dialog.open()
    dialog.reject()
    assert line.text() == ""
    dialog.deleteLater()


def test_choices_that_nobody_knows_any_more_stay_chosen(qtbot: QtBot) -> None:
    shown = made(qtbot, Field(key="c", title="Kind", kind=FieldKind.CHOICE, choices=(("a", "A"),), value="old"))
    assert shown.value() == "old"
    assert not shown.tell()
    required = made(qtbot, Field(key="c", title="Kind", kind=FieldKind.CHOICE, choices=(("a", "A"),), required=True))
    box = required.control
    assert isinstance(box, QComboBox)
    assert box.currentText() == "Choose…"
    assert required.tell()


def test_a_refusal_is_told_in_the_form_and_nothing_is_lost(window: MainWindow, play: Any, eventually: Any) -> None:
    asked: list[dict[str, object]] = []

    async def submit(values: dict[str, object]) -> None:
        asked.append(values)
        if len(asked) == 1:
            raise BadRequest(service="Shelf", reason="This name is taken.")

    async def scenario() -> None:
        dialog = dialog_of(window, NAME, ALL[7], submit=submit, making=True)
        dialog.open()
        fill(dialog, name="abc")
        secret = dialog.fields["secret"].control
        assert isinstance(secret, QLineEdit)
        secret.setText("hush")
        dialog.go.click()
        await eventually(lambda: dialog.trouble.isVisible())
        assert "This name is taken." in dialog.trouble.text()
        assert dialog.isVisible()
        assert dialog.go.isEnabled()
        assert dialog.values() == {"name": "abc", "secret": "hush"}
        dialog.go.click()
        await eventually(lambda: not dialog.isVisible())
        assert asked == [{"name": "abc", "secret": "hush"}] * 2
        assert dialog.result() == QDialog.DialogCode.Accepted
        dialog.deleteLater()

    play(scenario())


def test_choices_are_read_from_their_collection_while_the_form_is_open(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    sources = cloud.add_sources(450)
    cloud.fail("GET .*/source/sources", status=403, code="VIAS.00010012")
    field = Field(
        key="ids", title="Cameras", kind=FieldKind.SEVERAL, choices_of="video-sources", value=(sources[3].id, "gone")
    )

    async def scenario() -> None:
        account = await window._context.background.run(connect_desk(window.desk, cloud))
        dialog = FormDialog(
            window._context, account.account_id, (field,), title="Group", action_title="Save", parent=window
        )
        dialog.open()
        pick = dialog.fields["ids"]
        assert isinstance(pick, PickField)
        await eventually(lambda: pick.again.isVisible())
        assert pick.value() == (sources[3].id, "gone"), "what was picked goes when the choices can not be read"
        pick.again.click()
        await eventually(lambda: pick.model.known == 451 and not pick.reading.isVisible())
        assert pick.model.title_of(sources[3].id) == sources[3].name
        assert not pick.counts()
        pick.search.setText(sources[440].name)
        pick.search.tell()
        assert pick.model.rowCount() >= 1
        QTest.keyClick(pick.search, Qt.Key.Key_Down)
        QTest.keyClick(pick.control, Qt.Key.Key_Space)
        assert dialog.values() == {"ids": (sources[3].id, "gone", sources[440].id)}
        dialog.reject()
        dialog.deleteLater()

    play(scenario())
