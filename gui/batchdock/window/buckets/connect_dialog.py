"""The dialog that connects a storage: its kind, its name, and the keys, which go to the password store."""

from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.bucket import KIND_NAMES, SignInWay, Storage, StorageKind
from batchdock.core.errors import BatchdockError
from batchdock.window.accounts.secret_field import SecretField
from batchdock.window.context import Context
from batchdock.window.messages import in_sentences, worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class ConnectStorageDialog(QDialog):
    """`storage` is what was connected, once it is accepted."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._file: Path | None = None
        self._is_over = False
        self.storage: Storage | None = None
        self.setWindowTitle(self.tr("Connect cloud storage"))
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind of storage"))
        for kind in StorageKind:
            words = self.tr("S3, R2, MinIO and others that speak S3") if kind is StorageKind.S3 else KIND_NAMES[kind]
            self.kind.addItem(words, kind.value)
        self.name = self._field(self.tr("Name"), self.tr("What you call it"))
        self.access = self._field(self.tr("Access key id"))
        self.secret = self._secret(self.tr("Secret access key"))
        self.token = self._secret(self.tr("Session token"))
        self.endpoint = self._field(self.tr("Address"), self.tr("https://… (only if it is not Amazon's own)"))
        self.region = self._field(self.tr("Region"), "eu-central-1")
        self.account = self._field(self.tr("Storage account"))
        self.sas = self._secret(self.tr("SAS token (preferred)"))
        self.key = self._secret(self.tr("Account key"))
        self.connection = self._secret(self.tr("Or a connection string"))
        self.file = QPushButton(self.tr("Choose the file of a service account…"))
        self.file.setAccessibleName(self.file.text())
        self.file.setAutoDefault(False)
        self.file.clicked.connect(lambda _checked=False: context.tasks.start(self._choose()))
        self.machine = self.tr("Only a service account with a key can sign addresses; make one in Google's console.")
        self.pages = QStackedWidget()
        s3 = (self.access, self.secret, self.token, self.endpoint, self.region)
        azure = (self.account, self.sas, self.key, self.connection)
        self.pages.addWidget(self._form(*s3))
        self.pages.addWidget(self._google())
        self.pages.addWidget(self._form(*azure))
        self.kind.currentIndexChanged.connect(self.pages.setCurrentIndex)
        self.kind.currentIndexChanged.connect(lambda _place: self._write())
        note = TintedLabel(self.tr("Keys stay on this computer, in its password store. Addresses are signed here."))
        self.trouble = TintedLabel("", Tint.BAD)
        self.trouble.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = self.buttons.addButton(self.tr("Connect"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._on_connect)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._on_finished)
        top = QFormLayout()
        top.addRow(self.tr("Kind"), self.kind)
        top.addRow(self.tr("Name"), self.name)
        layout = QVBoxLayout(self)
        step = unit(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addLayout(top)
        layout.addWidget(self.pages)
        layout.addWidget(note)
        layout.addWidget(self.trouble)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 120)
        self._write()

    def _field(self, name: str, hint: str = "") -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.textChanged.connect(lambda _text: self._write())
        return field

    def _secret(self, name: str) -> SecretField:
        field = SecretField(name)
        field.textChanged.connect(lambda _text: self._write())
        return field

    def _form(self, *fields: QLineEdit) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        for field in fields:
            label = QLabel(field.accessibleName())
            label.setBuddy(field)
            form.addRow(label, field)
        return page

    def _google(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.file)
        layout.addWidget(TintedLabel(self.machine))
        layout.addStretch()
        return page

    def _write(self) -> None:
        if not hasattr(self, "ok"):
            return
        filled = (
            bool(self.access.text().strip() and self.secret.text().strip()),
            self._file is not None,
            bool(self.connection.text().strip())
            or bool(self.account.text().strip() and (self.sas.text().strip() or self.key.text().strip())),
        )
        self.ok.setEnabled(bool(self.name.text().strip()) and filled[self.kind.currentIndex()])

    async def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose the file of a service account"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Keys of service accounts (%1)").replace("%1", "*.json")])
        for path in await choose(dialog):
            self._file = path
            self.file.setText(path.name)
            if not self.name.text():
                self.name.setText(path.stem)
        self._write()

    def _on_connect(self) -> None:
        self.ok.setEnabled(False)
        self._context.tasks.start(self._connect(), on_error=self._on_error)

    def _on_finished(self, _code: int) -> None:
        self._is_over = True

    async def _connect(self) -> None:
        kind = StorageKind(self.kind.currentData())
        name = self.name.text().strip()
        typed: dict[str, str] = {}
        if kind is StorageKind.GOOGLE:
            storage = Storage(name, kind, SignInWay.FILE, str(self._file))
        elif kind is StorageKind.AZURE:
            storage = Storage(name, kind, SignInWay.TYPED, self.account.text().strip())
            if self.connection.text().strip():
                typed = {"connection": self.connection.text()}
            else:
                typed = {"account": self.account.text(), "sas": self.sas.text(), "key": self.key.text()}
        else:
            endpoint, region = self.endpoint.text().strip(), self.region.text().strip()
            storage = Storage(name, kind, SignInWay.TYPED, region=region, endpoint=endpoint)
            typed = {"access": self.access.text(), "secret": self.secret.text(), "token": self.token.text()}
        storages = self._context.desk.buckets.storages
        kept = await self._context.background.run(storages.connect(storage, **typed))
        if not kept:
            self._context.messages.info(
                self.tr("No password store keeps the keys of “%1”; they are known until you quit.").replace("%1", name)
            )
        if self._is_over:  # A password store may ask for its own password first: who closes the dialog does not wait.
            self._context.messages.info(self.tr("“%1” is connected.").replace("%1", name))
            return
        for field in (self.secret, self.token, self.sas, self.key, self.connection):
            field.forget()
        self.storage = storage
        self.accept()

    def _on_error(self, error: BatchdockError) -> None:
        if self._is_over:
            self._context.messages.error(error)
            return
        self._write()
        self.trouble.setText(in_sentences(worded(error)))
        self.trouble.show()
