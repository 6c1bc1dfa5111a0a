"""What the flows need from the rooms below them, as Protocols."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from batchdock.core.account import Account
from batchdock.core.batch import Batch, Content, Part, Shard, StagedFile
from batchdock.core.computer import (
    ComputerSettings,
    Computing,
    Model,
    ModelAnswers,
    ModelLook,
    Rate,
    Storage,
    Trial,
)
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import BatchdockError
from batchdock.core.facts import Facts
from batchdock.core.inventory import Action, Collection, Done, Field, Item, Where
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity, Stage, Task
from batchdock.core.order import IngestNotice
from batchdock.core.reference import Ingest
from batchdock.core.streams import FileVersion, Incoming, Outgoing
from batchdock.core.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a service can do; pages ask this instead of the service's name."""

    file_references: bool = False
    """Takes `file://` references: nothing is copied."""
    references: bool = False
    """Takes https references: it fetches the files by itself."""
    queries: bool = False
    """Has a library of pictures that is searched with RoboQL."""
    costs_money: bool = True
    credits_an_hour: Mapping[str, float] = field(default_factory=dict)
    """What an hour of one machine costs, by kind of machine; the first is what a service takes by itself."""
    uploads_leave_the_computer: bool = True
    can_stop: bool = True
    can_restart: bool = True
    can_restart_changed: bool = True
    takes_files: bool = True
    """Files go there in batches, workflows run over them, and results are batches again. Else the files are where the
    service has them, or there are none, as with cameras."""
    tells_steps: bool = True
    """Tells stages, tasks and a log of each job."""
    tells_facts: bool = False
    """Tells of a job, and of what is in its collections, as `Facts`."""
    sends_events: bool = False
    """Jobs send what they see to an address, see `core.event`."""
    job_actions: tuple[Action, ...] = ()
    """What can be done to jobs by `Service.act`, besides `abort` and `restart`."""
    job_filters: tuple[Field, ...] = ()
    """By what the service itself can narrow the list of jobs."""
    collections: tuple[Collection, ...] = ()
    """What else it keeps."""
    keeps_datasets: bool = False
    """Keeps datasets with all their versions, see `Service.datasets`."""
    stops_only: frozenset[str] = frozenset()
    restarts_only: frozenset[str] = frozenset()
    """The kinds of jobs (`Job.kind`) that can be stopped, or started again, where not all can."""
    unverified: frozenset[str] = frozenset()
    """Which of "stop" and "restart" are known from hints only; people are told, as of an `Action`."""

    def stops(self, job: Job) -> bool:
        """Tell whether a job of this kind can be stopped."""
        return self.can_stop and (not self.stops_only or job.kind in self.stops_only)

    def restarts(self, job: Job) -> bool:
        """Tell whether a job of this kind can be started again."""
        return self.can_restart and (not self.restarts_only or job.kind in self.restarts_only)


class OwnComputer(Protocol):
    """What only the service of this computer can do. Every method raises only `BatchdockError`s."""

    async def check_workflow(self, name: str, definition: dict[str, object]) -> Workflow:
        """Return what the definition would be here, with inputs and outputs. Raise `WorkflowUnfit` with the reasons."""
        ...

    async def add_workflow(self, name: str, description: str, definition: dict[str, object]) -> Workflow:
        """Keep a workflow. Raise `WorkflowUnfit`."""
        ...

    async def remove_workflow(self, workflow_id: str) -> None:
        """Forget a workflow of one's own. Raise `NotFound`, `StillUsed`."""
        ...

    async def look_at_model(self, path: Path) -> ModelLook:
        """Look into a model file; it stays where it is. Raise `ModelUnfit`."""
        ...

    async def try_model(self, look_id: str, answers: ModelAnswers, picture: Path) -> Trial:
        """Run a model that was looked at over one picture. Raise `ModelUnfit`; `NotFound` for a look that is over."""
        ...

    async def add_model(self, look_id: str, name: str, answers: ModelAnswers) -> Model:
        """Keep a copy of a model that was looked at, and a workflow that runs it. Raise `ModelUnfit`, `NotFound`."""
        ...

    async def models(self) -> tuple[Model, ...]:
        """Return all models, built-in ones first."""
        ...

    async def remove_model(self, model_id: str) -> None:
        """Forget a model of one's own, and its workflow. Raise `NotFound`, `StillUsed`."""
        ...

    async def settings(self) -> tuple[ComputerSettings, Computing]:
        """Return how it works, and what does the work at the moment."""
        ...

    async def change_settings(self, settings: ComputerSettings) -> tuple[ComputerSettings, Computing]:
        """Work in another way from now on."""
        ...

    async def storage(self) -> Storage:
        """Return what it holds."""
        ...

    async def rates(self) -> tuple[Rate, ...]:
        """Return how fast earlier runs were."""
        ...

    async def remove_batch(self, batch_id: str) -> None:
        """Remove a batch, and what is held for it. Raise `NotFound`, and `StillUsed` while a job uses it."""
        ...

    async def clean_up(self) -> Storage:
        """Remove what has expired and what nothing refers to any more; return what is left."""
        ...


class Service(Protocol):
    """The one interface all services share. Every method raises only `BatchdockError`s.

    Iterators fetch page by page, on demand. One instance belongs to one event loop.
    """

    account: Account
    capabilities: Capabilities

    @property
    def computer(self) -> OwnComputer | None:
        """What only the service of this computer can do; None for every other one."""
        ...

    @property
    def datasets(self) -> DatasetService | None:
        """What only a service that keeps datasets can do; None for every other one."""
        ...

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

    async def file_page(
        self, batch_id: str, part: str | None = None, position: str = ""
    ) -> tuple[tuple[StagedFile, ...], str]:
        """Return one page of the files and the position of the next, empty at the end. "" is where the list begins.

        A position can be asked for again, for fresh addresses of the files on that page.
        """
        ...

    async def upload_image(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """Send one picture under `name`. Creates the batch if it is not there. One try."""
        ...

    async def upload_video(self, batch_id: str, name: str, body: Outgoing, *, batch_name: str) -> None:
        """Send one video. One try, with a signed address of its own. Raise `FileTooLarge` before the first byte."""
        ...

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
        """Send one plain tar of `files` pictures, flat (contract §3.7). One try, with a signed address of its own.

        `body` ends with the two empty blocks that end a tar, and no more. `notice` is told how the taking-in goes,
        under `ingest_id`, the same one for all tars of one run.
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
        notice: IngestNotice | None = None,
    ) -> Ingest:
        """Hand over `(name, url)` pairs, at most 20,000. A repeated `ingest_id` changes nothing.

        `notice` is told how the taking-in goes (contract §3.8).
        """
        ...

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
        """Hand over the https address of a JSON Lines file with references; else as `add_references`."""
        ...

    async def ingest_query(
        self, batch_id: str, query: str, *, batch_name: str, ingest_id: str, notice: IngestNotice | None = None
    ) -> None:
        """Have the pictures of the workspace's own library that a RoboQL query finds put into a batch (§3.10)."""
        ...

    async def create_job(
        self,
        job_id: str,
        name: str,
        definition: JobDefinition,
        *,
        on_trouble: Callable[[BatchdockError], None] | None = None,
    ) -> None:
        """Start a job under an id chosen here. The same call again is harmless; another definition raises.

        `on_trouble` is told each time nobody knows whether the request was carried out: it is looked, then, before it
        is asked for again.
        """
        ...

    def jobs(self) -> AsyncIterator[Job]:
        """Yield all jobs, as far as the list tells; details stay None."""
        ...

    def find_jobs(self, where: Where) -> AsyncIterator[Job]:
        """Yield the jobs that the service itself finds under these `Capabilities.job_filters`."""
        ...

    async def job(self, job_id: str) -> Job:
        """Return one job as far as its metadata tells. Raise `NotFound`."""
        ...

    async def facts(self, collection: str, item_id: str) -> Facts:
        """Return all that the service tells of an item, or of a job (`inventory.JOBS`), without secrets.

        Raise `NotFound`.
        """
        ...

    def items(self, collection: str, where: Where) -> AsyncIterator[Item]:
        """Yield what is in a collection, page by page."""
        ...

    async def form(self, collection: str, action: str, item_id: str = "") -> tuple[Field, ...]:
        """Return the form of an action, filled with how the item is now. Raise `NotFound`."""
        ...

    async def act(self, collection: str, action: str, item_ids: Sequence[str], values: Mapping[str, object]) -> Done:
        """Do something to items, with the values of a form by their keys; only those that were filled in or changed.

        What is refused for all of them raises; what is refused for some is told by the answer.
        """
        ...

    async def definition(self, job_id: str) -> JobDefinition | None:
        """Return what the service says the job was created from, with what was changed at restarts.

        None where it can not be read: another kind of job, or a service that does not say. Raise `NotFound`.
        """
        ...

    async def answers(self, job_id: str) -> dict[str, object]:
        """Return the service's raw answers on a job, by request, for support.

        Of long lists the first page. Keys and the secret part of addresses are taken out; instead of an answer that
        did not come stands why. Raise `NotFound`.
        """
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

    async def log_page(
        self, job_id: str, severity: Severity | None = None, position: str = ""
    ) -> tuple[tuple[LogEntry, ...], str]:
        """Return one page of the log and the position of the next, empty at the end. "" is where the log begins.

        A position can be asked for again: the last page may have more lines by then.
        """
        ...

    async def abort(self, job_id: str) -> None:
        """Ask the job to stop. What was processed stays."""
        ...

    async def restart(self, job_id: str, override: RestartOverride | None = None) -> None:
        """Start a failed or stopped job again."""
        ...

    def receive(
        self, file: StagedFile, *, start: int = 0, version: FileVersion | None = None, end: int | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """Open a file, from byte `start` on if it still is that `version`, else from its beginning. One try.

        With `end`, no more than the bytes before that one are asked for; more may come all the same, to be left unread.

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
