"""A list of sentences that can be read, scrolled and copied."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent, QTextBlockFormat, QTextCursor, QTextListFormat
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from batchdock.window.theme import unit


class Sentences(QTextEdit):
    """As high as its sentences are, up to a limit. Words that are too long for a line are broken."""

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(accessible_name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.setViewportMargins(0, 0, unit(self), 0)
        self.viewport().setAutoFillBackground(False)
        self._take_colour()

    def say(self, sentences: Sequence[str]) -> None:
        """Show these sentences, as points when there are several."""
        self.setPlainText("\n".join(" ".join(each.split()) for each in sentences))
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        spaced = QTextBlockFormat()
        spaced.setBottomMargin(unit(self))
        cursor.mergeBlockFormat(spaced)
        if len(sentences) > 1:
            points = QTextListFormat()
            points.setStyle(QTextListFormat.Style.ListDisc)
            self.document().setIndentWidth(unit(self) * 4)
            cursor.createList(points)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(unit(self) * 100, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(unit(self) * 40, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.ApplicationPaletteChange:
            self._take_colour()
        super().changeEvent(event)

    def _fit(self) -> None:
        needed = round(self.document().size().height()) + 2
        self.setFixedHeight(min(unit(self) * 70, max(unit(self) * 4, needed)))

    def _take_colour(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
