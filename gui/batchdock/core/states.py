"""The states of a job: one vocabulary for every service and this computer."""

from enum import StrEnum


class JobState(StrEnum):
    """What a job is doing. The service's own word travels beside it, in `Job.service_word`."""

    DRAFT = "draft"
    WAITING = "waiting"
    UPLOADING = "uploading"
    CHECKING = "checking"
    STARTING = "starting"
    RUNNING = "running"
    FINISHING = "finishing"
    STOPPING = "stopping"
    PAUSED = "paused"
    ON_HOLD = "on-hold"
    DONE = "done"
    DONE_WITH_PROBLEMS = "done-with-problems"
    FAILED = "failed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"

    @property
    def is_terminal(self) -> bool:
        """True when nothing more happens unless somebody restarts the job."""
        return self in _TERMINAL

    @property
    def needs_attention(self) -> bool:
        """True when the person should look."""
        return self in _ATTENTION


_TERMINAL = frozenset({JobState.DONE, JobState.DONE_WITH_PROBLEMS, JobState.FAILED, JobState.STOPPED})
_ATTENTION = frozenset({JobState.DONE_WITH_PROBLEMS, JobState.FAILED, JobState.ON_HOLD})


def ends_now(before: JobState | None, after: JobState, *, told: bool = False) -> bool:
    """Tell whether this step is the one in which the job ends.

    A terminal state that follows another (a late correction of the service) is not a second end; a job first seen
    when it was already over did not end now. Nor does one of which it was `told` before that it had ended, and that
    was not started again since: services have said that a job is over, goes on, and is over.
    """
    return before is not None and not before.is_terminal and after.is_terminal and not told
