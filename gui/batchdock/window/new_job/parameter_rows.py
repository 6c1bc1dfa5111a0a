"""The form built from the inputs of a workflow."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from batchdock.core.workflow import Workflow
from batchdock.window.new_job.parameter_fields import ParameterField, field_of
from batchdock.window.theme import unit

_SETTABLE = ("WorkflowParameter", "InferenceParameter")


class ParameterRows(QWidget):
    """One row a parameter. What is left at its default is not sent. Hidden while there are none."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, ParameterField] = {}
        self._given: dict[str, object] = {}
        self._shown = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(unit(self) * 4)
        self._form.setVerticalSpacing(unit(self) * 2)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.hide()

    def show_workflow(self, workflow: Workflow | None) -> None:
        """Replace the rows by those of `workflow`. What was filled in stays while it is the same one."""
        parameters = [each for each in workflow.parameters if each.type in _SETTABLE] if workflow else []
        if workflow and workflow.workflow_id == self._shown and [*map(_parameter, self._fields.values())] == parameters:
            return
        while self._form.rowCount():
            self._form.removeRow(0)
        self._fields = {each.name: field_of(each, self.changed.emit) for each in parameters}
        self._shown = workflow.workflow_id if workflow else ""
        for field in self._fields.values():
            label = QLabel(field.words)
            label.setToolTip(field.parameter.name)
            label.setBuddy(field.widget)
            self._form.addRow(label, field.widget)
        self.setVisible(bool(self._fields))
        self._fill()

    def put(self, values: Mapping[str, object]) -> None:
        """Fill in these values, now and when the workflow they belong to is shown."""
        self._given = dict(values)
        self._fill()

    def values(self) -> dict[str, object]:
        """Return what was changed, by the name of the parameter."""
        read = {name: (field.default, field.value()) for name, field in self._fields.items()}
        return {name: value for name, (default, value) in read.items() if value != default}

    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        return tuple(self._fields)

    def widgets(self) -> tuple[QWidget, ...]:
        """Return the fields, from top to bottom."""
        return tuple(field.widget for field in self._fields.values())

    def reason(self) -> str:
        """Return what is still to be filled in, for the person; empty when nothing is."""
        return next((reason for field in self._fields.values() if (reason := field.reason())), "")

    def _fill(self) -> None:
        for name, field in self._fields.items():
            if name in self._given:
                field.put(self._given[name])


def _parameter(field: ParameterField) -> object:
    return field.parameter
