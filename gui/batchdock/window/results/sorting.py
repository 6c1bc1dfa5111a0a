"""By what the pictures are ordered, and from which end."""

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from batchdock.core.finding import SortBy
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.icons import icon
from batchdock.window.results.view_state import ViewState
from batchdock.window.theme import unit

_WORDS = {
    SortBy.NAME: QT_TRANSLATE_NOOP("sorting", "Name"),
    SortBy.FINDINGS: QT_TRANSLATE_NOOP("sorting", "Number of findings"),
    SortBy.BEST: QT_TRANSLATE_NOOP("sorting", "Confidence"),
    SortBy.TAKEN: QT_TRANSLATE_NOOP("sorting", "Time taken"),
}
_FROM_THE_TOP = frozenset({SortBy.FINDINGS, SortBy.BEST})
"""Of these the largest is what people look for first."""


class SortControl(QWidget):
    """A list of orders, and a button that turns the order around."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.by = QComboBox()
        self.by.setAccessibleName(self.tr("Order of the pictures"))
        self.by.setToolTip(self.tr("Order of the pictures"))
        for by, word in _WORDS.items():
            self.by.addItem(QCoreApplication.translate("sorting", word), by)
        self.turn = QToolButton(autoRaise=True)
        self.turn.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(self) // 2)
        row.addWidget(self.by)
        row.addWidget(self.turn)
        self.by.activated.connect(self._on_chosen)
        self.turn.clicked.connect(self._on_turned)
        state.opened_changed.connect(self._follow)
        state.selection_changed.connect(self._follow)
        self._follow()

    def _on_chosen(self, _row: int) -> None:
        by = SortBy(self.by.currentData())
        if by is not self._state.by:
            self._state.sort(by, by in _FROM_THE_TOP)
            self._follow()

    def _on_turned(self, _checked: bool = False) -> None:
        self._state.sort(self._state.by, not self._state.descending)
        self._follow()

    def _follow(self) -> None:
        with QSignalBlocker(self.by):
            self.by.setCurrentIndex(self.by.findData(self._state.by))
        down = self._state.descending
        self.turn.setIcon(icon("arrow-down-wide-narrow" if down else "arrow-up-narrow-wide"))
        said = self.tr("Largest or last first") if down else self.tr("Smallest or first first")
        self.turn.setToolTip(said)
        self.turn.setAccessibleName(self.tr("Turn the order around: %1").replace("%1", said))
