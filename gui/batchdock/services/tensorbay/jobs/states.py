"""The states of jobs in the app's vocabulary (contract §6)."""

from batchdock.core.states import JobState
from batchdock.core.text import QT_TRANSLATE_NOOP

TITLES = {
    "QUEUING": QT_TRANSLATE_NOOP("service", "Queued"),
    "PROCESSING": QT_TRANSLATE_NOOP("service", "Being processed"),
    "SUCCESS": QT_TRANSLATE_NOOP("service", "Succeeded"),
    "FAILED": QT_TRANSLATE_NOOP("service", "Failed"),
    "ABORTED": QT_TRANSLATE_NOOP("service", "Stopped"),
}
"""What people call the words by which lists are narrowed."""

_STATES = {
    "QUEUING": JobState.WAITING,
    "PROCESSING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "FAILED": JobState.FAILED,
    "FAIL": JobState.FAILED,
    "ABORTED": JobState.STOPPED,
    "ABORT": JobState.STOPPED,
}

MOVING = frozenset({"QUEUING", "PROCESSING"})
"""What can be stopped, and not yet be deleted."""
ENDED_BADLY = frozenset({"FAILED", "FAIL", "ABORTED", "ABORT"})


def state_of(word: str) -> JobState:
    """Return the state for a word of the service, in any case; unknown ones are `UNKNOWN`."""
    return _STATES.get(word.strip().upper(), JobState.UNKNOWN)
