"""What a job is over when it is over a batch: its name, its part, and how many files that is."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from batchdock.core.batch import Content
from batchdock.flows.batches import PartDetail
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import content_word, number_text

WORKABLE = (Content.IMAGES, Content.VIDEOS)


class BatchWhat(QWidget):
    """Shows the name; asks for the part where there are several."""

    part_chosen = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[PartDetail, ...] = ()
        self.name = QLabel(name)
        self.name.setWordWrap(True)
        self.count = TintedLabel()
        self.part = QComboBox()
        self.part.setAccessibleName(self.tr("Part of the batch"))
        self.part.currentIndexChanged.connect(lambda _place: self.part_chosen.emit())
        self.part.hide()
        layout = QVBoxLayout(self)
        # Its first line stands beside the label of the row, as that of a field with a frame would.
        layout.setContentsMargins(0, unit(self), 0, 0)
        layout.setSpacing(unit(self))
        layout.addWidget(self.name)
        layout.addWidget(self.part)
        layout.addWidget(self.count)
        self.setFocusProxy(self.part)

    def offer_parts(self, parts: Sequence[PartDetail]) -> None:
        """Show the parts that a workflow can run over; a batch without parts has none to choose."""
        self._parts = tuple(each for each in parts if _content(each) in WORKABLE)
        self.part.blockSignals(True)
        self.part.clear()
        for each in self._parts:
            text = f"{each.part.name} · {content_word(_content(each))} · {number_text(each.count)}"
            self.part.addItem(text, each.part.name)
        self.part.blockSignals(False)
        self.part.setVisible(bool(self._parts))
        self.part_chosen.emit()

    def chosen_part(self) -> PartDetail | None:
        """Return the chosen part, None where there is none to choose."""
        place = self.part.currentIndex()
        return self._parts[place] if 0 <= place < len(self._parts) else None

    def content_of_part(self) -> Content | None:
        """Return what is in the chosen part, None where there is none."""
        chosen = self.chosen_part()
        return _content(chosen) if chosen else None

    def say_count(self, text: str) -> None:
        """Say how many files it is."""
        self.count.setText(text)


def _content(detail: PartDetail) -> Content:
    """Return what is in a part; of an archive, what is in that."""
    return detail.part.nested_content or detail.part.content
