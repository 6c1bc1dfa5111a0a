"""The page of datasets: their list, and one of them when it is opened."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from batchdock.bridge.dialogs import ask, choose
from batchdock.core.account import Account
from batchdock.core.datasets.dataset import Dataset, Version
from batchdock.core.inventory import Action
from batchdock.flows.datasets.taking_out import DatasetWish
from batchdock.flows.news import AccountsChanged, DatasetsChanged, Event
from batchdock.window.context import Context
from batchdock.window.datasets.dataset_acts import DatasetActs
from batchdock.window.datasets.filling.dialog import FillDialog
from batchdock.window.datasets.list_page import DatasetsList
from batchdock.window.datasets.taking_out.dialog import TakeOutDialog
from batchdock.window.datasets.view import DatasetView
from batchdock.window.icons import icon


class DatasetsPage(QWidget):
    """`offered` tells whether any account keeps datasets, each time the accounts have changed."""

    offered = Signal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.list = DatasetsList(context)
        self._view: DatasetView | None = None
        self.acts = DatasetActs(context, self)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        context.inbox.arrived.connect(self._on_news)
        self.list.opened.connect(lambda dataset: self.show_dataset(self.list.account_id, dataset))
        self.list.acted.connect(self._act)
        self.list.all_asked.connect(lambda: self._take_out(self.list.account_id, None))
        self.acts.made.connect(self.list.list.choose)
        self.acts.gone.connect(self._on_gone)
        self.take_accounts(context.desk.accounts.all())

    @property
    def is_offered(self) -> bool:
        """Whether any account keeps datasets."""
        return bool(self.list.account_id)

    @property
    def is_inside(self) -> bool:
        """Whether a dataset is open."""
        return self._view is not None and self._stack.currentWidget() is self._view

    @property
    def view(self) -> DatasetView:
        """The view of one dataset, made when it is first wanted: with all its tabs it takes longer than the list."""
        if self._view is None:
            self._view = DatasetView(self._context)
            self._view.left.connect(self.show_list)
            self._view.fill_asked.connect(self._on_fill)
            self._view.take_out_asked.connect(self._on_take_out)
            self._stack.addWidget(self._view)
        return self._view

    def take_accounts(self, accounts: Sequence[Account]) -> None:
        """Offer the datasets of these accounts."""
        able = self._context.desk.accounts.capabilities
        kept = [each for each in accounts if able(each.account_id).keeps_datasets]
        if self.is_inside and self.view.account_id not in [each.account_id for each in kept]:
            self.show_list()
        self.list.take_accounts(kept)
        self.offered.emit(bool(kept))

    def show_dataset(self, account_id: str, dataset: Dataset) -> None:
        """Go into a dataset."""
        self._stack.setCurrentWidget(self.view)
        self.view.show_dataset(account_id, dataset)
        self.view.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_list(self) -> None:
        """Go back to the list; the row that was chosen still is."""
        if self._view is not None:
            self._view.show_nothing()
        self._stack.setCurrentWidget(self.list)
        self.list.list.focus()

    def go_to_search(self) -> None:
        """Go where names are searched."""
        if self.is_inside:
            self.show_list()
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def fill_menu(self, menu: QMenu) -> None:
        """Put what can be done now into a menu."""
        if not self.is_inside:
            self.list.list.fill_menu(menu)
            return
        view = self.view
        for button, text in (
            (view.back, self.tr("&Back to the datasets")),
            (view.add_button, self.tr("&Add files…")),
            (view.take_out_button, self.tr("&Take out…")),
        ):
            menu.addAction(button.icon(), text).triggered.connect(lambda _on=False, pressed=button: pressed.click())
        folder = menu.addAction(icon("folder-plus"), self.tr("Add a &folder…"))
        folder.triggered.connect(lambda _on=False: self._on_fill(view.versions.version, folder=True))
        menu.addSeparator()
        view.fill_menu(menu)

    def take_dropped_at(self, paths: Sequence[Path], where: QPoint) -> bool:
        """Take files that were dropped on a dataset: the one that is open, or the one in the row below the mouse."""
        dataset = self.view.dataset if self.is_inside else self.list.dataset_at(where)
        if dataset is None or not paths:
            return False
        version = self.view.versions.version if self.is_inside else None
        account_id = self.view.account_id if self.is_inside else self.list.account_id
        self._context.tasks.start(self._fill(account_id, dataset, paths, version))
        return True

    # --- inside

    def _on_news(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, AccountsChanged):
                self.take_accounts(event.accounts)
            elif isinstance(event, DatasetsChanged) and event.account_id == self.list.account_id:
                self.list.list.refresh()

    def _on_gone(self, dataset_id: str) -> None:
        if self.is_inside and self.view.dataset is not None and self.view.dataset.dataset_id == dataset_id:
            self.show_list()

    def _act(self, action: Action, datasets: list[Dataset]) -> None:
        account_id = self.list.account_id
        if action.key == "new":
            self.acts.create(account_id, action)
        elif action.key == "take-out":
            self._take_out(account_id, datasets)
        elif len(datasets) == 1:
            match action.key:
                case "open-dataset":
                    self.show_dataset(account_id, datasets[0])
                case "add-files" | "add-folder":
                    folder = action.key == "add-folder"
                    self._context.tasks.start(self._choose(account_id, datasets[0], None, folder=folder))
                case "change":
                    self.acts.change(account_id, action, datasets[0])
                case "delete":
                    self.acts.delete(account_id, action, datasets[0])

    def _on_fill(self, version: Version | None, *, folder: bool = False) -> None:
        if (dataset := self.view.dataset) is not None:
            self._context.tasks.start(self._choose(self.view.account_id, dataset, version, folder=folder))

    async def _choose(self, account_id: str, dataset: Dataset, version: Version | None, *, folder: bool) -> None:
        """Let files or a folder be chosen, and ask what becomes of them."""
        dialog = QFileDialog(self, self.tr("Add files to “%1”").replace("%1", dataset.name))
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFiles)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, folder)
        if paths := await choose(dialog):
            await self._fill(account_id, dataset, paths, version)

    async def _fill(self, account_id: str, dataset: Dataset, paths: Sequence[Path], version: Version | None) -> None:
        dialog = FillDialog(self._context, account_id, dataset, paths, self, version=version)
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()

    def _on_take_out(self, version: Version | None) -> None:
        if (dataset := self.view.dataset) is not None:
            chosen = DatasetWish(dataset.dataset_id, (version,)) if version is not None else None
            self._take_out(self.view.account_id, [dataset], chosen)

    def _take_out(self, account_id: str, datasets: Sequence[Dataset] | None, chosen: DatasetWish | None = None) -> None:
        self._context.tasks.start(self._ask_to_take_out(account_id, datasets, chosen))

    async def _ask_to_take_out(
        self, account_id: str, datasets: Sequence[Dataset] | None, chosen: DatasetWish | None
    ) -> None:
        dialog = TakeOutDialog(self._context, account_id, datasets, self, chosen=chosen)
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()
