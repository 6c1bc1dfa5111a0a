"""The parameters of a workflow, as fields of the kind of their defaults."""

import json
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from batchdock.core.workflow import Workflow, WorkflowInput
from batchdock.window.theme import unit

_SETTABLE = ("WorkflowParameter", "InferenceParameter")
_WHOLE_LIMIT = 2**31 - 1


class ParametersForm(QWidget):
    """Asks for parameters only; what is left at its default is not sent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setVerticalSpacing(unit(self) * 2)
        self._layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._fields: dict[str, tuple[object, Callable[[], object]]] = {}

    def show_workflow(self, workflow: Workflow | None) -> None:
        """Replace the fields by those of `workflow`."""
        while self._layout.rowCount():
            self._layout.removeRow(0)
        self._fields = {}
        for parameter in workflow.parameters if workflow else ():
            if parameter.type in _SETTABLE:
                self._add(parameter)
        self.setVisible(bool(self._fields))

    def values(self) -> dict[str, object]:
        """Return what was changed, by the name of the parameter."""
        read = {name: (default, ask()) for name, (default, ask) in self._fields.items()}
        return {name: value for name, (default, value) in read.items() if value != default}

    def _add(self, parameter: WorkflowInput) -> None:
        field, default, ask = _field(parameter.default)
        field.setAccessibleName(parameter.name)
        field.setObjectName(f"parameter-{parameter.name}")
        label = QLabel(parameter.name.replace("_", " "))
        label.setToolTip(parameter.name)
        label.setBuddy(field)
        self._layout.addRow(label, field)
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
