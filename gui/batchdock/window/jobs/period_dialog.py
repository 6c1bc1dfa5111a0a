"""Asks for a range of days."""

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from batchdock.window.fitting import FittingDialog
from batchdock.window.jobs.filters import Period, Span


class PeriodDialog(FittingDialog):
    """`chosen` tells the days, in order. Not modal below a task: open it."""

    chosen = Signal(object)

    def __init__(self, period: Period | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Created between"))
        today = QDate.currentDate()
        self.first = self._day(period.first if period else None, today.addDays(-6), self.tr("First day"))
        self.last = self._day(period.last if period else None, today, self.tr("Last day"))
        form = QFormLayout()
        form.addRow(self.tr("&First day"), self.first)
        form.addRow(self.tr("&Last day"), self.last)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.tr("Show"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.accepted.connect(self._tell)
        self.finished.connect(self.deleteLater)

    @staticmethod
    def _day(known: date | None, usual: QDate, name: str) -> QDateEdit:
        edit = QDateEdit(QDate(known.year, known.month, known.day) if known else usual)
        edit.setCalendarPopup(True)
        edit.setAccessibleName(name)
        return edit

    def _tell(self) -> None:
        days = sorted(date(*edit.date().getDate()) for edit in (self.first, self.last))
        self.chosen.emit(Period(Span.OWN, days[0], days[1]))
