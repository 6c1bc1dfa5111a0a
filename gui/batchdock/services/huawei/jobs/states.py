"""The states of jobs in the app's vocabulary (contract §5)."""

from batchdock.core.states import JobState
from batchdock.core.text import QT_TRANSLATE_NOOP

COMMON = (
    "PENDING",
    "RECOVERING",
    "STARTING",
    "UPGRADING",
    "CREATE_FAILED",
    "START_FAILED",
    "RUNNING",
    "STOPPING",
    "STOPPED",
    "ABNORMAL",
    "SUCCEEDED",
    "FAILED",
    "DELETING",
    "FREEZING",
    "FROZEN",
)
OF_VIAS = (*COMMON, "SCHEDULING", "LACK_OF_RESOURCES")

TITLES = {
    "PENDING": QT_TRANSLATE_NOOP("service", "Pending"),
    "SCHEDULING": QT_TRANSLATE_NOOP("service", "Scheduling"),
    "LACK_OF_RESOURCES": QT_TRANSLATE_NOOP("service", "Lack of resources"),
    "RECOVERING": QT_TRANSLATE_NOOP("service", "Recovering"),
    "STARTING": QT_TRANSLATE_NOOP("service", "Starting"),
    "UPGRADING": QT_TRANSLATE_NOOP("service", "Upgrading"),
    "RUNNING": QT_TRANSLATE_NOOP("service", "Running"),
    "STOPPING": QT_TRANSLATE_NOOP("service", "Stopping"),
    "STOPPED": QT_TRANSLATE_NOOP("service", "Stopped"),
    "SUCCEEDED": QT_TRANSLATE_NOOP("service", "Succeeded"),
    "FAILED": QT_TRANSLATE_NOOP("service", "Failed"),
    "CREATE_FAILED": QT_TRANSLATE_NOOP("service", "Could not be created"),
    "START_FAILED": QT_TRANSLATE_NOOP("service", "Could not be started"),
    "ABNORMAL": QT_TRANSLATE_NOOP("service", "Abnormal"),
    "FREEZING": QT_TRANSLATE_NOOP("service", "Freezing"),
    "FROZEN": QT_TRANSLATE_NOOP("service", "Frozen"),
    "DELETING": QT_TRANSLATE_NOOP("service", "Being deleted"),
}
"""What people call the words by which lists are narrowed, in the order they are chosen from."""

_STATES = {
    "PENDING": JobState.WAITING,
    "SCHEDULING": JobState.WAITING,
    "LACK_OF_RESOURCES": JobState.WAITING,
    "RECOVERING": JobState.STARTING,
    "STARTING": JobState.STARTING,
    "UPGRADING": JobState.STARTING,
    "RUNNING": JobState.RUNNING,
    "STOPPING": JobState.STOPPING,
    "DELETING": JobState.STOPPING,
    "FREEZING": JobState.ON_HOLD,
    "FROZEN": JobState.ON_HOLD,
    "STOPPED": JobState.STOPPED,
    "STOPPED_NO_SERVICE": JobState.STOPPED,
    "SUCCEEDED": JobState.DONE,
    "FAILED": JobState.FAILED,
    "CREATE_FAILED": JobState.FAILED,
    "START_FAILED": JobState.FAILED,
    "ABNORMAL": JobState.FAILED,
}

LEAVING = frozenset({"DELETING"})
"""The states of jobs that are on their way out."""


def state_of(word: str) -> JobState:
    """Return the state for a word of the service, in any case; unknown ones are `UNKNOWN`."""
    return _STATES.get(word.strip().upper(), JobState.UNKNOWN)
