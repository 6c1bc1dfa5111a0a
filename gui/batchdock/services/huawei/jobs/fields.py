"""The fields that forms of jobs are made of (contract §2.3, §3.3, §4.3)."""

from dataclasses import replace

from batchdock.core.inventory import Field, FieldKind
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.huawei.jobs.tasks import Tasks
from batchdock.services.huawei.place import Place
from batchdock.services.huawei.wire import Family

VIAS = "vias"
"""What the list of VIAS is called where there are others to choose from."""

CJK = "\\u4e00-\\u9fa5"
_KINDS_OF_INPUT = {
    "video_source": QT_TRANSLATE_NOOP("service", "Video sources"),
    "obs": QT_TRANSLATE_NOOP("service", "Object storage (OBS)"),
    "vis": QT_TRANSLATE_NOOP("service", "Video ingestion service (VIS)"),
    "url": QT_TRANSLATE_NOOP("service", "Stream address"),
    "edgecamera": QT_TRANSLATE_NOOP("service", "Camera at the edge"),
    "restful": QT_TRANSLATE_NOOP("service", "Address that names the stream"),
    "edgerestful": QT_TRANSLATE_NOOP("service", "Address at the edge that names the stream"),
    "vcn": QT_TRANSLATE_NOOP("service", "Video cloud node (VCN)"),
}
_OF_VIAS = ("video_source", "obs", "url", "edgecamera", "restful", "vcn")
_OF_IVA = ("edgecamera", "obs", "vis", "url", "edgerestful", "vcn")
_INPUT_HINT = QT_TRANSLATE_NOOP(
    "service",
    "One a line: the address of a stream, the id of a device or of a camera at the edge, bucket/path in object "
    "storage. What needs more is written as JSON.",
)
_HEADERS_HINT = QT_TRANSLATE_NOOP("service", "As in X-Key: value; several with ; between them.")


def where_fields(lists: tuple[Tasks, ...]) -> tuple[Field, ...]:
    """Return which list a job goes to, where there are several."""
    if len(lists) < 2:
        return ()
    choices = tuple((tasks.service or VIAS, tasks.service or "VIAS") for tasks in lists)
    title = QT_TRANSLATE_NOOP("service", "Service")
    first = choices[0][0]
    return (Field(key="where", title=title, kind=FieldKind.CHOICE, required=True, choices=choices, value=first),)


def algorithm_fields(place: Place, families: set[Family]) -> tuple[Field, ...]:
    """Return by which algorithm of VIAS it is done; the services of IVA are algorithms themselves."""
    title = QT_TRANSLATE_NOOP("service", "Algorithm")
    required = families == {Family.VIAS}
    if place.vias == "v2":
        choice = Field(key="algorithm", title=title, kind=FieldKind.CHOICE, required=required, choices_of="algorithms")
        hint = QT_TRANSLATE_NOOP("service", "For jobs of VIAS.")
        return (choice if required else replace(choice, hint=hint),)
    if place.vias:
        hint = QT_TRANSLATE_NOOP("service", "Its name at the service, as in c-intrusiondetection-edge.")
        pattern = "[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
        return (Field(key="algorithm", title=title, required=required, most=100, pattern=pattern, hint=hint),)
    return ()


def name_and_description() -> tuple[Field, Field]:
    """Return what it is called."""
    return (
        Field(
            key="name",
            title=QT_TRANSLATE_NOOP("service", "Name"),
            required=True,
            least=1,
            most=100,
            pattern=f"[{CJK}a-zA-Z0-9_-]{{1,100}}",
            hint=QT_TRANSLATE_NOOP("service", "Letters, digits, - and _."),
        ),
        Field(
            key="description",
            title=QT_TRANSLATE_NOOP("service", "Description"),
            kind=FieldKind.LONG_TEXT,
            most=500,
        ),
    )


def input_fields(vias: str, families: set[Family], *, required: bool) -> tuple[Field, ...]:
    """Return what it looks at."""
    of_families = (
        *(_OF_VIAS if Family.VIAS in families else ()),
        *(_OF_IVA if Family.IVA in families else ()),
    )
    kinds = tuple(dict.fromkeys(of_families))
    title = QT_TRANSLATE_NOOP("service", "Input")
    choices = tuple((each, _KINDS_OF_INPUT[each]) for each in kinds)
    sources = Field(
        key="video_sources",
        title=QT_TRANSLATE_NOOP("service", "Video sources"),
        kind=FieldKind.SEVERAL,
        choices_of="video-sources",
        hint=QT_TRANSLATE_NOOP("service", "A job comes of each."),
    )
    user = QT_TRANSLATE_NOOP("service", "User at the video cloud node")
    return (
        Field(key="input_type", title=title, kind=FieldKind.CHOICE, required=required, choices=choices, value=kinds[0]),
        *((sources,) if vias == "v2" else ()),
        Field(
            key="input",
            title=QT_TRANSLATE_NOOP("service", "Inputs"),
            kind=FieldKind.LONG_TEXT,
            most=100_000,
            hint=_INPUT_HINT,
        ),
        Field(
            key="vcn_ip",
            title=QT_TRANSLATE_NOOP("service", "Address of the video cloud node"),
            most=255,
            hint=QT_TRANSLATE_NOOP("service", "This, port, user and password only where it is the input."),
        ),
        Field(key="vcn_port", title=QT_TRANSLATE_NOOP("service", "Its port"), most=5, pattern="[0-9]{1,5}"),
        Field(key="vcn_username", title=user, most=255),
        Field(key="vcn_password", title=QT_TRANSLATE_NOOP("service", "Its password"), kind=FieldKind.SECRET, most=255),
    )


def output_fields(families: set[Family]) -> tuple[Field, ...]:
    """Return where results can go (contract §3.3, §4.3)."""
    vias = Field(
        key="event_center", title=QT_TRANSLATE_NOOP("service", "Send to the event center"), kind=FieldKind.SWITCH
    )
    iva = (
        Field(key="localpath", title=QT_TRANSLATE_NOOP("service", "Folder at the edge for results"), most=1000),
        Field(key="hosting", title=QT_TRANSLATE_NOOP("service", "Hosting of results"), kind=FieldKind.JSON),
    )
    return (
        Field(
            key="webhook_url",
            title=QT_TRANSLATE_NOOP("service", "Address to send results to"),
            most=1000,
            pattern=r"https?://\S+",
        ),
        Field(
            key="webhook_headers",
            title=QT_TRANSLATE_NOOP("service", "Headers to send with them"),
            kind=FieldKind.SECRET,
            most=20_000,
            hint=_HEADERS_HINT,
        ),
        Field(
            key="data_category",
            title=QT_TRANSLATE_NOOP("service", "What to send"),
            kind=FieldKind.SEVERAL,
            hint=QT_TRANSLATE_NOOP("service", "As the algorithm calls it. Everything, if nothing is given."),
        ),
        Field(key="dis_stream", title=QT_TRANSLATE_NOOP("service", "Stream of the data ingestion service"), most=64),
        Field(key="obs_bucket", title=QT_TRANSLATE_NOOP("service", "Bucket for results"), most=63),
        Field(key="obs_path", title=QT_TRANSLATE_NOOP("service", "Path in the bucket"), most=1024),
        *((vias,) if Family.VIAS in families else ()),
        *(iva if Family.IVA in families else ()),
    )


def schedule_and_settings() -> tuple[Field, ...]:
    """Return when jobs run, and what is set for the algorithm."""
    schedule_hint = QT_TRANSLATE_NOOP(
        "service",
        'As in {"type": "daily", "timezone": "+08:00", "periods": [{"begin_at": "08:00:00", "end_at": "18:00:00"}]}. '
        "VIAS wants type weekly, and a list of periods for each day.",
    )
    return (
        Field(
            key="schedule",
            title=QT_TRANSLATE_NOOP("service", "Schedule"),
            kind=FieldKind.JSON,
            hint=schedule_hint,
        ),
        Field(
            key="config",
            title=QT_TRANSLATE_NOOP("service", "Settings of the algorithm"),
            kind=FieldKind.JSON,
            hint=QT_TRANSLATE_NOOP("service", "They differ from algorithm to algorithm; most are below “common”."),
        ),
    )


def edge_pool(lists: tuple[Tasks, ...]) -> tuple[Field, ...]:
    """Return where at the edge it runs."""
    if all(tasks.family is Family.VIAS for tasks in lists):
        return ()
    return (
        Field(
            key="edge_pool_id",
            title=QT_TRANSLATE_NOOP("service", "Id of the edge pool"),
            required=all(tasks.is_at_edge for tasks in lists),
            pattern=r"[0-9a-f]{32}|edgestreampool\w{8}",
            hint=QT_TRANSLATE_NOOP("service", "Needed by services that run at the edge."),
        ),
    )


def template(families: set[Family]) -> tuple[Field, ...]:
    """Return whether its settings are kept, for VIAS."""
    title = QT_TRANSLATE_NOOP("service", "Keep the settings as a template")
    return (Field(key="is_saved_as_template", title=title, kind=FieldKind.SWITCH),) if Family.VIAS in families else ()
