"""The person's own tags and note of a job."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from batchdock.core.job import Job
from batchdock.window.fitting import FittingDialog
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class AnnotateDialog(FittingDialog):
    """Two fields. Whoever opened it reads them when it was accepted."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tags and note"))
        title = QLabel(self.tr("Tags and note of “%1”").replace("%1", job.name), wordWrap=True)
        title.setTextFormat(Qt.TextFormat.PlainText)
        self._tags = QLineEdit(", ".join(job.tags))
        self._tags.setPlaceholderText(self.tr("for example: harvest, to check"))
        self._note = QPlainTextEdit(job.note)
        self._note.setTabChangesFocus(True)
        self._note.setMinimumHeight(unit(self) * 24)
        buttons = QDialogButtonBox()
        buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        step = unit(self)
        form = QFormLayout(horizontalSpacing=step * 4, verticalSpacing=step * 2)
        for text, field in ((self.tr("Tags, with commas between"), self._tags), (self.tr("Note"), self._note)):
            label = QLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text)
            form.addRow(label, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(title)
        layout.addLayout(form)
        layout.addWidget(TintedLabel(self.tr("They are known in this app only; the search finds them.")))
        layout.addWidget(buttons)
        self.setMinimumWidth(step * 110)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, each once."""
        return tuple(dict.fromkeys(tag.strip() for tag in self._tags.text().split(",") if tag.strip()))

    @property
    def note(self) -> str:
        """The note."""
        return self._note.toPlainText().strip()
