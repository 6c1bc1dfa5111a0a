"""The forms of jobs: what a new one needs, and what can be changed of one (contract §2.3, §3.3, §3.4, §4.3, §4.4)."""

from dataclasses import replace

from batchdock.core.errors import NotOffered
from batchdock.core.inventory import Field
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, entry, text, texts
from batchdock.services.huawei.jobs.fields import (
    CJK,
    algorithm_fields,
    edge_pool,
    input_fields,
    name_and_description,
    output_fields,
    schedule_and_settings,
    template,
    where_fields,
)
from batchdock.services.huawei.jobs.inputs import typed_of
from batchdock.services.huawei.jobs.looking import ask_task
from batchdock.services.huawei.jobs.tasks import Tasks, lists_of, task_of
from batchdock.services.huawei.masking import masked
from batchdock.services.huawei.place import Place
from batchdock.services.huawei.wire import Family, Wire


async def form_of(wire: Wire, action: str, job_id: str) -> tuple[Field, ...]:
    """Return the form of an action on jobs. Raise `NotOffered`, and `NotFound` for a job that is gone."""
    if action == "create":
        return create_fields(wire.place)
    if action != "change":
        raise NotOffered(service=wire.service)
    tasks, task_id = task_of(wire, job_id, to_change=True)
    return filled_in(change_fields(tasks), await ask_task(wire, tasks, task_id), tasks)


def create_fields(place: Place) -> tuple[Field, ...]:
    """Return what a new job needs. What only one of several lists knows is left empty for the others."""
    lists = lists_of(place)
    families = {tasks.family for tasks in lists}
    return (
        *where_fields(lists),
        *algorithm_fields(place, families),
        Field(
            key="service_version",
            title=QT_TRANSLATE_NOOP("service", "Version of the algorithm"),
            required=families == {Family.IVA},
            most=32,
            pattern="[a-z0-9.]{3,32}",
            hint=QT_TRANSLATE_NOOP("service", "As in 3.0.")
            if Family.IVA in families
            else QT_TRANSLATE_NOOP("service", "That of the algorithm, if none is given."),
        ),
        *edge_pool(lists),
        *name_and_description(),
        *input_fields(place.vias, families, required=True),
        *output_fields(families),
        *schedule_and_settings(),
        Field(
            key="resource_order_id", title=QT_TRANSLATE_NOOP("service", "Order, for paid algorithms"), least=4, most=36
        ),
        *template(families),
    )


def change_fields(tasks: Tasks) -> tuple[Field, ...]:
    """Return what can be changed of a job."""
    families = {tasks.family}
    name, description = name_and_description()
    if tasks.family is Family.VIAS:  # Looser when it is created (contract §3.4).
        description = replace(description, pattern=f"[{CJK}a-zA-Z0-9_-]*", hint=name.hint)
    return (
        name,
        description,
        *input_fields(tasks.version if tasks.family is Family.VIAS else "", families, required=False),
        *output_fields(families),
        *schedule_and_settings(),
    )


def filled_in(fields: tuple[Field, ...], task: Entry, tasks: Tasks) -> tuple[Field, ...]:
    """Return fields with what they are now. Of secrets nothing is told; in a JSON a mark stands for one."""
    shown = entry(masked(task))
    inputs, outputs = entry(shown.get("input")), entry(shown.get("output"))
    vcn, webhook = entry(inputs.get("vcn")), entry(outputs.get("webhook"))
    iva = tasks.family is Family.IVA
    sources = inputs.get("data")
    named = [text(entry(each).get("video_source_id")) for each in sources] if isinstance(sources, list) else []
    values: dict[str, object] = {
        "name": text(shown.get("name")),
        "description": text(shown.get("description")),
        "input_type": text(inputs.get("type")),
        "video_sources": tuple(each for each in named if each),
        "input": typed_of(inputs),
        **{f"vcn_{name}": text(vcn.get(name)) for name in ("ip", "port", "username")},
        "webhook_url": text(webhook.get("url")),
        "data_category": next((found for each in outputs.values() if (found := _categories(each))), ()),
        "dis_stream": text(entry(outputs.get("dis")).get("stream_name")),
        "obs_bucket": text(entry(outputs.get("obs")).get("bucket")),
        "obs_path": text(entry(outputs.get("obs")).get("path")),
        "event_center": outputs.get("event_center") is True,
        "localpath": text(entry(outputs.get("localpath")).get("mount_source_path")),
        "hosting": outputs.get("hosting") if isinstance(outputs.get("hosting"), dict) else None,
        "schedule": _object(shown.get("timing" if iva else "schedule")),
        "config": _object(shown.get("service_config" if iva else "config")),
    }
    return tuple(replace(field, value=values[field.key]) if field.key in values else field for field in fields)


def _categories(output: object) -> tuple[str, ...]:
    return texts(entry(output).get("data_category"))


def _object(value: object) -> object:
    return value if isinstance(value, dict) else None
