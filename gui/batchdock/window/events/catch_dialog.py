"""Where a job is to send what it sees: an address and a secret, told once, and what it takes for it to work."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.flows.events import CatchAddress
from batchdock.flows.preferences import EVENTS_DAYS, EVENTS_MOST
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.icon_button import IconButton
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_CHANGE = "change"
_URL_FIELD, _HEADERS_FIELD = "webhook_url", "webhook_headers"
"""The fields of a form by which a service lets an output be set (`Capabilities.job_actions`)."""
_COPIED_MS = 2_000


class CatchDialog(FittingDialog):
    """Before: what will happen, and a button. After: the address and the header, to copy or to set in the job."""

    def __init__(self, context: Context, job: Job, *, is_caught: bool, parent: QWidget | None = None) -> None:
        """`is_caught`: the job may send already, under a secret that a new one replaces."""
        super().__init__(parent)
        self._context, self._job = context, job
        self._address: CatchAddress | None = None
        self._working: asyncio.Task[None] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Catch results"))
        self._heading = QLabel(self.tr("Catch what “%1” sends").replace("%1", job.name))
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setWordWrap(True)
        self._heading.setFont(heading_font(self))
        self._explained = self._paragraph(
            self.tr(
                "Batchdock listens at an address of this computer, and the job sends its events and pictures there. "
                "They appear under Events, and are kept for %1 days, up to %2 GB of pictures."
            )
            .replace("%1", number_text(context.desk.preferences.get(EVENTS_DAYS)))
            .replace("%2", number_text(context.desk.preferences.get(EVENTS_MOST)))
        )
        self._conditions = self._paragraph(
            self.tr(
                "The service has to reach this computer at that address, over your network or a tunnel. While "
                "Batchdock is closed nothing is caught. What is sent is not encrypted on its way to this address."
            )
        )
        self.replaced = TintedLabel(
            self.tr("This job is caught already. A new key takes the place of the one before, which is refused then."),
            Tint.WARNING,
        )
        self.replaced.setVisible(is_caught)
        self.here_only = TintedLabel(tint=Tint.WARNING)
        self.here_only.hide()
        self.trouble = TintedLabel(tint=Tint.BAD)
        self.trouble.hide()
        self.url, self.header = self._shown(self.tr("Address")), self._shown(self.tr("Header"))
        self.header.setEchoMode(QLineEdit.EchoMode.Password)
        self.copy_url = IconButton("copy", self.tr("Copy address"))
        self.copy_header = IconButton("copy", self.tr("Copy header"))
        self.set_in_job = IconButton("pencil", self.tr("Set it in the job"))
        self.set_in_job.setToolTip(
            self.tr("The address and the header become those of the job's output to an address; others stay.")
        )
        self.once = TintedLabel(self.tr("The key in the header is shown only now: copy it, or set it in the job."))
        self.buttons = QDialogButtonBox()
        self.start = self.buttons.addButton(self.tr("Catch results"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.close_button = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(self._say_copied)
        self._lay_out()
        self.start.clicked.connect(self._on_start)
        self.close_button.clicked.connect(self.reject)
        self.copy_url.clicked.connect(lambda: self._copy(self.copy_url, self.url.text()))
        self.copy_header.clicked.connect(lambda: self._copy(self.copy_header, self._header_line()))
        self.set_in_job.clicked.connect(self._on_set)

    @property
    def address(self) -> CatchAddress | None:
        """What was told, after it was asked for."""
        return self._address

    def done(self, code: int) -> None:
        """End what waits for an answer: nobody would see it."""
        if self._working is not None:
            self._working.cancel()
        super().done(code)

    def _lay_out(self) -> None:
        step = unit(self)
        self._given = QWidget()
        grid = QGridLayout(self._given)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(step * 3)
        grid.setVerticalSpacing(step * 2)
        rows = ((self.tr("Address"), self.url, self.copy_url), (self.tr("Header"), self.header, self.copy_header))
        for place, (name, field, button) in enumerate(rows):
            grid.addWidget(QLabel(name), place, 0)
            grid.addWidget(field, place, 1)
            grid.addWidget(button, place, 2)
        grid.addWidget(self.once, 2, 1, 1, 2)
        grid.addWidget(self.set_in_job, 3, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self._given.hide()
        self.set_in_job.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        for part in (self._heading, self._explained, self._conditions, self.replaced, self._given):
            layout.addWidget(part)
        layout.addWidget(self.here_only)
        layout.addWidget(self.trouble)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 130)

    def _paragraph(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _shown(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setReadOnly(True)
        field.setAccessibleName(name)
        return field

    def _on_start(self) -> None:
        self.start.setEnabled(False)
        self.trouble.hide()
        self._working = self._context.tasks.start(self._catch(), on_error=self._on_error)

    async def _catch(self) -> None:
        desk, run = self._context.desk, self._context.background.run
        self._address = address = await run(desk.events.catch(self._job.key))
        self.url.setText(address.url)
        self.header.setText(self._header_line())
        self.header.setCursorPosition(0)
        self._given.show()
        self.replaced.hide()
        self.start.hide()
        self.close_button.setText(self.tr("Close"))
        self._say_if_here_only(address.url)
        self.copy_url.setFocus()
        able = desk.accounts.capabilities(self._job.account_id)
        if any(action.key == _CHANGE for action in able.job_actions):
            fields = {field.key for field in await run(desk.jobs.form(self._job.account_id, _CHANGE, self._job.key))}
            self.set_in_job.setVisible({_URL_FIELD, _HEADERS_FIELD} <= fields)

    def _say_if_here_only(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        try:
            address = ipaddress.ip_address(host)
            is_here, is_any = address.is_loopback, address.is_unspecified
        except ValueError:
            is_here, is_any = host == "localhost", False
        if is_any:
            text = self.tr("%1 stands for all addresses of this computer: give the service one that it can reach.")
        else:
            text = self.tr(
                "At %1 only programs of this computer reach it. Choose another address under Preferences › Webhooks, "
                "or lead a tunnel there."
            )
        self.here_only.setText(text.replace("%1", host))
        self.here_only.setVisible(is_here or is_any)

    def _header_line(self) -> str:
        return f"{self._address.header_name}: {self._address.header_value}" if self._address is not None else ""

    def _on_set(self) -> None:
        self.set_in_job.setEnabled(False)
        self._working = self._context.tasks.start(self._set(), on_error=self._on_error)

    async def _set(self) -> None:
        assert self._address is not None
        values = {_URL_FIELD: self._address.url, _HEADERS_FIELD: self._header_line()}
        job, run = self._job, self._context.background.run
        done = await run(self._context.desk.jobs.act(job.account_id, _CHANGE, (job.key,), values))
        if done.failures:
            self.trouble.setText(done.failures[0].reason)
            self.trouble.show()
            self.set_in_job.setEnabled(True)
            return
        self.set_in_job.setText(self.tr("It is set in the job"))

    def _on_error(self, error: BatchdockError) -> None:
        self.trouble.setText(" ".join(part for part in worded(error) if part))
        self.trouble.show()
        self.start.setEnabled(True)
        self.set_in_job.setEnabled(True)

    def _copy(self, button: IconButton, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._say_copied(button)
        self._copied.start()

    def _say_copied(self, which: IconButton | None = None) -> None:
        """Say on a button that it is done; on the others, what they do."""
        for button, text in ((self.copy_url, self.tr("Copy address")), (self.copy_header, self.tr("Copy header"))):
            button.setText(self.tr("Copied") if button is which else text)
