"""The adapter to the core: the `Service` of a Roboflow workspace, and of this computer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from batchdock.core.account import Account
from batchdock.core.batch import Batch, Content, Part, Shard, StagedFile
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity, Stage, Task
from batchdock.core.ports import Capabilities, Incoming, Outgoing, Version
from batchdock.core.workflow import Workflow
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience
from batchdock.services.roboflow import account as accounts
from batchdock.services.roboflow import downloads, jobs, staging, uploads
from batchdock.services.roboflow.wire import Wire

_HERE = Capabilities(file_references=True, costs_money=False, uploads_leave_the_computer=False)
_THERE = Capabilities()


class RoboflowService:
    """`core.ports.Service` over the Roboflow contract. Each method is one call into the module that knows how."""

    def __init__(
        self, account: Account, key: str, *, patience: Patience | None = None, limits: Limits = LIMITS
    ) -> None:
        self.account = account
        self.capabilities = _HERE if account.is_this_computer else _THERE
        self._workspace = account.workspace
        self._wire = Wire(
            address=account.address,
            key=key,
            service="This computer" if account.is_this_computer else "Roboflow",
            patience=patience or Patience(),
            limits=limits,
        )

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

    async def upload_image(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """See `Service.upload_image`."""
        await uploads.send_image(self._wire, self._workspace, batch_id, name, body, batch_name)

    async def upload_video(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """See `Service.upload_video`."""
        await uploads.send_video(self._wire, self._workspace, batch_id, name, body, batch_name=batch_name)

    async def upload_shard(self, batch_id: str, body: Outgoing, *, files: int, batch_name: str) -> None:
        """See `Service.upload_shard`."""
        await uploads.send_shard(self._wire, self._workspace, batch_id, body, files=files, batch_name=batch_name)

    async def add_references(
        self,
        batch_id: str,
        content: Content,
        references: Sequence[tuple[str, str]],
        *,
        batch_name: str,
        ingest_id: str,
    ) -> None:
        """See `Service.add_references`."""
        await uploads.send_references(
            self._wire, self._workspace, batch_id, content, references, batch_name=batch_name, ingest_id=ingest_id
        )

    async def create_job(self, job_id: str, name: str, definition: JobDefinition) -> None:
        """See `Service.create_job`."""
        await jobs.create(self._wire, self._workspace, job_id, name, definition)

    def jobs(self) -> AsyncIterator[Job]:
        """See `Service.jobs`."""
        return jobs.list_jobs(self._wire, self._workspace, self.account.account_id)

    async def job(self, job_id: str) -> Job:
        """See `Service.job`."""
        return await jobs.ask_job(self._wire, self._workspace, self.account.account_id, job_id)

    async def stages(self, job_id: str) -> tuple[Stage, ...]:
        """See `Service.stages`."""
        return await jobs.ask_stages(self._wire, self._workspace, job_id)

    def tasks(self, job_id: str, stage_id: str) -> AsyncIterator[Task]:
        """See `Service.tasks`."""
        return jobs.list_tasks(self._wire, self._workspace, job_id, stage_id)

    def logs(self, job_id: str, severity: Severity | None = None) -> AsyncIterator[LogEntry]:
        """See `Service.logs`."""
        return jobs.list_logs(self._wire, self._workspace, job_id, severity)

    async def abort(self, job_id: str) -> None:
        """See `Service.abort`."""
        await jobs.abort(self._wire, self._workspace, job_id)

    async def restart(self, job_id: str, override: RestartOverride | None = None) -> None:
        """See `Service.restart`."""
        await jobs.restart(self._wire, self._workspace, job_id, override)

    def receive(
        self, file: StagedFile, *, start: int = 0, version: Version | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """See `Service.receive`."""
        return downloads.open_file(self._wire, file, start, version or Version())

    async def close(self) -> None:
        """See `Service.close`."""
        await self._wire.close()
