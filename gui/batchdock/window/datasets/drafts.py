"""The drafts of a dataset: made, renamed, closed, committed, and what each changes."""

from collections.abc import AsyncGenerator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QSplitter, QVBoxLayout, QWidget

from batchdock.core.datasets.dataset import Dataset, Draft, DraftState, Version
from batchdock.core.inventory import Action, Field, FieldKind, Item
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.context import Context
from batchdock.window.datasets.asking import confirmed, fill_in, text_of
from batchdock.window.datasets.diff import DiffPane
from batchdock.window.datasets.kinds import DRAFTS
from batchdock.window.datasets.list_pane import ListPane
from batchdock.window.datasets.rows import draft_row, in_pages, things
from batchdock.window.datasets.versions import Versions
from batchdock.window.inventory.reading import Pages
from batchdock.window.theme import unit

_PAUSE_MS = 200
"""Whoever runs over the list with the arrow keys asks for nothing."""

_TITLE = QT_TRANSLATE_NOOP("service", "Title")
_DESCRIPTION = QT_TRANSLATE_NOOP("service", "Description")

_STATES = (DraftState.OPEN, DraftState.COMMITTED, DraftState.CLOSED, None)
"""In the order in which they are offered."""


class DraftsPane(QWidget):
    """`version_asked` carries a `Version` to look at, `fill_asked` one that files are to be added to."""

    version_asked = Signal(object)
    fill_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account_id = ""
        self._dataset: Dataset | None = None
        self._branches: tuple[str, ...] = ()
        self.states = QComboBox()
        self.states.setAccessibleName(self.tr("Which drafts"))
        self.states.addItems(
            [
                self.tr("Open drafts"),
                self.tr("Committed drafts"),
                self.tr("Closed drafts"),
                self.tr("All drafts"),
            ]
        )
        self.list = ListPane(context, DRAFTS, allows=self._allows, above=(self.states,))
        self.diff = DiffPane(context)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._show_diff)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(unit(self) * 4)
        halves.addWidget(self.list)
        halves.addWidget(self.diff)
        halves.setStretchFactor(0, 2)
        halves.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(halves)
        self.diff.hide()
        self.states.currentIndexChanged.connect(lambda _place: self._ask())
        self.list.looked.connect(self._pause.start)
        self.list.acted.connect(self._act)
        self.list.opened.connect(self._on_opened)

    def show_drafts(self, account_id: str, dataset: Dataset, versions: Versions) -> None:
        """Show the drafts of a dataset; those of the same one are read again."""
        same = self._dataset is not None and self._dataset.dataset_id == dataset.dataset_id
        self._account_id, self._dataset = account_id, dataset
        self._branches = tuple(each.name for each in versions.branches) or (dataset.default_branch,)
        if same:
            self.list.refresh()
            self._show_diff()
            return
        self.diff.show_nothing()
        self.list.show_pages(self._pages())

    def show_nothing(self) -> None:
        """Let go of what is shown."""
        self._dataset = None
        self.list.show_pages(None)
        self.diff.show_nothing()

    # --- inside

    def _pages(self) -> Pages:
        account_id, dataset, state = self._account_id, self._dataset, _STATES[self.states.currentIndex()]

        async def pages() -> AsyncGenerator[tuple[Item, ...], None]:
            if dataset is not None:
                service = await self._context.desk.datasets.of(account_id)
                async for page in in_pages(service.drafts(dataset.dataset_id, state), draft_row):
                    yield page

        return pages

    def _ask(self) -> None:
        if self._dataset is not None:
            self.list.ask_others(self._pages())

    def _allows(self, action: Action, items: list[Item]) -> bool:
        if action.key == "new":
            return self._dataset is not None
        drafts = things(Draft, items)
        return bool(drafts) and drafts[0].state is DraftState.OPEN

    def _chosen(self) -> Draft | None:
        drafts = things(Draft, self.list.chosen())
        return drafts[0] if len(drafts) == 1 else None

    def _show_diff(self) -> None:
        draft = self._chosen()
        # What was committed is in the history; what was closed is gone.
        if draft is None or draft.state is not DraftState.OPEN or self._dataset is None:
            self.diff.hide()
            self.diff.show_nothing()
            return
        self.diff.show_diff(self._account_id, self._dataset, Version(draft=draft.number))
        self.diff.show()

    def _on_opened(self, item: Item) -> None:
        for draft in things(Draft, [item]):
            if draft.state is DraftState.OPEN:
                self.version_asked.emit(Version(draft=draft.number))

    def _act(self, action: Action, items: list[Item]) -> None:
        if self._dataset is None:
            return
        if action.key == "new":
            self._context.tasks.start(self._create(action, self._dataset))
            return
        for draft in things(Draft, items)[:1]:
            match action.key:
                case "show-version":
                    self.version_asked.emit(Version(draft=draft.number))
                case "add-files":
                    self.fill_asked.emit(Version(draft=draft.number))
                case "change":
                    self._context.tasks.start(self._change(action, self._dataset, draft))
                case "close-draft":
                    self._context.tasks.start(self._close(action, self._dataset, draft))
                case "commit-draft":
                    self._context.tasks.start(self._commit(action, self._dataset, draft))

    async def _create(self, action: Action, dataset: Dataset) -> None:
        run, desk, account_id = self._context.background.run, self._context.desk, self._account_id
        branch = Field(
            key="branch",
            title=QT_TRANSLATE_NOOP("service", "Branch"),
            kind=FieldKind.CHOICE,
            required=True,
            choices=tuple((each, each) for each in self._branches),
            value=dataset.default_branch if dataset.default_branch in self._branches else self._branches[0],
            hint=QT_TRANSLATE_NOOP("service", "Each branch can have one open draft."),
        )
        fields = (
            Field(key="title", title=_TITLE, required=True),
            Field(key="description", title=_DESCRIPTION, kind=FieldKind.LONG_TEXT),
            branch,
        )
        made: list[int] = []

        async def submit(values: dict[str, object]) -> None:
            made.append(
                await run(
                    desk.datasets.change(
                        account_id,
                        dataset.dataset_id,
                        lambda service: service.create_draft(
                            dataset.dataset_id,
                            text_of(values, "branch") or dataset.default_branch,
                            text_of(values, "title"),
                            text_of(values, "description"),
                        ),
                    )
                )
            )

        if await fill_in(self._context, self, account_id, action, fields, submit, making=True, about=dataset.name):
            self.list.choose(str(made[-1]))

    async def _change(self, action: Action, dataset: Dataset, draft: Draft) -> None:
        run, desk, account_id = self._context.background.run, self._context.desk, self._account_id

        async def submit(values: dict[str, object]) -> None:
            if not values:
                return
            await run(
                desk.datasets.change(
                    account_id,
                    dataset.dataset_id,
                    lambda service: service.update_draft(
                        dataset.dataset_id,
                        draft.number,
                        title=text_of(values, "title") if "title" in values else None,
                        description=text_of(values, "description") if "description" in values else None,
                    ),
                )
            )

        fields = (
            Field(key="title", title=_TITLE, required=True, value=draft.title),
            Field(key="description", title=_DESCRIPTION, kind=FieldKind.LONG_TEXT, value=draft.description),
        )
        await fill_in(self._context, self, account_id, action, fields, submit)

    async def _close(self, action: Action, dataset: Dataset, draft: Draft) -> None:
        if await confirmed(self, action, draft.title or f"#{draft.number}"):
            await self._context.background.run(
                self._context.desk.datasets.change(
                    self._account_id,
                    dataset.dataset_id,
                    lambda service: service.update_draft(dataset.dataset_id, draft.number, close=True),
                )
            )

    async def _commit(self, action: Action, dataset: Dataset, draft: Draft) -> None:
        run, desk, account_id = self._context.background.run, self._context.desk, self._account_id

        async def submit(values: dict[str, object]) -> None:
            await run(
                desk.datasets.change(
                    account_id,
                    dataset.dataset_id,
                    lambda service: service.commit_draft(
                        dataset.dataset_id,
                        draft.number,
                        text_of(values, "title"),
                        description=text_of(values, "description"),
                        tag=text_of(values, "tag"),
                    ),
                )
            )

        fields = (
            Field(key="title", title=_TITLE, required=True, value=draft.title),
            Field(key="description", title=_DESCRIPTION, kind=FieldKind.LONG_TEXT, value=draft.description),
            Field(
                key="tag",
                title=QT_TRANSLATE_NOOP("service", "Tag"),
                hint=QT_TRANSLATE_NOOP("service", "A name for this version, such as v1.2. It can be left empty."),
            ),
        )
        about = self.tr("A commit stays as it is; it becomes the newest of “%1”.").replace("%1", draft.branch)
        if await fill_in(self._context, self, account_id, action, fields, submit, making=True, about=about):
            self._context.messages.info(self.tr("“%1” was committed.").replace("%1", draft.title))
