"""From which confidence on findings count: a slider and a number, in percent."""

from PySide6.QtCore import QLocale, QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSpinBox, QVBoxLayout, QWidget

from batchdock.window.results.view_state import ViewState
from batchdock.window.theme import unit


class ConfidenceControl(QWidget):
    """Follows the state, whoever changes it."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        title = QLabel(self.tr("Least confidence"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(self.tr("Least confidence in percent"))
        self.slider.setToolTip(self.tr("Findings that the workflow was less sure of do not count"))
        self.number = QSpinBox()
        self.number.setRange(0, 100)
        self.number.setSuffix(self.tr(" %"))
        self.number.setLocale(QLocale())
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setAccessibleName(self.tr("Least confidence in percent"))
        title.setBuddy(self.number)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.number)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(unit(self))
        column.addLayout(head)
        column.addWidget(self.slider)
        self.slider.valueChanged.connect(self._on_value)
        self.number.valueChanged.connect(self._on_value)
        state.opened_changed.connect(self._follow)
        state.filter_changed.connect(self._follow)
        self._follow()

    def _on_value(self, percent: int) -> None:
        self._show(percent)
        wished = self._state.filter
        self._state.change(least=percent / 100, most=max(percent / 100, wished.most))

    def _follow(self) -> None:
        self._show(round(self._state.filter.least * 100))
        self.setEnabled(self._state.opened is not None)

    def _show(self, percent: int) -> None:
        for control in (self.slider, self.number):
            with QSignalBlocker(control):
                control.setValue(percent)
        self.slider.setAccessibleDescription(self.tr("%1 percent").replace("%1", str(percent)))
