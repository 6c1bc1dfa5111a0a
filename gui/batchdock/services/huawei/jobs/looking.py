"""Looks at one job: for the table, for people, and for support (contract §2.2, §3.2, §4.1)."""

from batchdock.core.errors import SettingsUnreadable, UnreadableAnswer
from batchdock.core.facts import Facts
from batchdock.core.job import Job
from batchdock.services.http.reading import Entry, answered, is_nested_beyond
from batchdock.services.huawei.facts import read_facts
from batchdock.services.huawei.jobs.reading import read_job, unwrapped
from batchdock.services.huawei.jobs.tasks import Tasks, lists_of, task_of
from batchdock.services.huawei.masking import masked
from batchdock.services.huawei.wire import Family, Wire


async def check(wire: Wire) -> str:
    """Ask each list for as little as it gives, to see that it may be asked. Return the id of the project."""
    await wire.sign_in()
    for tasks in lists_of(wire.place):
        least = {"offset": 0, "limit": 1} if tasks.family is Family.IVA else {"page": 1, "page_size": 5}
        answered(await wire.ask(tasks.family, "GET", tasks.list_path(wire), params=least), wire, "tasks")
    return wire.place.project_id


async def ask_job(wire: Wire, account_id: str, job_id: str) -> Job:
    """Return one job. Raise `NotFound`, `SettingsUnreadable`."""
    tasks, task_id = task_of(wire, job_id)
    # The id that was asked for stands in for one that is missing; another one would be another job.
    job = read_job({**await ask_task(wire, tasks, task_id), "id": task_id}, account_id, tasks)
    if job is None:
        raise UnreadableAnswer(service=wire.service, details=f"GET {tasks.task_path(wire, task_id)}: no job in it")
    return job


async def ask_facts(wire: Wire, job_id: str) -> Facts:
    """Return all that is told of a job. Raise `NotFound`, `SettingsUnreadable`."""
    tasks, task_id = task_of(wire, job_id)
    return read_facts(await ask_task(wire, tasks, task_id))


async def ask_answers(wire: Wire, job_id: str) -> dict[str, object]:
    """Return the answer on a job as it came, without secrets. Raise `NotFound`."""
    tasks, task_id = task_of(wire, job_id)
    where = tasks.task_path(wire, task_id)
    return {f"GET {where}": wire.without_secrets(masked(await wire.ask(tasks.family, "GET", where)))}


async def ask_task(wire: Wire, tasks: Tasks, task_id: str) -> Entry:
    """Return a task as the service tells of it. Raise `NotFound`.

    `SettingsUnreadable` stands for an answer that is no JSON: settings with quotes in them have been seen sent
    unescaped (contract §4.1), and half a job would be worse than a sentence.
    """
    where = tasks.task_path(wire, task_id)
    try:
        answer = await wire.ask(tasks.family, "GET", where)
    except UnreadableAnswer as error:
        if "json" not in error.details.rpartition("→")[2].lower():
            raise
        raise SettingsUnreadable(service=wire.service, details=error.details) from None
    task = unwrapped(answered(answer, wire, where))
    if is_nested_beyond(task, _DEEPEST):
        raise UnreadableAnswer(service=wire.service, details=f"GET {where}: nested without end")
    if not task.keys() & _MARKS:
        raise UnreadableAnswer(service=wire.service, details=f"GET {where}: no job in the answer")
    return task


_DEEPEST = 100
_MARKS = frozenset({"id", "name", "state", "input", "output"})
