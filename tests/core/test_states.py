from batchdock.core.states import JobState, ends_now


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
