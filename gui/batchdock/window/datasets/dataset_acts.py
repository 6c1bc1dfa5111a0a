"""Making, changing and deleting datasets."""

import asyncio
import re

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from batchdock.core.datasets.data import Storage
from batchdock.core.datasets.dataset import Dataset, DatasetKind
from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import Action, Field, FieldKind
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.context import Context
from batchdock.window.datasets.asking import fill_in, text_of
from batchdock.window.wording import files_text, grouped, size_text

_MOST_STORAGES = 500
_MOST_VERSIONS = 1000
_PATIENCE = 8.0
"""Seconds that a form waits for what it would tell besides."""

_NAME = Field(key="name", title=QT_TRANSLATE_NOOP("service", "Name"), required=True)
_ALIAS = Field(
    key="alias",
    title=QT_TRANSLATE_NOOP("service", "Alias"),
    hint=QT_TRANSLATE_NOOP("service", "What people read beside the name."),
)
_PUBLIC = QT_TRANSLATE_NOOP("service", "Everybody may see it")
_KIND = Field(
    key="kind",
    title=QT_TRANSLATE_NOOP("service", "Kind"),
    kind=FieldKind.CHOICE,
    required=True,
    choices=(
        (DatasetKind.ORDINARY.value, QT_TRANSLATE_NOOP("service", "Files in segments")),
        (DatasetKind.FUSION.value, QT_TRANSLATE_NOOP("service", "Frames of several sensors")),
    ),
    value=DatasetKind.ORDINARY.value,
)


class DatasetActs(QObject):
    """`made` carries the id of a new dataset, `gone` that of one that was deleted."""

    made = Signal(str)
    gone = Signal(str)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._window = parent

    def create(self, account_id: str, action: Action) -> None:
        """Ask for a new dataset, and make it."""
        self._context.tasks.start(self._create(account_id, action))

    def change(self, account_id: str, action: Action, dataset: Dataset) -> None:
        """Ask what is to be different of a dataset, and change it."""
        self._context.tasks.start(self._change(account_id, action, dataset))

    def delete(self, account_id: str, action: Action, dataset: Dataset) -> None:
        """Tell what would go, let its name be typed, and delete the dataset by its id."""
        self._context.tasks.start(self._delete(account_id, action, dataset))

    # --- inside

    async def _create(self, account_id: str, action: Action) -> None:
        run, desk = self._context.background.run, self._context.desk
        storages, said = await run(self._storages(account_id))
        storage = Field(
            key="storage",
            title=QT_TRANSLATE_NOOP("service", "Storage"),
            kind=FieldKind.CHOICE,
            choices=tuple((each.name, each.name) for each in storages),
            hint=said or QT_TRANSLATE_NOOP("service", "Where its files lie. Left empty, the service chooses."),
        )
        public = Field(key="public", title=_PUBLIC, kind=FieldKind.SWITCH, value=False)
        made: list[str] = []

        async def submit(values: dict[str, object]) -> None:
            made.append(
                await run(
                    desk.datasets.change(
                        account_id,
                        "",
                        lambda service: service.create_dataset(
                            text_of(values, "name"),
                            kind=DatasetKind(text_of(values, "kind") or DatasetKind.ORDINARY.value),
                            alias=text_of(values, "alias"),
                            is_public=values.get("public") is True,
                            storage=text_of(values, "storage"),
                        ),
                    )
                )
            )

        fields = (_NAME, _ALIAS, _KIND, storage, public)
        if await fill_in(self._context, self._window, account_id, action, fields, submit, making=True):
            self.made.emit(made[-1])

    async def _storages(self, account_id: str) -> tuple[list[Storage], str]:
        """Return where a dataset may lie; where that is not told, that it is not. Runs on the thread of the flows."""
        found: list[Storage] = []
        try:
            async with asyncio.timeout(_PATIENCE):
                async for each in (await self._context.desk.datasets.of(account_id)).storages():
                    found.append(each)
                    if len(found) == _MOST_STORAGES:
                        break
        except (BatchdockError, TimeoutError):
            said = QT_TRANSLATE_NOOP("service", "The service did not tell where it could lie. It chooses.")
            return [], said
        return found, ""

    async def _change(self, account_id: str, action: Action, dataset: Dataset) -> None:
        run, desk = self._context.background.run, self._context.desk
        dataset = await run(self._alone(account_id, dataset.dataset_id))
        name = Field(key="name", title=_NAME.title, required=True, value=dataset.name)
        alias = Field(key="alias", title=_ALIAS.title, value=dataset.alias, hint=_ALIAS.hint)
        public = Field(key="public", title=_PUBLIC, kind=FieldKind.SWITCH, value=dataset.is_public)
        fields = (name, alias, public) if dataset.is_public is not None else (name, alias)

        async def submit(values: dict[str, object]) -> None:
            if not values:
                return
            shown = values.get("public")
            await run(
                desk.datasets.change(
                    account_id,
                    dataset.dataset_id,
                    lambda service: service.update_dataset(
                        dataset.dataset_id,
                        name=text_of(values, "name") if "name" in values else None,
                        alias=text_of(values, "alias") if "alias" in values else None,
                        is_public=shown if isinstance(shown, bool) else None,
                    ),
                )
            )

        await fill_in(self._context, self._window, account_id, action, fields, submit, about=dataset.name)

    async def _alone(self, account_id: str, dataset_id: str) -> Dataset:
        """Return what is told of one dataset: more than its list tells."""
        return await (await self._context.desk.datasets.of(account_id)).dataset(dataset_id)

    async def _delete(self, account_id: str, action: Action, dataset: Dataset) -> None:
        run, desk = self._context.background.run, self._context.desk
        commits, size = await run(self._weigh(account_id, dataset))
        typed = Field(
            key="name",
            title=QT_TRANSLATE_NOOP("service", "Type its name"),
            required=True,
            pattern=re.escape(dataset.name.strip()),
            hint=QT_TRANSLATE_NOOP("service", "Letter by letter, so that no other one goes by mistake."),
        )

        async def submit(_values: dict[str, object]) -> None:
            await run(
                desk.datasets.change(
                    account_id, dataset.dataset_id, lambda service: service.delete_dataset(dataset.dataset_id)
                )
            )

        about = self._what_goes(dataset, commits, size)
        if await fill_in(self._context, self._window, account_id, action, (typed,), submit, about=about):
            self._context.messages.info(self.tr("“%1” was deleted.").replace("%1", dataset.name))
            self.gone.emit(dataset.dataset_id)

    async def _weigh(self, account_id: str, dataset: Dataset) -> tuple[int | None, int | None]:
        """Return how many versions there are and how large the newest is, as far as it is told in time."""
        commits: int | None = None
        size = dataset.bytes
        try:
            async with asyncio.timeout(_PATIENCE):
                service = await self._context.desk.datasets.of(account_id)
                count = 0
                if dataset.commit_id:
                    async for _ in service.commits(dataset.dataset_id):
                        count += 1
                        if count == _MOST_VERSIONS:
                            break
                commits = count
                if size is None and dataset.commit_id:
                    size = await service.bytes_of(dataset.dataset_id, dataset.commit_id)
        except (BatchdockError, TimeoutError):
            pass
        return commits, size

    def _what_goes(self, dataset: Dataset, commits: int | None, size: int | None) -> str:
        parts = []
        if dataset.files is not None:
            parts.append(files_text(dataset.files))
        if size is not None:
            parts.append(size_text(size))
        if commits is not None:
            parts.append(grouped(self.tr("%n version(s)", None, commits), commits))
        told = self.tr("“%1” goes with all its versions, for everyone in the team. This cannot be undone.")
        told = told.replace("%1", dataset.name)
        return f"{told} {self.tr('In it: %1.').replace('%1', ' · '.join(parts))}" if parts else told
