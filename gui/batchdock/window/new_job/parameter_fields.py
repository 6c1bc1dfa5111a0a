"""A field for each parameter of a workflow, of the kind that its definition or its default tells."""

import json
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from batchdock.core.workflow import WorkflowInput
from batchdock.window.new_job.number_box import NumberBox

_tr = QCoreApplication.translate

_WHOLE_LIMIT = 2**31 - 1
_SHARE = "float_zero_to_one"
_NUMBERS = frozenset({_SHARE, "float"})


class ParameterField:
    """What is asked for one parameter. `default` is the default as the field gives it back."""

    def __init__(self, parameter: WorkflowInput, widget: QWidget) -> None:
        self.parameter = parameter
        self.widget = widget
        self.default: object = None
        words = parameter.name.replace("_", " ")
        self.words = words[:1].upper() + words[1:]
        """What people read for its name."""
        widget.setObjectName(f"parameter-{parameter.name}")
        widget.setAccessibleName(parameter.name)

    def value(self) -> object:
        """Return what is filled in; `default` where it was left alone."""
        raise NotImplementedError

    def put(self, value: object) -> None:
        """Fill in a value; one that does not fit changes nothing."""
        raise NotImplementedError

    def reason(self) -> str:
        """Return why the job can not be started with what is filled in; empty when it can."""
        return ""


class _Tick(ParameterField):
    def __init__(self, parameter: WorkflowInput, on_changed: Callable[[], None]) -> None:
        self._box = QCheckBox()
        super().__init__(parameter, self._box)
        self.put(parameter.default)
        self.default = self.value()
        self._box.toggled.connect(lambda _checked: on_changed())

    def value(self) -> object:
        return self._box.isChecked()

    def put(self, value: object) -> None:
        self._box.setChecked(value is True)


class _Whole(ParameterField):
    def __init__(self, parameter: WorkflowInput, on_changed: Callable[[], None]) -> None:
        self._box = QSpinBox()
        super().__init__(parameter, self._box)
        self._box.setRange(-_WHOLE_LIMIT, _WHOLE_LIMIT)
        self.put(parameter.default)
        self.default = self.value()
        self._box.valueChanged.connect(lambda _value: on_changed())

    def value(self) -> object:
        return self._box.value()

    def put(self, value: object) -> None:
        if isinstance(value, int) and abs(value) <= _WHOLE_LIMIT:
            self._box.setValue(value)


class _Number(ParameterField):
    def __init__(self, parameter: WorkflowInput, on_changed: Callable[[], None]) -> None:
        self._box = NumberBox()
        super().__init__(parameter, self._box)
        share = _SHARE in parameter.kinds
        self._box.setDecimals(3)
        self._box.setRange(*((0.0, 1.0) if share else (-1e9, 1e9)))
        self.put(parameter.default)
        self._box.setSingleStep(0.05 if share or abs(self._box.value()) <= 1 else 1.0)
        self.default = self.value()
        self._box.valueChanged.connect(lambda _value: on_changed())

    def value(self) -> object:
        return self._box.value()

    def put(self, value: object) -> None:
        if isinstance(value, int | float):
            self._box.setDecimals(max(self._box.decimals(), _decimals(float(value))))
            self._box.setValue(value)


class _Choice(ParameterField):
    """One of a few values. Where none of them is the default, the first line chooses nothing."""

    def __init__(
        self, parameter: WorkflowInput, on_changed: Callable[[], None], choices: tuple[tuple[str, object], ...]
    ) -> None:
        self._box = QComboBox()
        super().__init__(parameter, self._box)
        if all(value != parameter.default for _words, value in choices):
            self._box.addItem(_tr("parameters", "Choose…") if parameter.required else "–", parameter.default)
        for words, value in choices:
            self._box.addItem(words, value)
        self.put(parameter.default)
        self.default = self.value()
        self._box.currentIndexChanged.connect(lambda _place: on_changed())

    def value(self) -> object:
        return self._box.currentData()

    def put(self, value: object) -> None:
        places = [place for place in range(self._box.count()) if self._box.itemData(place) == value]
        if places:
            self._box.setCurrentIndex(places[0])

    def reason(self) -> str:
        return _missing(self.words) if self.parameter.required and self.value() is None else ""


class _Line(ParameterField):
    """Everything else is typed. Left empty it stays at its default, unless there is none."""

    def __init__(self, parameter: WorkflowInput, on_changed: Callable[[], None]) -> None:
        self._line = QLineEdit()
        super().__init__(parameter, self._line)
        self._structured = isinstance(parameter.default, list | dict)
        self._kind = _kind_of(parameter)
        self._line.setPlaceholderText(_example(self._kind))
        self.put(parameter.default)
        self.default = parameter.default if self._structured or parameter.default is None else self._line.text()
        self._line.textChanged.connect(lambda _text: on_changed())

    def value(self) -> object:
        text = self._line.text()
        if not text.strip() and self.parameter.default is None:
            return None
        try:
            return _read(text, self._kind)
        except ValueError:
            return text

    def put(self, value: object) -> None:
        if value is None:
            self._line.clear()
        elif isinstance(value, str):
            self._line.setText(value)
        elif isinstance(value, list) and all(_is_plain(each) for each in value):
            self._line.setText(", ".join(value))
        else:
            self._line.setText(json.dumps(value, ensure_ascii=False))

    def reason(self) -> str:
        text = self._line.text()
        if not text.strip():
            return _missing(self.words) if self.parameter.required else ""
        try:
            _read(text, self._kind)
        except ValueError:
            template = _tr("parameters", "“%1” takes %2.")
            return template.replace("%2", _takes(self._kind)).replace("%1", self.words)
        return ""


def field_of(parameter: WorkflowInput, on_changed: Callable[[], None]) -> ParameterField:
    """Return the field that fits `parameter`; `on_changed` is told when something else is filled in."""
    default, kinds = parameter.default, frozenset(parameter.kinds)
    if parameter.choices:
        return _Choice(parameter, on_changed, tuple((each, each) for each in parameter.choices))
    if isinstance(default, bool):
        return _Tick(parameter, on_changed)
    if "boolean" in kinds and default is None:
        yes_no = ((_tr("parameters", "Yes"), True), (_tr("parameters", "No"), False))
        return _Choice(parameter, on_changed, yes_no)
    if isinstance(default, float) or (isinstance(default, int) and kinds & _NUMBERS):
        return _Number(parameter, on_changed)
    if isinstance(default, int) and abs(default) <= _WHOLE_LIMIT:
        return _Whole(parameter, on_changed)
    return _Line(parameter, on_changed)


def _kind_of(parameter: WorkflowInput) -> str:
    """Return the one word that says how typed text is read."""
    default, kinds = parameter.default, parameter.kinds
    if isinstance(default, list) or (default is None and "list_of_values" in kinds):
        return "list_of_values"
    if isinstance(default, dict) or (default is None and "dictionary" in kinds):
        return "dictionary"
    if isinstance(default, int) or (default is None and kinds == ("integer",)):
        return "integer"
    if default is None and kinds and _NUMBERS.issuperset(kinds):
        return _SHARE if _SHARE in kinds else "float"
    return "roboflow_model_id" if "roboflow_model_id" in kinds else "string"


def _read(text: str, kind: str) -> Any:
    """Read what was typed. Raise `ValueError`."""
    text = text.strip() if kind != "string" else text
    match kind:
        case "integer":
            return int(text)
        case "float":
            return float(text.replace(",", "."))
        case "float_zero_to_one":
            share = float(text.replace(",", "."))
            if not 0 <= share <= 1:
                raise ValueError
            return share
        case "dictionary":
            found = json.loads(text)
            if not isinstance(found, dict):
                raise ValueError
            return found
        case "list_of_values":
            return _listed(text)
    return text


def _listed(text: str) -> Any:
    """Read JSON; what is not JSON is a list of words between commas."""
    try:
        return json.loads(text)
    except ValueError:
        return [word.strip() for word in text.split(",") if word.strip()]


def _is_plain(value: object) -> bool:
    """Tell whether a value reads the same between commas."""
    return (
        isinstance(value, str)
        and bool(value)
        and value == value.strip()
        and "," not in value
        and _listed(value) == [value]
    )


def _example(kind: str) -> str:
    return {
        "list_of_values": _tr("parameters", "with commas: car, truck"),
        "dictionary": '{"name": "value"}',
        "float_zero_to_one": "0.4",
        "roboflow_model_id": _tr("parameters", "project/version"),
    }.get(kind, "")


def _takes(kind: str) -> str:
    return {
        "dictionary": _tr("parameters", 'names and values, such as {"name": "value"}'),
        "float_zero_to_one": _tr("parameters", "a number from 0 to 1"),
        "float": _tr("parameters", "a number"),
        "integer": _tr("parameters", "a whole number"),
    }.get(kind, kind)


def _missing(words: str) -> str:
    return _tr("parameters", "Fill in “%1”: the workflow needs it.").replace("%1", words)


def _decimals(number: float) -> int:
    text = f"{number:.9f}".rstrip("0")
    return len(text.partition(".")[2])
