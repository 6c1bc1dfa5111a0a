"""Inside one dataset: its files as they look, its history, its drafts, and what is told of it."""

from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from batchdock.core.datasets.dataset import Dataset, DatasetKind, Version
from batchdock.flows.news import DatasetsChanged, Event
from batchdock.window.context import Context
from batchdock.window.datasets.about import AboutPane
from batchdock.window.datasets.data.pane import DataPane
from batchdock.window.datasets.drafts import DraftsPane
from batchdock.window.datasets.history import HistoryPane
from batchdock.window.datasets.versions import VersionChoice
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import files_text, size_text

_NARROW = 110
"""In steps of `theme.unit`."""


class Tab(IntEnum):
    """What can be looked at inside a dataset, in the order of the tabs."""

    DATA = 0
    HISTORY = 1
    DRAFTS = 2
    ABOUT = 3


class DatasetView(QWidget):
    """`left` asks for the list of datasets; `fill_asked` and `take_out_asked` carry the `Version` that is meant, None
    for none in particular."""

    left = Signal()
    fill_asked = Signal(object)
    take_out_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.account_id = ""
        self.dataset: Dataset | None = None
        self._untold: set[Tab] = set()
        """The tabs that do not know yet which version is looked at."""
        self._data_shown: tuple[Version | None, str] | None = None
        self.back = IconButton("arrow-left", self.tr("Datasets"))
        self.back.setAccessibleName(self.tr("Back to the datasets"))
        self.add_button = IconButton("cloud-upload", self.tr("Add files…"))
        self.add_button.setAccessibleName(self.tr("Add files to this dataset"))
        self.take_out_button = IconButton("download", self.tr("Take out…"))
        self.take_out_button.setAccessibleName(self.tr("Take out this version"))
        self._name, self._about = QLabel(), TintedLabel()
        self.versions = VersionChoice(context)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Views of the dataset"))
        for icon_name, text in (
            ("images", self.tr("Data")),
            ("clock", self.tr("History")),
            ("pencil", self.tr("Drafts")),
            ("info", self.tr("About")),
        ):
            self.tabs.addTab(icon(icon_name), text)
        self.data = DataPane(context)
        self.history = HistoryPane(context)
        self.drafts = DraftsPane(context)
        self.about = AboutPane(context)
        self._stack = QStackedWidget()
        for each in (self.data, self.history, self.drafts, self.about):
            self._stack.addWidget(each)
        self._lay_out()
        self._connect()

    def show_dataset(self, account_id: str, dataset: Dataset) -> None:
        """Show a dataset, the head of its default branch first."""
        self.account_id, self.dataset = account_id, dataset
        for each in (self.data, self.history, self.drafts, self.about):
            each.show_nothing()
        self.tabs.setCurrentIndex(Tab.DATA)
        self._data_shown = None
        self._write()
        self.versions.show_dataset(account_id, dataset)

    def show_nothing(self) -> None:
        """Let go of what is shown."""
        self.dataset = None
        self._untold.clear()
        for each in (self.data, self.history, self.drafts, self.about):
            each.show_nothing()

    def fill_menu(self, menu: QMenu) -> None:
        """Put what can be done in the tab that is seen into a menu, and the ways to the others."""
        match self.tabs.currentIndex():
            case Tab.HISTORY:
                self.history.list.fill_menu(menu)
            case Tab.DRAFTS:
                self.drafts.list.fill_menu(menu)
            case Tab.ABOUT:
                edit = menu.addAction(self.about.edit.icon(), self.about.edit.text())
                edit.setEnabled(self.about.edit.isEnabled())
                edit.triggered.connect(lambda _on=False: self.about.edit.click())
        menu.addSeparator()
        for tab in Tab:
            entry = menu.addAction(self.tabs.tabIcon(tab), self.tabs.tabText(tab))
            entry.triggered.connect(lambda _on=False, tab=tab: self.tabs.setCurrentIndex(tab))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the buttons are their signs: the name needs it more."""
        super().resizeEvent(event)
        narrow = event.size().width() < unit(self) * _NARROW
        for button, text in (
            (self.add_button, self.tr("Add files…")),
            (self.take_out_button, self.tr("Take out…")),
        ):
            button.setText("" if narrow else text)
            button.setToolTip(button.accessibleName() if narrow else "")

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 4)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.versions, 2)
        head = QHBoxLayout()
        head.setSpacing(step * 4)
        head.addWidget(self.back)
        head.addLayout(heading(self._name, self._about, self.add_button, self.take_out_button), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 3)
        layout.addLayout(head)
        layout.addLayout(row)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._context.inbox.arrived.connect(self._on_news)
        self.back.clicked.connect(lambda _checked=False: self.left.emit())
        self.add_button.clicked.connect(lambda _checked=False: self.fill_asked.emit(self.versions.version))
        self.take_out_button.clicked.connect(lambda _checked=False: self.take_out_asked.emit(self.versions.version))
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.left)
        self.tabs.currentChanged.connect(self._on_tab)
        self.versions.chosen.connect(lambda _version: self._on_version())
        for each in (self.history, self.drafts):
            each.version_asked.connect(self._on_asked)
        self.history.take_out_asked.connect(self.take_out_asked)
        self.drafts.fill_asked.connect(self.fill_asked)

    def _write(self) -> None:
        dataset = self.dataset
        if dataset is None:
            return
        self._name.setText(dataset.name)
        fusion = dataset.kind is DatasetKind.FUSION
        parts = (
            dataset.alias,
            self.tr("Fusion") if fusion else "",
            files_text(dataset.files) if dataset.files is not None else "",
            size_text(dataset.bytes) if dataset.bytes is not None else "",
        )
        self._about.setText(" · ".join(part for part in parts if part))
        self._about.setVisible(any(parts))

    def _on_news(self, events: list[Event]) -> None:
        if self.dataset is None:
            return
        mine = self.account_id, self.dataset.dataset_id
        if any(isinstance(each, DatasetsChanged) and (each.account_id, each.dataset_id) == mine for each in events):
            self.versions.refresh()

    def _on_version(self) -> None:
        """All tabs follow; the one that is seen at once. The data stay where they are while they are the same."""
        version = self.versions.version
        state = version, self.versions.versions.head_of(version)
        self._untold = set(Tab) if state != self._data_shown else set(Tab) - {Tab.DATA}
        self._data_shown = state
        self._tell()

    def _on_tab(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self._tell()

    def _on_asked(self, version: Version) -> None:
        self.versions.choose(version)
        self.tabs.setCurrentIndex(Tab.DATA)

    def _tell(self) -> None:
        """Let the tab that is seen know which version is looked at."""
        tab, dataset, version = Tab(self.tabs.currentIndex()), self.dataset, self.versions.version
        if dataset is None or tab not in self._untold:
            return
        known = self.versions.versions
        match tab:
            case Tab.DATA | Tab.ABOUT:
                pane = self.data if tab is Tab.DATA else self.about
                if version is None:
                    pane.show_nothing()
                else:
                    pane.show_version(self.account_id, dataset, version)
            case Tab.HISTORY if self.versions.is_known:
                start = known.start_of(version) if version is not None else ""
                self.history.show_history(self.account_id, dataset, start, known)
            case Tab.DRAFTS if self.versions.is_known:
                self.drafts.show_drafts(self.account_id, dataset, known)
            case _:
                return
        self._untold.discard(tab)
