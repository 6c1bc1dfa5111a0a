"""Makes, changes, stops, starts and deletes jobs (contract §2.3, §3.3, §3.4, §4.3, §4.4)."""

import re
from collections.abc import Mapping, Sequence

from batchdock.core.errors import (
    AlreadyExists,
    BatchdockError,
    NotAskedFor,
    NotOffered,
    TooManyRequests,
    UnreadableAnswer,
)
from batchdock.core.inventory import Done
from batchdock.services.http.each import each_of
from batchdock.services.http.patience import Tries
from batchdock.services.http.reading import Entry, entries, optional_text, text
from batchdock.services.huawei.inventory.algorithms import called
from batchdock.services.huawei.inventory.doing import carry_out, take_away
from batchdock.services.huawei.jobs.bodies import Values, change_body, create_body
from batchdock.services.huawei.jobs.fields import VIAS
from batchdock.services.huawei.jobs.fitting import look_over
from batchdock.services.huawei.jobs.forms import change_fields, create_fields
from batchdock.services.huawei.jobs.looking import ask_task
from batchdock.services.huawei.jobs.tasks import Tasks, lists_of, task_of
from batchdock.services.huawei.wire import Family, Wire

_IVA_VERSION = re.compile(r"\d{1,3}\.\d{1,3}", re.ASCII)
_REFUSED = 500
"""Says "not supported" and "not allowed" here as well (contract §6.1): asking again does not help."""


async def act(wire: Wire, action: str, job_ids: Sequence[str], values: Mapping[str, object]) -> Done:
    """Do one of the actions of jobs, see `Service.act`. Raise `NotAskedFor` before anything is sent."""
    if action == "create":
        return await _create(wire, values)
    if action == "change" and len(job_ids) == 1:
        return await _change(wire, job_ids[0], values)
    if action == "delete":
        return await each_of(job_ids, lambda job_id: _delete(wire, job_id))
    raise NotOffered(service=wire.service)


async def command(wire: Wire, job_id: str, verb: str) -> None:
    """Start or stop a job. What it is after that, only looking at it tells: answers have no known form."""
    tasks, task_id = task_of(wire, job_id, to_change=True)
    method, path = tasks.command(wire, task_id, verb)
    await carry_out(wire, tasks.family, method, path)


async def _delete(wire: Wire, job_id: str) -> Done:
    tasks, task_id = task_of(wire, job_id, to_change=True)
    await take_away(wire, tasks.family, tasks.task_path(wire, task_id))
    return Done()


async def _change(wire: Wire, job_id: str, values: Values) -> Done:
    tasks, task_id = task_of(wire, job_id, to_change=True)
    look_over(change_fields(tasks), values, wire.service)
    task = await ask_task(wire, tasks, task_id)
    body = change_body(task, values, tasks, wire.service)
    await carry_out(wire, tasks.family, "PUT", tasks.task_path(wire, task_id), body)
    return Done()


async def _create(wire: Wire, values: Values) -> Done:
    look_over(create_fields(wire.place), values, wire.service)
    tasks = _chosen(wire, values)
    service, version = await _algorithm(wire, tasks, values)
    body = create_body(values, tasks, version, wire.service)
    made = await _create_once(wire, tasks, tasks.create_path(wire, service), body)
    return Done(made=tuple(tasks.job_id(each) for each in made))


def _chosen(wire: Wire, values: Values) -> Tasks:
    lists = lists_of(wire.place)
    wanted = values.get("where")
    found = next((tasks for tasks in lists if (tasks.service or VIAS) == wanted), lists[0] if len(lists) == 1 else None)
    if found is None:
        raise NotAskedFor(service=wire.service, reason="It is not said which service is to do it.")
    return found


async def _algorithm(wire: Wire, tasks: Tasks, values: Values) -> tuple[str, str]:
    """Return the name of the service in addresses, and its version.

    VIAS v2 lists algorithms by an id; only their details have the name (contract §3.8).
    """
    version = text(values.get("service_version"))
    service = tasks.service or text(values.get("algorithm"))
    if not service:
        raise NotAskedFor(service=wire.service, reason="It is not said which algorithm is to do it.")
    if tasks.family is Family.VIAS and tasks.version == "v2":
        found = await called(wire, service)
        service, version = found.service_name, version or found.version
    if not version and tasks.can_be_changed:
        raise NotAskedFor(service=wire.service, reason="The version of the algorithm is needed.")
    if tasks.family is Family.IVA and not _IVA_VERSION.fullmatch(version):
        raise NotAskedFor(service=wire.service, reason="The version of this service is two numbers, as in 3.0.")
    return service, version


async def _create_once(wire: Wire, tasks: Tasks, path: str, body: Entry) -> tuple[str, ...]:
    """Create jobs, one for each input, and return their ids.

    When nobody knows whether they were created, it is looked before they are asked for again: for jobs of that name
    that were not there before. As far as the service can be asked, none is so created twice.
    """
    name = text(body.get("name"))
    before = await _of_name(wire, tasks, name)
    tries = Tries(wire.patience)
    in_doubt = False
    while True:
        try:
            return _made(await wire.ask_once(tasks.family, "POST", path, body=body), wire, path)
        except BatchdockError as error:
            unclear = error.retryable or isinstance(error, UnreadableAnswer)
            in_doubt |= unclear and not isinstance(error, TooManyRequests)
            # Of two jobs with one name the second may be refused because of the first.
            if in_doubt and (unclear or isinstance(error, AlreadyExists)):
                try:
                    made = await _of_name(wire, tasks, name) - before
                except BatchdockError:
                    raise error from None  # Asked for again without having looked, it could be created twice.
                if made:
                    return tuple(sorted(made))
            if error.values.get("status") == _REFUSED:
                raise
            await tries.after(error)


def _made(answer: object, wire: Wire, path: str) -> tuple[str, ...]:
    """Return the ids in an answer: a list, or a list inside (contract §3.3, §4.3)."""
    found = entries(answer, "tasks", wire)
    ids = tuple(each_id for each in found if (each_id := optional_text(each.get("id"))) is not None)
    if not ids:
        raise UnreadableAnswer(service=wire.service, details=f"POST {path}: no id in the answer")
    return ids


async def _of_name(wire: Wire, tasks: Tasks, name: str) -> frozenset[str]:
    """Return the ids of the newest jobs of that name, or of one with a number after it, as several inputs may have."""
    params: dict[str, str | int] = (
        {"name_like": name, "offset": 0, "limit": 100}
        if tasks.family is Family.IVA
        else {"task_name": name, "page": 1, "page_size": 50}
    )
    answer = await wire.ask(tasks.family, "GET", tasks.list_path(wire), params=params)
    called = re.compile(rf"{re.escape(name)}([-_]?\d+)?")
    return frozenset(
        each_id
        for each in entries(answer, "tasks", wire, frozenset({"count"}))
        if called.fullmatch(text(each.get("name"))) and (each_id := optional_text(each.get("id"))) is not None
    )
