"""Recipes as rows of two lines."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.flows.recipes import Known
from batchdock.window.icons import icon
from batchdock.window.recipes.words import short_place
from batchdock.window.two_lines import SECOND_LINE_ROLE

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class RecipesModel(QAbstractListModel):
    """Replaced as a whole: nobody has many."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Known] = ()

    def show_recipes(self, found: Sequence[Known]) -> None:
        """Replace all rows. The same recipes in the same order stay where they are."""
        ids = [each.recipe.recipe_id for each in found]
        if ids == [each.recipe.recipe_id for each in self._rows]:
            self._rows = found
            if found:
                self.dataChanged.emit(self.index(0), self.index(len(found) - 1))
            return
        self.beginResetModel()
        self._rows = found
        self.endResetModel()

    def known(self, row: int) -> Known | None:
        """Return what stands in `row`, None outside."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, recipe_id: str) -> int | None:
        """Return the row of a recipe, or None."""
        return next((row for row, each in enumerate(self._rows) if each.recipe.recipe_id == recipe_id), None)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        recipe = self._rows[index.row()].recipe
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return recipe.name
            case Qt.ItemDataRole.DecorationRole:
                return icon("repeat")
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{recipe.name}, {_second_line(self._rows[index.row()])}"
        return _second_line(self._rows[index.row()]) if role == SECOND_LINE_ROLE else None


def _second_line(known: Known) -> str:
    return f"{known.recipe.workflow_id} · {short_place(known.recipe)}"
