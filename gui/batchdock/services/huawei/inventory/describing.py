"""What the service keeps besides jobs: columns, filters and actions of each collection (contract §3.5 to §3.8)."""

from batchdock.core.inventory import Action, CellKind, Collection, Column, Field, FieldKind, On
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.huawei.jobs.states import TITLES

BATCHES = "batches"
GROUPS = "video-groups"
SOURCES = "video-sources"
ALGORITHMS = "algorithms"
POOLS = "edge-pools"

_WORDS = (
    "running",
    "abnormal",
    "failed",
    "create_failed",
    "start_failed",
    "lack_of_resources",
    "stopped_no_service",
    "frozen",
    "freezing",
    "pending",
    "scheduling",
    "recovering",
    "starting",
    "upgrading",
    "stopping",
    "deleting",
    "stopped",
    "succeeded",
)
_NO_SERVICE = {"STOPPED_NO_SERVICE": QT_TRANSLATE_NOOP("service", "Stopped, no service")}
BATCH_STATES = tuple((each, (TITLES | _NO_SERVICE)[each.upper()]) for each in _WORDS)
"""The words by which jobs of a batch are counted (contract §3.5), what needs somebody before what does not."""

ALGORITHM_STATES = (
    ("not_deployed", QT_TRANSLATE_NOOP("service", "Not deployed")),
    ("service_deploying", QT_TRANSLATE_NOOP("service", "Being deployed")),
    ("service_running", QT_TRANSLATE_NOOP("service", "Running")),
    ("service_upgrading", QT_TRANSLATE_NOOP("service", "Being upgraded")),
    ("service_concerning", QT_TRANSLATE_NOOP("service", "Concerning")),
    ("service_stopping", QT_TRANSLATE_NOOP("service", "Stopping")),
    ("service_stopped", QT_TRANSLATE_NOOP("service", "Stopped")),
    ("service_finished", QT_TRANSLATE_NOOP("service", "Finished")),
    ("service_failed", QT_TRANSLATE_NOOP("service", "Failed")),
)
ACCESS = (
    ("cloud", QT_TRANSLATE_NOOP("service", "Cloud")),
    ("edge", QT_TRANSLATE_NOOP("service", "Edge")),
)
SOURCE_STATES = (
    ("1", QT_TRANSLATE_NOOP("service", "Online")),
    ("2", QT_TRANSLATE_NOOP("service", "Offline")),
    ("9", QT_TRANSLATE_NOOP("service", "Abnormal")),
)
SOURCE_TYPES = (
    ("url", QT_TRANSLATE_NOOP("service", "Stream address")),
    ("vcn", QT_TRANSLATE_NOOP("service", "Video cloud node (VCN)")),
    ("restful", QT_TRANSLATE_NOOP("service", "Address that names the stream")),
    ("camera", QT_TRANSLATE_NOOP("service", "Camera at the edge")),
    ("obs", QT_TRANSLATE_NOOP("service", "Object storage (OBS)")),
    ("VIDEO_PLATFORM", QT_TRANSLATE_NOOP("service", "Video platform")),
    ("VIDEO_IMAGE_DB", QT_TRANSLATE_NOOP("service", "Video and image database")),
    ("RTSP_STREAM", QT_TRANSLATE_NOOP("service", "RTSP stream")),
)

_ONLINE = tuple((title, title) for _, title in SOURCE_STATES)
_POOL_STATES = (
    ("Running", QT_TRANSLATE_NOOP("service", "Running")),
    ("Abnormal", QT_TRANSLATE_NOOP("service", "Abnormal")),
)
_CONNECTED = QT_TRANSLATE_NOOP("service", "Connected at")
_RUNS_ON = QT_TRANSLATE_NOOP("service", "Runs on")
_NAME = QT_TRANSLATE_NOOP("service", "Name")
_CREATED = QT_TRANSLATE_NOOP("service", "Created")
_CHANGED = QT_TRANSLATE_NOOP("service", "Changed")
_VENDOR = QT_TRANSLATE_NOOP("service", "Vendor")
_STATE = QT_TRANSLATE_NOOP("service", "State")
_KIND = QT_TRANSLATE_NOOP("service", "Kind")
_GROUPS = QT_TRANSLATE_NOOP("service", "Video groups")
_SOURCES = QT_TRANSLATE_NOOP("service", "Video sources")
_TAGS = QT_TRANSLATE_NOOP("service", "Tags")
_DELETE = QT_TRANSLATE_NOOP("service", "Delete")
_CHANGE = QT_TRANSLATE_NOOP("service", "Change")

_BATCHES = Collection(
    key=BATCHES,
    title=QT_TRANSLATE_NOOP("service", "Batches of jobs"),
    icon="layers",
    empty=QT_TRANSLATE_NOOP(
        "service", "No batches here. A batch runs one algorithm over many cameras, with a job for each of them."
    ),
    columns=(
        Column("name", _NAME),
        Column("algorithm", QT_TRANSLATE_NOOP("service", "Algorithm")),
        Column("jobs", QT_TRANSLATE_NOOP("service", "Jobs"), CellKind.NUMBER),
        Column("states", QT_TRANSLATE_NOOP("service", "Jobs by state"), CellKind.WORDS),
        Column("groups", _GROUPS, CellKind.WORDS),
        Column("sources", _SOURCES, CellKind.WORDS),
        Column("runs_on", _RUNS_ON, words=ACCESS),
        Column("vendor", _VENDOR),
        Column("created", _CREATED, CellKind.TIME),
    ),
    actions=(
        Action(key="create", title=QT_TRANSLATE_NOOP("service", "New batch"), on=On.NOTHING, has_form=True),
        Action(key="change", title=_CHANGE, on=On.ONE, has_form=True),
        Action(key="start", title=QT_TRANSLATE_NOOP("service", "Start"), on=On.SEVERAL),
        Action(
            key="stop",
            title=QT_TRANSLATE_NOOP("service", "Stop"),
            on=On.SEVERAL,
            question=QT_TRANSLATE_NOOP("service", "Stop all jobs of “{name}”? They can be started again."),
        ),
        Action(
            key="delete",
            title=_DELETE,
            on=On.SEVERAL,
            destructive=True,
            question=QT_TRANSLATE_NOOP(
                "service", "Delete “{name}”? Its jobs are deleted with it at the service, and do not come back."
            ),
        ),
    ),
    filters=(
        Field(key="name_like", title=QT_TRANSLATE_NOOP("service", "Name contains"), most=100),
        Field(
            key="type_like",
            title=QT_TRANSLATE_NOOP("service", "The name is that of"),
            kind=FieldKind.CHOICE,
            choices=(
                ("batch_task_name", QT_TRANSLATE_NOOP("service", "The batch")),
                ("publish_service_name", QT_TRANSLATE_NOOP("service", "The algorithm")),
            ),
            hint=QT_TRANSLATE_NOOP("service", "Of the batch, where nothing is chosen."),
        ),
        Field(
            key="task_state",
            title=QT_TRANSLATE_NOOP("service", "Has jobs that are"),
            kind=FieldKind.CHOICE,
            choices=BATCH_STATES,
        ),
        Field(key="title", title=QT_TRANSLATE_NOOP("service", "Algorithm"), least=2, most=64),
        Field(key="video_group", title=_GROUPS, kind=FieldKind.SEVERAL, most=1000),
        Field(key="manufacturer", title=_VENDOR, least=2, most=64),
    ),
)

_GROUPS_COLLECTION = Collection(
    key=GROUPS,
    title=_GROUPS,
    icon="folder",
    empty=QT_TRANSLATE_NOOP("service", "No video groups here. A group gathers cameras that batches run over."),
    columns=(
        Column("name", _NAME),
        Column("sources", _SOURCES, CellKind.NUMBER),
        Column("states", QT_TRANSLATE_NOOP("service", "Sources by state"), CellKind.WORDS),
        Column("batches", QT_TRANSLATE_NOOP("service", "Batches"), CellKind.NUMBER),
        Column("connected", _CONNECTED, words=ACCESS),
        Column("kind", _KIND, words=SOURCE_TYPES),
        Column("changed", _CHANGED, CellKind.TIME),
        Column("created", _CREATED, CellKind.TIME),
    ),
    actions=(
        Action(key="create", title=QT_TRANSLATE_NOOP("service", "New video group"), on=On.NOTHING, has_form=True),
        Action(key="change", title=_CHANGE, on=On.ONE, has_form=True),
        Action(
            key="delete",
            title=_DELETE,
            on=On.SEVERAL,
            destructive=True,
            question=QT_TRANSLATE_NOOP("service", "Delete the group “{name}”? Its video sources stay."),
        ),
    ),
    filters=(
        Field(key="name", title=QT_TRANSLATE_NOOP("service", "Name contains"), most=20),
        Field(key="status", title=_STATE, kind=FieldKind.CHOICE, choices=SOURCE_STATES),
        Field(key="access_type", title=_CONNECTED, kind=FieldKind.SEVERAL, choices=ACCESS),
        Field(key="type", title=_KIND, kind=FieldKind.SEVERAL, choices=SOURCE_TYPES),
        Field(
            key="has_task",
            title=QT_TRANSLATE_NOOP("service", "Batches"),
            kind=FieldKind.CHOICE,
            choices=(
                ("true", QT_TRANSLATE_NOOP("service", "Has batches")),
                ("false", QT_TRANSLATE_NOOP("service", "Has no batches")),
            ),
        ),
    ),
)

_SOURCES_COLLECTION = Collection(
    key=SOURCES,
    title=_SOURCES,
    icon="film",
    empty=QT_TRANSLATE_NOOP("service", "No video sources here. Add a camera or a stream for jobs to look at."),
    columns=(
        Column("name", _NAME),
        Column("state", _STATE, CellKind.STATE, _ONLINE),
        Column("groups", _GROUPS, CellKind.WORDS),
        Column("kind", _KIND, words=SOURCE_TYPES),
        Column("connected", _CONNECTED, words=ACCESS),
        Column("jobs", QT_TRANSLATE_NOOP("service", "Jobs"), CellKind.NUMBER),
        Column("tags", _TAGS, CellKind.WORDS),
        Column("quality", QT_TRANSLATE_NOOP("service", "Picture problems"), CellKind.WORDS),
        Column("created", _CREATED, CellKind.TIME),
    ),
    actions=(
        *(
            Action(key=f"create-{key}", title=title, on=On.NOTHING, has_form=True)
            for key, title in (
                ("url", QT_TRANSLATE_NOOP("service", "New stream address")),
                ("camera", QT_TRANSLATE_NOOP("service", "New camera at the edge")),
                ("vcn", QT_TRANSLATE_NOOP("service", "New camera of a video cloud node")),
                ("restful", QT_TRANSLATE_NOOP("service", "New address that names the stream")),
                ("obs", QT_TRANSLATE_NOOP("service", "New videos in object storage")),
                ("other", QT_TRANSLATE_NOOP("service", "New source of another kind")),
            )
        ),
        Action(key="change", title=_CHANGE, on=On.ONE, has_form=True),
        Action(
            key="delete",
            title=_DELETE,
            on=On.SEVERAL,
            destructive=True,
            question=QT_TRANSLATE_NOOP(
                "service", "Delete the video source “{name}”? Jobs that look at it get no more pictures."
            ),
        ),
    ),
    filters=(
        Field(key="scope", title=QT_TRANSLATE_NOOP("service", "Name contains"), most=255),
        Field(
            key="scope_name",
            title=QT_TRANSLATE_NOOP("service", "The name is that of"),
            kind=FieldKind.CHOICE,
            choices=(
                ("source_name", QT_TRANSLATE_NOOP("service", "The video source")),
                ("group_name", QT_TRANSLATE_NOOP("service", "Its group")),
            ),
            hint=QT_TRANSLATE_NOOP("service", "Of the video source, where nothing is chosen."),
        ),
        Field(key="status", title=_STATE, kind=FieldKind.SEVERAL, choices=SOURCE_STATES),
        Field(key="type", title=_KIND, kind=FieldKind.SEVERAL, choices=SOURCE_TYPES),
        Field(key="video_group_id", title=_GROUPS, kind=FieldKind.SEVERAL, choices_of=GROUPS),
        Field(key="access_type", title=_CONNECTED, kind=FieldKind.SEVERAL, choices=ACCESS),
        Field(key="platform_name", title=QT_TRANSLATE_NOOP("service", "Platform"), most=100),
        Field(key="tag", title=QT_TRANSLATE_NOOP("service", "Tag"), most=255),
    ),
)

_ALGORITHMS = Collection(
    key=ALGORITHMS,
    title=QT_TRANSLATE_NOOP("service", "Algorithms"),
    icon="workflow",
    empty=QT_TRANSLATE_NOOP("service", "No algorithms here. Subscribe to one in the console of the service."),
    columns=(
        Column("name", _NAME),
        Column("state", _STATE, CellKind.STATE, ALGORITHM_STATES),
        Column("version", QT_TRANSLATE_NOOP("service", "Version")),
        Column("runs_on", _RUNS_ON, words=ACCESS),
        Column("vendor", _VENDOR),
        Column("newer", QT_TRANSLATE_NOOP("service", "Newer version")),
        Column("tags", _TAGS, CellKind.WORDS),
        Column("created", _CREATED, CellKind.TIME),
    ),
    actions=(
        Action(
            key="deploy",
            title=QT_TRANSLATE_NOOP("service", "Deploy"),
            on=On.ONE,
            has_form=True,
            not_in_states=frozenset(
                {"service_deploying", "service_running", "service_upgrading", "service_concerning", "service_stopping"}
            ),
        ),
        Action(
            key="stop",
            title=QT_TRANSLATE_NOOP("service", "Stop deployment"),
            on=On.SEVERAL,
            question=QT_TRANSLATE_NOOP("service", "Stop “{name}”? Jobs that need it can not run until it is deployed."),
            not_in_states=frozenset({"not_deployed", "service_stopping", "service_stopped", "service_finished"}),
        ),
    ),
    filters=(
        Field(key="name_like", title=QT_TRANSLATE_NOOP("service", "Name contains")),
        Field(key="alg_status", title=_STATE, kind=FieldKind.SEVERAL, choices=ALGORITHM_STATES),
    ),
)

_POOLS = Collection(
    key=POOLS,
    title=QT_TRANSLATE_NOOP("service", "Edge pools"),
    icon="hard-drive",
    empty=QT_TRANSLATE_NOOP("service", "No edge pools here. A pool is a group of own machines that algorithms run on."),
    columns=(
        Column("name", _NAME),
        Column("state", _STATE, CellKind.STATE, _POOL_STATES),
        Column("changed", _CHANGED, CellKind.TIME),
        Column("created", _CREATED, CellKind.TIME),
    ),
    actions=(
        Action(key="create", title=QT_TRANSLATE_NOOP("service", "New edge pool"), on=On.NOTHING, has_form=True),
        Action(
            key="delete",
            title=_DELETE,
            on=On.SEVERAL,
            destructive=True,
            question=QT_TRANSLATE_NOOP(
                "service", "Delete the edge pool “{name}”? Algorithms that are deployed on it stop running."
            ),
        ),
    ),
    filters=(
        Field(
            key="state",
            title=_STATE,
            kind=FieldKind.CHOICE,
            choices=_POOL_STATES,
        ),
    ),
)

COLLECTIONS: tuple[Collection, ...] = (_BATCHES, _SOURCES_COLLECTION, _GROUPS_COLLECTION, _ALGORITHMS, _POOLS)
