"""The thread that sees jobs through: it alone changes their state once they are created.

Everything reaches it through one mailbox, so nothing here needs a lock. After a kill it takes up what the database
says: items with an outcome are never handed out again, an export starts over.
"""

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

from batchdock.core.errors import BatchdockError, StorageProblem
from batchdock.thiscomputer.conductor.active import ActiveJob, ActiveTask
from batchdock.thiscomputer.conductor.budget import Budget
from batchdock.thiscomputer.conductor.definition import read_definition
from batchdock.thiscomputer.conductor.export import Stopped, export
from batchdock.thiscomputer.conductor.inputs import inputs_of
from batchdock.thiscomputer.conductor.outcomes import gather
from batchdock.thiscomputer.conductor.speed import Speed
from batchdock.thiscomputer.conductor.wording import many, things
from batchdock.thiscomputer.engine.compute import Compute
from batchdock.thiscomputer.engine.executor import NoWorkers
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.refusal import Refusal
from batchdock.thiscomputer.store.batches import Batches
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.jobs import Jobs
from batchdock.thiscomputer.store.own_workflows import OwnWorkflows
from batchdock.thiscomputer.store.records import JobRecord
from batchdock.thiscomputer.store.trouble import storage_problem
from batchdock.thiscomputer.store.work import Piece, Work

_log = logging.getLogger(__name__)
_TICK = 5.0
_GLANCE = 1.0
"""Seconds between looks at how far the videos are that are being processed."""
_UNEXPECTED = "Something unexpected happened while it was processed."


@dataclass(frozen=True, slots=True)
class _Flight:
    """A chunk in the hands of the engine."""

    job: ActiveJob
    task_id: str
    folder: Path | None
    """Where the workers leave drawn videos; it goes with the flight."""


class Conductor:
    """Hands chunks to the engine, oldest job first and then in turn, and records what comes back.

    The thread outlives everything that goes wrong: a job that can not go on ends with a sentence, the others go on.
    """

    def __init__(
        self,
        batches: Batches,
        jobs: Jobs,
        work: Work,
        files: FileStore,
        engine: Compute,
        workflows: OwnWorkflows,
        speed: Speed,
        data: Path,
    ) -> None:
        self._batches = batches
        self._jobs = jobs
        self._work = work
        self._files = files
        self._engine = engine
        self._workflows = workflows
        self._speed = speed
        self._data = data
        self._mailbox: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._active: dict[str, ActiveJob] = {}
        self._unsaid: dict[str, Mapping[str, object]] = {}
        self._flying: dict[Future[list[Row]], _Flight] = {}
        self._glanced = 0.0
        self._budget = Budget()
        self._tell: Callable[[], None] | None = None
        self._exports = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._thread = Thread(target=self._run, name="conductor", daemon=True)

    def on_over(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever a job is over. To be said before the start."""
        self._tell = tell

    def start(self) -> None:
        """Begin with the jobs that an earlier process left."""
        self._mailbox.put(partial(self._adopt, continued=True))
        self._thread.start()

    def wake(self) -> None:
        """Say that there is a new job, or that a batch has been unpacked. Safe from any thread."""
        self._mailbox.put(self._adopt)

    def stop(self, job_id: str) -> None:
        """Stop a job; what has a result keeps it. Returns when it is over. Safe from any thread."""
        stopped = Event()
        self._mailbox.put(self._adopt)
        self._mailbox.put(partial(self._stop, job_id, stopped))
        stopped.wait(10)

    def close(self) -> None:
        """Stop handing out work and end the workers; jobs go on when the service starts again."""
        self._mailbox.put(None)
        self._thread.join()
        for job in self._active.values():
            job.stopping.set()
        self._engine.close(cancel=True)
        self._exports.shutdown(wait=True, cancel_futures=True)

    # --- the thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                action = self._mailbox.get(timeout=_GLANCE if self._flying else _TICK)
            except Empty:
                action = self._say_again
            if action is None:
                return
            try:
                self._budget.share_out([each.job for each in self._flying.values()], self._engine.workers)
                action()
                self._end_overdue()
                self._hand_out()
                self._glance()
            except StorageProblem as problem:
                _log.warning("%s", problem)
            except Exception:
                _log.exception("The conductor met something unexpected")

    def _adopt(self, *, continued: bool = False) -> None:
        for record in self._jobs.unfinished():
            job = self._active.get(record.job_id)
            if job is None and record.job_id not in self._unsaid:
                job = self._take_up(record, continued=continued)
            if job is not None and not job.planned:
                self._guarded(job.job_id, partial(self._plan, job))

    def _take_up(self, record: JobRecord, *, continued: bool) -> ActiveJob | None:
        try:
            definition = read_definition(record.definition, self._workflows, record.overrides)
        except Refusal as refusal:
            self._end(record.job_id, "failed", refusal.message)
            return None
        job = ActiveJob(record.job_id, record.name, definition)
        self._active[job.job_id] = job
        if definition.time_limit is not None:
            job.spent = self._work.spent(job.job_id)
        if continued and record.state != "queued":
            self._guarded(job.job_id, partial(self._work.note_continued, job.job_id))
        return job

    def _plan(self, job: ActiveJob) -> None:
        definition = job.definition
        if self._batches.is_waiting(definition.batch_id):
            return
        one_each = definition.content == "videos"
        metadata = definition.metadata_part if definition.mapping else None
        job.begin(self._work.plan(job.job_id, definition.batch_id, definition.part, metadata, one_each=one_each))
        self._go_on(job)

    def _hand_out(self) -> None:
        while len(self._flying) < self._engine.workers * 2:
            for job in list(self._active.values()):
                if self._guarded(job.job_id, partial(self._hand_out_one, job)):
                    self._active[job.job_id] = self._active.pop(job.job_id)  # to the end of the line
                    break
            else:
                return

    def _hand_out_one(self, job: ActiveJob) -> bool:
        most = job.definition.max_processes
        if most is not None and sum(each.job is job for each in self._flying.values()) >= most:
            return False
        chunk = job.next_chunk(self._work) if job.planned else None
        if chunk is None:
            return False
        if not self._speed.is_measured(job.job_id):
            videos = job.definition.content == "videos"
            self._speed.start(job, self._work.bytes_of_tasks(job.job_id) if videos else {})
        task, pieces = chunk
        inputs = inputs_of(pieces, job.definition, self._files)
        options = job.definition.options
        if job.definition.content == "videos" and options.keep_images:
            options = replace(options, folder=self._files.make_work_folder())
        future = self._engine.submit(job.definition.workflow.workflow_id, inputs, options)
        self._flying[future] = _Flight(job, task.task_id, options.folder)
        future.add_done_callback(lambda done: self._mailbox.put(partial(self._on_rows, job, task, pieces, done)))
        return True

    def _glance(self) -> None:
        """Write down how far videos are. Chunks of pictures are over before anybody could look."""
        if time.monotonic() - self._glanced < _GLANCE:
            return
        self._glanced = time.monotonic()
        videos = {future: each for future, each in self._flying.items() if each.job.definition.content == "videos"}
        parts = {each.task_id: self._engine.progress(future) for future, each in videos.items()}
        begun = {task_id: part for task_id, part in parts.items() if part > 0.0}
        if begun:
            self._work.note_parts(begun)
        for job_id in {each.job.job_id for each in videos.values()}:
            self._speed.look(job_id, self._under_way(job_id))

    def _under_way(self, job_id: str) -> dict[str, float]:
        """Return how much of each video of a job is done that is being processed."""
        flights = [(future, each) for future, each in self._flying.items() if each.job.job_id == job_id]
        return {
            each.task_id: self._engine.progress(future)
            for future, each in flights
            if each.job.definition.content == "videos"
        }

    def _end_overdue(self) -> None:
        overdue = [each for each in self._active.values() if each.planned and each.is_out_of_time]
        for job in [each for each in overdue if not each.is_processed]:
            for future in [each for each, flight in self._flying.items() if flight.job is job]:
                future.cancel()
            self._guarded(job.job_id, partial(self._leave_out, job))

    def _leave_out(self, job: ActiveJob) -> None:
        assert job.definition.time_limit is not None  # else it would not be overdue
        job.leave(self._work.leave_out(job.job_id, job.spent, job.definition.time_limit))
        self._go_on(job)

    def _on_rows(self, job: ActiveJob, task: ActiveTask, pieces: list[Piece], future: Future[list[Row]]) -> None:
        folder = self._flying.pop(future).folder
        try:
            self._take(job, task, pieces, future)
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def _take(self, job: ActiveJob, task: ActiveTask, pieces: list[Piece], future: Future[list[Row]]) -> None:
        if self._active.get(job.job_id) is not job or job.stopping.is_set():
            return
        if job.tally[task.task_id].ended:
            # The task gave up meanwhile, and each of its items has an outcome. Recording this one would end the job a
            # second time, under the hands of whoever reads the results.
            return
        try:
            rows = future.result()
        except CancelledError:
            return
        except NoWorkers as error:
            self._end(job.job_id, "failed", str(error))
            return
        except Exception:
            _log.exception("A chunk of %s came back without rows", job.job_id)
            rows = [Row(each.name, cause=_UNEXPECTED) for each in pieces]
        self._guarded(job.job_id, partial(self._record, job, task, pieces, rows))

    def _record(self, job: ActiveJob, task: ActiveTask, pieces: list[Piece], rows: list[Row]) -> None:
        outcomes, spools = gather(pieces, rows, self._files)
        allowed = job.failures_allowed(task)
        try:
            job.update(self._work.record(job.job_id, task.task_id, outcomes, spools, allowed))
        finally:
            self._files.let_go(spools)
        if job.definition.time_limit is not None:
            self._work.note_spent(job.job_id, job.spent)
        others = [each for each in self._active.values() if each is not job]
        shared = any(each.planned and not each.is_processed for each in others)
        under_way = self._under_way(job.job_id)
        self._speed.take(job.job_id, task.task_id, rows, len(pieces), under_way, shared=shared)
        self._go_on(job)

    def _go_on(self, job: ActiveJob) -> None:
        if not job.is_processed:
            return
        total, failed = job.counts()
        content = job.definition.content
        self._speed.learn(job)
        if total == 0:
            self._end(job.job_id, "failed", f"There are no {many(content)} in the batch.")
            return
        if failed == total and not self._work.count_partial(job.job_id):
            why = " The time limit of the job was reached." if job.is_out_of_time else ""
            self._end(job.job_id, "failed", f"None of {things(content, total)} could be processed.{why}")
            return
        self._work.end_stage(job.job_id, "processing", "success", f"{total - failed} of {total} processed.")
        self._exports.submit(self._export, job)

    def _export(self, job: ActiveJob) -> None:
        """Runs in the export thread; says in the mailbox how it ended."""
        try:
            export(job, self._work, self._files, self._speed)
        except Stopped:
            self._mailbox.put(partial(self._after_export, job, "aborted", "The job was stopped."))
        except Exception as error:
            self._mailbox.put(partial(self._after_export, job, "failed", self._sentence(error)))
        else:
            self._mailbox.put(partial(self._after_export, job))

    def _after_export(self, job: ActiveJob, kind: str = "", message: str = "") -> None:
        if kind:
            self._end(job.job_id, kind, message)
        else:
            self._active.pop(job.job_id, None)
            self._speed.forget(job.job_id)
            self._say_over()
            self._adopt()  # it may have been started again before this message came

    def _stop(self, job_id: str, stopped: Event) -> None:
        job = self._active.get(job_id)
        if job is not None:
            job.stopping.set()
            for future in [each for each, flight in self._flying.items() if flight.job is job]:
                future.cancel()
            if not job.is_processed:
                with suppress(StorageProblem):
                    self._speed.learn(job)
                self._end(job_id, "aborted", "The job was stopped.")
        stopped.set()

    # --- ends ---------------------------------------------------------------------------------------------------

    def _guarded(self, job_id: str, step: Callable[[], object]) -> bool:
        """Run a step of a job; whatever goes wrong ends this job and no other. Return what the step returned."""
        try:
            return bool(step())
        except Exception as error:
            self._end(job_id, "failed", self._sentence(error))
            return False

    def _sentence(self, error: Exception) -> str:
        if isinstance(error, Refusal):  # there is no room for what was found
            return error.message
        problem: Exception | None = error
        if isinstance(error, OSError):
            problem = storage_problem(error, self._data)
        if isinstance(problem, BatchdockError):
            self._files.free_reserve()
            return problem.sentence()
        _log.error("A job ended unexpectedly", exc_info=error)
        return "Something unexpected happened. What was processed is kept; start the job again."

    def _end(self, job_id: str, kind: str, message: str) -> None:
        self._active.pop(job_id, None)
        speed = self._speed.whole(job_id)
        self._speed.forget(job_id)
        self._unsaid[job_id] = {"type": kind, "message": message, "resultsBatches": [], **speed}
        self._say_again()

    def _say_again(self) -> None:
        """Write down how jobs ended. Where the disk refuses even that, it is tried again with the next tick."""
        for job_id, notification in list(self._unsaid.items()):
            try:
                self._work.end(job_id, notification)
            except StorageProblem as problem:
                _log.warning("%s", problem)
                return
            del self._unsaid[job_id]
            self._say_over()

    def _say_over(self) -> None:
        if self._tell is not None:
            self._tell()
