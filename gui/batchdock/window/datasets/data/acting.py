"""What can be done to the segments and files of a draft: asks what there is to ask, and does it."""

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.datasets.data import Data
from batchdock.core.datasets.dataset import Dataset, Strategy, Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.inventory import Field, FieldKind
from batchdock.window.context import Context
from batchdock.window.datasets.data.segments import segment_name
from batchdock.window.inventory.form_dialog import FormDialog, Submit

Doing = Callable[[DatasetService], Awaitable[None]]

_LONGEST_NAME = 1_000


class Acting(QObject):
    """For one version at a time; everything ends with `DatasetsChanged`, by which views know."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._window = parent
        self._account_id = ""
        self._dataset = Dataset(account_id="", dataset_id="", name="")
        self._version = Version()

    def show_version(self, account_id: str, dataset: Dataset, version: Version) -> None:
        """Act on this version from now on."""
        self._account_id, self._dataset, self._version = account_id, dataset, version

    async def make_segment(self) -> str | None:
        """Ask for a name and make a segment; return its name, None where nobody wanted one."""
        draft = self._version.draft
        return await self._named(
            self.tr("New segment"),
            self.tr("Create segment"),
            "",
            lambda name: lambda service: service.create_segment(self._id, draft, name),
        )

    async def rename_segment(self, name: str) -> str | None:
        """Ask for another name and rename a segment; return the new name. One that is taken is refused."""
        return await self._placed(self.tr("Rename segment"), self.tr("Rename"), name, move=True)

    async def copy_segment(self, name: str) -> str | None:
        """Ask for a name and copy a segment; return the copy's name. One that is taken is refused."""
        return await self._placed(self.tr("Copy segment"), self.tr("Copy"), name, move=False)

    async def delete_segment(self, name: str) -> bool:
        """Ask once, and delete a segment with all its files. Tell whether that was wanted."""
        text = self.tr(
            "Delete segment “%1” from this draft? All its files and labels go with it. Versions that were committed "
            "keep what they have."
        ).replace("%1", segment_name(name))
        if not await self._sure(self.tr("Delete segment"), text):
            return False
        draft = self._version.draft
        await self._change(lambda service: service.delete_segment(self._id, draft, name))
        self._context.messages.info(self.tr("Segment “%1” was deleted.").replace("%1", segment_name(name)))
        return True

    async def delete_file(self, segment: str, data: Data) -> bool:
        """Ask once, and delete a file, or in a fusion dataset the frame it is part of. Tell whether that was wanted."""
        draft, frame = self._version.draft, data.frame_id
        if frame:
            text = self.tr(
                "Delete frame “%1” from this draft, with the files of all its sensors and their labels? Versions that "
                "were committed keep what they have."
            ).replace("%1", frame)
            title = self.tr("Delete frame")
        else:
            text = self.tr(
                "Delete “%1” from this draft, with its labels? Versions that were committed keep what they have."
            ).replace("%1", data.remote_path)
            title = self.tr("Delete file")
        if not await self._sure(title, text):
            return False
        if frame:
            await self._change(lambda service: service.delete_frame(self._id, draft, segment, frame))
        else:
            await self._change(lambda service: service.delete_data(self._id, draft, segment, data.remote_path))
        return True

    async def move_file(self, segment: str, data: Data, segments: Sequence[str]) -> None:
        """Ask for the segment and the name, and move a file there, or give it another name."""
        choices = tuple((name, segment_name(name)) for name in segments)
        fields = (
            Field(key="segment", title=self.tr("Segment"), kind=FieldKind.CHOICE, choices=choices, value=segment),
            Field(
                key="path",
                title=self.tr("Name"),
                required=True,
                most=_LONGEST_NAME,
                value=data.remote_path,
                hint=self.tr("With / for folders. A name that is taken is refused."),
            ),
        )
        draft = self._version.draft

        async def submit(values: dict[str, object]) -> None:
            target, path = str(values.get("segment", segment)), str(values.get("path", data.remote_path))
            names = {data.remote_path: path}
            await self._change(
                lambda service: service.place_data(self._id, draft, segment, names, target, Strategy.ABORT, move=True)
            )

        await self._form(self.tr("Move file"), self.tr("Move"), fields, submit, data.remote_path)

    # --- inside

    @property
    def _id(self) -> str:
        return self._dataset.dataset_id

    async def _placed(self, title: str, action: str, name: str, *, move: bool) -> str | None:
        draft = self._version.draft
        return await self._named(
            title,
            action,
            name,
            lambda target: (
                lambda service: service.place_segment(self._id, draft, name, target, Strategy.ABORT, move=move)
            ),
        )

    async def _named(self, title: str, action: str, name: str, doing: Callable[[str], Doing]) -> str | None:
        field = Field(key="name", title=self.tr("Name"), required=True, most=_LONGEST_NAME, value=name)
        given: list[str] = []

        async def submit(values: dict[str, object]) -> None:
            wanted = str(values.get("name", name))
            await self._change(doing(wanted))
            given.append(wanted)

        await self._form(title, action, (field,), submit, segment_name(name) if name else self._dataset.name)
        return given[0] if given else None

    async def _form(
        self,
        title: str,
        action: str,
        fields: Sequence[Field],
        submit: Submit,
        about: str,
    ) -> None:
        dialog = FormDialog(
            self._context,
            self._account_id,
            fields,
            title=title,
            action_title=action,
            parent=self._window,
            submit=submit,
            making=True,
            about=about,
        )
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()

    async def _sure(self, title: str, text: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.Warning, title, text, parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        go = box.addButton(title, QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        try:
            await ask(box)
            return box.clickedButton() is go
        finally:
            box.deleteLater()

    async def _change(self, doing: Doing) -> None:
        desk = self._context.desk
        await self._context.background.run(desk.datasets.change(self._account_id, self._id, doing))
