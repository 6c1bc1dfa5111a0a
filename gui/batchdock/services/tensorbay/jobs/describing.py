"""What can be done to jobs, and by what their list is narrowed at the service (contract §6).

Nobody has shown how the vendor's tasks are asked for; that they are the jobs of its client is inferred. So all of them
are marked as unverified, and what nobody knows how to ask for is closed. Evaluations are what its client calls.
"""

from batchdock.core.inventory import Action, Field, FieldKind, On
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.tensorbay.jobs import states
from batchdock.services.tensorbay.jobs.refs import TITLES, JobKind
from batchdock.services.tensorbay.operations import OPERATIONS

MERGE, SEARCH, EVALUATE = "merge", "search", "evaluate"
SAVE, DELETE, ORDER = "save-as-dataset", "delete", "create-order"

OF_DATASETS = frozenset({TITLES[JobKind.MERGE], TITLES[JobKind.SEARCH]})
"""What can be stopped and deleted; of evaluations nobody knows."""
MERGES = frozenset({TITLES[JobKind.MERGE]})
"""What can be run again (contract §6)."""

JOB_ACTIONS = (
    Action(
        key=MERGE, title=QT_TRANSLATE_NOOP("service", "Merge branches"), on=On.NOTHING, has_form=True, unverified=True
    ),
    Action(
        key=SEARCH,
        title=QT_TRANSLATE_NOOP("service", "Search in a dataset"),
        on=On.NOTHING,
        has_form=True,
        unverified=True,
    ),
    Action(
        key=EVALUATE,
        title=QT_TRANSLATE_NOOP("service", "Evaluate a version"),
        on=On.NOTHING,
        has_form=True,
    ),
    Action(
        key=ORDER,
        title=QT_TRANSLATE_NOOP("service", "Order annotation work"),
        on=On.NOTHING,
        closed=OPERATIONS["CreateOrder"].reason,
    ),
    Action(
        key=SAVE,
        title=QT_TRANSLATE_NOOP("service", "Make a dataset of what was found"),
        on=On.ONE,
        has_form=True,
        not_in_states=states.MOVING | states.ENDED_BADLY,
        kinds=frozenset({TITLES[JobKind.SEARCH]}),
        unverified=True,
    ),
    Action(
        key=DELETE,
        title=QT_TRANSLATE_NOOP("service", "Delete at the service"),
        on=On.SEVERAL,
        destructive=True,
        question=QT_TRANSLATE_NOOP(
            "service", "Delete “{name}” at the service? It leaves the list and does not come back."
        ),
        not_in_states=states.MOVING,
        kinds=OF_DATASETS,
        unverified=True,
    ),
)

JOB_FILTERS = (
    Field(
        key="dataset",
        title=QT_TRANSLATE_NOOP("service", "Name of the dataset"),
        hint=QT_TRANSLATE_NOOP("service", "The exact name. Without one, every dataset is asked."),
    ),
    Field(
        key="kind",
        title=QT_TRANSLATE_NOOP("service", "Kind of job"),
        kind=FieldKind.SEVERAL,
        choices=tuple((str(kind), TITLES[kind]) for kind in JobKind),
    ),
    Field(
        key="status",
        title=QT_TRANSLATE_NOOP("service", "State at the service"),
        kind=FieldKind.CHOICE,
        choices=tuple(states.TITLES.items()),
    ),
)
