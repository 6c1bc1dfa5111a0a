"""Files dragged over and dropped on a window, as Qt tells of it."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def links(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag_over(window: QWidget, data: QMimeData) -> None:
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    middle = QPointF(window.rect().center())
    QApplication.sendEvent(window, QDragEnterEvent(middle.toPoint(), action, data, buttons, keys))


def drop(window: QWidget, data: QMimeData) -> None:
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    drag_over(window, data)
    QApplication.sendEvent(window, QDropEvent(QPointF(window.rect().center()), action, data, buttons, keys))
