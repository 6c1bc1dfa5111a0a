"""The upper part of the sheet: a storage, a bucket, what is in it, a pattern, and what that amounts to."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.batch import Content
from batchdock.core.bucket import DEFAULT_HOURS, LONGEST_HOURS, FoundCredential, Storage
from batchdock.flows.buckets import BucketCounts
from batchdock.window.buckets.choices import hindrances, shown, storage_of, way_text
from batchdock.window.buckets.tree import BucketTree
from batchdock.window.new_job.sheet import counted_text
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import exact_time, files_text, grouped, size_text

_TYPING_MS = 500


class BucketPanel(QWidget):
    """Shows it, and says what a person has changed. It asks nobody."""

    storage_chosen = Signal()
    bucket_chosen = Signal()
    pattern_touched = Signal()
    """What was counted is not what is meant any more."""
    pattern_changed = Signal()
    """Some time after the last key."""
    hours_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._storages: list[Storage] = []
        title = QLabel(self.tr("From a bucket"))
        title.setFont(heading_font(self))
        self.storage = QComboBox()
        self.storage.setAccessibleName(self.tr("Storage"))
        self.storage.activated.connect(lambda _place: self.storage_chosen.emit())
        self.connect_another = QPushButton(self.tr("Connect…"))
        self.connect_another.setAccessibleName(self.tr("Connect cloud storage"))
        self.connect_another.setAutoDefault(False)
        self.way = TintedLabel()
        self.bucket = QComboBox()
        self.bucket.setEditable(True)
        self.bucket.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.bucket.setAccessibleName(self.tr("Bucket"))
        self._line(self.bucket).setPlaceholderText(self.tr("Type its name, or choose it"))
        self._line(self.bucket).editingFinished.connect(self._on_bucket)
        self.bucket.activated.connect(lambda _place: self._on_bucket())
        self.note = TintedLabel()
        self.note.hide()
        self.tree = BucketTree()
        self.tree.chosen.connect(self.put_pattern)
        self.pattern = QLineEdit()
        self.pattern.setAccessibleName(self.tr("Which files"))
        self.pattern.setPlaceholderText("**/*.jpg")
        self.pattern.setToolTip(
            self.tr("** stands for any folders, * and ? for what is in one name, [abc] for one of these letters")
        )
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.pattern_changed)
        self.pattern.textChanged.connect(lambda _text: self._on_typed())
        self.count = QLabel("–")
        self.count.setWordWrap(True)
        self.trouble = TintedLabel("", Tint.BAD)
        self.trouble.hide()
        self.hours = QSpinBox()
        self.hours.setRange(1, LONGEST_HOURS)
        self.hours.setValue(DEFAULT_HOURS)
        self.hours.setSuffix(self.tr(" h"))
        self.hours.setAccessibleName(self.tr("How many hours the addresses are good"))
        self.hours.valueChanged.connect(lambda _value: self.hours_changed.emit())
        self.until = TintedLabel()
        self._lay_out(title)

    def put_storages(self, connected: Sequence[Storage], found: Sequence[FoundCredential], name: str) -> None:
        """Offer storages, and choose the one with this name, else the first."""
        self._storages = [*connected, *(storage_of(each) for each in found if not each.hindrance)]
        self.storage.clear()
        self.storage.addItems([shown(each) for each in self._storages])
        self.storage.setEnabled(bool(self._storages))
        names = [each.name for each in self._storages]
        self.storage.setCurrentIndex(names.index(name) if name in names else 0 if names else -1)
        self.bucket.setEnabled(bool(names))
        text = "" if names else self.tr("Nothing to sign in with was found on this computer. Connect a storage first.")
        self.say("\n".join(part for part in (text, hindrances(found)) if part))

    def chosen_storage(self) -> Storage | None:
        """Return the storage that is chosen."""
        place = self.storage.currentIndex()
        storage = self._storages[place] if 0 <= place < len(self._storages) else None
        self.way.setText(way_text(storage) if storage is not None else "")
        return storage

    def put_buckets(self, names: Sequence[str]) -> None:
        """Offer buckets."""
        typed = self.bucket_name()
        self.bucket.clear()
        self.bucket.addItems(list(names))
        self.bucket.setEditText(typed)

    def bucket_name(self) -> str:
        """Return the name of the bucket."""
        return self.bucket.currentText().strip()

    def put_pattern(self, pattern: str) -> None:
        """Fill in a pattern, and do not wait for more keys."""
        self.pattern.setText(pattern)
        self._typing.stop()
        self.pattern_changed.emit()

    def say(self, text: str) -> None:
        """Say something about storages and buckets; nothing for an empty text."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def show_counts(self, counts: BucketCounts | None, *, at_work: bool) -> None:
        """Show what a pattern amounts to so far."""
        self.trouble.hide()
        if counts is None:
            self.count.setText(self.tr("Looking into the bucket…") if at_work else "–")
            return
        usable = counted_text({Content.IMAGES: counts.pictures, Content.VIDEOS: counts.videos})
        parts = [usable, size_text(counts.bytes)]
        if counts.others:
            parts.append(
                grouped(self.tr("left out, as neither picture nor video: %n", "", counts.others), counts.others)
            )
        if at_work:
            parts.append(self.tr("looked at: %1 …").replace("%1", files_text(counts.looked_at)))
        self.count.setText(" · ".join(parts))

    def show_trouble(self, text: str) -> None:
        """Say why nothing can be counted."""
        self.count.setText("–")
        self.until.setText("")
        self.trouble.setText(text)
        self.trouble.show()

    def show_until(self, moment: datetime | None) -> None:
        """Say until when addresses are good that are signed now."""
        text = (
            "" if moment is None else self.tr("Signed now, they are good until %1.").replace("%1", exact_time(moment))
        )
        self.until.setText(text)

    @property
    def is_typing(self) -> bool:
        """True for a moment after each key."""
        return self._typing.isActive()

    def _on_typed(self) -> None:
        self._typing.start()
        self.pattern_touched.emit()

    def _on_bucket(self) -> None:
        self.bucket_chosen.emit()

    @staticmethod
    def _line(combo: QComboBox) -> QLineEdit:
        line = combo.lineEdit()
        assert line is not None
        return line

    def _lay_out(self, title: QLabel) -> None:
        step = unit(self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(step * 3)
        grid.setVerticalSpacing(step * 2)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.storage, 1)
        row.addWidget(self.connect_another)
        end = QHBoxLayout()
        end.setSpacing(step * 2)
        end.addWidget(self.hours)
        end.addWidget(self.until, 1)
        fields = (
            (self.tr("Storage"), self.storage, row),
            (self.tr("Bucket"), self.bucket, None),
            (self.tr("Files"), self.pattern, None),
            (self.tr("Addresses good for"), self.hours, end),
        )
        for place, (text, buddy, inside) in enumerate(fields):
            label = QLabel(text)
            label.setBuddy(buddy)
            at = place * 2
            grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignVCenter)
            if inside is None:
                grid.addWidget(buddy, at, 1)
            else:
                grid.addLayout(inside, at, 1)
        grid.addWidget(self.way, 1, 1)
        grid.addWidget(self.tree, 3, 0, 1, 2)
        counts = QVBoxLayout()
        counts.addWidget(self.count)
        counts.addWidget(self.trouble)
        grid.addLayout(counts, 5, 1)
        grid.setRowStretch(3, 1)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 3)
        layout.addWidget(title)
        layout.addLayout(grid, 1)
        layout.addWidget(self.note)
