"""What one account may spend in a month, and what it has used."""

from PySide6.QtCore import QDate, QLocale, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from batchdock.core.costs import Budget
from batchdock.window.costs.wording import amount_text, up_to_text
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel

_MOST = 1_000_000.0
_FULL = 1000


class BudgetForm(QWidget):
    """Shows a budget, and tells when another one is wanted: at once, there is nothing to save."""

    changed = Signal(object)
    """The `Budget` that is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Budget()
        self._spent = 0.0
        self.used = QLabel()
        self.used.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, _FULL)
        self.bar.setTextVisible(False)
        self.warning = TintedLabel(tint=Tint.WARNING)
        self.soft = _amount(self.tr("no limit"))
        self.soft.setAccessibleName(self.tr("Ask me past so many credits a month"))
        self.hard = _amount(self.tr("no limit"))
        self.hard.setAccessibleName(self.tr("Start nothing past so many credits a month"))
        self.ask_above = _amount(self.tr("every time"))
        self.ask_above.setAccessibleName(self.tr("Ask me before a start that may use more credits than this"))
        for box in (self.soft, self.hard, self.ask_above):
            box.valueChanged.connect(self._on_changed)
        note = TintedLabel(
            self.tr(
                "Jobs of everybody in the workspace count, as far as Batchdock has seen them. Amounts are estimates "
                "from the time machines worked; what counts in the end is the bill of the service."
            )
        )
        form = QFormLayout()
        form.setHorizontalSpacing(unit(self) * 3)
        form.setVerticalSpacing(unit(self) * 2)
        form.addRow(self.tr("&Ask first beyond, a month"), self.soft)
        form.addRow(self.tr("Start &nothing beyond, a month"), self.hard)
        form.addRow(self.tr("Ask first for a &single start above"), self.ask_above)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.used)
        layout.addWidget(self.bar)
        layout.addWidget(self.warning)
        layout.addSpacing(unit(self) * 2)
        layout.addLayout(form)
        layout.addSpacing(unit(self) * 2)
        layout.addWidget(note)

    def show_budget(self, budget: Budget, spent: float) -> None:
        """Show what holds now, and what was used."""
        self._shown = budget
        for box, value in ((self.soft, budget.soft), (self.hard, budget.hard), (self.ask_above, budget.ask_above)):
            box.blockSignals(True)
            box.setValue(value or 0.0)
            box.blockSignals(False)
        self.show_spent(spent)

    def show_spent(self, spent: float) -> None:
        """Show what was used by now."""
        self._spent = spent
        self._write()

    def _on_changed(self, _value: float) -> None:
        self._shown = Budget(self.soft.value() or None, self.hard.value() or None, self.ask_above.value())
        self._write()
        self.changed.emit(self._shown)

    def _write(self) -> None:
        budget, spent = self._shown, self._spent
        most = budget.hard if budget.hard is not None else budget.soft
        month = QLocale().standaloneMonthName(QDate.currentDate().month())
        told = self.tr("%1: about %2 used")
        if most is not None:
            told = self.tr("%1: about %2 of %3 used").replace("%3", up_to_text(most))
        used = up_to_text(spent) if most is None else amount_text(spent)
        self.used.setText(told.replace("%1", month).replace("%2", used))
        self.bar.setVisible(most is not None)
        self.bar.setValue(min(_FULL, round(_FULL * spent / most)) if most else 0)
        self.bar.setAccessibleName(self.used.text())
        self.warning.setText(self._warned())
        self.warning.setVisible(bool(self.warning.text()))

    def _warned(self) -> str:
        budget, spent = self._shown, self._spent
        if budget.hard is not None and spent >= budget.hard:
            return self.tr("Nothing more is started on this account this month.")
        if budget.soft is not None and budget.hard is not None and budget.soft > budget.hard:
            return self.tr("You are never asked: nothing is started past the lower amount.")
        if budget.soft is not None and spent > budget.soft:
            return self.tr("You are asked before every start this month.")
        return ""


def _amount(nothing: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0.0, _MOST)
    box.setDecimals(1)
    box.setSpecialValueText(nothing)
    box.setSuffix(box.tr(" credits"))
    box.setGroupSeparatorShown(True)
    # What is half written is not wanted yet.
    box.setKeyboardTracking(False)
    return box
