"""Tells of a newer version in the message bar: what is new, or never again."""

from functools import partial

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from batchdock import __version__
from batchdock.flows.news import Event, NewerVersion
from batchdock.window.context import Context

_tr = QCoreApplication.translate
SECONDS = 600


class UpdateTeller:
    """Fed by the news; asked by the menu."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def take(self, events: list[Event]) -> None:
        """Tell what is new."""
        for event in events:
            if isinstance(event, NewerVersion):
                self._tell(event.version, event.page)

    def look_now(self) -> None:
        """Look at once, and say what came of it."""
        self._context.tasks.start(self._look())

    async def _look(self) -> None:
        found = await self._context.background.run(self._context.desk.updates.look())
        if found is None:
            said = _tr("updates", "Batchdock %1 is the newest version.").replace("%1", __version__)
            self._context.messages.info(said)
        else:
            self._tell(found.version, found.page)

    def _tell(self, version: str, page: str) -> None:
        said = _tr("updates", "Batchdock %1 is there; this is %2.").replace("%1", version).replace("%2", __version__)
        notice = self._context.messages.info(
            said,
            button_text=_tr("updates", "What is new"),
            on_click=partial(_open, page),
            seconds=SECONDS,
        )
        notice.add_button(_tr("updates", "Skip this version"), partial(self._skip, version), closes=True)

    def _skip(self, version: str) -> None:
        async def skip() -> None:
            await self._context.background.run(self._context.desk.updates.skip(version))

        self._context.tasks.start(skip())


def _open(page: str) -> None:
    QDesktopServices.openUrl(QUrl(page))
