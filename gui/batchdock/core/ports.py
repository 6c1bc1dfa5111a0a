"""What the flows need from the rooms below them, as Protocols."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from batchdock.core.account import Account
from batchdock.core.batch import Batch, Content, Part, Shard, StagedFile
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity, Stage, Task
from batchdock.core.workflow import Workflow


class Outgoing(Protocol):
    """Bytes to send, of a length that is known before the first of them."""

    @property
    def name(self) -> str:
        """What people know it by, for errors."""
        ...

    @property
    def size(self) -> int:
        """The number of bytes `open` yields, exactly."""
        ...

    def open(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes, from the start at each call. Raise `FileUnreadable` when there are fewer or more by now."""
        ...


@dataclass(frozen=True, slots=True)
class Version:
    """What tells one version of a file at a service from another: its ETag and its size in bytes, where known."""

    etag: str = ""
    size: int | None = None


class Incoming(Protocol):
    """A file that is being received."""

    @property
    def start(self) -> int:
        """Where its first byte belongs: 0 unless the service went on from where it was asked to."""
        ...

    @property
    def version(self) -> Version:
        """Which version of the file it is."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come. Raises `ConnectionProblem` when the line breaks or an end is missing."""
        ...


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a service can do; pages ask this instead of the service's name."""

    file_references: bool = False
    """Takes `file://` references: nothing is copied."""
    costs_money: bool = True
    uploads_leave_the_computer: bool = True
    can_restart: bool = True


class Service(Protocol):
    """The one interface all services share. Every method raises only `BatchdockError`s.

    Iterators fetch page by page, on demand. One instance belongs to one event loop.
    """

    account: Account
    capabilities: Capabilities

    async def check_key(self) -> str:
        """Ask who the key belongs to. Return the workspace. Raise `KeyRefused`."""
        ...

    async def workflows(self) -> tuple[Workflow, ...]:
        """Return the saved workflows, without their inputs."""
        ...

    async def workflow(self, workflow_id: str) -> Workflow:
        """Return one workflow with inputs and outputs."""
        ...

    def batches(self) -> AsyncIterator[Batch]:
        """Yield all batches, inputs and outputs alike."""
        ...

    async def batch(self, batch_id: str) -> Batch:
        """Return one batch. Raise `NotFound`."""
        ...

    async def count(self, batch_id: str, part: str | None = None) -> int:
        """Return how many files the batch (or its part) holds so far."""
        ...

    def shards(self, batch_id: str) -> AsyncIterator[Shard]:
        """Yield the ingest status of every shard."""
        ...

    async def parts(self, batch_id: str) -> tuple[Part, ...]:
        """Return the parts of a multipart batch."""
        ...

    def files(self, batch_id: str, part: str | None = None) -> AsyncIterator[StagedFile]:
        """Yield the files with fresh signed addresses."""
        ...

    async def upload_image(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """Send one picture under `name`. Creates the batch if it is not there. One try."""
        ...

    async def upload_video(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """Send one video. One try, with a signed address of its own. Raise `FileTooLarge` before the first byte."""
        ...

    async def upload_shard(self, batch_id: str, body: Outgoing, *, files: int, batch_name: str) -> None:
        """Send one plain tar of `files` pictures, flat (contract §3.7). One try, with a signed address of its own.

        Raise `ShardTooLarge` before the first byte when the service's answer allows less.
        """
        ...

    async def add_references(
        self,
        batch_id: str,
        content: Content,
        references: Sequence[tuple[str, str]],
        *,
        batch_name: str,
        ingest_id: str,
    ) -> None:
        """Hand over `(name, url)` pairs, at most 20,000. A repeated `ingest_id` changes nothing."""
        ...

    async def create_job(self, job_id: str, name: str, definition: JobDefinition) -> None:
        """Start a job under an id chosen here. The same call again is harmless; another definition raises."""
        ...

    def jobs(self) -> AsyncIterator[Job]:
        """Yield all jobs, as far as the list tells; details stay None."""
        ...

    async def job(self, job_id: str) -> Job:
        """Return one job as far as its metadata tells. Raise `NotFound`."""
        ...

    async def stages(self, job_id: str) -> tuple[Stage, ...]:
        """Return the stages that have started."""
        ...

    def tasks(self, job_id: str, stage_id: str) -> AsyncIterator[Task]:
        """Yield the tasks of a stage."""
        ...

    def logs(self, job_id: str, severity: Severity | None = None) -> AsyncIterator[LogEntry]:
        """Yield the log, oldest first as far as the service keeps order."""
        ...

    async def abort(self, job_id: str) -> None:
        """Ask the job to stop. What was processed stays."""
        ...

    async def restart(self, job_id: str, override: RestartOverride | None = None) -> None:
        """Start a failed or stopped job again."""
        ...

    def receive(
        self, file: StagedFile, *, start: int = 0, version: Version | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """Open a file, from byte `start` on if it still is that `version`, else from its beginning. One try.

        Raise `NotFound` when the address is no longer good: list again for a fresh one. What is raised inside the block
        by whoever reads comes out as it is.
        """
        ...

    async def close(self) -> None:
        """Give back connections. Never raises."""
        ...


class KeyStore(Protocol):
    """Where keys are. Blocking calls: run them off the loop, through `flows.accounts`.

    `name` is what people call the place; `lasting` is False where the keys go with the process.
    """

    @property
    def name(self) -> str: ...

    @property
    def lasting(self) -> bool: ...

    def load(self) -> dict[str, str]:
        """Return all keys by account id. Raise `KeystoreProblem`."""
        ...

    def save(self, keys: dict[str, str]) -> None:
        """Replace all keys. Raise `KeystoreProblem`."""
        ...
