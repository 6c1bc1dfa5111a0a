"""The chips over the pictures: which share of them is shown, and how many each has."""

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from batchdock.core.finding import Share
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.results.flowing import FlowLayout
from batchdock.window.results.view_state import ViewState
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.wording import number_text

_WORDS = {
    Share.ALL: QT_TRANSLATE_NOOP("shares", "All"),
    Share.WITH_FINDINGS: QT_TRANSLATE_NOOP("shares", "With findings"),
    Share.NOTHING: QT_TRANSLATE_NOOP("shares", "Nothing found"),
    Share.UNSURE: QT_TRANSLATE_NOOP("shares", "Unsure"),
    Share.NOT_READABLE: QT_TRANSLATE_NOOP("shares", "Not readable"),
}
_LEFT_OUT_AT_ZERO = frozenset({Share.UNSURE, Share.NOT_READABLE})
"""Nothing to say is not said, so that the rest has room."""

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class ShareChips(QWidget):
    """Exactly one is on. Arrows go from one to the next, Tab goes past them."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setAccessibleName(self.tr("Which pictures are shown"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._row = FlowLayout(unit(self), self)
        self.chips = {share: ShareChip() for share in Share}
        for share, chip in self.chips.items():
            chip.setAutoExclusive(True)
            chip.stepped.connect(self._step)
            chip.toggled.connect(lambda on, share=share: self._on_toggled(share, on))
            self._row.addWidget(chip)
        state.opened_changed.connect(self._write)
        state.filter_changed.connect(self._write)
        state.selection_changed.connect(self._write)
        self._write()

    def _write(self) -> None:
        selection, wished = self._state.selection, self._state.filter.share
        for share, chip in self.chips.items():
            count = selection.shares.get(share, 0) if selection is not None else None
            chip.say(QCoreApplication.translate("shares", _WORDS[share]), count)
            chip.setVisible(bool(count) or share not in _LEFT_OUT_AT_ZERO or share is wished)
            if share is wished and not chip.isChecked():
                chip.setChecked(True)

    def _on_toggled(self, share: Share, on: bool) -> None:
        if on:
            self._state.change(share=share)

    def _step(self, by: int) -> None:
        shown = [chip for chip in self.chips.values() if not chip.isHidden()]
        here = next((place for place, chip in enumerate(shown) if chip.isChecked()), 0)
        chip = shown[min(max(0, here + by), len(shown) - 1)]
        chip.setFocus(Qt.FocusReason.OtherFocusReason)
        chip.setChecked(True)


class ShareChip(QAbstractButton):
    """One share and its number. `stepped` asks for a neighbour."""

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = self._number = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, word: str, count: int | None) -> None:
        """Write a share's word, and its number where that is known."""
        number = "" if count is None else number_text(count)
        if (word, number) == (self._word, self._number):
            return
        self._word, self._number = word, number
        self.setText(f"{word} {number}".strip())
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        step, metrics = unit(self), self.fontMetrics()
        width = metrics.horizontalAdvance(self._word) + step * 6
        if self._number:
            width += metrics.horizontalAdvance(self._number) + step * 3 // 2
        return QSize(width, metrics.height() + step * 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        step, palette = unit(self), self.palette()
        ground, ink, accent = palette.base().color(), palette.text().color(), palette.highlight().color()
        on, over = self.isChecked(), self.underMouse()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(accent if self.hasFocus() else blend(accent if on else ink, ground, 0.55 if on else 0.82))
        fill = blend(ground, accent, 0.2 if over else 0.15) if on else blend(ground, ink, 0.06 if over else 0.0)
        painter.setBrush(fill)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        text = QRect(self.rect()).adjusted(step * 3, 0, -step * 3, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(ink)
        painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft | middle), self._word)
        painter.setPen(ink if on else colour(Tint.MUTED, palette))
        painter.drawText(text, int(Qt.AlignmentFlag.AlignRight | middle), self._number)
        painter.end()
