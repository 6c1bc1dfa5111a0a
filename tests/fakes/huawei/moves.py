"""Which states take a start, a stop or a deletion. Nothing states it; this is the strict reading of the names (§5)."""

from fakes.huawei.asking import VIAS_STATES
from fakes.huawei.records import GONE, IvaTask, Task
from fakes.huawei.state import State

_UNDER_WAY = {"RECOVERING", "STARTING", "UPGRADING", "STOPPING", "DELETING", "FREEZING"}
_TAKES = {
    "start": {"STOPPED", "FAILED", "START_FAILED", "ABNORMAL", "SUCCEEDED"},
    "stop": {"RUNNING", "ABNORMAL", "PENDING", "SCHEDULING", "LACK_OF_RESOURCES", "STARTING", "RECOVERING"},
    "delete": set(VIAS_STATES) - _UNDER_WAY,
}
_ENDS = {"start": ("STARTING", "RUNNING"), "stop": ("STOPPING", "STOPPED"), "delete": ("DELETING", GONE)}


def takes(record: Task | IvaTask, action: str) -> bool:
    """Tell whether the state of a job takes an action."""
    return record.state in _TAKES[action]


def move(state: State, record: Task | IvaTask, action: str) -> None:
    """Carry an action out, at once or by and by."""
    container = state.tasks if isinstance(record, Task) else state.iva_tasks
    state.move(container, record, *_ENDS[action])
