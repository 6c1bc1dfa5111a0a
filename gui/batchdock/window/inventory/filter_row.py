"""By what a list is narrowed at the service: a chip for each filter that is set, and the search in what is there."""

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from batchdock.core.inventory import Collection, Field, FieldKind, Where
from batchdock.window.icons import icon
from batchdock.window.inventory.form_fields import said_by_service
from batchdock.window.jobs.chip import Chip
from batchdock.window.jobs.filter_menu import TickMenu
from batchdock.window.search_field import SearchField
from batchdock.window.theme import icon_room, unit


class FilterRow(QWidget):
    """`chosen` tells the filters (`inventory.Where`) whenever the person has changed them; `asked` wants a dialog for a
    `Field` that is filled in rather than chosen from a menu."""

    chosen = Signal(object)
    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Filters"))
        self.where: Where = {}
        self._fields: tuple[Field, ...] = ()
        self._names: dict[tuple[str, str], str] = {}
        self.chips: dict[str, Chip] = {}
        self.button = QToolButton(autoRaise=True)
        self.button.setIcon(icon("list-filter"))
        self.button.setText(self.tr("Filter"))
        self.button.setAccessibleName(self.tr("Filter"))
        self.button.setToolTip(self.tr("Ask the service only for some of them"))
        self.clear = QToolButton(autoRaise=True)
        self.clear.setText(self.tr("Clear all"))
        self.clear.setAccessibleName(self.tr("Clear all filters"))
        self.search = SearchField()
        self.search.name(self.tr("Search in the list"))
        self.menu = QMenu(self.button)
        self.menu.setAccessibleName(self.tr("Filter"))
        self.menu.aboutToShow.connect(self._fill)
        self.button.clicked.connect(lambda _checked=False: _open_under(self.button, self.menu))
        self.clear.clicked.connect(lambda _checked=False: self._choose({}))
        step = unit(self)
        self.button.setIconSize(icon_room(self))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(step * 2)
        self._row.addWidget(self.button)
        self._row.addWidget(self.clear)
        self._row.addStretch(1)
        self._row.addWidget(self.search)
        self.search.setMinimumWidth(step * 32)
        self.search.setMaximumWidth(step * 60)
        for each in (self.button, self.clear):
            each.setToolButtonStyle(self.button.toolButtonStyle().ToolButtonTextBesideIcon)
            each.setFocusPolicy(self.search.focusPolicy())

    def show_collection(self, collection: Collection | None) -> None:
        """Offer the filters of a collection, with none set."""
        self._fields = collection.filters if collection is not None else ()
        self.button.setVisible(bool(self._fields))
        for chip in self.chips.values():
            chip.deleteLater()
        self.chips = {}
        self.put({})

    def put(self, where: Where, names: dict[tuple[str, str], str] | None = None) -> None:
        """Show these filters as set. `names` are what people call values, by key and value."""
        self.where = {key: values for key, values in where.items() if values}
        self._names |= names or {}
        for field in self._fields:
            self._show_chip(field)
        self.clear.setVisible(len(self.where) > 1)

    def words(self) -> str:
        """Return all filters as one text."""
        return " · ".join(self.chips[field.key].text() for field in self._fields if field.key in self.where)

    def _show_chip(self, field: Field) -> None:
        chip, values = self.chips.get(field.key), self.where.get(field.key)
        if not values:
            if chip is not None:
                if chip.hasFocus():
                    self.button.setFocus()
                chip.hide()
            return
        if chip is None:
            chip = self.chips[field.key] = Chip()
            chip.clicked.connect(partial(self._offer, field))
            chip.remove_asked.connect(partial(self._remove, field))
            self._row.insertWidget(self._row.indexOf(self.clear), chip)
        chip.say(said_by_service(field.title), ", ".join(self._value_word(field, value) for value in values))
        chip.show()

    def _value_word(self, field: Field, value: str) -> str:
        titles = dict(field.choices)
        if value in titles:
            return said_by_service(titles[value]) or value
        return self._names.get((field.key, value), value)

    def _fill(self) -> None:
        self.menu.clear()
        for field in self._fields:
            title = said_by_service(field.title).replace("&", "&&")
            if _is_menu(field):
                below = TickMenu(title, self.menu)
                self._fill_choices(below, field)
                self.menu.addMenu(below)
            else:
                ask = self.menu.addAction(f"{title}…")
                ask.triggered.connect(lambda _checked=False, field=field: self.asked.emit(field))

    def _fill_choices(self, menu: QMenu, field: Field) -> None:
        group = QActionGroup(menu) if field.kind is FieldKind.CHOICE else None
        chosen = self.where.get(field.key, ())
        choices = field.choices if field.kind is not FieldKind.SWITCH else (("true", self.tr("Yes")),)
        for value, words in choices:
            action = menu.addAction((said_by_service(words) or value).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value in chosen)
            if group is not None:
                group.addAction(action)
            action.triggered.connect(lambda on, value=value: self._tick(field, value, on))
        if chosen:
            menu.addSeparator()
            remove = menu.addAction(self.tr("Remove this filter"))
            remove.triggered.connect(lambda _checked=False: self._remove(field))

    def _tick(self, field: Field, value: str, on: bool) -> None:
        if field.kind is FieldKind.SEVERAL:
            before = self.where.get(field.key, ())
            values = (*before, value) if on else tuple(each for each in before if each != value)
        else:
            values = (value,) if on else ()
        self._choose({**self.where, field.key: values})

    def _offer(self, field: Field, _checked: bool = False) -> None:
        """Open the choices of a chip."""
        if not _is_menu(field):
            self.asked.emit(field)
            return
        menu = TickMenu(self)
        self._fill_choices(menu, field)
        menu.aboutToHide.connect(menu.deleteLater)
        _open_under(self.chips[field.key], menu)

    def _remove(self, field: Field) -> None:
        self._choose({key: values for key, values in self.where.items() if key != field.key})

    def _choose(self, where: Where) -> None:
        self.put(where)
        self.chosen.emit(self.where)


def as_where(value: object) -> tuple[str, ...]:
    """Return the value of a form's field as values of a filter."""
    if isinstance(value, tuple | list):
        return tuple(str(each) for each in value)
    if isinstance(value, bool):
        return ("true",) if value else ("false",)
    return (str(value),) if value not in (None, "") else ()


def _is_menu(field: Field) -> bool:
    return bool(field.choices) or field.kind is FieldKind.SWITCH


def _open_under(widget: QWidget, menu: QMenu) -> None:
    menu.popup(widget.mapToGlobal(QPoint(0, widget.height())))
