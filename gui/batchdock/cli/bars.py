"""Bars on stderr: one for every job or transfer that the command is about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from batchdock.cli.session import Session
from batchdock.core.intake import CloserLook, Review
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.core.text import counted
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.intake.names import printable
from batchdock.flows.news import Event, JobsChanged, TransfersChanged

_JOB_WORDS = {
    JobState.UPLOADING: "sending files",
    JobState.CHECKING: "checking that everything arrived",
    JobState.STARTING: "starting",
    JobState.RUNNING: "running",
    JobState.FINISHING: "packing results",
    JobState.STOPPING: "stopping",
    JobState.DONE: "done",
    JobState.DONE_WITH_PROBLEMS: "done with problems",
    JobState.FAILED: "did not work",
    JobState.STOPPED: "stopped",
}
_TRANSFER_WORDS = {
    TransferState.LISTING: "looking what there is",
    TransferState.CHECKING: "checking that everything arrived",
    TransferState.DONE: "done",
    TransferState.DONE_WITH_PROBLEMS: "done with problems",
    TransferState.FAILED: "did not work",
    TransferState.STOPPED: "stopped",
}


def job_word(state: JobState) -> str:
    """Return the state as people call it."""
    return _JOB_WORDS.get(state, state.value)


class Bars:
    """Shows jobs and transfers as they change."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[object, TaskID] = {}

    def show(self, key: object, name: str, word: str, done: float | None, detail: str = "") -> None:
        """Show one bar; `done` is 0–1, or None while nobody knows."""
        bar = self._bars.get(key)
        if bar is None:
            bar = self._bars[key] = self._progress.add_task("", total=1.0, name="", detail="")
        total = 1.0 if done is not None else None
        text = _plain(f"{printable(name)} · {word}")
        self._progress.update(bar, total=total, completed=done or 0.0, name=text, detail=_plain(detail))


@contextmanager
def bars(session: Session) -> Iterator[Bars]:
    """Show bars while something is waited for."""
    columns = (
        TextColumn("{task.fields[name]}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=session.words) as progress:
        yield Bars(progress)


@contextmanager
def following(session: Session, shown: Bars, *, jobs: Callable[[Job], bool], sending: bool) -> Iterator[None]:
    """Keep the bars of some jobs, of sendings or of savings up to date."""

    def on_news(event: Event) -> None:
        if isinstance(event, JobsChanged):
            for job in filter(jobs, event.jobs):
                _show_job(shown, job)
        elif isinstance(event, TransfersChanged):
            for transfer in event.transfers:
                if transfer.kind is TransferKind.SAVING or sending:
                    _show_transfer(shown, transfer)

    stop = session.desk.news.subscribe(on_news)
    try:
        yield
    finally:
        stop()


def show_review(shown: Bars, review: Review) -> None:
    """Show how far the look at the files has come."""
    pictures = counted(review.pictures, "picture", "pictures")
    found = f"{pictures}, {counted(review.videos, 'video', 'videos')}, {review.findings:,} left out"
    if review.silent:
        found += f"; waiting for {printable(review.silent[0])}, which does not answer"
    shown.show(
        "review", "Looking at the files", "done" if review.finished else "reading", float(review.finished), found
    )


def show_closer_look(shown: Bars, look: CloserLook) -> None:
    """Show how many pictures are decoded."""
    done = 1.0 if look.finished else look.looked_at / max(1, look.total)
    word = "done" if look.finished else "decoding"
    shown.show("closer", "Looking closer", word, done, f"{look.looked_at:,} of {look.total:,}")


def _show_job(shown: Bars, job: Job) -> None:
    done = 1.0 if job.state.is_terminal else job.progress
    detail = ""
    if job.items_done is not None and job.items_total:
        detail = f"{job.items_done:,} of {job.items_total:,}"
    elif not job.state.is_terminal:
        detail = job.message
    shown.show(job.key, job.name, job_word(job.state), done, detail)


def _show_transfer(shown: Bars, transfer: Transfer) -> None:
    way = "saving" if transfer.kind is TransferKind.SAVING else "sending"
    done = transfer.items_done / transfer.items_total if transfer.items_total else None
    detail = f"{transfer.items_done:,} of {transfer.items_total:,}" if transfer.items_total else ""
    word = _TRANSFER_WORDS.get(transfer.state, way)
    shown.show(transfer.transfer_id, transfer.name, word, 1.0 if transfer.state.is_terminal else done, detail)


def _plain(text: str) -> str:
    return " ".join(text.split())
