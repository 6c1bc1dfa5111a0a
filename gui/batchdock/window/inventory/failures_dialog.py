"""What an action could not do, by name and reason: a service may do a part of it and say so in a friendly answer."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from batchdock.core.inventory import Failure
from batchdock.window.fitting import FittingDialog
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel

_MOST = 1000


class FailuresDialog(FittingDialog):
    """A list that can be copied."""

    def __init__(
        self, title: str, failures: Sequence[Failure], *, said: str = "", parent: QWidget | None = None
    ) -> None:
        """`said` is the service's own word on all of it."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._failures = tuple(failures)
        name = QLabel(title, wordWrap=True)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setFont(heading_font(self))
        word = TintedLabel(said)
        word.setVisible(bool(said))
        self.list = QTreeWidget()
        self.list.setAccessibleName(title)
        self.list.setHeaderLabels([self.tr("Name"), self.tr("Why")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        for failure in self._failures[:_MOST]:
            row = QTreeWidgetItem(self.list, [_line(failure.name), _line(failure.reason)])
            row.setToolTip(0, tooltip_text(failure.name))
            row.setToolTip(1, tooltip_text(failure.reason))
        self.list.setColumnWidth(0, unit(self) * 45)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = self.buttons.addButton(self.tr("Copy the list"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self.text()))
        self.buttons.rejected.connect(self.reject)
        step = unit(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        for widget in (name, word):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 130)
        self.resize(step * 150, step * 80)

    def text(self) -> str:
        """Return the whole list, a line each."""
        return "\n".join(f"{_line(each.name)}\t{_line(each.reason)}" for each in self._failures)


def _line(text: str) -> str:
    return " ".join(text.split())
