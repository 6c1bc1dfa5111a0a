"""The closer look on the sheet: the offer, how far it is, and what is to be done about near copies."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QRadioButton, QVBoxLayout, QWidget

from batchdock.core.intake import CloserLook, Finding, Item
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped, number_text


class CloserRow(QWidget):
    """Shows a look that somebody else takes. Nothing of it is left out by itself but what is damaged."""

    stopped = Signal()
    """The person does not want to wait for it."""
    best_only_wanted = Signal(bool)
    """Only the best of each group is to be used, or all again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.alike: tuple[tuple[Item, ...], ...] = ()
        self._damaged = 0
        self.text = TintedLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(unit(self))
        self._bar.setAccessibleName(self.tr("Looking closer"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setAccessibleName(self.tr("Stop looking closer"))
        self.stop.clicked.connect(lambda _checked=False: self.stopped.emit())
        self.keep_all = QRadioButton(self.tr("Keep all"))
        self.keep_best = QRadioButton(self.tr("Keep the best of each"))
        self.keep_best.setToolTip(self.tr("The one with the most pixels. Nothing is deleted or changed."))
        self.keep_best.toggled.connect(self.best_only_wanted)
        first = QHBoxLayout()
        first.setSpacing(unit(self) * 2)
        first.addWidget(self.text, 1)
        first.addWidget(self.stop)
        self._choice = QWidget()
        second = QHBoxLayout(self._choice)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(unit(self) * 4)
        second.addWidget(self.keep_all)
        second.addWidget(self.keep_best)
        second.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addLayout(first)
        layout.addWidget(self._bar)
        layout.addWidget(self._choice)
        self.clear()

    def clear(self) -> None:
        """Forget the look: there are other files now."""
        self.alike, self._damaged = (), 0
        self._choose_all()
        self.hide()

    def show_look(self, look: CloserLook) -> None:
        """Show how far it is, or what came of it."""
        self._damaged += len(look.damaged)
        self._bar.setRange(0, look.total)
        self._bar.setValue(look.looked_at)
        self._bar.setVisible(not look.finished)
        self.stop.setVisible(not look.finished)
        if look.finished:
            self.alike = look.alike
            self._choose_all()
        self._choice.setVisible(bool(self.alike))
        self.text.setText(self._found_text() if look.finished else self._progress_text(look))
        self.show()

    def near_copies(self) -> list[Item]:
        """Return what stays out when only the best of each is wanted. Any thread may."""
        like = self.tr("like %1")
        return [
            replace(item, finding=Finding.NEAR_COPY, note=like.replace("%1", group[0].relative))
            for group in self.alike
            for item in group[1:]
        ]

    def _progress_text(self, look: CloserLook) -> str:
        text = self.tr("Looking closer: %1 of %2")
        text = text.replace("%1", number_text(look.looked_at)).replace("%2", number_text(look.total))
        if not self._damaged:
            return text
        return f"{text} · {grouped(self.tr('%n damaged', '', self._damaged), self._damaged)}"

    def _found_text(self) -> str:
        said = []
        if self._damaged:
            said.append(grouped(self.tr("%n more picture(s) can not be used.", "", self._damaged), self._damaged))
        near = sum(len(group) - 1 for group in self.alike)
        if near:
            said.append(grouped(self.tr("%n look almost the same as others.", "", near), near))
            said.append(
                self.tr(
                    "Bursts of a camera do, and so do pictures in which only something small moves: "
                    "look before you leave any out."
                )
            )
        return " ".join(said) or self.tr("Looked closer: nothing is damaged, and no two look almost the same.")

    def _choose_all(self) -> None:
        self.keep_best.blockSignals(True)
        self.keep_all.setChecked(True)
        self.keep_best.blockSignals(False)
