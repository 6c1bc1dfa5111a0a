"""What an answer of a service makes of what is known of a job: the only place that decides it, without any I/O.

* A job that was over and goes on, without having been started again, is shown as the service says, with a sentence;
  it does not end a second time (`Job.ended` stays). It was started again if this app did it, or if a stage began later
  than it ended: then it is a new run.
* Progress that goes back is said in a sentence, which stays until the job is further than it was. A step of less than
  a percent is not shown.
* News are when an answer differs from the one before. The service's clock is believed only between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.progress import Pace
from batchdock.core.states import JobState
from batchdock.flows.jobs.details import ENDED_WELL, StageDetail, refined, results_among
from batchdock.store import JobRecord, Phase

UNSEEN_STEP = 0.01
STALE = timedelta(minutes=2)
"""A list may be so old."""
GOES_ON = "The service had said that this job was over. Now it says that it goes on."

_KEPT = (
    "created", "workflow_id", "batch_id", "started", "ended", "expires", "goes_out", "source", "bytes_total", "machine",
    "credits", "tags", "note", "device", "output_batches", "video_source", "algorithm", "vendor", "runs_on", "groups",
    "kind", "dataset",
)  # fmt: skip
_OWN = ("goes_out", "source", "bytes_total", "credits", "tags", "note")
_BEFORE_RUNNING = (JobState.WAITING, JobState.STARTING)
_OF_THE_RUN = ("progress", "items_done", "problems", "stage")


@dataclass
class Sight:
    """What was seen of one job that moves, since this app runs."""

    pace: Pace
    listed: Job | None = None
    stages: Sequence[StageDetail] = ()
    answered: datetime | None = None
    furthest: float = 0.0
    notice: str = ""
    ended: datetime | None = None
    """What the service called its last news when the job was over."""
    begun_anew: datetime | None = None
    """When it was started again since; for a while an answer with those news is about the run before."""


def begun_anew(job: Job, now: datetime) -> Job:
    """Return a job that was started again: nothing of the run before counts for it."""
    return replace(
        job,
        state=JobState.STARTING,
        message="",
        progress=None,
        items_done=None,
        problems=None,
        seconds_left=None,
        rate=None,
        stage="",
        started=None,
        ended=None,
        last_news=now,
    )


def seen(record: JobRecord | None, listed: Job, sight: Sight, now: datetime, stages: Sequence[StageDetail] = ()) -> Job:
    """Return what is to be shown of a job that is not over, from an answer and what is known.

    `now` is when the answer came; `sight` is brought up to date, but for its pace.
    """
    answer = refined(replace(listed, output_batches=results_among(listed.output_batches)), stages)
    known = None if record is None else record.job
    if known is not None and is_another_run(known, sight, stages):
        known = begun_anew(known, now)
    job = merged(answer, record, known)
    if known is None or known.state.is_terminal or known.progress is None:
        sight.furthest, sight.notice = 0.0, ""
    job = replace(
        _counted(job, known, sight),
        last_news=_news(listed, stages, known, sight, now),
        started=_not_after(job.started, now) or _start_seen(job, known, now),
    )
    if known is not None and known.ended is not None:
        job = replace(job, message=GOES_ON)
    if known is not None and known.state is JobState.STOPPING:
        job = replace(job, state=JobState.STOPPING)
    sight.listed, sight.answered = listed, now
    sight.begun_anew = None
    if stages:
        sight.stages = stages
    return job


def over(record: JobRecord | None, listed: Job, now: datetime, stages: Sequence[StageDetail] = ()) -> Job:
    """Return a job that the service calls over, with what is known of it; not settled yet."""
    answer = refined(replace(listed, output_batches=results_among(listed.output_batches)), stages)
    known = None if record is None else record.job
    job = merged(answer, record, known)
    news = _not_after(_newest(listed, stages), now)
    ended = known.ended if known is not None and known.state.is_terminal and known.ended is not None else news
    if ended is None and known is not None and not known.state.is_terminal:
        ended = now
    news = news or job.last_news or ended
    started = _not_after(job.started, now)
    job = replace(job, started=started, ended=ended, last_news=news, seconds_left=None)
    return job if job.rate is not None else replace(job, rate=_rate_over_all(job))


def told(record: JobRecord | None, listed: Job, now: datetime) -> Job:
    """Return what is to be shown of a job whose service tells no steps: its word is believed, whatever was before.

    Lists tell less than answers about one job; what such a one said stays while the job's state does.
    """
    known = None if record is None else record.job
    if known is None:
        return listed
    if listed.state is JobState.UNKNOWN and not listed.service_word and known.state.is_terminal:
        # The list says nothing of how it stands; an answer about it alone, or its result, did.
        listed = replace(listed, state=known.state, service_word=known.service_word)
    same = (known.state, known.service_word) == (listed.state, listed.service_word)
    before = begun_anew(known, now) if known.state.is_terminal and not listed.state.is_terminal else known
    job = merged(listed, record, before)
    news = _not_after(listed.last_news, now) or (known.last_news if same else now)
    message = listed.message or (known.message if same else "")
    started, ended = _not_after(job.started, now), job.ended
    if listed.state is JobState.RUNNING and before.state in _BEFORE_RUNNING and started is None:
        started = news
    if listed.state.is_terminal and ended is None and not known.state.is_terminal:
        ended = news
    # Only answers about one job tell that it is over files.
    content = known.content if known.content is Content.VIDEOS else job.content
    return replace(job, content=content, last_news=news, message=message, started=started, ended=ended)


def _rate_over_all(job: Job) -> float | None:
    items = job.items_total if job.items_done is None else job.items_done
    if job.state not in ENDED_WELL or not job.seconds_taken or items is None:
        return None
    return items / job.seconds_taken


def merged(answer: Job, record: JobRecord | None, known: Job | None) -> Job:
    """Return an answer with what only this app knows, and with what this answer does not tell and others did."""
    job = answer
    if known is not None:
        kept = _KEPT if known.state.is_terminal and not answer.state.is_terminal else (*_KEPT, *_OF_THE_RUN)
        missing = {name: getattr(known, name) for name in kept if getattr(answer, name) in (None, "", ())}
        own_total = record is not None and record.phase is Phase.STARTED
        job = replace(
            answer,
            **missing,
            content=known.content if answer.content is Content.UNKNOWN else answer.content,
            items_total=known.items_total if own_total else answer.items_total or known.items_total,
        )
    return job


def with_own(job: Job, record: JobRecord | None) -> Job:
    """Return a job with what only this app knows of it as that is now: asking may have taken a while."""
    return job if record is None else replace(job, **{name: getattr(record.job, name) for name in _OWN})


def is_settled(known: Job, listed: Job) -> bool:
    """Tell whether a job is over as the service says: settled once, with its log and tasks.

    The list alone would make it look better than it is.
    """
    return known.state is listed.state or (known.state in ENDED_WELL and listed.state in ENDED_WELL)


def is_another_run(known: Job, sight: Sight | None, stages: Sequence[StageDetail]) -> bool:
    """Tell whether a job that had ended was started again, by somebody else: a stage of it began after that end."""
    if known.ended is None:
        return False
    # By the service's clock, where it is known what that said.
    end = max(known.ended, sight.ended) if sight is not None and sight.ended is not None else known.ended
    return any(each.stage.started is not None and each.stage.started > end for each in stages)


def is_of_the_run_before(listed: Job, sight: Sight | None, now: datetime) -> bool:
    """Tell whether an answer that a job is over is about the run before it was started again."""
    if sight is None or sight.begun_anew is None or sight.ended is None or now - sight.begun_anew > STALE:
        return False
    return listed.state.is_terminal and listed.last_news == sight.ended


def _counted(job: Job, known: Job | None, sight: Sight) -> Job:
    """Let progress go forward only, unless it is said why not."""
    progress = job.progress
    if progress is None:
        return job
    shown = known.progress if known is not None and not known.state.is_terminal else None
    if shown is None or progress >= shown:
        sight.furthest = max(sight.furthest, progress)
        if progress >= sight.furthest:
            sight.notice = ""
    elif shown - progress < UNSEEN_STEP:
        progress = shown
    else:
        sight.furthest = max(sight.furthest, shown)
        sight.notice = f"The service counts anew: {_percent(progress)} instead of {_percent(shown)}."
    message = f"{sight.notice} {job.message}".strip() if sight.notice else job.message
    return replace(job, progress=progress, message=message)


def _news(
    listed: Job, stages: Sequence[StageDetail], known: Job | None, sight: Sight, now: datetime
) -> datetime | None:
    """Return when the service last had news of the job, by this computer's clock."""
    before = None if known is None else known.last_news
    told = _newest(listed, stages)
    # Stages that are read for the first time are new to us only.
    changed = bool(stages and sight.stages) and tuple(stages) != tuple(sight.stages)
    if sight.answered is not None and (changed or not _same(listed, sight.listed)):
        return now if told is None else min(now, max(told, sight.answered))
    first = _not_after(told, now)
    return max(first, before) if first is not None and before is not None else first or before or now


def _same(one: Job, other: Job | None) -> bool:
    """Tell whether two answers say the same; estimates are no news."""
    return other is not None and replace(one, seconds_left=None, rate=None) == replace(
        other, seconds_left=None, rate=None
    )


def _newest(listed: Job, stages: Sequence[StageDetail]) -> datetime | None:
    times = [listed.last_news, *(each.stage.last_news for each in stages)]
    times += [task.at for each in stages for task in each.tasks]
    return max((time for time in times if time is not None), default=None)


def _start_seen(job: Job, known: Job | None, now: datetime) -> datetime | None:
    """Return when a job began to work that nobody has told it of."""
    works = job.state in (JobState.RUNNING, JobState.FINISHING)
    return now if works and known is not None and known.state is JobState.STARTING else None


def _not_after(time: datetime | None, now: datetime) -> datetime | None:
    return None if time is None else min(time, now)


def _percent(share: float) -> str:
    return f"{int(share * 100)} %"
