"""Which drawn pictures are kept: all, or those of some outputs of the workflow."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from batchdock.window.theme import unit


class OutputsChoice(QWidget):
    """A tick box for keeping pictures at all, and one an output. All ticked means: whatever the workflow draws."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[str, ...] = ()
        self.keep = QCheckBox(self.tr("Keep the pictures the workflow draws"))
        self.keep.setAccessibleName(self.keep.text())
        self.keep.setChecked(True)
        self.keep.toggled.connect(self._on_changed)
        self.boxes: dict[str, QCheckBox] = {}
        self._which = QWidget()
        self._list = QVBoxLayout(self._which)
        self._list.setContentsMargins(unit(self) * 6, 0, 0, 0)
        self._list.setSpacing(unit(self) // 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addWidget(self.keep)
        layout.addWidget(self._which)
        self.setFocusProxy(self.keep)
        self._write()

    def offer(self, outputs: Collection[str]) -> None:
        """Show the outputs of a workflow."""
        if list(outputs) == list(self.boxes):
            return
        for box in self.boxes.values():
            self._list.removeWidget(box)
            box.deleteLater()
        self.boxes = {}
        for name in outputs:
            box = QCheckBox(name)
            box.setAccessibleName(self.tr("Keep the pictures of “%1”").replace("%1", name))
            box.setChecked(not self._given or name in self._given)
            box.toggled.connect(self._on_changed)
            self._list.addWidget(box)
            # What is made anew would be last for the keyboard.
            QWidget.setTabOrder(next(reversed(self.boxes.values()), self.keep), box)
            self.boxes[name] = box
        self._write()

    def put(self, keep: bool, outputs: tuple[str, ...]) -> None:
        """Fill in what is kept; the names count as soon as their workflow is shown."""
        self._given = outputs
        self.keep.setChecked(keep)
        for name, box in self.boxes.items():
            box.setChecked(not outputs or name in outputs)

    def kept(self) -> tuple[bool, tuple[str, ...]]:
        """Return whether pictures are kept, and the outputs they are kept of; an empty tuple means all."""
        ticked = tuple(name for name, box in self.boxes.items() if box.isChecked())
        if not self.boxes:
            return self.keep.isChecked(), self._given
        return self.keep.isChecked(), () if len(ticked) == len(self.boxes) else ticked

    def reason(self) -> str:
        """Return what is missing, for the person; empty when nothing is."""
        if not self.keep.isChecked() or not self.boxes or any(box.isChecked() for box in self.boxes.values()):
            return ""
        return self.tr("Tick the outputs whose pictures are kept, or keep none at all.")

    def _on_changed(self, _checked: bool) -> None:
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        # A single output leaves nothing to choose.
        self._which.setVisible(self.keep.isChecked() and len(self.boxes) > 1)
