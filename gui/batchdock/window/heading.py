"""The head of what is being looked at: its name, a line about it, and what can be done with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from batchdock.window.theme import heading_font, unit


def heading(name: QLabel, about: QWidget, *buttons: QWidget) -> QHBoxLayout:
    """Return `name`, large, over `about`, with `buttons` to the right. A name is never read as markup."""
    step = unit(name)  # before the name grows: spaces go by the text around it
    name.setFont(heading_font(name))
    name.setTextFormat(Qt.TextFormat.PlainText)
    name.setWordWrap(True)
    words = QVBoxLayout()
    words.setSpacing(step // 2)
    words.addWidget(name)
    words.addWidget(about)
    row = QHBoxLayout()
    row.setSpacing(step * 2)
    row.addLayout(words, 1)
    for button in buttons:
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return row
