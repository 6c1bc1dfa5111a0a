"""Inputs of a workflow that are filled for each picture from the metadata that came with it (contract §4.1)."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from batchdock.window.theme import unit


class MetadataForm(QWidget):
    """Asks for the part with the metadata, and for each input of the workflow for a key in it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: dict[str, str] = {}
        self._given_part: str | None = None
        self.keys: dict[str, QLineEdit] = {}
        self.part = QComboBox()
        self.part.setAccessibleName(self.tr("Part with the metadata of each picture"))
        self.part.currentIndexChanged.connect(self._on_part)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(unit(self) * 4)
        self._form.setVerticalSpacing(unit(self) * 2)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(self.part)
        self.setFocusProxy(self.part)
        self.offer_parts(())

    def offer_parts(self, parts: Sequence[str]) -> None:
        """Show which parts of the batch have metadata; without any there is nothing to ask."""
        chosen = self.chosen_part() or self._given_part
        self.part.blockSignals(True)
        self.part.clear()
        self.part.addItem(self.tr("Not used"), None)
        for name in parts:
            self.part.addItem(name, name)
        self.part.setCurrentIndex(max(0, self.part.findData(chosen)))
        self.part.blockSignals(False)
        self._write()

    def offer_inputs(self, names: Sequence[str]) -> None:
        """Show the inputs of a workflow."""
        if list(names) == list(self.keys):
            return
        for line in self.keys.values():
            self._form.removeRow(line)
        self.keys = {}
        for name in names:
            line = QLineEdit(self._given.get(name, ""))
            line.setPlaceholderText(self.tr("key in the metadata"))
            line.setAccessibleName(self.tr("Key in the metadata for “%1”").replace("%1", name))
            line.textEdited.connect(lambda _text: self.changed.emit())
            label = QLabel(f"{name} ←")
            label.setBuddy(line)
            self._form.addRow(label, line)
            # What is made anew would be last for the keyboard.
            QWidget.setTabOrder(next(reversed(self.keys.values()), self.part), line)
            self.keys[name] = line
        self._write()

    def put(self, part: str | None, mapping: Mapping[str, str]) -> None:
        """Fill in part and keys; they count as soon as the batch and the workflow are known."""
        self._given, self._given_part = dict(mapping), part
        self.part.setCurrentIndex(max(0, self.part.findData(part)))
        for name, line in self.keys.items():
            line.setText(self._given.get(name, ""))

    def chosen_part(self) -> str | None:
        """Return the name of the part, or None."""
        name = self.part.currentData()
        return str(name) if name else None

    def mapping(self) -> dict[str, str]:
        """Return the key for each input that has one; none without a part."""
        if self.chosen_part() is None:
            return {}
        read = {name: line.text().strip() for name, line in self.keys.items()}
        return {name: key for name, key in read.items() if key}

    def is_offered(self) -> bool:
        """Tell whether there is metadata at all."""
        return self.part.count() > 1

    def _on_part(self, _place: int) -> None:
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        for line in self.keys.values():
            self._form.setRowVisible(line, self.chosen_part() is not None)
