"""Workflows and models as rows: one's own first, then what came with the app; a heading above each group."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.computer import Model
from batchdock.core.workflow import Workflow
from batchdock.flows.computer import Shelf
from batchdock.window.icons import icon
from batchdock.window.two_lines import SECOND_LINE_ROLE
from batchdock.window.wording import size_text
from batchdock.window.workflows.plain_words import classes_text, input_text, kind_text, short

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_CLASSES_SHOWN = 60


@dataclass(frozen=True, slots=True)
class _Heading:
    text: str


Row = Workflow | Model | _Heading


class ShelfModel(QAbstractListModel):
    """A model's own workflow has no row: it comes and goes with the model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._shelf = Shelf((), (), {})

    def show_shelf(self, shelf: Shelf) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._shelf = shelf
        of_models = {each.workflow_id for each in shelf.models}
        workflows = [each for each in shelf.workflows if each.workflow_id not in of_models or each.built_in]
        groups: tuple[tuple[str, Iterable[Workflow | Model]], ...] = (
            (self.tr("Your own"), [each for each in workflows if not each.built_in]),
            ("", [each for each in shelf.models if not each.built_in]),
            (self.tr("Came with Batchdock"), [each for each in workflows if each.built_in]),
            ("", [each for each in shelf.models if each.built_in]),
        )
        self._rows = []
        for (heading, first), (_, second) in zip(groups[::2], groups[1::2], strict=True):
            rows: list[Row] = [*first, *second]
            if rows:
                self._rows += [_Heading(heading), *rows]
        self.endResetModel()

    def item(self, row: int) -> Workflow | Model | None:
        """Return what stands in `row`; None for a heading and outside."""
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return None if isinstance(found, _Heading) else found

    def row_of(self, item_id: str) -> int:
        """Return the row of a workflow or model, or the first one that is no heading."""
        ids = [_id_of(each) for each in self._rows]
        return ids.index(item_id) if item_id and item_id in ids else 1

    def users(self, item: Model) -> tuple[Workflow, ...]:
        """Return the workflows beside a model's own that can not run without it."""
        return tuple(each for each in self._shelf.users(item.model_id) if each.workflow_id != item.workflow_id)

    def about(self, item: Workflow | Model) -> str:
        """Return what there is to know of a row, in some lines."""
        if isinstance(item, Model):
            names = [short(each) for each in item.class_names[:_CLASSES_SHOWN]]
            rest = "…" if len(item.class_names) > _CLASSES_SHOWN else ""
            return self.tr("It knows: %1").replace("%1", ", ".join(names) + rest) if names else ""
        takes = "; ".join(map(input_text, item.inputs)) or "–"
        gives = ", ".join(map(short, item.outputs)) or "–"
        lines = (item.description, self.tr("It takes: %1").replace("%1", takes))
        return "\n".join(filter(None, (*lines, self.tr("It gives: %1").replace("%1", gives))))

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self._rows[index.row()], _Heading):
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if isinstance(row, _Heading):
            return row.text if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(row.name.split())
        if role == SECOND_LINE_ROLE:
            return self._second_line(row)
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("box" if isinstance(row, Model) else "workflow")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.name}, {self._second_line(row)}"
        return None

    def _second_line(self, row: Workflow | Model) -> str:
        if isinstance(row, Workflow):
            called = {each.model_id: each.name for each in self._shelf.models}
            used = [called[each] for each in self._shelf.used.get(row.workflow_id, ())]
            uses = self.tr("uses %1").replace("%1", ", ".join(used)) if used else ""
            return " · ".join(filter(None, (self.tr("Workflow"), uses)))
        said = [self.tr("Model"), kind_text(row.kind) if row.kind else ""]
        said += [classes_text(len(row.class_names)) if row.class_names else "", size_text(row.size)]
        others = [each.name for each in self.users(row)]
        said.append(self.tr("used by %1").replace("%1", ", ".join(others)) if others else "")
        return " · ".join(filter(None, said))


def _id_of(row: Row) -> str:
    if isinstance(row, Model):
        return row.model_id
    return row.workflow_id if isinstance(row, Workflow) else ""
