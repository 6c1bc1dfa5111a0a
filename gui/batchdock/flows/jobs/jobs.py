"""All jobs of all accounts."""

from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity
from batchdock.core.order import Order
from batchdock.core.workflow import Workflow
from batchdock.flows.jobs.details import JobDetail

JobKey = tuple[str, str]


class Jobs:
    """The jobs page, without the page. A key is `(account_id, job_id)`."""

    def all(self) -> tuple[Job, ...]:
        """Return all jobs that are not hidden, newest first. Safe from any thread."""
        raise NotImplementedError

    async def workflows(self, account_id: str) -> tuple[Workflow, ...]:
        """Return the workflows of an account, without their inputs."""
        raise NotImplementedError

    async def workflow(self, account_id: str, workflow_id: str) -> Workflow:
        """Return one workflow with its inputs."""
        raise NotImplementedError

    async def start(self, order: Order) -> tuple[Job, ...]:
        """Write the order down and return at once; sending, checking and starting go on in the background.

        Raises `NothingUsable`, `WorkflowUnfit`, and whatever keeps the account from being used at all.
        """
        raise NotImplementedError

    async def start_on_batch(
        self, account_id: str, name: str, definition: JobDefinition, job_id: str | None = None
    ) -> Job:
        """Start a job on a batch that is there already."""
        raise NotImplementedError

    async def detail(self, key: JobKey) -> JobDetail:
        """Return the job with stages, tasks and failures. Raise `NotFound`."""
        raise NotImplementedError

    async def logs(self, key: JobKey, severity: Severity | None = None) -> tuple[LogEntry, ...]:
        """Return the job's log."""
        raise NotImplementedError

    async def stop(self, key: JobKey) -> None:
        """Stop the job, or its sending while that goes on. What was processed stays."""
        raise NotImplementedError

    async def restart(self, key: JobKey, override: RestartOverride | None = None) -> None:
        """Start a failed or stopped job again; a sending that stopped goes on where it was."""
        raise NotImplementedError

    async def rename(self, key: JobKey, name: str) -> None:
        """Give the job another name, in this app."""
        raise NotImplementedError

    async def remove(self, key: JobKey) -> None:
        """Hide the job from the list. Nothing is deleted at the service."""
        raise NotImplementedError

    async def restore(self, key: JobKey) -> None:
        """Undo `remove`."""
        raise NotImplementedError

    async def refresh(self) -> None:
        """Ask every account now."""
        raise NotImplementedError

    def look_at(self, key: JobKey | None) -> None:
        """Tell which job somebody looks at; it is asked about more often. Safe from any thread."""
        raise NotImplementedError

    async def ended(self, key: JobKey) -> Job:
        """Wait until the job has ended and return it."""
        raise NotImplementedError
