"""What is to be said of one transfer below the list, and the one or two things that help it on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from batchdock.core.transfer import Transfer, TransferKind
from batchdock.window.icons import icon
from batchdock.window.theme import heading_font, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.transfers.wording import (
    amount_text,
    left_text,
    pace_text,
    pieces_text,
    spoken_counts,
    transfer_icon,
    transfer_word,
)
from batchdock.window.wording import grouped, number_text, relative_time


class TransferDetails(QFrame):
    """Shows one transfer; how many are selected when it is several. Buttons are those of the page's commands."""

    def __init__(self, buttons: list[QPushButton], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        step = unit(self)
        self._icon = QLabel()
        self._name, self._state = QLabel(), QLabel()
        self._name.setFont(heading_font(self, 1.15))
        self._facts, self._where = TintedLabel(), TintedLabel()
        self._said = QLabel()
        for label in (self._name, self._state, self._said, self._facts, self._where):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._said.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(step * 2)
        for widget in (self._name, self._icon, self._state):
            head.addWidget(widget)
        head.addStretch()
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        for button in buttons:
            row.addWidget(button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step, step, step, 0)
        layout.setSpacing(step + step // 2)
        # As high as it mostly needs to be: the list above should not jump when another row is selected.
        self.setMinimumHeight(step * 35)
        layout.addLayout(head)
        layout.addWidget(self._facts)
        layout.addWidget(self._said)
        layout.addWidget(self._where)
        layout.addLayout(row)
        layout.addStretch()

    def show_transfer(self, transfer: Transfer) -> None:
        """Show one."""
        side = icon_size(self)
        self._icon.setPixmap(icon(*transfer_icon(transfer)).pixmap(side, side))
        self._icon.show()
        self._write(self._name, transfer.name)
        self._write(self._state, transfer_word(transfer))
        facts = [pieces_text(transfer), spoken_counts(transfer), amount_text(transfer)]
        facts += [pace_text(transfer), left_text(transfer)]
        facts.append(self.tr("retried %1").replace("%1", number_text(transfer.retried)) if transfer.retried else "")
        facts.append(self.tr("failed now %1").replace("%1", number_text(transfer.failed)))
        facts.append(self.tr("started %1").replace("%1", relative_time(transfer.started)))
        self._write(self._facts, " · ".join(filter(None, facts)))
        self._write(self._said, transfer.message)
        place = str(transfer.place) if transfer.place is not None else ""
        text = self.tr("From: %1") if transfer.kind is TransferKind.SENDING else self.tr("To: %1")
        self._write(self._where, text.replace("%1", place) if place else "")

    def show_many(self, transfers: list[Transfer]) -> None:
        """Show how many are selected and what they come to."""
        self._icon.hide()
        count = len(transfers)
        self._write(self._name, grouped(self.tr("%n transfer(s) selected", "", count), count))
        done, total = sum(each.items_done for each in transfers), sum(each.items_total for each in transfers)
        files = self.tr("%1 of %2 files").replace("%1", number_text(done)).replace("%2", number_text(total))
        self._write(self._state, "")
        self._write(self._facts, files)
        self._write(self._said, "")
        self._write(self._where, "")

    @staticmethod
    def _write(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))
