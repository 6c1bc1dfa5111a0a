"""What the cells of the job table say."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.jobs.look import Look
from batchdock.window.wording import (
    content_word,
    countdown_text,
    duration_text,
    exact_times,
    items_rate_text,
    number_text,
    percent_text,
    relative_time,
    runs_on_word,
    since_time,
    size_text,
    state_word,
    time_left_text,
)

SILENCE_SECONDS = 60
"""After this long without news, the row says so."""

_EXPECTS_NEWS = frozenset(
    {
        JobState.UPLOADING,
        JobState.CHECKING,
        JobState.STARTING,
        JobState.RUNNING,
        JobState.FINISHING,
        JobState.STOPPING,
    }
)
_tr = QCoreApplication.translate


def type_text(job: Job) -> str:
    """Return what a job does, or what the files are that it does it to."""
    return _tr("service", job.kind) if job.kind else content_word(job.content)


def in_grace(job: Job, now: datetime) -> bool:
    """Tell whether the start of the job can still be taken back."""
    return job.goes_out is not None and job.goes_out > now and not job.state.is_terminal


def state_text(job: Job, look: Look) -> str:
    """Return the state's word; “Starts in 48 s” while the start can still be taken back; “Running since 10 Sep”."""
    if job.content is Content.STREAM and job.state is JobState.RUNNING:
        since = job.started or job.created
        if since is not None:
            return _tr("jobs", "Running since %1").replace("%1", since_time(since, look.now))
    if job.goes_out is None or not in_grace(job, look.now):
        return state_word(job.state)
    return _tr("jobs", "Starts %1").replace("%1", countdown_text((job.goes_out - look.now).total_seconds()))


def state_tooltip(job: Job, look: Look) -> str:
    """Return everything that is known of the state, a line each."""
    lines = [part for part in (state_text(job, look), silence_text(job, look.now)) if part]
    if job.message:
        lines.append(job.message)
    if job.service_word:
        lines.append(_tr("jobs", "The service says: %1").replace("%1", job.service_word))
    return "\n".join(lines)


def silence_text(job: Job, now: datetime) -> str:
    """Return “No news for 6 min” for a job that should have said something, else nothing. A stream is silent for days
    while all is well, and of a merge or a search nobody tells how far it is."""
    if job.state not in _EXPECTS_NEWS or job.last_news is None or job.content is Content.STREAM or job.kind:
        return ""
    silent = (now - job.last_news).total_seconds()
    if silent < SILENCE_SECONDS:
        return ""
    return _tr("jobs", "No news for %1").replace("%1", duration_text(silent))


def progress_text(job: Job, look: Look) -> str:
    """Return “38 %”, or nothing when nobody knows."""
    return "" if job.progress is None else percent_text(job.progress)


def items_text(job: Job, look: Look) -> str:
    """Return “380 of 1,000”, or the one of the two numbers that is known."""
    if job.items_total is None:
        return "" if job.items_done is None else number_text(job.items_done)
    if job.items_done is None or job.items_done == job.items_total:
        return number_text(job.items_total)
    text = _tr("jobs", "%1 of %2")
    return text.replace("%1", number_text(job.items_done)).replace("%2", number_text(job.items_total))


def problems_text(job: Job, look: Look) -> str:
    """Return how many items could not be processed; a dash for none."""
    if job.problems is None:
        return ""
    return number_text(job.problems) if job.problems else "–"


def time_left(job: Job, look: Look) -> str:
    """Return an estimate; or, when the service is silent, since when: a guess would be worth nothing then.

    Of a job of whose progress nothing is ever told, how long it has worked.
    """
    if job.state.is_terminal:
        return ""
    if job.kind and job.state is JobState.RUNNING and job.started is not None:
        so_far = max(0.0, (look.now - job.started).total_seconds())
        return _tr("jobs", "%1 so far").replace("%1", duration_text(so_far))
    silence = silence_text(job, look.now)
    if silence or job.seconds_left is None:
        return silence
    return time_left_text(job.seconds_left)


def duration(job: Job, look: Look) -> str:
    """Return how long a job that has ended took."""
    taken = job.seconds_taken
    return "" if taken is None else duration_text(taken)


def size(job: Job, look: Look) -> str:
    """Return how much its files are."""
    return "" if job.bytes_total is None else size_text(job.bytes_total)


def speed(job: Job, look: Look) -> str:
    """Return how fast it goes or went."""
    return items_rate_text(job.rate, job.content) if job.rate else ""


def credits_used(job: Job, look: Look) -> str:
    """Return the credits with as many places as say something."""
    if job.credits is None:
        return ""
    return QLocale().toString(job.credits, "f", 0 if job.credits >= 100 else 2)


def runs_on(job: Job, look: Look) -> str:
    """Return where a stream is worked on."""
    return runs_on_word(job.runs_on)


def groups(job: Job, look: Look) -> str:
    """Return the groups of a video source."""
    return ", ".join(job.groups)


def expiry(job: Job, look: Look) -> str:
    """Return “in 2 days 4 h”, or that the service has deleted the results by now."""
    if job.expires is None:
        return ""
    seconds = (job.expires - look.now).total_seconds()
    return countdown_text(seconds) if seconds > 0 else _tr("jobs", "Expired")


def first_line(text: str) -> str:
    """Return the first line that is not empty: a row has one line."""
    return next((line for line in text.splitlines() if line.strip()), "")


def relative(moment: datetime | None, look: Look) -> str:
    """Return a time as “2 h ago”."""
    return "" if moment is None else relative_time(moment, look.now)


def exact(moment: datetime | None) -> str:
    """Return a time in full, here and in UTC."""
    return "" if moment is None else exact_times(moment)
