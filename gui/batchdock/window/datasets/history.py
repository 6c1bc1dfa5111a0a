"""The commits of a dataset, with the names that branches and tags give them."""

from collections.abc import AsyncGenerator

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from batchdock.core.datasets.dataset import Commit, Dataset, Version
from batchdock.core.inventory import Action, Field, FieldKind, Item
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.context import Context
from batchdock.window.datasets.asking import fill_in, text_of
from batchdock.window.datasets.kinds import COMMITS
from batchdock.window.datasets.list_pane import ListPane
from batchdock.window.datasets.rows import commit_row, in_pages, things
from batchdock.window.datasets.versions import Versions
from batchdock.window.theme import unit

_NARROW = 170
"""In steps of `theme.unit`."""
_NAME = QT_TRANSLATE_NOOP("service", "Name")


class HistoryPane(QWidget):
    """`version_asked` carries a `Version` to look at, `take_out_asked` one to take out."""

    version_asked = Signal(object)
    take_out_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account_id = ""
        self._dataset: Dataset | None = None
        self._start = ""
        self.list = ListPane(context, COMMITS, allows=self._allows)
        self.list.acted.connect(self._act)
        self.list.opened.connect(self._on_opened)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)

    def show_history(self, account_id: str, dataset: Dataset, start: str, versions: Versions) -> None:
        """Show `start` (a commit, branch or tag) and what is before it; no history where it is empty."""
        same = self._dataset is not None and self._dataset.dataset_id == dataset.dataset_id
        anew = start != self._start
        self._account_id, self._dataset, self._start = account_id, dataset, start
        branches, tags = _names(versions)

        async def pages() -> AsyncGenerator[tuple[Item, ...], None]:
            if not start:
                return
            service = await self._context.desk.datasets.of(account_id)
            found = service.commits(dataset.dataset_id, start)
            async for page in in_pages(
                found,
                lambda each: commit_row(each, branches.get(each.commit_id, ()), tags.get(each.commit_id, ())),
            ):
                yield page

        if same:
            self.list.ask_others(pages, anew=anew)
        else:
            self.list.show_pages(pages)

    def show_nothing(self) -> None:
        """Let go of what is shown."""
        self._dataset = None
        self.list.show_pages(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.table.hide_columns(("description",) if event.size().width() < unit(self) * _NARROW else ())

    # --- inside

    def _allows(self, action: Action, items: list[Item]) -> bool:
        if action.key == "delete-tag":
            return bool(_words(items, "tags"))
        if action.key == "delete-branch":
            return bool(self._deletable(items))
        return True

    def _deletable(self, items: list[Item]) -> list[str]:
        kept = self._dataset.default_branch if self._dataset is not None else ""
        return [each for each in _words(items, "branches") if each != kept]

    def _on_opened(self, item: Item) -> None:
        self.version_asked.emit(Version(item.item_id))

    def _act(self, action: Action, items: list[Item]) -> None:
        commits = things(Commit, items)
        if not commits or self._dataset is None:
            return
        commit = commits[0]
        match action.key:
            case "show-version":
                self.version_asked.emit(Version(commit.commit_id))
            case "take-out":
                self.take_out_asked.emit(Version(commit.commit_id))
            case "new-branch" | "new-tag":
                self._context.tasks.start(self._name(action, self._dataset, commit))
            case "delete-tag":
                self._context.tasks.start(self._unname(action, self._dataset, _words(items, "tags")))
            case "delete-branch":
                self._context.tasks.start(self._unname(action, self._dataset, self._deletable(items)))

    async def _name(self, action: Action, dataset: Dataset, commit: Commit) -> None:
        run, desk, account_id = self._context.background.run, self._context.desk, self._account_id
        is_branch = action.key == "new-branch"

        async def submit(values: dict[str, object]) -> None:
            name = text_of(values, "name")
            await run(
                desk.datasets.change(
                    account_id,
                    dataset.dataset_id,
                    lambda service: (service.create_branch if is_branch else service.create_tag)(
                        dataset.dataset_id, name, commit.commit_id
                    ),
                )
            )

        field = Field(key="name", title=_NAME, required=True)
        about = commit.title or commit.commit_id
        await fill_in(self._context, self, account_id, action, (field,), submit, making=True, about=about)

    async def _unname(self, action: Action, dataset: Dataset, names: list[str]) -> None:
        run, desk, account_id = self._context.background.run, self._context.desk, self._account_id
        is_branch = action.key == "delete-branch"

        async def submit(values: dict[str, object]) -> None:
            name = text_of(values, "name")
            await run(
                desk.datasets.change(
                    account_id,
                    dataset.dataset_id,
                    lambda service: (service.delete_branch if is_branch else service.delete_tag)(
                        dataset.dataset_id, name
                    ),
                )
            )

        field = Field(
            key="name",
            title=_NAME,
            kind=FieldKind.CHOICE,
            required=True,
            choices=tuple((each, each) for each in names),
            value=names[0],
        )
        about = (
            self.tr("The branch goes for everyone in the team; commits that another branch or tag leads to stay.")
            if is_branch
            else self.tr("The tag goes for everyone in the team; its commit stays.")
        )
        await fill_in(self._context, self, account_id, action, (field,), submit, making=True, about=about)


def _names(versions: Versions) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return the names of branches and of tags by the commit they are for."""
    branches: dict[str, tuple[str, ...]] = {}
    tags: dict[str, tuple[str, ...]] = {}
    for branch in versions.branches:
        branches[branch.commit_id] = (*branches.get(branch.commit_id, ()), branch.name)
    for tag in versions.tags:
        tags[tag.commit_id] = (*tags.get(tag.commit_id, ()), tag.name)
    return branches, tags


def _words(items: list[Item], key: str) -> list[str]:
    value = items[0].cells.get(key) if len(items) == 1 else None
    return [str(each) for each in value] if isinstance(value, tuple) else []
