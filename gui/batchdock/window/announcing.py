"""What is said when jobs end, when their results were saved by themselves, and when something new needs the person."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.news import Event, JobEnded, ProblemsChanged, ResultsExpire, ResultsSaved
from batchdock.window.context import Context
from batchdock.window.expiry import countdown
from batchdock.window.messages import Notice, in_sentences, worded
from batchdock.window.notifying import Told, Weight
from batchdock.window.results.saving import open_folder, place_text
from batchdock.window.tray import Tray
from batchdock.window.wording import files_text, grouped, pictures_text, videos_text

_tr = QCoreApplication.translate
EXPIRY_SECONDS = 60
_TOLD_BY_OTHERS = "transfer:"
"""Problems of transfers are told with the transfer."""


class Announcer:
    """Says in the message bar that a job has ended; several that end while the message stands share one.

    Beside the clock it also tells the problems that are new. What there was when the program began is not news.
    """

    def __init__(
        self,
        context: Context,
        tray: Tray,
        show_results: Callable[[tuple[str, str]], None],
        show_job: Callable[[tuple[str, str]], None],
        show_preferences: Callable[[], None],
    ) -> None:
        self._context, self._tray = context, tray
        self._show_results, self._show_job, self._show_preferences = show_results, show_job, show_preferences
        self._notice: Notice | None = None
        self._jobs: list[Job] = []
        self._saved_notice: Notice | None = None
        self._saved: list[ResultsSaved] = []
        self._problems = {problem.problem_id for problem in context.desk.problems.all()}

    def take(self, events: list[Event]) -> None:
        """Say what is new: of each kind once, however much comes together."""
        ended: list[Job] = []
        saved: list[ResultsSaved] = []
        for event in events:
            match event:
                case JobEnded(job):
                    ended.append(job)
                case ResultsSaved(unasked=True):
                    saved.append(event)
                case ResultsExpire(jobs):
                    self.results_expire(jobs)
                case ProblemsChanged():
                    self._tell_problems(event)
        if ended:
            self.jobs_ended(ended)
        if saved:
            self.results_saved(saved)

    def jobs_ended(self, jobs: Sequence[Job]) -> None:
        """Say that `jobs` have ended."""
        if self._notice is not None and self._notice in self._context.messages.notices:
            self._notice.close_now()
        else:
            self._jobs = []
        for job in jobs:
            self._tell_end(job)
        self._jobs = list({job.key: job for job in (*self._jobs, *jobs)}.values())
        first = self._jobs[0]
        if len(self._jobs) > 1:
            text, action = _tr("announcing", "Show jobs"), lambda: self._show_job(first.key)
        elif first.output_batches:
            text, action = _tr("announcing", "Show results"), lambda: self._show_results(first.key)
        else:
            text, action = _tr("announcing", "Show job"), lambda: self._show_job(first.key)
        self._notice = self._context.messages.info(ended_text(self._jobs), button_text=text, on_click=action)

    def results_saved(self, saved: Sequence[ResultsSaved]) -> None:
        """Say where results were saved that nobody had asked for."""
        messages = self._context.messages
        if self._saved_notice is not None and self._saved_notice in messages.notices:
            self._saved_notice.close_now()
        else:
            self._saved = []
        self._saved.extend(saved)
        place = self._saved[-1].folder if len(self._saved) == 1 else self._saved[-1].folder.parent
        self._saved_notice = messages.info(
            saved_text(self._saved), button_text=_tr("announcing", "Open folder"), on_click=lambda: open_folder(place)
        )
        self._saved_notice.add_button(_tr("announcing", "Change…"), self._show_preferences, closes=True)

    def results_expire(self, jobs: Sequence[Job]) -> None:
        """Say that these results will be deleted, and offer to save them."""
        keys = tuple(job.key for job in jobs)
        desk, background = self._context.desk, self._context.background

        async def save() -> None:
            await background.run(desk.autosave.save(keys))

        def on_click() -> None:
            self._context.tasks.start(save())

        text = expire_text(jobs)
        for job in jobs:
            told = _tr("announcing", "Nobody has saved them. Save them, or they are lost.")
            self._tray.tell(Told(expire_text([job]).removesuffix("."), told, Weight.PROBLEM, job.key))
        self._context.messages.info(
            text,
            button_text=_tr("announcing", "Save everything now"),
            on_click=on_click,
            seconds=EXPIRY_SECONDS,
        )

    def _tell_end(self, job: Job) -> None:
        weight = Weight.ENDED if job.state in (JobState.DONE, JobState.STOPPED) else Weight.PROBLEM
        sentences = [] if job.state is JobState.STOPPED else [_counts(job)]
        if job.output_batches and self._context.desk.autosave.saves(job.key):
            folder = place_text(self._context.desk.autosave.folder)
            sentences.append(_tr("announcing", "The results go to “%1”.").replace("%1", folder))
        title = _ended_sentence(job).removesuffix(".")
        self._tray.tell(Told(title, " ".join(filter(None, sentences)), weight, job.key, ended=True))

    def _tell_problems(self, event: ProblemsChanged) -> None:
        open_now = {problem.problem_id for problem in event.problems}
        for problem in event.problems:
            if problem.problem_id not in self._problems and not problem.problem_id.startswith(_TOLD_BY_OTHERS):
                title, message, advice = worded(problem.error)
                text = in_sentences((message, advice))
                self._tray.tell(Told(title, text, Weight.PROBLEM, problem.job, page="problems"))
        self._problems = open_now


def ended_text(jobs: list[Job]) -> str:
    """Return “Lot 17 is done. 12,780 pictures, 2 could not be processed.”, what happened instead, or “2 jobs are
    done.”"""
    if len(jobs) == 1:
        if jobs[0].state is JobState.STOPPED:
            return _ended_sentence(jobs[0])
        return f"{_ended_sentence(jobs[0])} {_counts(jobs[0])}".strip()
    if all(job.state is JobState.DONE for job in jobs):
        return grouped(_tr("announcing", "%n jobs are done.", None, len(jobs)), len(jobs))
    text = grouped(_tr("announcing", "%n jobs have ended.", None, len(jobs)), len(jobs))
    troubled = sum(job.state not in (JobState.DONE, JobState.STOPPED) for job in jobs)
    if not troubled:
        return text
    return f"{text} {grouped(_tr('announcing', '%n to look at.', None, troubled), troubled)}"


def expire_text(jobs: Sequence[Job]) -> str:
    """Return “The results of “Lot 17” are deleted in 23 h and are not saved.”, or of how many jobs."""
    left = countdown(jobs[0].expires).text
    if len(jobs) == 1:
        text = _tr("announcing", "The results of “%1” are deleted %2 and are not saved.").replace("%1", jobs[0].name)
    else:
        text = _tr("announcing", "The results of %n jobs are not saved. The first are deleted %2.", None, len(jobs))
        text = grouped(text, len(jobs))
    return text.replace("%2", left)


def saved_text(saved: list[ResultsSaved]) -> str:
    """Return “12 files saved in “Pictures › Batchdock › Lot 17”.”, or of how many jobs, and in which folder."""
    last = saved[-1]
    if len(saved) == 1:
        text = _tr("announcing", "%1 saved in “%2”.").replace("%1", files_text(last.files))
        text = text.replace("%2", _in_its_folder(last.folder))
    else:
        text = grouped(_tr("announcing", "The results of %n jobs are saved in “%1”.", None, len(saved)), len(saved))
        text = text.replace("%1", place_text(last.folder.parent))
    problems = sum(each.problems for each in saved)
    if problems:
        told = _tr("announcing", "%n file(s) could not be saved or processed.", None, problems)
        text = f"{text} {grouped(told, problems)}"
    return text


def _in_its_folder(folder: Path) -> str:
    """Return “Pictures › Batchdock › Lot 17”: people have not chosen it themselves."""
    parts = (folder.parent.parent.name, folder.parent.name, folder.name)
    return " › ".join(part for part in parts if part)


def _ended_sentence(job: Job) -> str:
    sentences = {
        JobState.DONE: _tr("announcing", "“%1” is done."),
        JobState.DONE_WITH_PROBLEMS: _tr("announcing", "“%1” is done, with problems."),
        JobState.STOPPED: _tr("announcing", "“%1” was stopped. What was processed already is kept."),
    }
    unfinished = _tr("announcing", "“%1” ended before it was finished.")
    if job.kind:
        sentences[JobState.STOPPED] = _tr("announcing", "“%1” was stopped.")
    if job.content is Content.STREAM:
        sentences[JobState.STOPPED] = _tr("announcing", "“%1” was stopped.")
        unfinished = _tr("announcing", "“%1” does not run any more.")
    return sentences.get(job.state, unfinished).replace("%1", job.name)


def _counts(job: Job) -> str:
    if job.items_total is None:
        return job.message
    counted = videos_text(job.items_total) if job.content is Content.VIDEOS else pictures_text(job.items_total)
    if not job.problems:
        return f"{counted}."
    failed = grouped(_tr("announcing", "%n could not be processed", None, job.problems), job.problems)
    return f"{counted}, {failed}."
