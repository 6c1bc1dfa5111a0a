"""What lists of datasets, commits, drafts and changes look like, and what can be done to their rows."""

from batchdock.core.inventory import Action, CellKind, Collection, Column, On
from batchdock.core.text import QT_TRANSLATE_NOOP

_TEXT, _NUMBER, _TIME, _WORDS = CellKind.TEXT, CellKind.NUMBER, CellKind.TIME, CellKind.WORDS

DATASETS = Collection(
    key="datasets",
    title=QT_TRANSLATE_NOOP("service", "Datasets"),
    icon="package",
    empty=QT_TRANSLATE_NOOP("service", "No datasets in this account yet."),
    columns=(
        Column("name", QT_TRANSLATE_NOOP("service", "Name")),
        Column("alias", QT_TRANSLATE_NOOP("service", "Alias")),
        Column(
            "kind",
            QT_TRANSLATE_NOOP("service", "Kind"),
            words=(
                ("ordinary", QT_TRANSLATE_NOOP("service", "Files")),
                ("fusion", QT_TRANSLATE_NOOP("service", "Fusion")),
            ),
        ),
        Column("files", QT_TRANSLATE_NOOP("service", "Files"), _NUMBER),
        Column("bytes", QT_TRANSLATE_NOOP("service", "Size"), CellKind.SIZE),
        Column("updated", QT_TRANSLATE_NOOP("service", "Updated"), _TIME),
        Column("owner", QT_TRANSLATE_NOOP("service", "Owner")),
        Column("public", QT_TRANSLATE_NOOP("service", "Public")),
        Column("id", QT_TRANSLATE_NOOP("service", "ID")),
    ),
    actions=(
        Action(key="new", title=QT_TRANSLATE_NOOP("service", "New dataset"), on=On.NOTHING, has_form=True),
        Action(key="open-dataset", title=QT_TRANSLATE_NOOP("service", "Open"), on=On.ONE),
        Action(key="add-files", title=QT_TRANSLATE_NOOP("service", "Add files"), on=On.ONE, has_form=True),
        Action(key="add-folder", title=QT_TRANSLATE_NOOP("service", "Add a folder"), on=On.ONE, has_form=True),
        Action(key="take-out", title=QT_TRANSLATE_NOOP("service", "Take out"), on=On.SEVERAL, has_form=True),
        Action(key="change", title=QT_TRANSLATE_NOOP("service", "Change"), on=On.ONE, has_form=True),
        Action(
            key="delete",
            title=QT_TRANSLATE_NOOP("service", "Delete dataset"),
            on=On.ONE,
            has_form=True,
            destructive=True,
        ),
    ),
)
HIDDEN_AT_FIRST = frozenset({"id", "public"})
"""Who sees a dataset is told of one alone, not in lists (contract §4.2)."""
LEFT_OUT_WHERE_NARROW = frozenset({"alias", "owner", "public"})

COMMITS = Collection(
    key="commits",
    title=QT_TRANSLATE_NOOP("service", "Commits"),
    icon="clock",
    empty=QT_TRANSLATE_NOOP("service", "No commits yet. A dataset has its first when a draft is committed."),
    columns=(
        Column("name", QT_TRANSLATE_NOOP("service", "Commit")),
        Column("branches", QT_TRANSLATE_NOOP("service", "Branches"), _WORDS),
        Column("tags", QT_TRANSLATE_NOOP("service", "Tags"), _WORDS),
        Column("author", QT_TRANSLATE_NOOP("service", "By")),
        Column("made", QT_TRANSLATE_NOOP("service", "Made"), _TIME),
        Column("files", QT_TRANSLATE_NOOP("service", "Files"), _NUMBER),
        Column("description", QT_TRANSLATE_NOOP("service", "Description")),
        Column("id", QT_TRANSLATE_NOOP("service", "ID")),
    ),
    actions=(
        Action(key="show-version", title=QT_TRANSLATE_NOOP("service", "Show this version"), on=On.ONE),
        Action(key="take-out", title=QT_TRANSLATE_NOOP("service", "Take out this version"), on=On.ONE, has_form=True),
        Action(key="new-branch", title=QT_TRANSLATE_NOOP("service", "New branch from here"), on=On.ONE, has_form=True),
        Action(key="new-tag", title=QT_TRANSLATE_NOOP("service", "Tag"), on=On.ONE, has_form=True),
        Action(
            key="delete-tag",
            title=QT_TRANSLATE_NOOP("service", "Delete tag"),
            on=On.ONE,
            has_form=True,
            destructive=True,
        ),
        Action(
            key="delete-branch",
            title=QT_TRANSLATE_NOOP("service", "Delete branch"),
            on=On.ONE,
            has_form=True,
            destructive=True,
        ),
    ),
)

DRAFTS = Collection(
    key="drafts",
    title=QT_TRANSLATE_NOOP("service", "Drafts"),
    icon="pencil",
    empty=QT_TRANSLATE_NOOP("service", "No drafts here. What is to be changed is changed in a draft, then committed."),
    columns=(
        Column("name", QT_TRANSLATE_NOOP("service", "Draft")),
        Column("number", QT_TRANSLATE_NOOP("service", "Number"), _NUMBER),
        Column(
            "state",
            QT_TRANSLATE_NOOP("service", "State"),
            words=(
                ("OPEN", QT_TRANSLATE_NOOP("service", "Open")),
                ("COMMITTED", QT_TRANSLATE_NOOP("service", "Committed")),
                ("CLOSED", QT_TRANSLATE_NOOP("service", "Closed")),
            ),
        ),
        Column("branch", QT_TRANSLATE_NOOP("service", "Branch")),
        Column("author", QT_TRANSLATE_NOOP("service", "By")),
        Column("updated", QT_TRANSLATE_NOOP("service", "Updated"), _TIME),
        Column("made", QT_TRANSLATE_NOOP("service", "Made"), _TIME),
    ),
    actions=(
        Action(key="new", title=QT_TRANSLATE_NOOP("service", "New draft"), on=On.NOTHING, has_form=True),
        Action(key="show-version", title=QT_TRANSLATE_NOOP("service", "Show this draft"), on=On.ONE),
        Action(key="commit-draft", title=QT_TRANSLATE_NOOP("service", "Commit"), on=On.ONE, has_form=True),
        Action(key="add-files", title=QT_TRANSLATE_NOOP("service", "Add files"), on=On.ONE, has_form=True),
        Action(key="change", title=QT_TRANSLATE_NOOP("service", "Rename"), on=On.ONE, has_form=True),
        Action(
            key="close-draft",
            title=QT_TRANSLATE_NOOP("service", "Close draft"),
            on=On.ONE,
            destructive=True,
            question=QT_TRANSLATE_NOOP(
                "service",
                "Close the draft “{name}”? What was changed in it and is not committed goes. Versions that were "
                "committed stay as they are.",
            ),
        ),
    ),
)

ACTION_WORDS = (
    ("unmodify", QT_TRANSLATE_NOOP("service", "Unchanged")),
    ("add", QT_TRANSLATE_NOOP("service", "Added")),
    ("delete", QT_TRANSLATE_NOOP("service", "Deleted")),
    ("modify", QT_TRANSLATE_NOOP("service", "Changed")),
)
"""The service's words for what happened (contract §4.4)."""

CHANGED_SEGMENTS = Collection(
    key="segments",
    title=QT_TRANSLATE_NOOP("service", "Changed segments"),
    icon="list-tree",
    empty=QT_TRANSLATE_NOOP("service", "No segment was changed."),
    columns=(
        Column("name", QT_TRANSLATE_NOOP("service", "Segment")),
        Column("action", QT_TRANSLATE_NOOP("service", "What"), words=ACTION_WORDS),
        Column("added", QT_TRANSLATE_NOOP("service", "Added"), _NUMBER),
        Column("deleted", QT_TRANSLATE_NOOP("service", "Deleted"), _NUMBER),
        Column("changed", QT_TRANSLATE_NOOP("service", "Changed"), _NUMBER),
        Column("total", QT_TRANSLATE_NOOP("service", "Files"), _NUMBER),
        Column("sensors", QT_TRANSLATE_NOOP("service", "Sensors"), words=ACTION_WORDS),
    ),
)

CHANGED_FILES = Collection(
    key="files",
    title=QT_TRANSLATE_NOOP("service", "Changed files"),
    icon="file",
    empty=QT_TRANSLATE_NOOP("service", "No file of this segment was changed."),
    columns=(
        Column("name", QT_TRANSLATE_NOOP("service", "File")),
        Column("action", QT_TRANSLATE_NOOP("service", "What"), words=ACTION_WORDS),
        Column("file", QT_TRANSLATE_NOOP("service", "Its bytes"), words=ACTION_WORDS),
        Column("label", QT_TRANSLATE_NOOP("service", "Its label"), words=ACTION_WORDS),
    ),
)
