"""Report a problem: everything that would be in the file, to be read and left out, and then saved. Nothing is sent."""

import asyncio
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLocale, QStandardPaths, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.errors import BatchdockError
from batchdock.flows.diagnostics import Page
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.messages import in_sentences, worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class ReportDialog(FittingDialog):
    """Shows a report page by page. Open it with `open()`."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pages: tuple[Page, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Report a problem"))
        self.said = TintedLabel(
            self.tr(
                "This is all that would be in the report. Keys, signatures, names and folders of yours are taken out. "
                "Read it, leave out what you like, and save it; nothing is sent by itself."
            )
        )
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Pages of the report; those with a tick are saved"))
        self.list.currentRowChanged.connect(self._on_current)
        self.list.itemChanged.connect(lambda _item: self._write())
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("What is on the page"))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.outcome = TintedLabel()
        self.outcome.hide()
        self.save_button = QPushButton(self.tr("Save as…"))
        self.save_button.clicked.connect(lambda _checked=False: self._ask_and_save())
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._write()
        reading = context.tasks.start(self._read())
        self.finished.connect(lambda _code: reading.cancel())

    def _lay_out(self) -> None:
        step = unit(self)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.list)
        both.addWidget(self.text)
        both.setSizes([step * 50, step * 140])
        both.setChildrenCollapsible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self.said)
        layout.addWidget(both, 1)
        layout.addWidget(self.outcome)
        layout.addWidget(buttons)
        self.resize(step * 200, step * 130)

    def wanted(self) -> tuple[Page, ...]:
        """Return the pages that have a tick."""
        ticked = (self.list.item(row).checkState() is Qt.CheckState.Checked for row in range(self.list.count()))
        return tuple(page for page, is_wanted in zip(self._pages, ticked, strict=True) if is_wanted)

    async def save_to(self, target: Path) -> None:
        """Save what has a tick, and say where, or why not."""
        try:
            await self._context.background.run(self._context.desk.diagnostics.save(self.wanted(), target))
        except BatchdockError as error:
            self._say(in_sentences(worded(error)), Tint.BAD)
        else:
            self._say(self.tr("Saved as “%1”.").replace("%1", str(target)), Tint.GOOD)

    async def _read(self) -> None:
        seen = _seen(self)
        pages = await self._context.background.run(self._context.desk.diagnostics.pages(seen))
        self._pages = pages
        for page in pages:
            item = QListWidgetItem(page.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._write()

    def _on_current(self, row: int) -> None:
        self.text.setPlainText(self._pages[row].text if 0 <= row < len(self._pages) else "")

    def _write(self) -> None:
        ready = self.list.count() == len(self._pages)
        self.save_button.setEnabled(ready and bool(self.wanted()))

    def _ask_and_save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, self.tr("Save the report"), folder, self.tr("Zip archive (*.zip)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"batchdock-report-{datetime.now():%Y-%m-%d}.zip")

        async def save() -> None:
            for target in await choose(dialog):
                await self.save_to(target)

        saving: asyncio.Task[None] = self._context.tasks.start(save())
        self.finished.connect(lambda _code: saving.cancel())

    def _say(self, text: str, tint: Tint) -> None:
        self.outcome.setText(text)
        self.outcome.set_tint(tint)
        self.outcome.show()


def _seen(widget: QWidget) -> list[tuple[str, str]]:
    """Return what only the window knows."""
    sizes = ((each.size(), each.devicePixelRatio()) for each in QGuiApplication.screens())
    screens = (f"{size.width()}×{size.height()} at {ratio:g}" for size, ratio in sizes)
    return [
        ("Qt", f"{qVersion()}, {QGuiApplication.platformName()}, {widget.style().objectName()}"),
        ("Screens", ", ".join(screens)),
        ("Words and numbers as in", QLocale().name()),
    ]
