"""What the service keeps besides datasets and jobs: columns, filters and actions (contract §4.9, §4.11, §7)."""

from batchdock.core.inventory import Action, CellKind, Collection, Column, Field, FieldKind, On
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.tensorbay.operations import OPERATIONS, Evidence

STORAGES = "storage-configs"
CREDENTIALS = "auth-storage-configs"
CLOUD_FILES = "cloud-files"
BENCHMARKS = "benchmarks"
EVALUATIONS = "evaluations"
OPERATIONS_LIST = "operations"

STORAGE_TYPES = (
    ("oss", QT_TRANSLATE_NOOP("service", "Alibaba Cloud OSS")),
    ("s3", QT_TRANSLATE_NOOP("service", "Amazon S3")),
    ("azure", QT_TRANSLATE_NOOP("service", "Azure Blob Storage")),
    ("local", QT_TRANSLATE_NOOP("service", "Server in the own network")),
)
"""The kinds that can be made here; a form each (contract §4.9)."""

_EVIDENCE = {
    Evidence.CALLED: QT_TRANSLATE_NOOP("service", "Called by the vendor's own client"),
    Evidence.DOCUMENTED: QT_TRANSLATE_NOOP("service", "In old pages of the vendor"),
    Evidence.INFERRED: QT_TRANSLATE_NOOP("service", "Unverified: told by what is around it"),
    Evidence.NONE: QT_TRANSLATE_NOOP("service", "Only its name is known"),
}
_NAME = QT_TRANSLATE_NOOP("service", "Name")
_KIND = QT_TRANSLATE_NOOP("service", "Kind")
_STORAGE = QT_TRANSLATE_NOOP("service", "Storage config")
_BENCHMARK = QT_TRANSLATE_NOOP("service", "Benchmark")
_ID = QT_TRANSLATE_NOOP("service", "Id")
_PATTERN = QT_TRANSLATE_NOOP(
    "service", "% stands for any characters and _ for one; without either, it is part of a name."
)


def _as_said(*texts: str) -> tuple[tuple[str, str], ...]:
    """Return texts of the app's own that stand in cells, so that they are translated there."""
    return tuple((text, text) for text in dict.fromkeys(texts) if text)


_STORAGES = Collection(
    key=STORAGES,
    title=QT_TRANSLATE_NOOP("service", "Storage configs"),
    icon="hard-drive",
    empty=QT_TRANSLATE_NOOP("service", "No storage configs here. One says where the files of new datasets lie."),
    columns=(
        Column("name", _NAME),
        Column("kind", _KIND, words=STORAGE_TYPES),
        Column("path", QT_TRANSLATE_NOOP("service", "Path")),
        Column("own", QT_TRANSLATE_NOOP("service", "Own")),
    ),
    actions=(
        *(
            Action(key=f"create-{key}", title=title, on=On.NOTHING, has_form=True)
            for key, title in (
                ("oss", QT_TRANSLATE_NOOP("service", "New bucket at Alibaba Cloud")),
                ("s3", QT_TRANSLATE_NOOP("service", "New bucket at Amazon S3")),
                ("azure", QT_TRANSLATE_NOOP("service", "New container at Azure")),
                ("local", QT_TRANSLATE_NOOP("service", "New server in the own network")),
            )
        ),
        Action(key="delete", title=QT_TRANSLATE_NOOP("service", "Delete"), on=On.ONE, has_form=True, destructive=True),
    ),
    filters=(Field(key="name", title=_NAME, hint=_PATTERN),),
)

_CREDENTIALS = Collection(
    key=CREDENTIALS,
    title=QT_TRANSLATE_NOOP("service", "Credentials of own buckets"),
    icon="key-round",
    empty=QT_TRANSLATE_NOOP(
        "service", "No credentials here. They come with storage configs that are buckets of one's own."
    ),
    columns=(
        Column("name", _NAME),
        Column("kind", _KIND, words=STORAGE_TYPES),
        Column("bucket", QT_TRANSLATE_NOOP("service", "Bucket")),
        Column("endpoint", QT_TRANSLATE_NOOP("service", "Endpoint")),
        Column("key", QT_TRANSLATE_NOOP("service", "Access key")),
    ),
    filters=(Field(key="name", title=_NAME, hint=_PATTERN),),
)

_CLOUD_FILES = Collection(
    key=CLOUD_FILES,
    title=QT_TRANSLATE_NOOP("service", "Files in own buckets"),
    icon="cloud",
    empty=QT_TRANSLATE_NOOP("service", "No files here. Choose a storage config as a filter to see what is in it."),
    columns=(
        Column("name", QT_TRANSLATE_NOOP("service", "Path")),
        Column("storage", _STORAGE),
    ),
    filters=(
        Field(key="storage", title=_STORAGE, kind=FieldKind.CHOICE, choices_of=STORAGES),
        Field(key="prefix", title=QT_TRANSLATE_NOOP("service", "Path begins with")),
    ),
)

_BENCHMARKS = Collection(
    key=BENCHMARKS,
    title=QT_TRANSLATE_NOOP("service", "Benchmarks"),
    icon="gauge",
    empty=QT_TRANSLATE_NOOP("service", "No benchmarks here. Versions of datasets are evaluated against one."),
    columns=(Column("name", _NAME), Column("id", _ID)),
)

_EVALUATIONS = Collection(
    key=EVALUATIONS,
    title=QT_TRANSLATE_NOOP("service", "Evaluations"),
    icon="chart-column",
    empty=QT_TRANSLATE_NOOP("service", "No evaluations here. A job makes one: a dataset against a benchmark."),
    columns=(
        Column("name", _BENCHMARK),
        Column("created", QT_TRANSLATE_NOOP("service", "Created"), CellKind.TIME),
        Column("id", _ID),
    ),
    filters=(Field(key="benchmark", title=_BENCHMARK, kind=FieldKind.CHOICE, choices_of=BENCHMARKS),),
)

_OPERATIONS = Collection(
    key=OPERATIONS_LIST,
    title=QT_TRANSLATE_NOOP("service", "Operations"),
    icon="list-tree",
    columns=(
        Column("name", QT_TRANSLATE_NOOP("service", "Operation")),
        Column(
            "use",
            QT_TRANSLATE_NOOP("service", "What it is for"),
            words=_as_said(*(each.use for each in OPERATIONS.values())),
        ),
        Column(
            "evidence",
            QT_TRANSLATE_NOOP("service", "How it is known"),
            words=tuple((str(each), title) for each, title in _EVIDENCE.items()),
        ),
        Column("method", QT_TRANSLATE_NOOP("service", "Method")),
        Column("path", QT_TRANSLATE_NOOP("service", "Path")),
        Column(
            "group",
            QT_TRANSLATE_NOOP("service", "Group"),
            words=_as_said(*(each.group for each in OPERATIONS.values())),
        ),
        Column(
            "reason",
            QT_TRANSLATE_NOOP("service", "Why it can not be used"),
            words=_as_said(*(each.reason for each in OPERATIONS.values())),
        ),
    ),
    actions=(
        Action(
            key="convert-labels-from-ali",
            title=QT_TRANSLATE_NOOP("service", "Take over labels from Alibaba Cloud"),
            on=On.NOTHING,
            closed=OPERATIONS["ConvertLabelFromAli"].reason,
        ),
    ),
)

COLLECTIONS = (_STORAGES, _CREDENTIALS, _CLOUD_FILES, _BENCHMARKS, _EVALUATIONS, _OPERATIONS)
