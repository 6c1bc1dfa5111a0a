"""Saving results in a bucket: which storage, which bucket, below which folder."""

import asyncio

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import ask
from batchdock.core.bucket import Storage, is_bucket_name
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.window.buckets.choices import hindrances, shown, storage_of, way_text
from batchdock.window.buckets.connect_dialog import ConnectStorageDialog
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.messages import in_sentences, worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel

_LAST = "buckets/saved-to"
_tr = QCoreApplication.translate


async def ask_and_save_to_bucket(context: Context, window: QWidget, job: Job) -> None:
    """Ask where, save the results on this computer if they are not yet, and then there. Nothing is replaced."""
    dialog = BucketSavingDialog(context, job, window)
    try:
        await dialog.load()
        if await ask(dialog) != QDialog.DialogCode.Accepted or (storage := dialog.storage()) is None:
            return
        bucket, prefix = dialog.bucket_name(), dialog.prefix.text().strip()
    finally:
        dialog.end()
    context.settings.setValue(_LAST, [storage.name, bucket, prefix])
    desk, run = context.desk, context.background.run
    folder = await run(asyncio.to_thread(desk.results.saved, job.key))
    if folder is None:
        saving = desk.results.save(job.account_id, job.output_batches, desk.autosave.folder, name=job.name)
        folder = (await run(saving)).folder
    address = await run(desk.buckets.saving.save(storage, bucket, prefix, folder, account_id=job.account_id))
    context.messages.info(_tr("buckets", "The results are saved in “%1”.").replace("%1", address))


class BucketSavingDialog(FittingDialog):
    """Whoever opened it has it `load` first, and reads what was chosen when it was accepted."""

    def __init__(self, context: Context, job: Job, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._storages: list[Storage] = []
        self._asking: asyncio.Task[None] | None = None
        self.setWindowTitle(self.tr("Save results of “%1” to a bucket").replace("%1", job.name))
        self.storages = QComboBox()
        self.storages.setAccessibleName(self.tr("Storage"))
        self.storages.activated.connect(lambda _place: self._on_storage())
        self.connect_another = QPushButton(self.tr("Connect…"))
        self.connect_another.setAccessibleName(self.tr("Connect cloud storage"))
        self.connect_another.setAutoDefault(False)
        self.connect_another.clicked.connect(lambda _checked=False: context.tasks.start(self._connect()))
        self.way = TintedLabel()
        self.bucket = QComboBox()
        self.bucket.setEditable(True)
        self.bucket.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.bucket.setAccessibleName(self.tr("Bucket"))
        self.bucket.editTextChanged.connect(lambda _text: self._check())
        self.prefix = QLineEdit()
        self.prefix.setAccessibleName(self.tr("Folder in the bucket"))
        self.prefix.setPlaceholderText(self.tr("none, or for example: results/2026"))
        self.note = TintedLabel("", Tint.WARNING)
        self.note.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._check()

    async def load(self, chosen: str = "") -> None:
        """Offer what is connected and what was found on this computer; what was chosen the last time is chosen."""
        desk, run = self._context.desk, self._context.background.run
        kept = self._context.settings.value(_LAST)
        last = kept if isinstance(kept, list) and len(kept) == 3 else ["", "", ""]
        connected, found = await run(desk.buckets.storages.all()), await run(desk.buckets.storages.found())
        self._storages = [*connected, *(storage_of(each) for each in found if not each.hindrance)]
        names = [each.name for each in self._storages]
        self.storages.clear()
        self.storages.addItems([shown(each) for each in self._storages])
        wanted = chosen or str(last[0])
        self.storages.setCurrentIndex(names.index(wanted) if wanted in names else 0 if names else -1)
        if not self.bucket_name():
            self.bucket.setEditText(str(last[1]))
            self.prefix.setText(str(last[2]))
        missing = (
            "" if names else self.tr("Nothing to sign in with was found on this computer. Connect a storage first.")
        )
        self.say("\n".join(part for part in (missing, hindrances(found)) if part))
        self._on_storage()

    def storage(self) -> Storage | None:
        """Return the storage that is chosen."""
        place = self.storages.currentIndex()
        return self._storages[place] if 0 <= place < len(self._storages) else None

    def bucket_name(self) -> str:
        """Return the name of the bucket."""
        return self.bucket.currentText().strip()

    def say(self, text: str) -> None:
        """Say something about storages, or nothing."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def end(self) -> None:
        """Ask nobody any more, and go."""
        if self._asking is not None:
            self._asking.cancel()
        self.deleteLater()

    def _on_storage(self) -> None:
        storage = self.storage()
        self.way.setText(way_text(storage) if storage is not None else "")
        self._check()
        if self._asking is not None:
            self._asking.cancel()
        if storage is not None:
            self._asking = self._context.tasks.start(self._offer_buckets(storage), on_error=self._on_error)

    async def _offer_buckets(self, storage: Storage) -> None:
        names = await self._context.background.run(self._context.desk.buckets.names(storage))
        typed = self.bucket_name()
        self.bucket.clear()
        self.bucket.addItems(list(names))
        self.bucket.setEditText(typed or (names[0] if len(names) == 1 else ""))

    def _on_error(self, error: BatchdockError) -> None:
        """Many keys may save and not list: the name can be typed."""
        self.say(in_sentences(worded(error)))

    async def _connect(self) -> None:
        dialog = ConnectStorageDialog(self._context, self)
        try:
            if await ask(dialog) == QDialog.DialogCode.Accepted and dialog.storage is not None:
                await self.load(dialog.storage.name)
        finally:
            dialog.deleteLater()

    def _check(self) -> None:
        ready = self.storage() is not None and is_bucket_name(self.bucket_name())
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(ready)

    def _lay_out(self) -> None:
        step = unit(self)
        row = QHBoxLayout()
        row.addWidget(self.storages, 1)
        row.addWidget(self.connect_another)
        form = QFormLayout()
        form.setVerticalSpacing(step * 2)
        form.setHorizontalSpacing(step * 4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Storage"), row)
        form.addRow("", self.way)
        form.addRow(self.tr("&Bucket"), self.bucket)
        form.addRow(self.tr("&Folder"), self.prefix)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addLayout(form)
        layout.addWidget(TintedLabel(self.tr("They go into a new folder there. Nothing that is there is replaced.")))
        layout.addWidget(self.note)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 125)
