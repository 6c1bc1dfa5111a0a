"""What does the work: this computer, all or half of it, or a cluster of one's own."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from batchdock import __version__
from batchdock.bridge.dialogs import choose
from batchdock.core.computer import ComputerSettings, Computing
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, icon_room, unit
from batchdock.window.tinted_label import TintedLabel

_MOST_PROCESSES = 256


class WorkForm(QWidget):
    """Shows and changes how the work is done."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.device = TintedLabel()
        self.trouble = TintedLabel("", Tint.BAD)
        self.trouble.hide()
        self.gentle = QCheckBox(self.tr("Use &less of this computer"))
        self._gentle_note = TintedLabel(self.tr("Jobs take about twice as long, and other programs stay quick."))
        self.workers = QSpinBox()
        self.workers.setRange(0, _MOST_PROCESSES)
        self.workers.setSpecialValueText(self.tr("As many as fit"))
        self.cluster = QCheckBox(self.tr("Use a &Dask cluster"))
        self._cluster_note = TintedLabel(
            self.tr(
                "Pictures and videos go to its workers and come back as results. Each worker needs Batchdock %1, "
                "installed with the extra “cluster”."
            ).replace("%1", __version__)
        )
        self.scheduler = QLineEdit()
        self.scheduler.setPlaceholderText("tcp://192.168.1.20:8786")
        self.certificates = {
            name: _CertificateField(context, words)
            for name, words in (
                ("tls_authority", self.tr("Certificate of the authority")),
                ("tls_certificate", self.tr("Certificate of this computer")),
                ("tls_key", self.tr("Its key")),
            )
        }
        self._open_note = TintedLabel(
            self.tr("With tcp:// everything travels unencrypted: use it in a network that you trust."), Tint.WARNING
        )
        self._cluster_part = QWidget()
        self._lay_out()
        self.gentle.toggled.connect(self._on_changed)
        self.workers.valueChanged.connect(self._on_changed)
        self.cluster.toggled.connect(self._on_changed)
        self.scheduler.textChanged.connect(self._on_changed)
        for field in self.certificates.values():
            field.line.textChanged.connect(self._on_changed)
        self._write()

    def show_settings(self, settings: ComputerSettings, computing: Computing) -> None:
        """Show what holds now."""
        self.gentle.setChecked(settings.gentle)
        self.workers.setValue(settings.workers or 0)
        self.cluster.setChecked(bool(settings.scheduler))
        self.scheduler.setText(settings.scheduler)
        for name, field in self.certificates.items():
            field.line.setText(getattr(settings, name))
        self.show_computing(computing)
        self._write()

    def show_computing(self, computing: Computing) -> None:
        """Say what does the work at the moment, and what stands in its way."""
        self.device.setText(computing.device)
        self.device.setVisible(bool(computing.device))
        self.trouble.setText(computing.trouble)
        self.trouble.setVisible(bool(computing.trouble))

    def fill_in(self, settings: ComputerSettings) -> ComputerSettings:
        """Return `settings` with what is chosen here."""
        address = self.scheduler.text().strip() if self.cluster.isChecked() else ""
        if address and "://" not in address:
            address = f"tcp://{address}"
        paths = {name: field.line.text().strip() for name, field in self.certificates.items()}
        return replace(
            settings,
            gentle=self.gentle.isChecked(),
            workers=self.workers.value() or None,
            scheduler=address,
            tls_authority=paths["tls_authority"],
            tls_certificate=paths["tls_certificate"],
            tls_key=paths["tls_key"],
        )

    @property
    def is_complete(self) -> bool:
        """False while a cluster is chosen and nothing says where it is."""
        return not self.cluster.isChecked() or bool(self.scheduler.text().strip())

    def _lay_out(self) -> None:
        step = unit(self)
        how_many = QFormLayout()
        how_many.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        how_many.addRow(self.tr("&Processes at a time:"), self.workers)
        addresses = QFormLayout(self._cluster_part)
        addresses.setContentsMargins(step * 6, 0, 0, 0)
        addresses.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        addresses.addRow(self._cluster_note)
        addresses.addRow(self.tr("&Scheduler:"), self.scheduler)
        for field in self.certificates.values():
            label = QLabel(f"{field.words}:")
            label.setBuddy(field.line)
            addresses.addRow(label, field)
        addresses.addRow(self._open_note)
        note = QVBoxLayout()
        note.setContentsMargins(step * 6, 0, 0, 0)
        note.addWidget(self._gentle_note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        for widget in (self.device, self.trouble, self.gentle):
            layout.addWidget(widget)
        layout.addLayout(note)
        layout.addLayout(how_many)
        layout.addWidget(self.cluster)
        layout.addWidget(self._cluster_part)
        self.scheduler.setAccessibleName(self.tr("Address of the scheduler"))
        self.workers.setAccessibleName(self.tr("Processes at a time"))

    def _on_changed(self) -> None:
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        elsewhere = self.cluster.isChecked()
        encrypted = self.scheduler.text().strip().startswith("tls://")
        self._cluster_part.setVisible(elsewhere)
        self._open_note.setVisible(not encrypted)
        form = self._cluster_part.layout()
        assert isinstance(form, QFormLayout)
        for field in self.certificates.values():
            form.setRowVisible(field, encrypted)
        for widget in (self.gentle, self.workers):
            widget.setEnabled(not elsewhere)


class _CertificateField(QWidget):
    """The path of a PEM file, typed or chosen."""

    def __init__(self, context: Context, words: str) -> None:
        super().__init__()
        self._context = context
        self.words = words
        self.line = QLineEdit()
        self.line.setAccessibleName(words)
        self._choose = QToolButton()
        self._choose.setIcon(icon("folder-search"))
        self._choose.setIconSize(icon_room(self))
        self._choose.setAccessibleName(self.tr("Choose: %1").replace("%1", words))
        self._choose.setToolTip(self.tr("Choose a file…"))
        self._choose.clicked.connect(self._on_choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignVCenter)

    def _on_choose(self, _checked: bool = False) -> None:
        self._context.tasks.start(self._ask())

    async def _ask(self) -> None:
        dialog = QFileDialog(self, self.words)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("PEM files (*.pem *.crt *.key)"), self.tr("All files (*)")])
        for path in await choose(dialog):
            self.line.setText(str(path))
