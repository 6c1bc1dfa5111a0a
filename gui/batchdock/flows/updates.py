"""Tells that a newer version exists: only if the person switched that on, and once a day. Nothing is installed.

Where versions are published is written into a package when it is built; a copy without that knows nowhere to look.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from batchdock import __version__
from batchdock.core.errors import BatchdockError
from batchdock.core.resources import resource
from batchdock.flows.news import NewerVersion, News
from batchdock.flows.preferences import UPDATES, Preferences
from batchdock.services.releases import Release, newest_release, version_order
from batchdock.store import Settings

_log = logging.getLogger(__name__)

BETWEEN = timedelta(days=1)
FIRST_SECONDS, LOOK_SECONDS = 20.0, 600.0
"""Until the first look, when the window has settled, and between two looks at the clock."""
_LAST, _SKIPPED = "updates/last", "updates/skipped"


def published_at() -> str:
    """Return the address of the list of versions, empty where this copy knows none."""
    told = resource("releases.txt")
    return told.read_text(encoding="utf-8").strip() if told.is_file() else ""


class Updates:
    """Looks for newer versions, on the loop of the flows."""

    def __init__(self, settings: Settings, preferences: Preferences, news: News, address: str | None = None) -> None:
        self._settings, self._preferences, self._news = settings, preferences, news
        self._address = published_at() if address is None else address
        self._looking: asyncio.Task[None] | None = None

    @property
    def possible(self) -> bool:
        """Whether this copy knows where versions are published."""
        return bool(self._address)

    def start(self) -> None:
        """Look once a day from now on, whenever that is switched on."""
        if self.possible:
            self._looking = asyncio.get_running_loop().create_task(self._look_again_and_again(), name="updates")

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def look(self) -> Release | None:
        """Return the newest version if it is newer than this one. Raise what keeps it from being asked."""
        # Noted before the answer, so that one that fails, like a limit, is not asked for again and again.
        await asyncio.to_thread(self._settings.set, _LAST, datetime.now(UTC).isoformat(timespec="seconds"))
        found = await newest_release(self._address)
        return found if found is not None and found.order > version_order(__version__) else None

    async def look_if_due(self) -> None:
        """Look where it is switched on and was not done today, and tell of a version that was not told of away.

        A look that fails says nothing: nobody waits for it, and tomorrow is another day.
        """
        if not self._preferences.get(UPDATES) or not self._is_due():
            return
        try:
            found = await self.look()
        except BatchdockError as error:
            _log.info("Newer versions could not be looked for: %s", type(error).__name__)
            return
        if found is not None and found.version != self._settings.get(_SKIPPED):
            self._news.publish(NewerVersion(found.version, found.page))

    async def skip(self, version: str) -> None:
        """Never tell of this version again. Raise `FolderNotWritable`."""
        await asyncio.to_thread(self._settings.set, _SKIPPED, version)

    def _is_due(self) -> bool:
        try:
            last = datetime.fromisoformat(str(self._settings.get(_LAST)))
        except ValueError:
            return True
        # A clock that was set back must not put it off for ever.
        return last.tzinfo is None or not timedelta(0) <= datetime.now(UTC) - last < BETWEEN

    async def _look_again_and_again(self) -> None:
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            await self.look_if_due()
            await asyncio.sleep(LOOK_SECONDS)
