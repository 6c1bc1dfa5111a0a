"""The line under the filters that says which service could not be asked for its jobs, and why."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.window.messages import in_sentences, worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class FindLine(QWidget):
    """Not there while all is well."""

    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        step = unit(self)
        self.label = TintedLabel("", Tint.BAD)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again = QPushButton()
        self.again.clicked.connect(lambda _checked=False: self.again_asked.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(step * 3, step * 2, step * 2, step * 2)
        row.setSpacing(step * 3)
        row.addWidget(self.label, 1)
        row.addWidget(self.again)
        self.retranslate_ui()
        self.hide()

    def say(self, troubles: Mapping[str, BatchdockError], found: int) -> None:
        """Say what stands in the way, by the names of accounts; `found` jobs were found all the same."""
        said = " ".join(self._sentence(name, error) for name, error in troubles.items())
        if said and found:
            said = f"{said} {self.tr('What was found until then is shown.')}"
        if said != self.label.text():
            self.label.setText(said)
        self.setVisible(bool(said))

    def retranslate_ui(self) -> None:
        """Write everything in the person's language."""
        self.again.setText(self.tr("Try again"))
        self.again.setAccessibleName(self.again.text())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate_ui()
        super().changeEvent(event)

    def _sentence(self, name: str, error: BatchdockError) -> str:
        parts = (self.tr("“%1”: %2").replace("%2", worded(error)[0]).replace("%1", name), *worded(error)[1:])
        return in_sentences(parts)
