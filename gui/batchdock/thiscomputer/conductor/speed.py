"""How fast the jobs go: a meter for each that runs, and what their runs leave for later ones."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from batchdock.thiscomputer.conductor.active import ActiveJob
from batchdock.thiscomputer.conductor.measuring import Meter
from batchdock.thiscomputer.engine.compute import Compute
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.store.rates import Rates


@dataclass(slots=True)
class _Run:
    """A job that is measured. `weights`: how many average items each item of a task is; one where it is not named."""

    meter: Meter
    weights: Mapping[str, float]
    packing: Meter | None = None


class Speed:
    """Measures jobs. The conductor's thread tells it what happens; anybody may ask."""

    def __init__(self, rates: Rates, compute: Compute) -> None:
        self._rates = rates
        self._compute = compute
        self._runs: dict[str, _Run] = {}

    def start(self, job: ActiveJob, sizes: Mapping[str, int]) -> None:
        """Measure a job from now on. `sizes` are the bytes of each task where items differ: nobody knows how long a
        video is before it is opened, and the bytes of its file say it best.
        """
        weights = _shares(sizes)
        left = sum((each.total - each.done) * weights.get(each.task_id, 1.0) for each in job.tally.values())
        usual = self._rates.usual(job.definition.workflow.workflow_id, job.definition.content, self._compute.device)
        self._runs[job.job_id] = _Run(Meter(left, usual, time.monotonic()), weights)

    def is_measured(self, job_id: str) -> bool:
        """Tell whether the job has started."""
        return job_id in self._runs

    def take(
        self,
        job_id: str,
        task_id: str,
        rows: Sequence[Row],
        count: int,
        under_way: Mapping[str, float],
        *,
        shared: bool,
    ) -> None:
        """Take in `count` items of a task that have an outcome. `under_way`: task → part of its item that is done.

        `shared`: other jobs have a part of the computer.
        """
        run = self._runs.get(job_id)
        if run is None:
            return
        pixels = [row.pixels for row in rows if row.pixels]
        run.meter.add(
            count * run.weights.get(task_id, 1.0),
            time.monotonic(),
            under_way=_sum(run, under_way),
            pixels=sum(pixels),
            pictures=len(pixels),
            shared=shared,
        )

    def look(self, job_id: str, under_way: Mapping[str, float]) -> None:
        """Take in how far the items under way are."""
        run = self._runs.get(job_id)
        if run is not None:
            run.meter.look(_sum(run, under_way), time.monotonic())

    def learn(self, job: ActiveJob) -> None:
        """Keep, once, what the processing of a job shows for later ones."""
        run = self._runs.get(job.job_id)
        if run is None or run.packing is not None:
            return
        run.packing = Meter(job.counts()[0], None, time.monotonic())
        lesson = run.meter.lesson
        if lesson is not None:
            self._rates.note(
                job.definition.workflow.workflow_id,
                job.definition.content,
                run.meter.megapixels,
                self._compute.device,
                items=lesson[0],
                seconds=lesson[1],
            )

    def pack(self, job_id: str, items: int) -> None:
        """Take in of how many items the results are packed. Safe from any thread."""
        run = self._runs.get(job_id)
        if run is not None and run.packing is not None:
            run.packing.look(items, time.monotonic())

    def now(self, job_id: str) -> dict[str, object]:
        """Return what a notification says of a running job: `rate` in items a second and `secondsLeft`, each None
        while nobody can know, and the `device`. While the results are packed nothing is processed: then there is no
        rate. Safe from any thread.
        """
        run = self._runs.get(job_id)
        rate, left = None, None
        if run is not None and run.packing is not None:
            left = run.packing.read(time.monotonic())[1]
        elif run is not None and not self._compute.trouble:
            rate, left = run.meter.read(time.monotonic())
        left = None if left is None else round(left, 1)
        return {"rate": _rounded(rate), "secondsLeft": left, "device": self._compute.device}

    def whole(self, job_id: str) -> dict[str, object]:
        """Return what the notification of an ended job keeps."""
        run = self._runs.get(job_id)
        return {"rate": None if run is None else _rounded(run.meter.whole), "device": self._compute.device}

    def forget(self, job_id: str) -> None:
        """Measure a job no longer."""
        self._runs.pop(job_id, None)


def _shares(sizes: Mapping[str, int]) -> dict[str, float]:
    """Return how many average items each task is. Together they are as many as there are tasks."""
    mean = sum(sizes.values()) / len(sizes) if sizes else 0.0
    return {task_id: size / mean if mean else 1.0 for task_id, size in sizes.items()}


def _sum(run: _Run, under_way: Mapping[str, float]) -> float:
    return sum(part * run.weights.get(task_id, 1.0) for task_id, part in under_way.items())


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else float(f"{rate:.3g}")
