"""The fields of a form: as much room as they want, scrolled where the screen has less."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from batchdock.window.screen_room import screen_room
from batchdock.window.theme import unit

_OF_SCREEN = 0.6


class FormScroll(QScrollArea):
    """Never scrolls sideways."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content
        self.setWidget(content)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:
        content = self._content
        wanted = content.sizeHint()
        width = max(self.width(), wanted.width()) + self.verticalScrollBar().sizeHint().width()
        height = content.heightForWidth(width) if content.hasHeightForWidth() else wanted.height()
        most = round(screen_room(self).height() * _OF_SCREEN)
        return QSize(width, min(max(height, wanted.height()) + unit(self), most))

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._content.minimumSizeHint().width() + bar, min(self.sizeHint().height(), unit(self) * 30))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Let wrapped lines have their height: a scroll area by itself asks only how wide its content wants to be."""
        if self._content.hasHeightForWidth():
            self._content.setMinimumHeight(self._content.heightForWidth(self.viewport().width()))
        self.updateGeometry()
