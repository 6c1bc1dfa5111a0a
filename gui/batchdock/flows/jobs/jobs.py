"""All jobs of all accounts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchdock.core.errors import BatchdockError, NotFound
from batchdock.core.facts import Facts
from batchdock.core.intake import Item
from batchdock.core.inventory import Done, Field, Where
from batchdock.core.job import Job, JobDefinition, JobOptions, RestartOverride, Severity
from batchdock.core.order import Order
from batchdock.core.states import JobState
from batchdock.core.workflow import Workflow
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.acting import Acting, Heard
from batchdock.flows.jobs.asking import Attention
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.claims import Claims
from batchdock.flows.jobs.clicks import Clicks
from batchdock.flows.jobs.creating import Creating, Spending
from batchdock.flows.jobs.details import JobDetail, lost_files
from batchdock.flows.jobs.grace import Grace
from batchdock.flows.jobs.log import LogPage
from batchdock.flows.jobs.ordering import TRIAL_COUNT, Ordering
from batchdock.flows.jobs.readiness import Readiness, read_readiness
from batchdock.flows.jobs.repeating import Repeating
from batchdock.flows.jobs.start import NOT_AT_SERVICE, UNDER_WAY, Starter
from batchdock.flows.jobs.watch import Watch
from batchdock.flows.news import AccountsChanged, Event, NetworkChanged, News, Woke
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.transfers import Transfers
from batchdock.store import JobRecord, Journal, Phase

PROBLEMS_STAY = timedelta(days=7)
"""Batches expire after a week (contract §1.7); nothing can be done about older problems."""


class Jobs:
    """The jobs page, without the page. A key is `(account_id, job_id)`."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        news: News,
        problems: Problems,
        transfers: Transfers,
        board: Board,
        patience: Patience,
        claims: Claims,
        *,
        grace_seconds: float,
        spending: Spending | None = None,
    ) -> None:
        """`grace_seconds`: how long a start that costs money can be taken back."""
        self._accounts, self._journal, self._problems = accounts, journal, problems
        self._transfers = transfers
        self._board, self._clicks = board, Clicks()
        self._watch = Watch(accounts, board, journal, problems, again=self.restart)
        self._acting = Acting(accounts, self._watch)
        grace = Grace(grace_seconds)
        self._creating = Creating(accounts, board, patience, readiness=self.readiness, spending=spending)
        self._starter = Starter(
            accounts,
            journal,
            board,
            transfers,
            problems,
            grace,
            claims,
            self._creating,
            on_started=self._watch.follow,
            again=self.restart,
        )
        self._ordering = Ordering(accounts, journal, board, self._starter, grace, readiness=self.readiness)
        self._repeating = Repeating(accounts, journal, board, self._starter, grace)
        self._restarting: set[JobKey] = set()
        self._loop = asyncio.get_running_loop()
        self._known = frozenset(account.account_id for account in accounts.all())
        self._unsubscribe = news.subscribe(self._on_news)
        self._active = False

    def all(self) -> tuple[Job, ...]:
        """Return the jobs of connected accounts that are not hidden, newest first. Safe from any thread."""
        connected = {account.account_id for account in self._accounts.all()}
        return tuple(job for job in self._board.shown() if job.account_id in connected)

    def get(self, key: JobKey) -> Job | None:
        """Return one job, also one that is hidden; None where it is not known. Safe from any thread."""
        record = self._board.get(key)
        return None if record is None else record.job

    async def workflows(self, account_id: str) -> tuple[Workflow, ...]:
        """Return the workflows of an account, without their inputs."""
        return await (await self._accounts.service(account_id)).workflows()

    async def workflow(self, account_id: str, workflow_id: str) -> Workflow:
        """Return one workflow with its inputs."""
        return await (await self._accounts.service(account_id)).workflow(workflow_id)

    # --- starting -----------------------------------------------------------------------------------------------

    async def start(self, order: Order) -> tuple[Job, ...]:
        """Write the order down and return at once; sending, checking and starting go on in the background.

        Where it costs money it goes out after `Job.goes_out` only; until then `take_back` is free. The same order
        asked for twice at once is a double click, and one order. Raises `NothingUsable`, and whatever keeps the
        account from being used at all. What goes wrong later is told by the job's state and message, and by a problem.
        """
        return await self._clicks.once(order, lambda: self._ordering.start(order))

    async def try_first(self, order: Order, count: int = TRIAL_COUNT) -> Job:
        """Start a job on `count` files spread evenly over the order, of its pictures if it has any; without grace."""
        return await self._clicks.once((order, count), lambda: self._ordering.try_first(order, count))

    async def start_on_batch(
        self, account_id: str, name: str, definition: JobDefinition, job_id: str | None = None
    ) -> Job:
        """As `start`, on a batch that is there already, as soon as that is complete.

        Under a `job_id` that was started from here with this definition, return that job. Raises `AlreadyExists` where
        it was another definition, `NothingUsable` for an empty batch, and what keeps the account from being used.
        """
        wish = (account_id, name, definition, job_id)
        return await self._clicks.once(wish, lambda: self._ordering.on_batch(account_id, name, definition, job_id))

    async def started(self, key: JobKey) -> Job:
        """Wait until the service has the job, and return it. Raise what kept it from starting."""
        return await self._starter.started(key)

    async def readiness(self, account_id: str, batch_id: str, part: str | None = None) -> Readiness:
        """Ask how complete a batch, or one part of it, is. Raise `NotFound`."""
        found = await read_readiness(await self._accounts.service(account_id), batch_id, part)
        sent = {sending.transfer_id for sending in self._journal.sendings.of_batch(account_id, batch_id)}
        sent |= {sending.transfer_id for sending in self._journal.references.of_batch(account_id, batch_id)}
        moving = any(each.transfer_id in sent and not each.state.is_terminal for each in self._transfers.all())
        return found.while_sending() if moving else found

    async def take_back(self, key: JobKey) -> None:
        """Make a draft of a job that has not gone out: nothing is created, nothing billed. What was sent stays.

        Raise `StartedAlready` when it is too late.
        """
        self._known_record(key)
        await self._starter.take_back(key)

    async def start_now(self, key: JobKey) -> None:
        """End the grace: the job goes out as soon as its files are there."""
        self._known_record(key)
        self._starter.start_now(key)

    async def start_anyway(self, key: JobKey) -> None:
        """Start a job of whose batch some packages could not be taken in (`NotAllTakenIn`), with the others."""
        self._known_record(key)
        self._starter.start_anyway(key)

    # --- once more ----------------------------------------------------------------------------------------------

    async def run_again(self, key: JobKey) -> Job:
        """Start a new job with the definition of this one, on its batch; where that is gone, its files are sent again.

        Raise `NotKnownHowStarted`, `FilesGone`, and what keeps the account from being used.
        """

        async def again() -> Job:
            return await self.start_draft((await self.duplicate(key)).key)

        return await self._clicks.once(("again", key), again)

    async def duplicate(self, key: JobKey) -> Job:
        """Return a new draft with the definition of this job; no service starts anything. `NotKnownHowStarted`."""
        return await self._repeating.duplicate(self._known_record(key))

    async def change_draft(self, key: JobKey, name: str, options: JobOptions) -> Job:
        """Give a draft another name and other options. Raise `StartedAlready`."""
        self._known_record(key)
        return self._repeating.change_draft(key, name, options)

    async def start_draft(self, key: JobKey) -> Job:
        """Start a draft as `start` does, once. Raise `FilesGone`, and what keeps the account from being used."""
        self._known_record(key)
        return await self._repeating.start_draft(key)

    async def definition(self, key: JobKey) -> JobDefinition | None:
        """Return what the job was created from; None where nobody can tell."""
        return await self._repeating.definition(self._known_record(key))

    async def sources(self, key: JobKey) -> tuple[Path, ...]:
        """Return the folders below which the job's files were; nothing where this app did not send them."""
        return await self._repeating.sources(self._known_record(key))

    async def new_files(self, key: JobKey, items: Sequence[Item]) -> tuple[Item, ...]:
        """Return those of the items that are not in the job, or have changed since they went into it."""
        return await self._repeating.new_files(self._known_record(key), items)

    # --- looking ------------------------------------------------------------------------------------------------

    async def detail(self, key: JobKey) -> JobDetail:
        """Return the job with stages, tasks and failures. Raise `NotFound`."""
        record = self._known_record(key)
        lost = lost_files(self._journal, record.job)
        if record.phase in NOT_AT_SERVICE:
            return JobDetail(record.job, (), lost)
        return await self._watch.detail(key)

    async def logs(
        self, key: JobKey, severity: Severity | None = None, *, after: int = 0, limit: int = 1000
    ) -> LogPage:
        """Return at most `limit` lines of the job's log after the first `after`; nothing before its service has it."""
        if self._known_record(key).phase in NOT_AT_SERVICE:
            return LogPage((), more=False)
        return await self._watch.log(key, severity, after=after, limit=limit)

    async def answers(self, key: JobKey) -> dict[str, object]:
        """Return the service's raw answers on a job, without secrets, for support; nothing before it has the job."""
        if self._known_record(key).phase in NOT_AT_SERVICE:
            return {}
        return await (await self._accounts.service(key[0])).answers(key[1])

    # --- control ------------------------------------------------------------------------------------------------

    async def stop(self, key: JobKey) -> None:
        """Stop the job, or its sending while that goes on. What was processed stays. Raise `WorkedOnElsewhere`."""
        record = self._known_record(key)
        if record.job.state.is_terminal or record.phase is Phase.DRAFT:
            return
        if record.phase in UNDER_WAY:
            await self._starter.stop(key)
            return
        service = await self._accounts.service(key[0])
        try:
            await service.abort(key[1])
            now = self._board.get(key)
            if now is not None and not now.job.state.is_terminal:
                self._board.put([replace(now.job, state=JobState.STOPPING)])
        finally:
            await self._watch.check(service, [key])
        self._watch.follow(key[0])

    async def restart(self, key: JobKey, override: RestartOverride | None = None) -> None:
        """Start a failed or stopped job again; a sending that stopped goes on where it was, a draft is started.

        `override` changes how it works from now on (contract §4.7). It costs: a job that moves is left as it is.
        """
        record = self._known_record(key)
        self._problems.settle(_problem_id(key))
        if record.phase in NOT_AT_SERVICE:
            if override is not None:
                record = self._repeating.override(record, override)
            if record.phase is Phase.DRAFT:
                await self._repeating.start_draft(key)
                return
            job = replace(record.job, state=JobState.WAITING, message="")
            self._board.record([replace(record, job=job, waits=False)])
            self._starter.begin(key)
            return
        if key in self._restarting or not (record.job.state.is_terminal or record.job.state is JobState.UNKNOWN):
            return
        service = await self._accounts.service(key[0])
        self._restarting.add(key)
        try:
            await self._creating.again(key, override)
        except BatchdockError:
            await self._watch.check(service, [key])
            raise
        finally:
            self._restarting.discard(key)
        # What is saved is of the run before.
        self._board.record([replace(self._known_record(key), saved=None)])
        self._watch.begin_again(key)
        await self._watch.check(service, [key])

    async def rename(self, key: JobKey, name: str) -> None:
        """Give the job another name, in this app: no service can rename a job."""
        record = self._known_record(key)
        self._board.record([replace(record, own_name=name, job=replace(record.job, name=name))])

    async def annotate(self, key: JobKey, *, tags: Sequence[str] | None = None, note: str | None = None) -> None:
        """Give the job tags, or a note, of the person's own; None leaves them as they are. Known in this app only."""
        record = self._known_record(key)
        job = record.job
        told = job.tags if tags is None else tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        self._board.record([replace(record, job=replace(job, tags=told, note=job.note if note is None else note))])

    async def remove(self, key: JobKey) -> None:
        """Hide the job from the list. Nothing is deleted at the service; what has not gone out is taken back first."""
        record = self._known_record(key)
        if record.phase in UNDER_WAY and record.job.goes_out is not None:
            await self._starter.take_back(key)
        self._board.hide(key, hidden=True)
        self._problems.settle(_problem_id(key))

    async def restore(self, key: JobKey) -> None:
        """Undo `remove`."""
        self._known_record(key)
        self._board.hide(key, hidden=False)

    # --- what the service itself offers ---------------------------------------------------------------------------

    async def find(self, account_id: str, where: Where, heard: Heard) -> frozenset[JobKey]:
        """Ask a service for jobs by its own filters (`Capabilities.job_filters`); they join the list as they come.

        `heard` is told, on the loop of the flows, all that was found so far. Raises what stands in the way.
        """
        return await self._acting.find(account_id, where, heard)

    async def facts(self, key: JobKey) -> Facts:
        """Ask for all that its service tells of a job. Raise `NotFound`."""
        return await self._acting.facts(key)

    async def form(self, account_id: str, action: str, key: JobKey | None) -> tuple[Field, ...]:
        """Ask for the form of one of `Capabilities.job_actions`, filled with how the job is now. Raise `NotFound`."""
        return await self._acting.form(account_id, action, key)

    async def act(self, account_id: str, action: str, keys: Sequence[JobKey], values: Mapping[str, object]) -> Done:
        """Do one of `Capabilities.job_actions`. Jobs that are gone after it leave the list."""
        return await self._acting.act(account_id, action, keys, values)

    async def refresh(self) -> None:
        """Ask every account that is watched now. Those that can not be reached show it by their light."""
        for account_id in self._watch.followed:
            self._watch.follow(account_id)

    def look_at(self, key: JobKey | None) -> None:
        """Tell which job somebody looks at; it is asked about more often. Safe from any thread."""
        self._watch.look_at(key)

    def hinted(self, account_id: str) -> None:
        """Look at an account soon: its service said, unasked, that something has changed."""
        self._watch.hint(account_id)

    def in_view(self, keys: frozenset[JobKey]) -> None:
        """Tell which jobs are on screen. Safe from any thread."""
        self._watch.in_view(keys)

    def attention(self, attention: Attention) -> None:
        """Tell what the person does with the window. Safe from any thread."""
        self._watch.attention(attention)

    async def ended(self, key: JobKey) -> Job:
        """Wait until the job has ended and return it."""
        record = self._known_record(key)
        if record.phase in UNDER_WAY:
            if not record.job.state.is_terminal:
                self._starter.begin(key)
        elif record.phase is not Phase.DRAFT:
            self._watch.follow(key[0])
        return await self._board.ended(key)

    async def look(self, account_id: str) -> None:
        """Read the whole list of an account, once. Raises what stands in the way."""
        await self._watch.look(account_id, whole=True)

    def take_up(self) -> None:
        """Go on with the orders that an earlier run left, as far as their accounts are connected."""
        lately = datetime.now(UTC) - PROBLEMS_STAY
        connected = {account.account_id for account in self._accounts.all()}
        for record in self._board.all():
            if record.job.account_id not in connected:
                continue
            self._starter.begin_again(record)
            if record.definition is not None and not record.hidden and (record.job.created or lately) > lately:
                self._watch.report(record.job)

    def watch_all(self) -> None:
        """Watch every account from now on, new ones too."""
        self._active = True
        for account in self._accounts.all():
            self._watch.follow(account.account_id)

    async def close(self) -> None:
        """Stop watching and sending; all of it goes on next time."""
        self._unsubscribe()
        await self._starter.close()
        await self._watch.close()
        await self._board.close()

    def _known_record(self, key: JobKey) -> JobRecord:
        record = self._board.get(key)
        if record is None:
            raise NotFound(service="Batchdock", reason=f"There is no job {key[1]}.")
        return record

    def _on_news(self, event: Event) -> None:
        if isinstance(event, Woke | NetworkChanged) and self._active:
            self._watch.wake()
        if not isinstance(event, AccountsChanged):
            return
        now = frozenset(account.account_id for account in event.accounts)
        for account_id in self._known - now:
            self._watch.leave(account_id)
            self._board.forget_account(account_id)
        if self._active:
            for account_id in now - self._known:
                self._watch.follow(account_id)
        self._watch.wake_refused(event.accounts)
        self._known = now


def _problem_id(key: JobKey) -> str:
    return f"job:{key[0]}:{key[1]}"
