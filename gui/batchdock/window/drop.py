"""What is dropped or pasted, as paths; the frame that shows where it would land, and the window it lands on."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import unquote_to_bytes, urlsplit

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QWidget

from batchdock.window import icons
from batchdock.window.theme import heading_font, unit


def local_paths(data: QMimeData) -> list[Path]:
    """Return the files and folders of this computer that `data` names, as links or as lines of text."""
    urls = data.urls()
    if not urls and data.hasText():
        urls = [_link_of(line.strip()) for line in data.text().splitlines() if line.strip()]
    return [_path_of(url) for url in urls if url.isLocalFile()]


def _link_of(line: str) -> QUrl:
    if line.startswith("file:"):
        return QUrl(line)
    return QUrl.fromLocalFile(line) if Path(line).is_absolute() else QUrl()


def _path_of(url: QUrl) -> Path:
    """Return the path behind a file link, byte for byte: not every name on a disk is readable text."""
    if sys.platform == "win32":
        return Path(url.toLocalFile())
    encoded = bytes(url.toEncoded(QUrl.ComponentFormattingOption.FullyEncoded).data())
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(encoded).path)))


class DropFrame(QWidget):
    """Lies over the whole window while something is dragged over it, and lets everything through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def cover(self) -> None:
        """Show the frame over everything."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, step = self.palette(), unit(self)
        veil = QColor(palette.window().color())
        veil.setAlphaF(0.88)
        painter.fillRect(self.rect(), veil)
        accent = palette.highlight().color()
        tint = QColor(accent)
        tint.setAlphaF(0.10)
        frame = QRectF(self.rect()).adjusted(step * 4, step * 4, -step * 4, -step * 4)
        painter.setPen(QPen(accent, max(2.0, step / 2), Qt.PenStyle.DashLine))
        painter.setBrush(tint)
        painter.drawRoundedRect(frame, step * 3, step * 3)
        side = step * 14
        middle = self.rect().center()
        picture = icons.pixmap("cloud-upload", side, painter.device().devicePixelRatioF(), accent)
        painter.drawPixmap(middle.x() - side // 2, middle.y() - side - step * 2, picture)
        painter.setFont(heading_font(self, 1.5))
        painter.setPen(palette.windowText().color())
        words = self.rect().adjusted(step * 8, 0, -step * 8, 0)
        words.setTop(middle.y() + step * 2)
        painter.drawText(
            words,
            int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap),
            self.tr("Drop to look at these files"),
        )
        painter.end()


@runtime_checkable
class TakesFiles(Protocol):
    """A widget that has a use of its own for some files that are dropped on it."""

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Take these files; tell whether they are any."""
        ...


@runtime_checkable
class TakesFilesAt(Protocol):
    """A widget for which it matters where on the screen something is dropped."""

    def take_dropped_at(self, paths: Sequence[Path], where: QPoint) -> bool:
        """Take these files; tell whether they are any."""
        ...


class DropWindow(QMainWindow):
    """A window that takes what is dropped anywhere on it, and shows so while something is dragged over it.

    A widget below the mouse that `TakesFiles` is asked before.
    """

    dropped = Signal(QMimeData)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.drop_frame = DropFrame(self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if (handle := self.windowHandle()) is not None:
            handle.removeEventFilter(self)
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is dragged over the window before a field below the mouse can. A drag within the window (text
        that somebody moves) goes its usual way."""
        if isinstance(event, QDropEvent) and event.source() is None:
            match event:
                case QDragEnterEvent():
                    self.dragEnterEvent(event)
                case QDragMoveEvent():
                    self.dragMoveEvent(event)
                case _:
                    self.dropEvent(event)
            return True
        if isinstance(event, QDragLeaveEvent):
            self.dragLeaveEvent(event)
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Everything may come in: what can not be used is answered in words when it is dropped.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.drop_frame.cover()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_frame.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_frame.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        where = event.position().toPoint()
        if not self._taken_by(self.childAt(where), local_paths(event.mimeData()), self.mapToGlobal(where)):
            self.dropped.emit(event.mimeData())

    @staticmethod
    def _taken_by(widget: QWidget | None, paths: Sequence[Path], where: QPoint) -> bool:
        while widget is not None:
            if isinstance(widget, TakesFilesAt):
                return widget.take_dropped_at(paths, where)
            if isinstance(widget, TakesFiles):
                return widget.take_dropped(paths)
            widget = widget.parentWidget()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.drop_frame.isVisible():
            self.drop_frame.cover()
