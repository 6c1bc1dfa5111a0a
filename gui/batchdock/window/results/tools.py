"""The buttons over large pictures, videos and comparisons. Each tells its key, and can be reached without one."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from batchdock.window.icons import icon
from batchdock.window.results.viewing import Viewing
from batchdock.window.theme import icon_size, unit
from batchdock.window.wording import percent_text


def tool(icon_name: str, text: str, key: str, *, checkable: bool = False) -> QToolButton:
    """Return a flat button that shows an icon; its name, and its key where it has one, are in the tooltip."""
    button = QToolButton(autoRaise=True)
    button.setIcon(icon(icon_name))
    button.setAccessibleName(text)
    button.setToolTip(f"{text} ({key})" if key else text)
    button.setCheckable(checkable)
    side = icon_size(button)
    button.setIconSize(QSize(side, side))
    button.setMinimumSize(unit(button) * 8, unit(button) * 8)
    return button


def on_key(widget: QWidget, key: str, act: Callable[[], object]) -> None:
    """Let `key` do something wherever in `widget` the keyboard is."""
    shortcut = QShortcut(QKeySequence(key), widget)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(act)


class LooksTools(QWidget):
    """What is drawn over a picture, in every view of the same results: findings (B), and their names (L)."""

    def __init__(self, state: Viewing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.boxes = tool("vector-square", self.tr("Findings over the picture"), "B", checkable=True)
        self.words = tool("tag", self.tr("Names beside findings"), "L", checkable=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(self) // 2)
        for look in (self.boxes, self.words):
            row.addWidget(look)
            look.clicked.connect(self._on_clicked)
        state.looks_changed.connect(self._follow)
        self._follow()

    def _on_clicked(self) -> None:
        self._state.look(replace(self._state.looks, boxes=self.boxes.isChecked(), words=self.words.isChecked()))

    def _follow(self) -> None:
        looks = self._state.looks
        self.boxes.setChecked(looks.boxes)
        self.words.setChecked(looks.words)
        self.words.setEnabled(looks.boxes)


class ZoomTools(QWidget):
    """Out, how large, in, whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.out = tool("zoom-out", self.tr("Smaller"), "-")
        self.closer = tool("zoom-in", self.tr("Larger"), "+")
        self.whole = tool("maximize", self.tr("Whole picture"), "0")
        self._percent = QLabel()
        self._percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance("8,888 %"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.out, self._percent, self.closer, self.whole):
            row.addWidget(widget)

    def show_scale(self, scale: float | None, *, whole: bool) -> None:
        """Tell how many pixels of the screen one of the picture takes."""
        above = scale is not None and scale >= 1
        text = percent_text(scale) if scale is not None and not above else ""
        if scale is not None and above:
            text = self.tr("%1 %").replace("%1", self.locale().toString(round(scale * 100)))
        self._percent.setText(text)
        for button in (self.out, self.closer, self.whole):
            button.setEnabled(scale is not None)
        self.out.setEnabled(scale is not None and not whole)
        self.whole.setEnabled(scale is not None and not whole)
