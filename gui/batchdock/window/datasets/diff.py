"""What a draft changes against the version it began with: in sum, by segment, and the files of one segment."""

from collections.abc import AsyncGenerator

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from batchdock.core.datasets.dataset import Counts, Dataset, DatasetDiff, DatasetKind, Version
from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import Item
from batchdock.window.context import Context
from batchdock.window.datasets.kinds import ACTION_WORDS, CHANGED_FILES, CHANGED_SEGMENTS
from batchdock.window.datasets.list_pane import ListPane
from batchdock.window.datasets.rows import file_row, in_pages, segment_row
from batchdock.window.inventory.trouble import Trouble
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text


class DiffPane(QWidget):
    """Each list is asked for when it is looked at; the files only of the segment that is chosen."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[str, str, Version] | None = None
        self._segment: str | None = None
        self.summary = TintedLabel()
        self.trouble = Trouble()
        self.segments = ListPane(context, CHANGED_SEGMENTS)
        self.files = ListPane(context, CHANGED_FILES)
        self.segments.looked.connect(self._on_segment)
        self.trouble.again.clicked.connect(lambda _checked=False: self._ask())
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(unit(self) * 4)
        halves.addWidget(self.segments)
        halves.addWidget(self.files)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.summary)
        layout.addWidget(self.trouble)
        layout.addWidget(halves, 1)

    def show_diff(self, account_id: str, dataset: Dataset, version: Version) -> None:
        """Show what this draft changes. The same one again is read again."""
        dataset_id = dataset.dataset_id
        same = self._shown == (account_id, dataset_id, version)
        self._shown = account_id, dataset_id, version
        if not same:
            self._segment = None
            self.files.show_pages(None)

        async def pages() -> AsyncGenerator[tuple[Item, ...], None]:
            service = await self._context.desk.datasets.of(account_id)
            async for page in in_pages(service.segment_diffs(dataset_id, version), segment_row):
                yield page

        if same:
            self.segments.ask_others(pages, anew=False)
            self.files.refresh()
        else:
            self.segments.table.hide_columns(() if dataset.kind is DatasetKind.FUSION else ("sensors",))
            self.segments.show_pages(pages)
        self._ask()

    def show_nothing(self) -> None:
        """Let go of what is shown."""
        self._shown = self._segment = None
        self.summary.clear()
        self.trouble.clear()
        self.segments.show_pages(None)
        self.files.show_pages(None)

    # --- inside

    def _ask(self) -> None:
        if self._shown is not None:
            self.trouble.clear()
            self._context.tasks.start(self._read(self._shown), on_error=self._on_error)

    async def _read(self, shown: tuple[str, str, Version]) -> None:
        account_id, dataset_id, version = shown

        async def asked() -> DatasetDiff:
            return await (await self._context.desk.datasets.of(account_id)).diff(dataset_id, version)

        diff = await self._context.background.run(asked())
        if shown == self._shown:
            self.summary.setText(self._told(diff))

    def _on_error(self, error: BatchdockError) -> None:
        self.summary.clear()
        self.trouble.say(error)

    def _told(self, diff: DatasetDiff) -> str:
        parts = [
            self.tr("Segments: %1").replace("%1", _counts(diff.segments)),
            self.tr("Files: %1").replace("%1", _counts(diff.data)),
        ]
        for title, word in ((self.tr("Notes: %1"), diff.notes), (self.tr("Label catalog: %1"), diff.catalog)):
            if word and word != "unmodify":
                parts.append(title.replace("%1", _word(word)))
        return " · ".join(parts)

    def _on_segment(self) -> None:
        """Show the files of the segment that is chosen."""
        item = self.segments.table.current_item()
        if item is None or self._shown is None or item.item_id == self._segment:
            return
        self._segment = segment = item.item_id
        account_id, dataset_id, version = self._shown

        async def pages() -> AsyncGenerator[tuple[Item, ...], None]:
            service = await self._context.desk.datasets.of(account_id)
            async for page in in_pages(service.data_diffs(dataset_id, version, segment), file_row):
                yield page

        self.files.show_pages(pages)


def _counts(counts: Counts) -> str:
    """Return how many there are, and what happened to them: “120 (+12 −3 ~4)”."""
    changes = [
        f"{sign}{number_text(number)}"
        for sign, number in (
            ("+", counts.additions),
            ("\N{MINUS SIGN}", counts.deletions),
            ("~", counts.modifications),
        )
        if number
    ]
    return f"{number_text(counts.total)} ({' '.join(changes)})" if changes else number_text(counts.total)


def _word(action: str) -> str:
    return QCoreApplication.translate("service", dict(ACTION_WORDS).get(action, action)).lower()
