"""All jobs of all accounts."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError, NotFound, NothingUsable
from batchdock.core.ids import check_job_id, new_batch_id, new_job_id
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity
from batchdock.core.order import Order
from batchdock.core.problem import FileFailure
from batchdock.core.states import JobState
from batchdock.core.workflow import Workflow
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.intake.plan import Plan, plans
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.details import JobDetail, failures_in, lost_files, read_stages, refined
from batchdock.flows.jobs.start import Starter
from batchdock.flows.jobs.watch import Watch
from batchdock.flows.news import AccountsChanged, Event, NetworkChanged, News, Woke
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.orders import begin_sending
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
    ) -> None:
        self._accounts, self._journal, self._problems = accounts, journal, problems
        self._board = board
        self._watch = Watch(accounts, board, journal, problems, again=self.restart)
        self._starter = Starter(
            accounts,
            journal,
            board,
            transfers,
            problems,
            patience,
            on_started=self._watch.follow,
            again=self.restart,
        )
        self._loop = asyncio.get_running_loop()
        self._known = frozenset(account.account_id for account in accounts.all())
        self._unsubscribe = news.subscribe(self._on_news)
        self._active = False

    def all(self) -> tuple[Job, ...]:
        """Return the jobs of connected accounts that are not hidden, newest first. Safe from any thread."""
        connected = {account.account_id for account in self._accounts.all()}
        return tuple(job for job in self._board.shown() if job.account_id in connected)

    async def workflows(self, account_id: str) -> tuple[Workflow, ...]:
        """Return the workflows of an account, without their inputs."""
        return await (await self._accounts.service(account_id)).workflows()

    async def workflow(self, account_id: str, workflow_id: str) -> Workflow:
        """Return one workflow with its inputs."""
        return await (await self._accounts.service(account_id)).workflow(workflow_id)

    async def start(self, order: Order) -> tuple[Job, ...]:
        """Write the order down and return at once; sending, checking and starting go on in the background.

        Raises `NothingUsable`, and whatever keeps the account from being used at all. What goes wrong later is told
        by the job's state and message, and by a problem.
        """
        service = await self._accounts.service(order.account_id)
        by_reference = service.capabilities.file_references
        made = await asyncio.to_thread(plans, order.items, file_references=by_reference)
        if not made:
            raise NothingUsable(count=len(order.items))
        return tuple([await self._ordered(order, plan, several=len(made) > 1) for plan in made])

    async def start_on_batch(
        self, account_id: str, name: str, definition: JobDefinition, job_id: str | None = None
    ) -> Job:
        """Start a job on a batch that is there already. Raises what keeps the service from accepting it."""
        service = await self._accounts.service(account_id)
        count = await service.count(definition.batch_id, definition.part)
        if count == 0:
            raise NothingUsable(count=0)
        if definition.image_input is None:
            inputs = (await service.workflow(definition.workflow_id)).image_inputs
            definition = replace(definition, image_input=inputs[0].name if len(inputs) == 1 else None)
        job = Job(
            account_id,
            check_job_id(job_id) if job_id else new_job_id(datetime.now(UTC).date()),
            name,
            JobState.STARTING,
            content=definition.content,
            created=datetime.now(UTC),
            workflow_id=definition.workflow_id,
            batch_id=definition.batch_id,
            items_total=count,
        )
        record = JobRecord(job, Phase.STARTING, definition)
        self._board.record([record])
        try:
            await service.create_job(job.job_id, name, definition)
        except BatchdockError as error:
            failed = replace(job, state=JobState.FAILED, message=error.sentence())
            self._board.record([replace(record, job=failed)])
            raise
        self._board.record([replace(record, phase=Phase.STARTED)])
        self._watch.follow(account_id)
        return job

    async def detail(self, key: JobKey) -> JobDetail:
        """Return the job with stages, tasks and failures. Raise `NotFound`."""
        record = self._known_record(key)
        lost = lost_files(self._journal, record.job)
        if record.phase in (Phase.SENDING, Phase.STARTING):
            return JobDetail(record.job, (), lost)
        service = await self._accounts.service(key[0])
        stages = await read_stages(service, key[1])
        record = self._known_record(key)
        job = record.job if record.job.state.is_terminal else refined(record.job, stages)
        failures: list[FileFailure] = []
        if job.problems or job.state.is_terminal:
            entries = [entry async for entry in service.logs(key[1])]
            failures = failures_in(entries, self._journal, key[0], job.batch_id)
        return JobDetail(job, stages, (*lost, *failures))

    async def logs(self, key: JobKey, severity: Severity | None = None) -> tuple[LogEntry, ...]:
        """Return the job's log; a job that its service does not have yet has none."""
        if self._known_record(key).phase in (Phase.SENDING, Phase.STARTING):
            return ()
        service = await self._accounts.service(key[0])
        return tuple([entry async for entry in service.logs(key[1], severity)])

    async def stop(self, key: JobKey) -> None:
        """Stop the job, or its sending while that goes on. What was processed stays."""
        record = self._known_record(key)
        if record.job.state.is_terminal:
            return
        if record.phase in (Phase.SENDING, Phase.STARTING):
            await self._starter.stop(key)
            return
        await (await self._accounts.service(key[0])).abort(key[1])
        record = self._known_record(key)
        if not record.job.state.is_terminal:
            self._board.put([replace(record.job, state=JobState.STOPPING)])
        self._watch.follow(key[0])

    async def restart(self, key: JobKey, override: RestartOverride | None = None) -> None:
        """Start a failed or stopped job again; a sending that stopped goes on where it was."""
        record = self._known_record(key)
        self._problems.settle(_problem_id(key))
        if record.phase in (Phase.SENDING, Phase.STARTING):
            self._board.put([replace(record.job, state=JobState.WAITING, message="")])
            self._starter.begin(key)
            return
        await (await self._accounts.service(key[0])).restart(key[1], override)
        fresh = replace(record.job, state=JobState.STARTING, message="", progress=None, items_done=None, problems=None)
        self._board.put([fresh])
        self._watch.follow(key[0])

    async def rename(self, key: JobKey, name: str) -> None:
        """Give the job another name, in this app: no service can rename a job."""
        record = self._known_record(key)
        self._board.record([replace(record, own_name=name, job=replace(record.job, name=name))])

    async def remove(self, key: JobKey) -> None:
        """Hide the job from the list. Nothing is deleted at the service."""
        self._known_record(key)
        self._board.hide(key, hidden=True)
        self._problems.settle(_problem_id(key))

    async def restore(self, key: JobKey) -> None:
        """Undo `remove`."""
        self._known_record(key)
        self._board.hide(key, hidden=False)

    async def refresh(self) -> None:
        """Ask every account that is watched now. Those that can not be reached show it by their light."""
        for account_id in self._watch.followed:
            self._watch.follow(account_id)

    def look_at(self, key: JobKey | None) -> None:
        """Tell which job somebody looks at; it is asked about more often. Safe from any thread."""
        self._watch.looked_at = key
        if key is not None and self._active:
            self._loop.call_soon_threadsafe(self._watch.follow, key[0])

    async def ended(self, key: JobKey) -> Job:
        """Wait until the job has ended and return it."""
        record = self._known_record(key)
        if record.phase in (Phase.SENDING, Phase.STARTING):
            if not record.job.state.is_terminal:
                self._starter.begin(key)
        else:
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
        self._board.flush()

    async def _ordered(self, order: Order, plan: Plan, *, several: bool) -> Job:
        today = datetime.now(UTC)
        videos = plan.content is Content.VIDEOS
        name = printable(order.name)
        definition = JobDefinition(
            content=plan.content,
            batch_id=new_batch_id(today.date()),
            workflow_id=order.workflow_id,
            parameters=dict(order.parameters),
            keep_images=order.keep_images,
            table_format=order.table_format,
            max_video_fps=order.max_video_fps if videos else None,
            max_failure_rate=None if videos else order.max_failure_rate,
        )
        job = Job(
            order.account_id,
            new_job_id(today.date()),
            f"{name} (videos)" if several and videos else name,
            JobState.UPLOADING,
            content=plan.content,
            created=today,
            workflow_id=order.workflow_id,
            batch_id=definition.batch_id,
            items_total=len(plan.files),
        )
        # The job first: a sending without its job would be sent for nothing, a job without its sending is dropped.
        record = JobRecord(job, Phase.SENDING, definition)
        self._journal.jobs.put([replace(record, hidden=True)])
        await begin_sending(
            self._journal,
            plan,
            account_id=order.account_id,
            batch_id=definition.batch_id,
            batch_name=job.name,
            job_id=job.job_id,
        )
        self._board.record([record])
        self._starter.begin(job.key)
        return job

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
