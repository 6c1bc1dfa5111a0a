"""What a page shows when it has nothing: one sentence, and the button that changes it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, heading_font, set_muted, unit


class EmptyState(QWidget):
    """An icon, a sentence, and usually one button, in the middle of the page."""

    def __init__(
        self,
        icon_name: str,
        sentence: str,
        button_text: str = "",
        on_click: Callable[[], None] | None = None,
        *,
        heading: str = "",
        footnote: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        step = unit(self)
        self._icon_name = icon_name
        self._picture = QLabel()
        self._heading = QLabel(heading)
        self._sentence = QLabel(sentence)
        self._footnote = QLabel(footnote)
        self.buttons: list[QPushButton] = []
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(step * 2)
        self._row.addStretch()
        self._row.addStretch()
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 6, step * 6, step * 6, step * 6)
        layout.setSpacing(step * 2)
        layout.addStretch(2)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(step * 2)
        for label in (self._heading, self._sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addSpacing(step * 2)
        layout.addLayout(self._row)
        layout.addSpacing(step * 2)
        self._footnote.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._footnote.setWordWrap(True)
        layout.addWidget(self._footnote)
        layout.addStretch(3)
        self._heading.setVisible(bool(heading))
        self._footnote.setVisible(bool(footnote))
        self._heading.setFont(heading_font(self, 1.5))
        self._tint()
        if button_text and on_click is not None:
            self.add_button(button_text, on_click)

    def add_button(self, text: str, on_click: Callable[[], None], icon_name: str = "") -> QPushButton:
        """Add a button to the row under the sentence."""
        button = IconButton(icon_name, text) if icon_name else QPushButton(text)
        button.setAccessibleName(text)
        button.setMinimumHeight(unit(self) * 8)
        button.clicked.connect(lambda _checked=False: on_click())
        self._row.insertWidget(self._row.count() - 1, button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.buttons.append(button)
        return button

    def set_icon(self, icon_name: str) -> None:
        """Replace the icon."""
        self._icon_name = icon_name
        self._tint()

    def set_sentence(self, sentence: str) -> None:
        """Replace the sentence."""
        self._sentence.setText(sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below each other where they do not fit beside each other."""
        margins = self.contentsMargins() + self._layout.contentsMargins()
        shown = [button for button in self.buttons if not button.isHidden()]
        needed = sum(button.sizeHint().width() + self._row.spacing() for button in shown)
        fits = needed <= event.size().width() - margins.left() - margins.right()
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        side = unit(self) * 12
        self._picture.setPixmap(icon(self._icon_name, Tint.MUTED).pixmap(side, side))
        set_muted(self._footnote)
