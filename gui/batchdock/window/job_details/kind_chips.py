"""A row of small buttons: all tasks, or those of one kind, each with how many there are."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from batchdock.flows.jobs import TaskCounts
from batchdock.window.icons import icon
from batchdock.window.job_details.words import KIND_ICONS, Kind, by_kind, chip_word, counted_kind
from batchdock.window.theme import icon_size, unit
from batchdock.window.wording import number_text

_KINDS: tuple[Kind | None, ...] = (None, *Kind)


class KindChips(QWidget):
    """One of them is pressed. Kinds that there are none of are left out; where room is short, so are the words."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = TaskCounts()
        self._group = QButtonGroup(self)
        self.chips: dict[Kind | None, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(self))
        for place, kind in enumerate(_KINDS):
            chip = QToolButton()
            chip.setCheckable(True)
            chip.setAutoRaise(True)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            if kind is not None:
                chip.setIcon(icon(*KIND_ICONS[kind]))
            self._group.addButton(chip, place)
            self.chips[kind] = chip
            row.addWidget(chip)
        row.addStretch()
        self.chips[None].setChecked(True)
        self._group.idClicked.connect(lambda place: self.chosen.emit(_KINDS[place]))
        self._write()

    @property
    def kind(self) -> Kind | None:
        """Which kind is wanted; None for all."""
        return _KINDS[self._group.checkedId()]

    def show_counts(self, counts: TaskCounts) -> None:
        """Say how many there are of each kind."""
        if counts != self._counts:
            self._counts = counts
            self._write()

    def reset(self) -> None:
        """Press “All”, without telling anybody."""
        self.chips[None].setChecked(True)
        self._write()

    def minimumSizeHint(self) -> QSize:
        """Without the words."""
        return QSize(unit(self) * 36, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        by = by_kind(self._counts)
        total = sum(by.values())
        counted = {kind: total if kind is None else by[kind] for kind in _KINDS}
        shown = [kind for kind in _KINDS if kind is None or counted[kind] or kind is self.kind]
        words = {kind: chip_word(kind) for kind in shown}
        full = {kind: f"{words[kind]} {number_text(counted[kind])}" for kind in shown}
        room = sum(
            self.fontMetrics().horizontalAdvance(text) + icon_size(self) + unit(self) * 6 for text in full.values()
        )
        roomy = room <= self.width()
        for kind, chip in self.chips.items():
            spoken = self.tr("All parts") if kind is None else counted_kind(kind, counted[kind])
            chip.setAccessibleName(f"{spoken}, {number_text(total)}" if kind is None else spoken)
            chip.setToolTip(spoken)
            chip.setVisible(kind in full)
            if kind in full:
                chip.setText(number_text(counted[kind]) if kind is not None and not roomy else full[kind])
