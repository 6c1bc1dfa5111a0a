"""Saves the results of jobs that end, by itself: each once, where the preferences say, and nothing large unasked.

Of jobs that this app has ordered and that have ended well, since automatic saving was switched on: as soon as they
end, and at the start those that ended meanwhile. Trials are not saved: they are there to be looked at. What a person
stopped is left alone. Everything else about saving (turns, holds, going on after a kill) is that of every transfer.
"""

import asyncio
import logging
import math
import os
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from platformdirs import user_pictures_path

from batchdock.core.errors import (
    BatchdockError,
    FolderNotWritable,
    LargeResults,
    NoRoomForResults,
    NotFound,
    NothingToSave,
    TransferStopped,
)
from batchdock.core.states import JobState
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.news import Event, JobEnded, Light, LightChanged, News, PreferencesChanged, ResultsSaved
from batchdock.flows.patience import Patience
from batchdock.flows.preferences import AUTOSAVE, AUTOSAVE_FOLDER, AUTOSAVE_MOST, Preferences
from batchdock.flows.problems import Problems
from batchdock.flows.results.results import Results
from batchdock.flows.results.weighing import Weight, weigh
from batchdock.flows.transfers.receive import RESERVE_BYTES, in_thread
from batchdock.store import JobRecord, Journal, Phase, Settings

_log = logging.getLogger(__name__)

SINCE = "saving/since"
"""The setting that says from when on jobs are looked at: what ended before automatic saving was switched on is not."""
KEPT_BY_SERVICES = timedelta(days=7)
_GB = 10**9
_ENDED_WELL = (JobState.DONE, JobState.DONE_WITH_PROBLEMS)


def usual_folder() -> Path:
    """Return where results are saved by themselves, unless a person has chosen another folder."""
    return user_pictures_path() / "Batchdock"


class Autosave:
    """Follows the news on the flows' loop, once it was started. A command line never starts it."""

    def __init__(
        self,
        accounts: Accounts,
        board: Board,
        journal: Journal,
        results: Results,
        problems: Problems,
        preferences: Preferences,
        settings: Settings,
        news: News,
        patience: Patience,
    ) -> None:
        self._accounts, self._board, self._journal = accounts, board, journal
        self._results, self._problems, self._patience = results, problems, patience
        self._preferences, self._settings, self._news = preferences, settings, news
        self._saving: dict[JobKey, asyncio.Task[None]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def folder(self) -> Path:
        """Where results are saved. Safe from any thread."""
        chosen = self._preferences.get(AUTOSAVE_FOLDER)
        return Path(chosen) if chosen else usual_folder()

    def saves(self, key: JobKey) -> bool:
        """Tell whether the results of a job are, or will be, saved by themselves. Safe from any thread."""
        record = self._board.get(key)
        return self._loop is not None and record is not None and _is_ours(record) and self._is_wished(key)

    def _is_wished(self, key: JobKey) -> bool:
        """Tell whether the preferences, or the recipe of the job, say that its results are saved."""
        return self._preferences.get(AUTOSAVE) or self._journal.recipes.folder_of(key) is not None

    async def start(self) -> None:
        """Save from now on, also what ended since the last time."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = self._news.subscribe(self._on_news)
        if self._preferences.get(AUTOSAVE) and self._since() is None:
            await self._begin_to_save()
        self._catch_up()

    async def save(self, keys: Iterable[JobKey]) -> None:
        """Save the results of these jobs of ours, large or not, and return at once."""
        for key in keys:
            self._begin(key, asked=True)

    async def close(self) -> None:
        """Begin nothing more; what is being saved goes on next time."""
        self._unsubscribe()
        self._closed = True  # News that were heard before may still be on their way here.
        saving = tuple(self._saving.values())
        for task in saving:
            task.cancel()
        await asyncio.gather(*saving, return_exceptions=True)

    # --- what happens

    def _on_news(self, event: Event) -> None:
        assert self._loop is not None
        match event:
            case JobEnded(job):
                self._loop.call_soon_threadsafe(partial(self._begin_anew, job.key))
            case LightChanged(account_id, Light.OK | Light.SLOW):
                self._loop.call_soon_threadsafe(partial(self._catch_up, account_id))
            case PreferencesChanged(keys) if AUTOSAVE.key in keys:
                self._loop.call_soon_threadsafe(self._switch)
            case ResultsSaved(keys):
                for key in keys:
                    self._problems.settle(_problem_id(key))

    def _begin_anew(self, key: JobKey) -> None:
        """Save what a job has made just now; what a person wanted of an earlier run's results is over."""
        self._journal.recall(_problem_id(key))
        self._begin(key)

    def _switch(self) -> None:
        if self._preferences.get(AUTOSAVE) and not self._closed:
            task = asyncio.ensure_future(self._begin_to_save())
            self._saving["", SINCE] = task
            task.add_done_callback(lambda done: self._saving.pop(("", SINCE), None))

    async def _begin_to_save(self) -> None:
        try:
            await asyncio.to_thread(self._settings.set, SINCE, datetime.now(UTC).isoformat())
        except FolderNotWritable as error:
            _log.warning("From when on results are saved could not be written down: %s", error.sentence())

    def _catch_up(self, account_id: str | None = None) -> None:
        kept = datetime.now(UTC) - KEPT_BY_SERVICES
        since = max(self._since() or datetime.now(UTC), kept)
        connected = {account.account_id for account in self._accounts.all()}
        for record in self._board.all():
            job = record.job
            # Not of one clock: what the app has noted itself counts as well.
            moment = max(filter(None, (job.created, job.last_news, job.ended)), default=None)
            if (
                job.state in _ENDED_WELL
                and record.saved is None
                and account_id in (None, job.account_id)
                and job.account_id in connected
                and moment is not None
                and (moment >= since or (moment >= kept and self._journal.recipes.folder_of(job.key) is not None))
            ):
                self._begin(job.key)

    def _since(self) -> datetime | None:
        kept = self._settings.get(SINCE)
        try:
            return datetime.fromisoformat(kept) if isinstance(kept, str) else None
        except ValueError:
            return None

    # --- saving

    def _begin(self, key: JobKey, *, asked: bool = False) -> None:
        """Save the results of a job, unless there is a reason not to. `asked`: a person wants them, large or not."""
        record = self._board.get(key)
        if self._closed or key in self._saving or record is None or not _is_ours(record):
            return
        if not asked and not self._wanted(record):
            return
        if not record.job.output_batches or self._results.under_way(key[0], record.job.output_batches):
            return
        task = self._saving[key] = asyncio.ensure_future(self._save(record, asked=asked))
        task.add_done_callback(lambda done: self._saving.pop(key, None))

    def _wanted(self, record: JobRecord) -> bool:
        well = record.job.state in _ENDED_WELL
        key = record.job.key
        return well and self._is_wished(key) and not self._journal.is_dismissed(_problem_id(key))

    async def _save(self, record: JobRecord, *, asked: bool) -> None:
        job = record.job
        wished = await asyncio.to_thread(self._journal.recipes.folder_of, job.key)
        folder = wished or self.folder
        most = math.inf if wished is not None else self._preferences.get(AUTOSAVE_MOST) * _GB
        try:
            # One after another: five hundred jobs that have ended must not all ask at once.
            async with self._turns.setdefault(job.account_id, asyncio.Lock()):
                if await self._stands_in_the_way(record, folder, most, asked=asked):
                    return
            await self._results.save(job.account_id, job.output_batches, folder, name=job.name, unasked=True)
        except TransferStopped:
            # By a person, who does not want it again at the next start.
            self._journal.dismiss(_problem_id(job.key))
        except (NothingToSave, NotFound):
            _log.info("There are no results of %s to save any more", job.job_id)
        except BatchdockError as error:
            # It stands with the transfers, or with the account, whose next good news tries it again.
            _log.info("The results of %s are not saved yet: %s", job.job_id, type(error).__name__)
        except Exception:
            _log.exception("The results of %s could not be saved", job.job_id)

    async def _stands_in_the_way(self, record: JobRecord, folder: Path, most: float, *, asked: bool) -> bool:
        """Find out what keeps the results, at `most` so many bytes unasked, from being saved; tell it as a problem."""
        job = record.job

        async def look() -> Weight:
            return await weigh(await self._accounts.service(job.account_id), job.output_batches)

        weight = await self._patience.keep(look)
        if not weight.files:
            return True
        error: BatchdockError | None = await in_thread(partial(_unusable, folder))
        if error is None and not asked:
            free = await in_thread(lambda: shutil.disk_usage(folder).free)
            if weight.bytes > free - RESERVE_BYTES:
                error = NoRoomForResults(name=job.name, folder=folder, needed=_gb(weight.bytes), free=_gb(free))
            elif weight.bytes > most:
                error = LargeResults(name=job.name, needed=_gb(weight.bytes))
        if error is None:
            return False

        async def again() -> None:
            self._begin(job.key, asked=True)

        self._problems.report(_problem_id(job.key), job.name, error, job=job.key, again=again)
        return True


def _is_ours(record: JobRecord) -> bool:
    return record.phase not in (Phase.ELSEWHERE, Phase.DRAFT) and not record.hidden and not record.trial


def _unusable(folder: Path) -> FolderNotWritable | None:
    """Return why nothing can be saved in `folder`, which is made where it is not there. Blocks."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return FolderNotWritable(folder=folder, reason=error.strerror or str(error))
    if not os.access(folder, os.W_OK):
        return FolderNotWritable(folder=folder, reason="Permission denied")
    return None


def _problem_id(key: JobKey) -> str:
    return f"autosave:{key[0]}:{key[1]}"


def _gb(size: int) -> str:
    return f"{size / _GB:,.1f} GB"
