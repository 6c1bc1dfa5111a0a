"""The forms of new jobs: merge, search, evaluation; and of a dataset made of what a search found (contract §6)."""

from collections.abc import Sequence

from batchdock.core.datasets.data import LabelType
from batchdock.core.datasets.dataset import MAIN, Strategy
from batchdock.core.errors import NotOffered
from batchdock.core.inventory import Field, FieldKind
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.tensorbay.jobs.describing import EVALUATE, MERGE, SAVE, SEARCH
from batchdock.services.tensorbay.jobs.known import Keeper
from batchdock.services.tensorbay.jobs.listing import list_benchmarks, list_datasets
from batchdock.services.tensorbay.wire import Wire

_STRATEGIES = (
    (str(Strategy.ABORT), QT_TRANSLATE_NOOP("service", "Stop the merge")),
    (str(Strategy.OVERRIDE), QT_TRANSLATE_NOOP("service", "Take those of the source branch")),
    (str(Strategy.SKIP), QT_TRANSLATE_NOOP("service", "Keep those of the target branch")),
)
_OPERATORS = tuple((each, each) for each in (">=", ">", "=", "<", "<="))
_SEVERAL = QT_TRANSLATE_NOOP("service", "Any of these.")
_TITLE = Field(key="title", title=QT_TRANSLATE_NOOP("service", "Title"), required=True)
_DESCRIPTION = Field(key="description", title=QT_TRANSLATE_NOOP("service", "Description"), kind=FieldKind.LONG_TEXT)

_MERGE = (
    _TITLE,
    Field(
        key="source",
        title=QT_TRANSLATE_NOOP("service", "From branch"),
        required=True,
        hint=QT_TRANSLATE_NOOP("service", "The exact name of the branch."),
    ),
    Field(
        key="target",
        title=QT_TRANSLATE_NOOP("service", "Into branch"),
        required=True,
        value=MAIN,
        hint=QT_TRANSLATE_NOOP("service", "A draft is made there; nothing is committed by itself."),
    ),
    Field(
        key="strategy",
        title=QT_TRANSLATE_NOOP("service", "Files that are in both"),
        kind=FieldKind.CHOICE,
        required=True,
        choices=_STRATEGIES,
        value=str(Strategy.ABORT),
    ),
    _DESCRIPTION,
)

_SEARCH = (
    _TITLE,
    Field(
        key="commit",
        title=QT_TRANSLATE_NOOP("service", "Version"),
        required=True,
        value=MAIN,
        hint=QT_TRANSLATE_NOOP("service", "A branch, a tag, or the id of a commit."),
    ),
    Field(
        key="unit",
        title=QT_TRANSLATE_NOOP("service", "Looks for"),
        kind=FieldKind.CHOICE,
        required=True,
        choices=(
            ("file", QT_TRANSLATE_NOOP("service", "Files")),
            ("frame", QT_TRANSLATE_NOOP("service", "Frames, in a fusion dataset")),
        ),
        value="file",
    ),
    Field(
        key="conjunction",
        title=QT_TRANSLATE_NOOP("service", "What is found fits"),
        kind=FieldKind.CHOICE,
        required=True,
        choices=(
            ("and", QT_TRANSLATE_NOOP("service", "All of what follows")),
            ("or", QT_TRANSLATE_NOOP("service", "Any of what follows")),
        ),
        value="and",
    ),
    Field(key="segment", title=QT_TRANSLATE_NOOP("service", "Segments"), kind=FieldKind.SEVERAL, hint=_SEVERAL),
    Field(key="keyword", title=QT_TRANSLATE_NOOP("service", "File name contains")),
    Field(
        key="with_label",
        title=QT_TRANSLATE_NOOP("service", "Labels"),
        kind=FieldKind.CHOICE,
        choices=(
            ("true", QT_TRANSLATE_NOOP("service", "Has labels")),
            ("false", QT_TRANSLATE_NOOP("service", "Has no labels")),
        ),
    ),
    Field(
        key="label_type",
        title=QT_TRANSLATE_NOOP("service", "Type of labels"),
        kind=FieldKind.CHOICE,
        choices=tuple((str(each), str(each)) for each in LabelType),
        hint=QT_TRANSLATE_NOOP("service", "Needed for categories and attributes."),
    ),
    Field(key="category", title=QT_TRANSLATE_NOOP("service", "Categories"), kind=FieldKind.SEVERAL, hint=_SEVERAL),
    Field(
        key="attribute",
        title=QT_TRANSLATE_NOOP("service", "Attributes"),
        kind=FieldKind.JSON,
        hint=QT_TRANSLATE_NOOP("service", 'Each with a list of values, as in {"occluded": [true]}.'),
    ),
    Field(
        key="size_is",
        title=QT_TRANSLATE_NOOP("service", "Size is"),
        kind=FieldKind.CHOICE,
        choices=_OPERATORS,
        value=">=",
    ),
    Field(key="size", title=QT_TRANSLATE_NOOP("service", "Size in bytes"), kind=FieldKind.NUMBER, least=0),
    Field(key="sensor", title=QT_TRANSLATE_NOOP("service", "Sensors"), kind=FieldKind.SEVERAL, hint=_SEVERAL),
    Field(key="frame", title=QT_TRANSLATE_NOOP("service", "Frame contains")),
    _DESCRIPTION,
)

_COMMIT = Field(
    key="commit",
    title=QT_TRANSLATE_NOOP("service", "Version"),
    required=True,
    value=MAIN,
    hint=QT_TRANSLATE_NOOP("service", "A branch, a tag, or the id of a commit."),
)

_SAVE = (
    Field(key="name", title=QT_TRANSLATE_NOOP("service", "Name of the new dataset"), required=True),
    Field(key="alias", title=QT_TRANSLATE_NOOP("service", "Alias")),
    Field(
        key="is_public",
        title=QT_TRANSLATE_NOOP("service", "Everybody may see it"),
        kind=FieldKind.SWITCH,
        value=False,
    ),
)


async def form_of(wire: Wire, action: str, job_id: str) -> tuple[Field, ...]:
    """Return the form of an action on jobs, with the datasets there are. Raise `NotOffered`."""
    if action == MERGE:
        return (await _dataset(wire), *_MERGE)
    if action == SEARCH:
        return (await _dataset(wire), *_SEARCH)
    if action == EVALUATE:
        title = QT_TRANSLATE_NOOP("service", "Benchmark")
        return (_choice("benchmark", title, await list_benchmarks(wire)), await _dataset(wire), _COMMIT)
    if action == SAVE and job_id:
        return _SAVE
    raise NotOffered(service=wire.service)


async def _dataset(wire: Wire) -> Field:
    return _choice("dataset", QT_TRANSLATE_NOOP("service", "Dataset"), await list_datasets(wire))


def _choice(key: str, title: str, keepers: Sequence[Keeper]) -> Field:
    choices = tuple((each.keeper_id, each.name or each.keeper_id) for each in keepers)
    return Field(key=key, title=title, kind=FieldKind.CHOICE, required=True, choices=choices)
