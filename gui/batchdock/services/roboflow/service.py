"""The adapter to the core: the `Service` of a Roboflow workspace, and of this computer."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager

from batchdock.core.account import Account
from batchdock.core.batch import Batch, Content, Part, Shard, StagedFile
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity, Stage, Task
from batchdock.core.order import IngestNotice
from batchdock.core.ports import Capabilities, OwnComputer
from batchdock.core.reference import Ingest
from batchdock.core.streams import FileVersion, Incoming, Outgoing
from batchdock.core.workflow import Workflow
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.opening import open_file
from batchdock.services.http.patience import Patience
from batchdock.services.roboflow import account as accounts
from batchdock.services.roboflow import answers, jobs, staging, uploads
from batchdock.services.roboflow import references as references_
from batchdock.services.roboflow.computer import RoboflowComputer
from batchdock.services.roboflow.notice import TarWithNotice
from batchdock.services.roboflow.wire import Wire
from batchdock.services.unoffered import Unoffered

HERE = Capabilities(file_references=True, references=True, costs_money=False, uploads_leave_the_computer=False)
THERE = Capabilities(references=True, queries=True, credits_an_hour={"cpu": 1.0, "gpu": 4.0})
"""The prices are of contract §1.7."""


class RoboflowService(Unoffered):
    """`core.ports.Service` over the Roboflow contract. Each method is one call into the module that knows how."""

    def __init__(
        self, account: Account, key: str, *, patience: Patience | None = None, limits: Limits = LIMITS
    ) -> None:
        self.account = account
        self.name = "This computer" if account.is_this_computer else "Roboflow"
        self.capabilities = HERE if account.is_this_computer else THERE
        self._workspace = account.workspace
        self._wire = Wire(
            address=account.address,
            key=key,
            service=self.name,
            patience=patience or Patience(),
            limits=limits,
        )
        self._computer = RoboflowComputer(self._wire, self._workspace) if account.is_this_computer else None

    @property
    def computer(self) -> OwnComputer | None:
        """See `Service.computer`."""
        return self._computer

    @property
    def datasets(self) -> None:
        """See `Service.datasets`."""
        return None

    async def check_key(self) -> str:
        """See `Service.check_key`."""
        return await accounts.ask_workspace(self._wire)

    async def workflows(self) -> tuple[Workflow, ...]:
        """See `Service.workflows`."""
        return await accounts.ask_workflows(self._wire, self._workspace)

    async def workflow(self, workflow_id: str) -> Workflow:
        """See `Service.workflow`."""
        return await accounts.ask_workflow(self._wire, self._workspace, workflow_id)

    def batches(self) -> AsyncIterator[Batch]:
        """See `Service.batches`."""
        return staging.list_batches(self._wire, self._workspace, self.account.account_id)

    async def batch(self, batch_id: str) -> Batch:
        """See `Service.batch`."""
        return await staging.ask_batch(self._wire, self._workspace, self.account.account_id, batch_id)

    async def count(self, batch_id: str, part: str | None = None) -> int:
        """See `Service.count`."""
        return await staging.ask_count(self._wire, self._workspace, batch_id, part)

    def shards(self, batch_id: str) -> AsyncIterator[Shard]:
        """See `Service.shards`."""
        return staging.list_shards(self._wire, self._workspace, batch_id)

    async def parts(self, batch_id: str) -> tuple[Part, ...]:
        """See `Service.parts`."""
        return await staging.ask_parts(self._wire, self._workspace, batch_id)

    def files(self, batch_id: str, part: str | None = None) -> AsyncIterator[StagedFile]:
        """See `Service.files`."""
        return staging.list_files(self._wire, self._workspace, batch_id, part)

    async def file_page(
        self, batch_id: str, part: str | None = None, position: str = ""
    ) -> tuple[tuple[StagedFile, ...], str]:
        """See `Service.file_page`."""
        return await staging.ask_file_page(self._wire, self._workspace, batch_id, part, position)

    async def upload_image(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """See `Service.upload_image`."""
        await uploads.send_image(self._wire, self._workspace, batch_id, name, body, batch_name)

    async def upload_video(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """See `Service.upload_video`."""
        await uploads.send_video(self._wire, self._workspace, batch_id, name, body, batch_name=batch_name)

    async def upload_shard(
        self,
        batch_id: str,
        body: Outgoing,
        *,
        files: int,
        batch_name: str,
        ingest_id: str = "",
        notice: IngestNotice | None = None,
    ) -> None:
        """See `Service.upload_shard`."""
        told = body if notice is None else TarWithNotice(body, notice, ingest_id)
        await uploads.send_shard(self._wire, self._workspace, batch_id, told, files=files, batch_name=batch_name)

    async def add_references(
        self,
        batch_id: str,
        content: Content,
        references: Sequence[tuple[str, str]],
        *,
        batch_name: str,
        ingest_id: str,
        notice: IngestNotice | None = None,
    ) -> Ingest:
        """See `Service.add_references`."""
        return await references_.send_references(
            self._wire,
            self._workspace,
            batch_id,
            content,
            references,
            batch_name=batch_name,
            ingest_id=ingest_id,
            notice=notice,
        )

    async def add_reference_list(
        self,
        batch_id: str,
        content: Content,
        address: str,
        *,
        batch_name: str,
        ingest_id: str,
        notice: IngestNotice | None = None,
    ) -> Ingest:
        """See `Service.add_reference_list`."""
        return await references_.send_references(
            self._wire,
            self._workspace,
            batch_id,
            content,
            address,
            batch_name=batch_name,
            ingest_id=ingest_id,
            notice=notice,
        )

    async def ingest_query(
        self, batch_id: str, query: str, *, batch_name: str, ingest_id: str, notice: IngestNotice | None = None
    ) -> None:
        """See `Service.ingest_query`."""
        if not self.capabilities.queries:
            raise self._unoffered()
        await references_.send_query(
            self._wire, self._workspace, batch_id, query, batch_name=batch_name, ingest_id=ingest_id, notice=notice
        )

    async def create_job(
        self,
        job_id: str,
        name: str,
        definition: JobDefinition,
        *,
        on_trouble: Callable[[BatchdockError], None] | None = None,
    ) -> None:
        """See `Service.create_job`."""
        await jobs.create(self._wire, self._workspace, job_id, name, definition, on_trouble)

    def jobs(self) -> AsyncIterator[Job]:
        """See `Service.jobs`."""
        return jobs.list_jobs(self._wire, self._workspace, self.account.account_id)

    async def job(self, job_id: str) -> Job:
        """See `Service.job`."""
        return await jobs.ask_job(self._wire, self._workspace, self.account.account_id, job_id)

    async def definition(self, job_id: str) -> JobDefinition | None:
        """See `Service.definition`."""
        return await jobs.ask_definition(self._wire, self._workspace, job_id)

    async def answers(self, job_id: str) -> dict[str, object]:
        """See `Service.answers`."""
        return await answers.ask_answers(self._wire, self._workspace, job_id)

    async def stages(self, job_id: str) -> tuple[Stage, ...]:
        """See `Service.stages`."""
        return await jobs.ask_stages(self._wire, self._workspace, job_id)

    def tasks(self, job_id: str, stage_id: str) -> AsyncIterator[Task]:
        """See `Service.tasks`."""
        return jobs.list_tasks(self._wire, self._workspace, job_id, stage_id)

    def logs(self, job_id: str, severity: Severity | None = None) -> AsyncIterator[LogEntry]:
        """See `Service.logs`."""
        return jobs.list_logs(self._wire, self._workspace, job_id, severity)

    async def log_page(
        self, job_id: str, severity: Severity | None = None, position: str = ""
    ) -> tuple[tuple[LogEntry, ...], str]:
        """See `Service.log_page`."""
        return await jobs.ask_log_page(self._wire, self._workspace, job_id, severity, position)

    async def abort(self, job_id: str) -> None:
        """See `Service.abort`."""
        await jobs.abort(self._wire, self._workspace, job_id)

    async def restart(self, job_id: str, override: RestartOverride | None = None) -> None:
        """See `Service.restart`."""
        await jobs.restart(self._wire, self._workspace, job_id, override)

    def receive(
        self, file: StagedFile, *, start: int = 0, version: FileVersion | None = None, end: int | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """See `Service.receive`."""
        return open_file(self._wire, file.url, file.name, start, version or FileVersion(), end)

    async def close(self) -> None:
        """See `Service.close`."""
        await self._wire.close()
