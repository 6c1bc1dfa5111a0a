"""The side sheet of a bucket: what is in it, which of it is meant, and what is to be done with that."""

import asyncio
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.bridge.inbox import Inbox
from batchdock.core.batch import Content
from batchdock.core.bucket import Storage, is_bucket_name
from batchdock.core.errors import BatchdockError
from batchdock.core.errors.buckets import BucketsNotListed
from batchdock.core.job import Job
from batchdock.flows.buckets import BucketCounts, Counted
from batchdock.flows.references import JobWish
from batchdock.window.buckets.connect_dialog import ConnectStorageDialog
from batchdock.window.buckets.panel import BucketPanel
from batchdock.window.context import Context
from batchdock.window.messages import in_sentences, worded
from batchdock.window.new_job.sheet import JobSheet, counted_text


class BucketSheet(JobSheet):
    """A new job over files that lie in a bucket. Their addresses are signed here; the service fetches them."""

    sent = Signal()
    """It is on its way; the transfers show it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        what = QLabel("–")
        what.setWordWrap(True)
        super().__init__(context, what, parent)
        self._what = what
        self.counted: Counted | None = None
        self._is_sent = False
        self._counting: asyncio.Task[None] | None = None
        self._bucket: tuple[str, str] = ("", "")
        """Storage and name of the bucket that is shown."""
        self.panel = BucketPanel()
        panel = self.panel
        panel.storage_chosen.connect(self._on_storage)
        panel.bucket_chosen.connect(self._on_bucket)
        panel.pattern_touched.connect(self._on_touched)
        panel.pattern_changed.connect(self._on_pattern)
        panel.hours_changed.connect(lambda: self.ask(self._ask_until()))
        panel.connect_another.clicked.connect(lambda _checked=False: self.ask(self._connect_another()))
        panel.tree.wanted.connect(lambda folder, position: self.ask(self._browse(folder, position)))
        self.only_batch = QPushButton(self.tr("Only make a batch"))
        self.only_batch.setAccessibleName(self.only_batch.text())
        self.only_batch.setToolTip(self.tr("Hand the files over and start no job"))
        self.only_batch.clicked.connect(lambda _checked=False: self.hand_over(self._make_batch))
        self.form.where.say_fetched()
        self._inbox: Inbox[BucketCounts] = Inbox(self)
        self._inbox.arrived.connect(self._on_counts)
        self.lay_out(self.panel)
        self.buttons.insertWidget(2, self.only_batch)
        QWidget.setTabOrder(self.start, self.only_batch)
        QWidget.setTabOrder(self.only_batch, self.cancel)
        self.setFocusProxy(panel.storage)
        self.ask(self._read_storages(""))
        self.write()

    def counts(self) -> Mapping[Content, int]:
        counts = self.counted.counts if self.counted is not None else None
        return {} if counts is None else {Content.IMAGES: counts.pictures, Content.VIDEOS: counts.videos}

    def blocked(self) -> str:
        if self.panel.chosen_storage() is None:
            return self.tr("Connect a storage.")
        if not self.panel.bucket_name():
            return self.tr("Choose a bucket.")
        if self.counted is None:
            counting = self.panel.is_typing or (self._counting is not None and not self._counting.done())
            return self.tr("Counting the files…") if counting else self.tr("Choose the files.")
        return super().blocked()

    def write(self) -> None:
        counts = self.counts()
        self._what.setText(counted_text(counts) if counts else "–")
        self.form.show_over(
            pictures=bool(counts.get(Content.IMAGES)) or not counts.get(Content.VIDEOS),
            videos=bool(counts.get(Content.VIDEOS)),
            uploads=True,
        )
        super().write()
        self.only_batch.setEnabled(self.counted is not None and not self.is_handing_over())

    async def begin(self) -> tuple[Job, ...]:
        await self._send(JobWish(workflow_id=self.form.workflow_id(), options=self.form.job_options()))
        return ()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._inbox.close()
        self._drop_counted()
        super().closeEvent(event)

    # --- storages and buckets ---------------------------------------------------------------------------------------

    async def _read_storages(self, chosen: str) -> None:
        storages = self.context.desk.buckets.storages
        connected = await self.context.background.run(storages.all())
        found = await self.context.background.run(storages.found())
        self.panel.put_storages(connected, found, chosen)
        self._on_storage()

    async def _connect_another(self) -> None:
        dialog = ConnectStorageDialog(self.context, self)
        try:
            if await ask(dialog) == ConnectStorageDialog.DialogCode.Accepted and dialog.storage is not None:
                await self._read_storages(dialog.storage.name)
        finally:
            dialog.deleteLater()

    def _on_storage(self) -> None:
        storage = self.panel.chosen_storage()
        self._bucket = ("", "")
        self.panel.tree.empty()
        self._forget_count()
        if storage is not None:
            self.ask(self._read_buckets(storage))
        self.write()

    async def _read_buckets(self, storage: Storage) -> None:
        try:
            names = await self.context.background.run(self.context.desk.buckets.names(storage))
        except BucketsNotListed as error:
            names = ()
            self.panel.say(in_sentences(worded(error)))
        except BatchdockError as error:
            self.panel.show_trouble(in_sentences(worded(error)))
            return
        if self.panel.chosen_storage() == storage:
            self.panel.put_buckets(names)

    def _on_bucket(self) -> None:
        storage, bucket = self.panel.chosen_storage(), self.panel.bucket_name()
        if storage is None or (storage.name, bucket) == self._bucket:
            return
        self._bucket = (storage.name, bucket)
        self._forget_count()
        if is_bucket_name(bucket):
            self.form.suggest_name(bucket)
            self.panel.tree.begin()
        else:
            self.panel.tree.empty()
        self.write()

    async def _browse(self, folder: str, position: str) -> None:
        storage, asked = self.panel.chosen_storage(), self._bucket
        if storage is None:
            return
        browse = self.context.desk.buckets.browse(storage, asked[1], folder, position)
        try:
            page = await self.context.background.run(browse)
        except BatchdockError as error:
            if asked == self._bucket:
                self.panel.tree.give_up(folder)
                self.panel.show_trouble(in_sentences(worded(error)))
            return
        if asked == self._bucket:
            self.panel.tree.put(folder, page, first=not position)

    # --- counting ---------------------------------------------------------------------------------------------------

    def _on_touched(self) -> None:
        self._forget_count()
        self.write()

    def _on_pattern(self) -> None:
        self._forget_count()
        storage, bucket, pattern = self.panel.chosen_storage(), self.panel.bucket_name(), self.panel.pattern.text()
        if storage is not None and is_bucket_name(bucket) and pattern.strip():
            self.panel.show_counts(None, at_work=True)
            self._counting = self.ask(self._count(storage, bucket, pattern.strip()))
        self.write()

    async def _count(self, storage: Storage, bucket: str, pattern: str) -> None:
        buckets = self.context.desk.buckets
        try:
            counted = await self.context.background.run(
                buckets.count(storage, bucket, pattern, on_count=self._inbox.put)
            )
            self.counted = counted
            self._inbox.deliver()
            self.panel.show_counts(counted.counts, at_work=False)
            await self._ask_until()
        except BatchdockError as error:
            self._drop_counted()
            self.panel.show_trouble(in_sentences(worded(error)))
        self._counting = None
        self.write()

    async def _ask_until(self) -> None:
        counted, hours = self.counted, self.panel.hours.value()
        if counted is None:
            return
        try:
            moment = await self.context.background.run(self.context.desk.buckets.good_until(counted, hours))
        except BatchdockError as error:
            self._drop_counted()
            self.panel.show_trouble(in_sentences(worded(error)))
            self.write()
            return
        if counted is self.counted and hours == self.panel.hours.value():
            self.panel.show_until(moment)

    def _on_counts(self, told: list[BucketCounts]) -> None:
        if self._counting is not None and self.counted is None:
            self.panel.show_counts(told[-1], at_work=True)

    def _forget_count(self) -> None:
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        self._drop_counted()
        self.panel.show_counts(None, at_work=False)
        self.panel.show_until(None)

    def _drop_counted(self) -> None:
        counted, self.counted = self.counted, None
        if counted is not None and not self._is_sent:
            discard = self.context.desk.buckets.discard(counted)
            self.context.tasks.start(self.context.background.run(discard))

    # --- sending ----------------------------------------------------------------------------------------------------

    async def _make_batch(self) -> tuple[Job, ...]:
        await self._send(None)
        return ()

    async def _send(self, job: JobWish | None) -> None:
        assert self.counted is not None
        desk, counted, hours = self.context.desk, self.counted, self.panel.hours.value()
        account_id, name = self.form.account_id(), self.form.chosen_name()
        notice = self.form.options.ingest_notice()

        async def handed_over() -> None:
            sendings = await desk.buckets.send(account_id, counted, name, hours=hours, job=job, notice=notice)
            desk.references.begin(sendings)

        await self.context.background.run(handed_over())
        self._is_sent = True
        if job is not None:
            self.context.messages.info(self.tr("The job starts by itself as soon as all files are taken in."))
        self.sent.emit()
        self.close()
