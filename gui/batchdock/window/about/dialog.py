"""About: the version, the licence of the app, what by others is in it, and where its pictures and models come from."""

import asyncio
import platform

from PySide6.QtCore import QModelIndex, Qt, qVersion
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock import __version__
from batchdock.core.resources import resource
from batchdock.flows.bundled import Bundled, bundled, materials, offer, own, text_of
from batchdock.window.about.model import BundledModel
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.heading import heading
from batchdock.window.search_field import SearchField
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.two_lines import TwoLineDelegate


class AboutDialog(FittingDialog):
    """Says what this is. Open it with `open()`."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._bundled: tuple[Bundled, ...] = ()
        self._reading: asyncio.Task[None] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Batchdock"))
        self.model = BundledModel(self)
        self.search = SearchField()
        self.search.name(self.tr("Search packages and licences"))
        self.search.searched.connect(self._on_searched)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(TwoLineDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Batchdock and what by others comes with it"))
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.text = _reader(self.tr("The licence"))
        self.materials = _reader(self.tr("Where the sample pictures and the models come from"))
        self.offer = _reader(self.tr("Shared libraries and their source"))
        self.copy_button = QPushButton(self.tr("Copy versions"))
        self.copy_button.setToolTip(self.tr("Copies the versions of everything, for whoever helps you."))
        self.copy_button.setEnabled(False)
        self.copy_button.clicked.connect(lambda _checked=False: self._copy())
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        listing = context.tasks.start(self._read())
        self.finished.connect(lambda _code: listing.cancel())
        self.finished.connect(lambda _code: self._stop_reading())

    def _lay_out(self) -> None:
        step = unit(self)
        name = QLabel(f"Batchdock {__version__}")
        about = TintedLabel(self.tr("Runs vision workflows over any number of pictures and videos."))
        sign = QLabel()
        sign.setPixmap(QIcon(str(resource("icons", "batchdock.svg"))).pixmap(step * 12, step * 12))
        head = QHBoxLayout()
        head.setSpacing(step * 3)
        head.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(heading(name, about), 1)
        licence = QLabel(
            self.tr(
                "Batchdock is free: Apache License 2.0. It is made with Qt and Qt for Python, under the GNU Lesser "
                "General Public License 3; its icons are Lucide's (ISC)."
            )
        )
        licence.setWordWrap(True)
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step * 2)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(found)
        both.addWidget(self.text)
        both.setSizes([step * 60, step * 120])
        both.setChildrenCollapsible(False)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(both, self.tr("Packages and libraries"))
        tabs.addTab(self.materials, self.tr("Pictures and models"))
        tabs.addTab(self.offer, self.tr("Shared libraries"))
        self.tabs = tabs
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addLayout(head)
        layout.addWidget(licence)
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)
        self.resize(step * 190, step * 130)
        self.search.setFocus()

    async def _read(self) -> None:
        this, others, where_from, libraries = await asyncio.gather(
            asyncio.to_thread(own), asyncio.to_thread(bundled), asyncio.to_thread(materials), asyncio.to_thread(offer)
        )
        self._bundled = (this, *others)
        self.materials.setPlainText(where_from)
        self.offer.setPlainText(libraries)
        self.tabs.setTabVisible(self.tabs.indexOf(self.offer), bool(libraries))
        self.copy_button.setEnabled(True)
        self._on_searched(self.search.text())

    def _on_searched(self, words: str) -> None:
        wanted = words.casefold()
        fitting = [each for each in self._bundled if wanted in f"{each.name} {each.licence}".casefold()]
        self.model.show_bundled(fitting)
        if fitting:
            self.list.setCurrentIndex(self.model.index(0))
        else:
            self._stop_reading()
            self.text.setPlainText(self.tr("No package and no licence is called like that.") if words else "")

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._stop_reading()
        chosen = self.model.bundled(current.row())
        if chosen is not None:
            self._reading = self._context.tasks.start(self._show(chosen))

    async def _show(self, chosen: Bundled) -> None:
        text = await asyncio.to_thread(text_of, chosen)
        head = [each for each in (f"{chosen.name} {chosen.version}", chosen.licence, chosen.source) if each]
        self.text.setPlainText("\n".join(head) + "\n\n" + (text or self.tr("It brings no text of its licence.")))

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _copy(self) -> None:
        this, *others = (f"{each.name} {each.version}".strip() for each in self._bundled)
        below = f"Python {platform.python_version()}, Qt {qVersion()} ({QGuiApplication.platformName()})"
        QGuiApplication.clipboard().setText("\n".join([this, below, platform.platform(), *others]))


def _reader(name: str) -> QPlainTextEdit:
    """Return a page of text that is only read."""
    text = QPlainTextEdit()
    text.setReadOnly(True)
    text.setAccessibleName(name)
    # Tab goes on to the next control: nothing is written here.
    text.setTabChangesFocus(True)
    text.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return text
