"""What a service does not have: every method of `core.ports.Service`, saying so. An adapter overrides what it has."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from batchdock.core.account import Account
from batchdock.core.batch import Batch, Content, Part, Shard, StagedFile
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import BatchdockError, NotOffered
from batchdock.core.facts import Facts
from batchdock.core.inventory import Done, Field, Item, Where
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity, Stage, Task
from batchdock.core.order import IngestNotice
from batchdock.core.ports import Capabilities, OwnComputer
from batchdock.core.reference import Ingest
from batchdock.core.streams import FileVersion, Incoming, Outgoing
from batchdock.core.workflow import Workflow

_Each = TypeVar("_Each")


class Unoffered:
    """Lists are empty, since there is nothing of the kind; everything else raises `NotOffered`.

    `name` is what people call the service.
    """

    account: Account
    capabilities: Capabilities
    name: str

    @property
    def computer(self) -> OwnComputer | None:
        """See `Service.computer`."""
        return None

    @property
    def datasets(self) -> DatasetService | None:
        """See `Service.datasets`."""
        return None

    async def check_key(self) -> str:
        """See `Service.check_key`."""
        raise self._unoffered()

    async def workflows(self) -> tuple[Workflow, ...]:
        """See `Service.workflows`."""
        return ()

    async def workflow(self, workflow_id: str) -> Workflow:
        """See `Service.workflow`."""
        raise self._unoffered()

    def batches(self) -> AsyncIterator[Batch]:
        """See `Service.batches`."""
        return _none()

    async def batch(self, batch_id: str) -> Batch:
        """See `Service.batch`."""
        raise self._unoffered()

    async def count(self, batch_id: str, part: str | None = None) -> int:
        """See `Service.count`."""
        raise self._unoffered()

    def shards(self, batch_id: str) -> AsyncIterator[Shard]:
        """See `Service.shards`."""
        return _none()

    async def parts(self, batch_id: str) -> tuple[Part, ...]:
        """See `Service.parts`."""
        return ()

    def files(self, batch_id: str, part: str | None = None) -> AsyncIterator[StagedFile]:
        """See `Service.files`."""
        return _none()

    async def file_page(
        self, batch_id: str, part: str | None = None, position: str = ""
    ) -> tuple[tuple[StagedFile, ...], str]:
        """See `Service.file_page`."""
        return (), ""

    async def upload_image(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """See `Service.upload_image`."""
        raise self._unoffered()

    async def upload_video(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """See `Service.upload_video`."""
        raise self._unoffered()

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
        raise self._unoffered()

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
        raise self._unoffered()

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
        raise self._unoffered()

    async def ingest_query(
        self, batch_id: str, query: str, *, batch_name: str, ingest_id: str, notice: IngestNotice | None = None
    ) -> None:
        """See `Service.ingest_query`."""
        raise self._unoffered()

    async def create_job(
        self,
        job_id: str,
        name: str,
        definition: JobDefinition,
        *,
        on_trouble: Callable[[BatchdockError], None] | None = None,
    ) -> None:
        """See `Service.create_job`."""
        raise self._unoffered()

    def jobs(self) -> AsyncIterator[Job]:
        """See `Service.jobs`."""
        return _none()

    def find_jobs(self, where: Where) -> AsyncIterator[Job]:
        """See `Service.find_jobs`."""
        raise self._unoffered()

    async def job(self, job_id: str) -> Job:
        """See `Service.job`."""
        raise self._unoffered()

    async def facts(self, collection: str, item_id: str) -> Facts:
        """See `Service.facts`."""
        raise self._unoffered()

    def items(self, collection: str, where: Where) -> AsyncIterator[Item]:
        """See `Service.items`."""
        return _none()

    async def form(self, collection: str, action: str, item_id: str = "") -> tuple[Field, ...]:
        """See `Service.form`."""
        raise self._unoffered()

    async def act(self, collection: str, action: str, item_ids: Sequence[str], values: Mapping[str, object]) -> Done:
        """See `Service.act`."""
        raise self._unoffered()

    async def definition(self, job_id: str) -> JobDefinition | None:
        """See `Service.definition`."""
        return None

    async def answers(self, job_id: str) -> dict[str, object]:
        """See `Service.answers`."""
        return {}

    async def stages(self, job_id: str) -> tuple[Stage, ...]:
        """See `Service.stages`."""
        return ()

    def tasks(self, job_id: str, stage_id: str) -> AsyncIterator[Task]:
        """See `Service.tasks`."""
        return _none()

    def logs(self, job_id: str, severity: Severity | None = None) -> AsyncIterator[LogEntry]:
        """See `Service.logs`."""
        return _none()

    async def log_page(
        self, job_id: str, severity: Severity | None = None, position: str = ""
    ) -> tuple[tuple[LogEntry, ...], str]:
        """See `Service.log_page`."""
        return (), ""

    async def abort(self, job_id: str) -> None:
        """See `Service.abort`."""
        raise self._unoffered()

    async def restart(self, job_id: str, override: RestartOverride | None = None) -> None:
        """See `Service.restart`."""
        raise self._unoffered()

    def receive(
        self, file: StagedFile, *, start: int = 0, version: FileVersion | None = None, end: int | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """See `Service.receive`."""
        raise self._unoffered()

    async def close(self) -> None:
        """See `Service.close`."""

    def _unoffered(self) -> NotOffered:
        return NotOffered(service=self.name)


async def _none() -> AsyncIterator[_Each]:
    return
    yield  # An iterator without anything in it is still one.
