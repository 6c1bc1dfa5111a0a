"""By what the services themselves narrow their lists of jobs (contract §2.1, §3.1, §4.2)."""

import re
from collections.abc import Sequence
from datetime import timedelta

from batchdock.core.errors import NotAskedFor
from batchdock.core.inventory import Field, FieldKind, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.times import milliseconds, time_of
from batchdock.services.huawei.jobs.fitting import unfit
from batchdock.services.huawei.jobs.states import COMMON, OF_VIAS, TITLES
from batchdock.services.huawei.jobs.tasks import Tasks, lists_of
from batchdock.services.huawei.place import Place
from batchdock.services.huawei.wire import Family

PAGE, PAGE_SIZE = "page", "page_size"
LARGEST = {"v1": 50, "v2": 1000}
"""Jobs a page of VIAS may have."""

_WHOLE_DAY = timedelta(days=1, milliseconds=-1)
_CJK = "\\u4e00-\\u9fa5"
_TITLE = QT_TRANSLATE_NOOP("service", "Algorithm")
_SEVERAL_HINT = QT_TRANSLATE_NOOP("service", "Any of these.")
_TOGETHER = {"video_group_id": (4, 2048), "company": (1, 100)}
"""So many characters several values may have with commas between them."""
_ONLY_ORDER = frozenset({"sort_dir", "order", PAGE_SIZE})
"""These leave no job out."""


def _states(known: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((word, title) for word, title in TITLES.items() if word in known)


def _of_vias(version: str) -> tuple[Field, ...]:
    second = version == "v2"
    shared = (
        Field(key="task_name", title=QT_TRANSLATE_NOOP("service", "Name of the job"), least=1, most=1024),
        Field(
            key="task_state",
            title=QT_TRANSLATE_NOOP("service", "State at the service"),
            kind=FieldKind.CHOICE,
            choices=_states(OF_VIAS),
        ),
        Field(
            key="title",
            title=_TITLE,
            least=2 if second else 1,
            most=64 if second else 255,
            pattern=f"[a-zA-Z0-9{_CJK} ,_-]{{2,64}}" if second else "",
        ),
        Field(key="camera_name", title=QT_TRANSLATE_NOOP("service", "Video source"), least=1, most=255),
        Field(
            key="batch_id",
            title=QT_TRANSLATE_NOOP("service", "Batch"),
            kind=FieldKind.CHOICE if second else FieldKind.TEXT,
            least=4,
            most=36,
            choices_of="batches" if second else "",
        ),
        Field(
            key="video_group_id",
            title=QT_TRANSLATE_NOOP("service", "Video groups"),
            kind=FieldKind.SEVERAL,
            choices_of="video-groups" if second else "",
            hint=_SEVERAL_HINT,
        ),
        Field(
            key="company",
            title=QT_TRANSLATE_NOOP("service", "Vendor"),
            kind=FieldKind.SEVERAL,
            hint=_SEVERAL_HINT,
        ),
    )
    only_second = (
        Field(
            key="source_data_type",
            title=QT_TRANSLATE_NOOP("service", "Kind of request"),
            kind=FieldKind.CHOICE,
            choices=(
                ("async_task", QT_TRANSLATE_NOOP("service", "Asynchronous")),
                ("sync_task", QT_TRANSLATE_NOOP("service", "Synchronous")),
            ),
        ),
        Field(
            key="alg_id",
            title=QT_TRANSLATE_NOOP("service", "Id of the algorithm"),
            pattern="[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}",
        ),
    )
    order = (
        Field(
            key="sort_dir",
            title=QT_TRANSLATE_NOOP("service", "Order"),
            kind=FieldKind.CHOICE,
            choices=(
                ("desc", QT_TRANSLATE_NOOP("service", "Newest first")),
                ("asc", QT_TRANSLATE_NOOP("service", "Oldest first")),
            ),
        ),
        Field(
            key=PAGE_SIZE,
            title=QT_TRANSLATE_NOOP("service", "Jobs a page"),
            kind=FieldKind.NUMBER,
            least=5,
            most=LARGEST.get(version, 50),
        ),
        Field(
            key=PAGE,
            title=QT_TRANSLATE_NOOP("service", "Page"),
            kind=FieldKind.NUMBER,
            least=1,
            most=1_000_000,
            hint=QT_TRANSLATE_NOOP("service", "Only this one; every page, if none is given."),
        ),
    )
    return (*shared, *(only_second if second else ()), *order)


_TIME_HINT = QT_TRANSLATE_NOOP("service", "A day or a time, as in 2026-11-22 or 2026-11-22 14:30. UTC.")
_OF_IVA = (
    Field(
        key="name_like",
        title=QT_TRANSLATE_NOOP("service", "Name contains"),
        least=1,
        most=100,
        pattern=f"[{_CJK}a-zA-Z0-9_-]{{1,100}}",
    ),
    Field(key="id_like", title=QT_TRANSLATE_NOOP("service", "Id contains"), most=32, pattern="[0-9a-z]{1,32}"),
    Field(
        key="state",
        title=QT_TRANSLATE_NOOP("service", "State at the service"),
        kind=FieldKind.CHOICE,
        choices=_states(COMMON),
    ),
    Field(
        key="service_version",
        title=QT_TRANSLATE_NOOP("service", "Version of the algorithm"),
        pattern=r"\d{1,3}\.\d{1,3}",
        hint=QT_TRANSLATE_NOOP("service", "Two numbers, as in 3.0."),
    ),
    Field(key="created_since", title=QT_TRANSLATE_NOOP("service", "Created since"), hint=_TIME_HINT),
    Field(key="created_until", title=QT_TRANSLATE_NOOP("service", "Created until"), hint=_TIME_HINT),
    Field(
        key="order",
        title=QT_TRANSLATE_NOOP("service", "Order"),
        kind=FieldKind.CHOICE,
        choices=(
            ("created_at:DESC", QT_TRANSLATE_NOOP("service", "Newest first")),
            ("created_at:ASC", QT_TRANSLATE_NOOP("service", "Oldest first")),
            ("name:ASC", QT_TRANSLATE_NOOP("service", "By name, A to Z")),
            ("name:DESC", QT_TRANSLATE_NOOP("service", "By name, Z to A")),
            ("updated_at:DESC", QT_TRANSLATE_NOOP("service", "Changed last first")),
            ("updated_at:ASC", QT_TRANSLATE_NOOP("service", "Changed first first")),
        ),
    ),
)


def filters_of(place: Place) -> tuple[Field, ...]:
    """Return the filters of an account. One that only one family knows leaves the other's jobs out."""
    return (*(_of_vias(place.vias) if place.vias else ()), *(_OF_IVA if place.iva else ()))


def narrowed(place: Place, where: Where, service: str) -> list[tuple[Tasks, dict[str, str]]]:
    """Return the lists that know all these filters, with them as they are on the wire.

    Raise `NotAskedFor` for a value out of bounds, and for a filter that no list of this account knows.
    """
    given = {key: values for key, values in where.items() if any(each.strip() for each in values)}
    fields = {
        tasks: {field.key: field for field in (_OF_IVA if tasks.family is Family.IVA else _of_vias(place.vias))}
        for tasks in lists_of(place)
    }
    known = {key: field for each in fields.values() for key, field in each.items()}
    for key in given:
        if key not in known:
            raise NotAskedFor(service=service, reason=f"Jobs of this account can not be found by “{key}”.")
    wire = {key: _written(known[key], values, service) for key, values in given.items()}
    if "created_since" in wire and "created_until" in wire and int(wire["created_since"]) > int(wire["created_until"]):
        raise NotAskedFor(service=service, reason="“Created since” is later than “Created until”.")
    narrowing = {tasks: wire.keys() & its.keys() - _ONLY_ORDER for tasks, its in fields.items()}
    asked_for = any(narrowing.values())
    return [
        (tasks, {key: value for key, value in wire.items() if key in its})
        for tasks, its in fields.items()
        if narrowing[tasks] or not asked_for
    ]


def _written(field: Field, values: tuple[str, ...], service: str) -> str:
    """Return values as the wire has them, several with commas between. Raise `NotAskedFor`."""

    def refuse(what: str) -> NotAskedFor:
        return NotAskedFor(service=service, reason=f"“{field.title}” {what}.")

    some = list(dict.fromkeys(each.strip() for each in values if each.strip()))
    if field.kind is not FieldKind.SEVERAL and len(some) > 1:
        raise refuse("takes one value")
    value = ",".join(some)
    if field.key.startswith("created_"):
        time = time_of(value)
        if time is None:
            raise refuse("takes a day or a time, as in 2026-11-22 or 2026-11-22 14:30")
        is_day = len(value) <= len("2026-11-22")
        return str(milliseconds(time + _WHOLE_DAY if is_day and field.key == "created_until" else time))
    if field.kind is FieldKind.NUMBER:
        # Filters are texts, whatever their field is.
        whole = int(value) if re.fullmatch(r"\d{1,9}", value, re.ASCII) else None
        wrong = "takes a whole number" if whole is None else unfit(field, whole)
    else:
        wrong = unfit(field, tuple(some) if field.kind is FieldKind.SEVERAL else value)
        low, high = _TOGETHER.get(field.key, (0, len(value)))
        if not low <= len(value) <= high:
            wrong = wrong or f"takes {low:g} to {high:,.0f} characters"
    if wrong:
        raise refuse(wrong)
    return value
