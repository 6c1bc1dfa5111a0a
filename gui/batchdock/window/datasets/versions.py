"""Which version of a dataset is looked at: a branch, a tag, a commit, or a draft that is open."""

from contextlib import suppress
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from batchdock.core.datasets.dataset import NO_COMMIT, Branch, Commit, Dataset, Draft, Tag, Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import BatchdockError
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.inventory.trouble import Trouble
from batchdock.window.theme import unit

_MOST = 2000
"""Of each of branches, tags and drafts."""
_MOST_COMMITS = 100
_SHORT = 8
"""Letters of a commit's id that people read."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What a dataset can be looked at as."""

    branches: tuple[Branch, ...] = ()
    tags: tuple[Tag, ...] = ()
    drafts: tuple[Draft, ...] = ()
    commits: tuple[Commit, ...] = ()

    def draft(self, number: int) -> Draft | None:
        """Return an open draft."""
        return next((each for each in self.drafts if each.number == number), None)

    def head_of(self, version: Version | None) -> str:
        """Return the commit that a branch or a tag is at just now; empty for what is neither."""
        name = version.commit if version is not None else ""
        named: tuple[Branch | Tag, ...] = (*self.branches, *self.tags)
        return next((each.commit_id for each in named if each.name == name), "")

    def start_of(self, version: Version) -> str:
        """Return the commit, branch or tag that the history of a version begins with."""
        if not version.is_draft:
            return version.commit
        draft = self.draft(version.draft)
        parent = draft.parent if draft is not None else ""
        return "" if parent == NO_COMMIT else parent


async def versions_of(service: DatasetService, dataset_id: str) -> Versions:
    """Ask for all that a dataset can be looked at as; of the default branch the newest commits."""
    branches: list[Branch] = []
    tags: list[Tag] = []
    drafts: list[Draft] = []
    commits: list[Commit] = []
    async for branch in service.branches(dataset_id):
        branches.append(branch)
        if len(branches) == _MOST:
            break
    async for tag in service.tags(dataset_id):
        tags.append(tag)
        if len(tags) == _MOST:
            break
    async for draft in service.drafts(dataset_id):
        drafts.append(draft)
        if len(drafts) == _MOST:
            break
    with suppress(BatchdockError):
        # Before the first commit there is no history to walk through, which some say in an error.
        async for commit in service.commits(dataset_id):
            commits.append(commit)
            if len(commits) == _MOST_COMMITS:
                break
    return Versions(tuple(branches), tuple(tags), tuple(drafts), tuple(commits))


class VersionChoice(QWidget):
    """`chosen` carries the `Version` that is looked at from now on; None while there is none."""

    chosen = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[str, Dataset] | None = None
        self.versions = Versions()
        self.is_known = False
        """Whether the versions have been read."""
        self._beside: Version | None = None
        """A commit that was chosen elsewhere and is not among the newest."""
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Version"))
        self.box.setMaxVisibleItems(20)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(22)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setMaximumWidth(unit(self) * 90)
        self.trouble = Trouble()
        label = QLabel(self.tr("&Version"))
        label.setBuddy(self.box)
        row = QHBoxLayout()
        row.setSpacing(unit(self) * 2)
        row.addStretch(1)
        row.addWidget(label)
        row.addWidget(self.box, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addLayout(row)
        layout.addWidget(self.trouble)
        self.box.currentIndexChanged.connect(lambda _place: self.chosen.emit(self.version))
        self.trouble.again.clicked.connect(lambda _checked=False: self.refresh())

    @property
    def version(self) -> Version | None:
        """What is looked at."""
        version = self.box.currentData()
        return version if isinstance(version, Version) else None

    def show_dataset(self, account_id: str, dataset: Dataset) -> None:
        """Offer the versions of a dataset, the head of its default branch first."""
        self._shown = account_id, dataset
        self.versions, self._beside, self.is_known = Versions(), None, False
        with QSignalBlocker(self.box):
            self.box.clear()
        self.box.setEnabled(False)
        self.chosen.emit(None)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the versions again. What is looked at stays, while it is there."""
        if self._shown is not None:
            self.trouble.clear()
            shown = self._shown
            self._context.tasks.start(self._read(*shown), on_error=lambda error: self._on_error(shown, error))

    def choose(self, version: Version) -> None:
        """Look at this version."""
        place = self._place_of(version)
        if place < 0:
            text = self._draft_text(version.draft, "") if version.is_draft else self._commit_text(version.commit, "")
            self._add("pencil" if version.is_draft else "clock", text, version)
            place = self.box.count() - 1
            self._beside = version
        self.box.setCurrentIndex(place)

    # --- inside

    async def _read(self, account_id: str, dataset: Dataset) -> None:
        async def gathered() -> Versions:
            return await versions_of(await self._context.desk.datasets.of(account_id), dataset.dataset_id)

        versions = await self._context.background.run(gathered())
        if self._shown is not None and self._shown[1] is dataset:
            self._fill(dataset, versions)

    def _on_error(self, shown: tuple[str, Dataset], error: BatchdockError) -> None:
        if shown is self._shown:
            self.trouble.say(error)

    def _fill(self, dataset: Dataset, versions: Versions) -> None:
        before, self.versions, self.is_known = self.version, versions, True
        with QSignalBlocker(self.box):
            self.box.clear()
            for branch in sorted(versions.branches, key=lambda each: each.name != dataset.default_branch):
                if branch.commit_id not in ("", NO_COMMIT):
                    self._add("workflow", self.tr("Branch %1").replace("%1", branch.name), Version(branch.name))
            for draft in versions.drafts:
                self._add("pencil", self._draft_text(draft.number, draft.title), Version(draft=draft.number))
            for tag in versions.tags:
                self._add("tag", self.tr("Tag %1").replace("%1", tag.name), Version(tag.name))
            for commit in versions.commits:
                self._add("clock", self._commit_text(commit.commit_id, commit.title), Version(commit.commit_id))
            if self._beside is not None and before == self._beside and self._place_of(before) < 0:
                self._add("clock", self._commit_text(before.commit, ""), before)
            kept = self._place_of(before) if before is not None else -1
            self.box.setCurrentIndex(max(0, kept))
        self.box.setEnabled(self.box.count() > 0)
        self.chosen.emit(self.version)

    def _add(self, icon_name: str, text: str, version: Version) -> None:
        self.box.addItem(icon(icon_name), text, version)

    def _place_of(self, version: Version) -> int:
        return next((place for place in range(self.box.count()) if self.box.itemData(place) == version), -1)

    def _draft_text(self, number: int, title: str) -> str:
        text = self.tr("Draft #%1").replace("%1", str(number))
        return f"{text} · {title}" if title else text

    def _commit_text(self, commit_id: str, title: str) -> str:
        text = self.tr("Commit %1").replace("%1", commit_id[:_SHORT])
        return f"{text} · {title}" if title else text
