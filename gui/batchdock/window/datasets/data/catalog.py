"""The label catalog of a version as a tree: kinds, their classes with their colours, and attributes."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.datasets.data import Json
from batchdock.flows.datasets.labels.classes import Classes
from batchdock.window.datasets.data.words import label_type_word, value_text
from batchdock.window.empty_state import EmptyState
from batchdock.window.job_details.outline import Line, Outline
from batchdock.window.results.colours import colour_of
from batchdock.window.wording import grouped, number_text

_tr = QCoreApplication.translate

_MOST = 500
"""Classes or attributes of one kind that are listed."""


class CatalogView(QWidget):
    """Shows a catalog, or says that there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outline = Outline(self.tr("Label catalog"))
        self.empty = EmptyState(
            "list-tree", self.tr("This version has no label catalog. Labels are shown all the same, as far as they go.")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.outline)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def show_catalog(self, catalog: Json, classes: Classes) -> None:
        """Replace what is shown."""
        lines = catalog_lines(catalog, classes)
        self.outline.show_lines(lines)
        self._stack.setCurrentWidget(self.outline if lines else self.empty)


def catalog_lines(catalog: Json, classes: Classes) -> tuple[Line, ...]:
    """Return the tree. What is written in another way than catalogs are is listed as it is."""
    return tuple(_kind(str(word), told, classes) for word, told in catalog.items() if told is not None)


def _kind(word: str, told: object, classes: Classes) -> Line:
    if not isinstance(told, Mapping):
        return Line(label_type_word(word), value_text(told))
    below = []
    categories = _rows(told.get("categories"))
    if categories:
        lines = tuple(_category(each, classes) for each in categories[:_MOST])
        text = grouped(_tr("data", "%n class name(s)", None, len(categories)), len(categories))
        below.append(Line(text, below=(*lines, *_more(categories))))
    attributes = _rows(told.get("attributes"))
    if attributes:
        lines = tuple(_attribute(each) for each in attributes[:_MOST])
        text = grouped(_tr("data", "%n attribute(s)", None, len(attributes)), len(attributes))
        below.append(Line(text, below=(*lines, *_more(attributes))))
    for keypoints in _rows(told.get("keypoints"))[:_MOST]:
        names = keypoints.get("names") if isinstance(keypoints, Mapping) else None
        below.append(Line(_tr("data", "Keypoints"), value_text(names) if names else value_text(keypoints)))
    rest = {"description", "categories", "attributes", "keypoints"}
    below += [Line(str(name), value_text(value)) for name, value in told.items() if name not in rest]
    return Line(label_type_word(word), _said(told.get("description")), tooltip=word, below=tuple(below))


def _category(told: object, classes: Classes) -> Line:
    if not isinstance(told, Mapping):
        return Line(value_text(told))
    name = told.get("name")
    text = name if isinstance(name, str) else value_text(name)
    number = told.get("categoryId")
    parts = ([f"{number}"] if isinstance(number, int) else []) + [_said(told.get("description"))]
    return Line(text or "–", " · ".join(filter(None, parts)), colour=colour_of(classes.number(text)))


def _attribute(told: object) -> Line:
    if not isinstance(told, Mapping):
        return Line(value_text(told))
    parts = [value_text(told[name]) for name in ("type", "enum") if told.get(name) not in (None, "")]
    least, most = told.get("minimum"), told.get("maximum")
    if least is not None or most is not None:
        parts.append(f"{value_text(least)} – {value_text(most)}")
    items = told.get("items")
    if isinstance(items, Mapping):
        parts += [value_text(value) for value in items.values()]
    return Line(value_text(told.get("name")), " · ".join([*parts, *filter(None, [_said(told.get("description"))])]))


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


def _rows(told: object) -> list[object]:
    return told if isinstance(told, list) else []


def _more(rows: list[object]) -> tuple[Line, ...]:
    left = len(rows) - _MOST
    return (Line(_tr("data", "%1 more").replace("%1", number_text(left))),) if left > 0 else ()
