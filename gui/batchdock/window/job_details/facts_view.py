"""What a service tells of a job or of a thing it keeps: a tree of names and values, for reading and copying."""

from PySide6.QtCore import QCoreApplication, QItemSelection, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from batchdock.core.facts import Facts
from batchdock.window.icons import icon
from batchdock.window.job_details.fact_lines import fact_lines, facts_json
from batchdock.window.job_details.outline import Line, Outline
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel

_LINES_OF_TEXT = 7


class FactsView(QWidget):
    """Shows `Facts`. A value that does not fit into its line stands whole below the tree when it is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = Facts()
        self.notices = TintedLabel(tint=Tint.WARNING)
        self.notices.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tree = Outline(self.tr("Settings"))
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.selectionModel().selectionChanged.connect(self._on_selected)
        self.none = TintedLabel(self.tr("The service tells nothing about this."))
        self.whole = QPlainTextEdit(readOnly=True)
        self.whole.setFrameShape(QFrame.Shape.StyledPanel)
        self.whole.setTabChangesFocus(True)
        self.whole.setAccessibleName(self.tr("The whole value"))
        self.copy_all = QPushButton(self.tr("Copy as JSON"))
        self.copy_all.setAccessibleName(self.copy_all.text())
        self.copy_all.setToolTip(self.tr("All of it under the names the service uses, without secrets"))
        self.copy_all.clicked.connect(self._on_copy_all)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.tree)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_values)
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.notices, 1)
        row.addStretch()
        row.addWidget(self.copy_all, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(row)
        layout.addWidget(self.none)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.whole)
        layout.addStretch()
        self.show_facts(Facts())

    def show_facts(self, facts: Facts) -> None:
        """Show these facts. Those of the same shape are replaced in place."""
        self._facts = facts
        self.notices.setText("\n".join(QCoreApplication.translate("service", each) for each in facts.notices))
        self.notices.setVisible(bool(facts.notices))
        self.tree.show_lines(fact_lines(facts.facts))
        for widget in (self.tree, self.copy_all):
            widget.setVisible(bool(facts.facts))
        self.none.setVisible(not facts.facts)
        self._on_selected()

    def copy_values(self) -> None:
        """Copy the selected values as the service wrote them, one a line."""
        selected = self._selected()
        values = [line.copied or line.remark for line in selected if not line.below]
        if values:
            QGuiApplication.clipboard().setText("\n".join(values))

    # --- inside

    def _selected(self) -> list[Line]:
        rows = self.tree.selectionModel().selectedRows(0)
        return [line for line in map(self.tree.lines.line, rows) if line is not None]

    def _on_selected(self, _now: QItemSelection | None = None, _before: QItemSelection | None = None) -> None:
        """Show the whole of a single value that is longer than its line."""
        selected = self._selected()
        text = selected[0].remark if len(selected) == 1 else ""
        room = self.tree.viewport().width() - self.tree.columnWidth(0) - unit(self) * 3
        is_long = "\n" in text or self.tree.fontMetrics().horizontalAdvance(text[:1000]) > room
        if self.whole.toPlainText() != text:
            self.whole.setPlainText(text)
        if is_long:
            self.whole.setFixedHeight(self._height_of(text))
        self.whole.setVisible(is_long)

    def _height_of(self, text: str) -> int:
        """Return how high the field for a whole value has to be: as its text, within reason."""
        metrics, step = QFontMetrics(self.whole.font()), unit(self)
        room = QRect(0, 0, max(self.width() - step * 6, step * 10), 100_000)
        wrapped = metrics.boundingRect(room, Qt.TextFlag.TextWrapAnywhere, text[:2000]).height()
        return min(wrapped + metrics.lineSpacing(), metrics.lineSpacing() * _LINES_OF_TEXT) + step * 3

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(icon("copy"), self.tr("Copy value"), self.copy_values)
        copy.setEnabled(bool(self._selected()))
        menu.addAction(self.tr("Copy all as JSON"), self._on_copy_all)
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def _on_copy_all(self, _checked: bool = False) -> None:
        QGuiApplication.clipboard().setText(facts_json(self._facts.facts))
