"""What an account's jobs were when they were last asked for, by what keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.services.tensorbay.jobs.reading import is_undecided
from batchdock.services.tensorbay.jobs.refs import JobKind, JobRef


@dataclass(slots=True)
class Keeper:
    """A dataset, or a benchmark, and its jobs as they were at `read`: seconds of a monotonic clock, -inf for never."""

    keeper_id: str
    name: str
    kinds: tuple[JobKind, ...]
    read: float = -inf
    jobs: dict[str, Job] = field(default_factory=dict)
    noted: dict[str, float] = field(default_factory=dict)
    """When some of them were asked for by themselves."""

    @property
    def was_read(self) -> bool:
        """Tell whether it was ever asked."""
        return self.read > -inf

    @property
    def is_moving(self) -> bool:
        """Tell whether one of its jobs will soon be something else. Of an evaluation nobody can tell."""
        return any(job.is_moving and not is_undecided(job) for job in self.jobs.values())

    def take(self, jobs: Iterable[Job], read: float) -> None:
        """Replace its jobs by what was asked for at `read`, unless something newer is known of one of them.

        One whose result was seen stays done, though no list says so.
        """
        before = self.jobs
        kept = {job_id: before[job_id] for job_id, at in self.noted.items() if at > read and job_id in before}
        self.jobs = {job.job_id: self._decided(job, before.get(job.job_id)) for job in jobs} | kept
        self.noted = {job_id: at for job_id, at in self.noted.items() if at > read}
        self.read = read

    def note(self, job: Job, at: float) -> None:
        """Take in one job that was asked for by itself at this time."""
        self.jobs[job.job_id], self.noted[job.job_id] = job, at

    @staticmethod
    def _decided(job: Job, before: Job | None) -> Job:
        return before if is_undecided(job) and before is not None and before.state is JobState.DONE else job


@dataclass(slots=True)
class Known:
    """All keepers of one account, newest first. One for each service object, which belongs to one loop.

    `keepers_read` is when they were listed, `asked` when one of them was last asked for its jobs.
    """

    keepers: dict[tuple[bool, str], Keeper] = field(default_factory=dict)
    keepers_read: float = -inf
    asked: float = -inf

    def take(self, found: Iterable[Keeper], *, evaluations: bool, read: float) -> None:
        """Replace the datasets, or the benchmarks; those that stay keep their jobs."""
        others = {key: each for key, each in self.keepers.items() if key[0] is not evaluations}
        now: dict[tuple[bool, str], Keeper] = {}
        for each in found:
            key = (evaluations, each.keeper_id)
            now[key] = self.keepers.get(key, each)
            now[key].name = each.name
        self.keepers = {**others, **now} if evaluations else {**now, **others}
        self.keepers_read = read

    def jobs(self) -> dict[str, Job]:
        """Return all jobs there are known, by their ids."""
        return {job_id: job for keeper in self.keepers.values() for job_id, job in keeper.jobs.items()}

    def of(self, ref: JobRef) -> Keeper | None:
        """Return what keeps a job, where that is known."""
        return self.keepers.get((ref.kind is JobKind.EVALUATION, ref.keeper))

    def note(self, ref: JobRef, job: Job, at: float) -> None:
        """Take in a job that was asked for by itself, so that no older answer takes its place."""
        keeper = self.of(ref)
        if keeper is not None:
            keeper.note(job, at)

    def forget(self, ref: JobRef) -> None:
        """Drop a job that is gone."""
        keeper = self.of(ref)
        if keeper is not None:
            keeper.jobs.pop(ref.job_id, None)
