from datetime import timedelta

from batchdock.core.states import JobState, ends_now
from making.jobs import NOON, job


def test_a_job_ends_once_however_often_its_end_is_reported() -> None:
    seen = [JobState.RUNNING, JobState.FINISHING, JobState.DONE, JobState.DONE, JobState.DONE_WITH_PROBLEMS]
    ends = [after for before, after in zip([None, *seen], seen, strict=False) if ends_now(before, after)]
    assert ends == [JobState.DONE]


def test_a_job_that_is_restarted_ends_again() -> None:
    assert ends_now(JobState.RUNNING, JobState.FAILED)
    assert not ends_now(JobState.FAILED, JobState.RUNNING)
    assert ends_now(JobState.RUNNING, JobState.DONE)


def test_a_job_first_seen_when_it_was_over_did_not_end_now() -> None:
    assert not ends_now(None, JobState.DONE)


def test_a_job_of_which_it_was_told_that_it_ended_does_not_end_again() -> None:
    assert not ends_now(JobState.RUNNING, JobState.DONE, told=True)


def test_how_long_a_job_took_is_known_only_when_it_is_over() -> None:
    times = {"started": NOON, "ended": NOON + timedelta(seconds=90)}
    assert job(1, JobState.DONE, **times).seconds_taken == 90.0
    assert job(1, JobState.RUNNING, **times).seconds_taken is None
    assert job(1, JobState.FAILED, started=NOON).seconds_taken is None
