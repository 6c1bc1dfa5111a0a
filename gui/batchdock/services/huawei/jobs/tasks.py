"""The lists in which jobs are kept, and the addresses of what is in them (contract §0)."""

from dataclasses import dataclass

from batchdock.core.errors import NotFound, NotOffered
from batchdock.services.huawei.place import Place
from batchdock.services.huawei.wire import Family, Wire

BETWEEN = "/"
"""Stands between a service and a task in the id of a job: ids of tasks have none (contract §3, §4)."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """One list of tasks. `service` is empty for VIAS, which has one list for all its algorithms."""

    family: Family
    version: str
    service: str = ""

    @property
    def can_be_changed(self) -> bool:
        """False where only looking and creating are evidenced (contract §2.4)."""
        return self.version != "v1"

    @property
    def is_at_edge(self) -> bool:
        """True for a service that needs a pool of machines at the edge, which its name tells (contract §4.3, §5)."""
        return self.service.endswith("-edge")

    def job_id(self, task_id: str) -> str:
        """Return what a task is called in this app: the service is part of its address."""
        return f"{self.service}{BETWEEN}{task_id}" if self.service else task_id

    def list_path(self, wire: Wire) -> str:
        """Return where the tasks are listed."""
        return wire.path(self.version, *self._segments())

    def task_path(self, wire: Wire, task_id: str, *more: str) -> str:
        """Return where one task is."""
        return wire.path(self.version, *self._segments(), task_id, *more)

    def create_path(self, wire: Wire, service: str) -> str:
        """Return where a task of a service, for VIAS the API name of an algorithm, is created."""
        infer = ("infer",) if self.version == "v1" else ()
        return wire.path(self.version, *infer, "services", service, "tasks")

    def command(self, wire: Wire, task_id: str, verb: str) -> tuple[str, str]:
        """Return method and path to "start" or "stop" a task (contract §3.4, §4.4)."""
        if self.family is Family.VIAS:
            return "PUT", self.task_path(wire, task_id, "action", verb)
        return "POST", self.task_path(wire, task_id, verb)

    def _segments(self) -> tuple[str, ...]:
        if self.service:
            return "services", self.service, "tasks"
        return ("infer", "tasks") if self.version == "v1" else ("tasks",)


def lists_of(place: Place) -> tuple[Tasks, ...]:
    """Return the lists an account uses, VIAS first."""
    vias = (Tasks(Family.VIAS, place.vias),) if place.vias else ()
    return vias + tuple(Tasks(Family.IVA, "v2", service) for service in place.iva)


def task_of(wire: Wire, job_id: str, *, to_change: bool = False) -> tuple[Tasks, str]:
    """Return the list a job is in, and the id of its task.

    Raise `NotFound` for one that this account can not have, `NotOffered` where it is `to_change` and can not be.
    """
    service, between, task_id = job_id.rpartition(BETWEEN)
    for tasks in lists_of(wire.place):
        if (tasks.service == service if between else not tasks.service) and task_id:
            if to_change and not tasks.can_be_changed:
                raise NotOffered(service=wire.service)
            return tasks, task_id
    raise NotFound(service=wire.service, reason="The account does not use the service of this job.")
