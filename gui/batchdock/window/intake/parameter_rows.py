"""The parameters of a workflow, as fields of the kind of their defaults."""

import json
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from batchdock.core.workflow import Workflow, WorkflowInput

_SETTABLE = ("WorkflowParameter", "InferenceParameter")
_WHOLE_LIMIT = 2**31 - 1


class ParameterRows:
    """The rows for parameters at the end of a form. What is left at its default is not sent."""

    def __init__(self, form: QFormLayout) -> None:
        self._form = form
        self._fields: dict[str, tuple[object, Callable[[], object]]] = {}
        self._labels: list[QLabel] = []

    def show_workflow(self, workflow: Workflow | None) -> None:
        """Replace the rows by those of `workflow`."""
        for label in self._labels:
            self._form.removeRow(label)
        self._labels, self._fields = [], {}
        for parameter in workflow.parameters if workflow else ():
            if parameter.type in _SETTABLE:
                self._add(parameter)

    def values(self) -> dict[str, object]:
        """Return what was changed, by the name of the parameter."""
        read = {name: (default, ask()) for name, (default, ask) in self._fields.items()}
        return {name: value for name, (default, value) in read.items() if value != default}

    def _add(self, parameter: WorkflowInput) -> None:
        field, default, ask = _field(parameter.default)
        field.setAccessibleName(parameter.name)
        field.setObjectName(f"parameter-{parameter.name}")
        words = parameter.name.replace("_", " ")
        label = QLabel(words[:1].upper() + words[1:])
        label.setToolTip(parameter.name)
        label.setBuddy(field)
        self._form.addRow(label, field)
        self._labels.append(label)
        self._fields[parameter.name] = (default, ask)


def _field(default: object) -> tuple[QWidget, object, Callable[[], object]]:
    """Return a field, the default as the field gives it back, and the question for its value."""
    if isinstance(default, bool):
        box = QCheckBox()
        box.setChecked(default)
        return box, default, box.isChecked
    if isinstance(default, int) and abs(default) <= _WHOLE_LIMIT:
        whole = QSpinBox()
        whole.setRange(-_WHOLE_LIMIT, _WHOLE_LIMIT)
        whole.setValue(default)
        return whole, default, whole.value
    if isinstance(default, float):
        number = QDoubleSpinBox()
        number.setDecimals(3)
        number.setRange(-1e9, 1e9)
        number.setSingleStep(0.05 if abs(default) <= 1 else 1.0)
        number.setValue(default)
        return number, number.value(), number.value
    if isinstance(default, (list, dict)):
        text = QLineEdit(json.dumps(default, ensure_ascii=False))
        return text, default, lambda: _parsed(text.text())
    line = QLineEdit("" if default is None else str(default))
    return line, line.text(), line.text


def _parsed(text: str) -> Any:
    """Read JSON; what is not JSON is a list of words between commas."""
    try:
        return json.loads(text)
    except ValueError:
        return [word.strip() for word in text.split(",") if word.strip()]
