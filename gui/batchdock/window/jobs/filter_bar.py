"""The bar over the job table: by what it is narrowed, how many jobs that leaves, and a way to keep it as a view."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from batchdock.window.icons import icon
from batchdock.window.jobs.chip import Chip
from batchdock.window.jobs.filter_menu import FilterMenus, TickMenu
from batchdock.window.jobs.filter_words import Kind, kind_word, values_text, without
from batchdock.window.jobs.filters import Asked, Filters, Period
from batchdock.window.jobs.finder import Finder
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.period_dialog import PeriodDialog
from batchdock.window.jobs.service_filters import ServiceFilters, with_asked, without_asked
from batchdock.window.theme import blend, icon_room, set_muted, unit
from batchdock.window.wording import jobs_text, number_text


class FilterBar(QWidget):
    """A chip for each kind of filter that is set. `chosen` tells the filters whenever the person changes them."""

    chosen = Signal(object)
    save_asked = Signal()
    menu_opens = Signal()

    def __init__(
        self,
        model: JobModel,
        services: ServiceFilters | None = None,
        finder: Finder | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`services` have filters of their own, and `finder` asks them. Without them there are those of the list."""
        super().__init__(parent)
        self._model, self._services, self._finder = model, services, finder
        self._menus = FilterMenus(model, services, self._choose, self._ask_days)
        self.button = QToolButton(autoRaise=True)
        self.button.setIcon(icon("list-filter"))
        self.save = QToolButton(autoRaise=True)
        self.save.setIcon(icon("bookmark-plus"))
        self.clear = QToolButton(autoRaise=True)
        self._count = QLabel()
        self.menu = QMenu(self.button)
        self.menu.aboutToShow.connect(self._fill)
        self.button.clicked.connect(lambda _checked=False: _open_under(self.button, self.menu))
        self.save.clicked.connect(lambda _checked=False: self.save_asked.emit())
        self.clear.clicked.connect(lambda _checked=False: self._choose_none())
        self.chips = {kind: Chip() for kind in Kind}
        self.asked_chips: dict[tuple[str, str], Chip] = {}
        """Of services' own filters, by account and key."""
        step = unit(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(step, step, step * 2, step)
        self.setMinimumHeight(self.chips[Kind.STATE].sizeHint().height() + step * 2 + 1)
        row.setSpacing(step * 2)
        for button in (self.button, self.save):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(icon_room(self))
        for button in (self.button, self.save, self.clear):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row.addWidget(self.button)
        for kind, chip in self.chips.items():
            chip.clicked.connect(partial(self._offer, kind))
            chip.remove_asked.connect(partial(self._remove, kind))
            chip.hide()
            row.addWidget(chip)
        self._asked = QHBoxLayout()
        self._asked.setSpacing(step * 2)
        row.addLayout(self._asked)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self._count)
        set_muted(self._count)
        row.addWidget(self.save)
        if services is not None:
            services.chosen.connect(self._take_asked)
        self.retranslate_ui()
        self.update_filters()

    def update_filters(self) -> None:
        """Show what the model filters by now."""
        look, filters = self._model.look, self._model.filters
        for kind, chip in self.chips.items():
            values = values_text(kind, filters, look)
            if values:
                chip.say(kind_word(kind), values)
            elif chip.hasFocus():
                self.button.setFocus(Qt.FocusReason.OtherFocusReason)
            chip.setVisible(bool(values))
        self._show_asked(filters)
        self.clear.setVisible(len(self._chips_shown()) > 1)
        self._make_room()

    def update_count(self, searched: bool) -> None:
        """Say how many jobs are left, where that is not all of the view."""
        shown, narrowed = self._model.rowCount(), searched or self._model.filters.any
        text = self.tr("%1 of %2").replace("%1", number_text(shown)) if narrowed else "%2"
        self._count.setText(text.replace("%2", jobs_text(self._model.count(self._model.view))))
        self.save.setVisible(narrowed)

    def words(self) -> str:
        """Return all filters as one text."""
        asked = (f"{self._title_of(each)}: {each.words}" for each in self._model.filters.asked)
        return " · ".join((*(chip.text() for chip in self.chips.values() if not chip.isHidden()), *asked))

    def values(self) -> str:
        """Return only what is let through, as a name for a view."""
        asked = (each.words for each in self._model.filters.asked)
        return " · ".join((*(chip.values for chip in self.chips.values() if not chip.isHidden()), *asked))

    def retranslate_ui(self) -> None:
        """Write everything in the person's language."""
        self.setAccessibleName(self.tr("Filters"))
        self.button.setText(self.tr("Filter"))
        self.button.setAccessibleName(self.tr("Filter"))
        self.button.setToolTip(self.tr("Show only jobs of some states, types, accounts, workflows or days"))
        self.save.setText(self.tr("Save view"))
        self.save.setAccessibleName(self.tr("Save view"))
        self.save.setToolTip(self.tr("Keep these filters, this search and these columns as a view in the sidebar"))
        self.clear.setText(self.tr("Clear all"))
        self.clear.setAccessibleName(self.tr("Clear all filters"))
        self.menu.setAccessibleName(self.tr("Filter"))
        for kind, chip in self.chips.items():
            chip.setAccessibleName(kind_word(kind))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate_ui()
            self.update_filters()
        elif event.type() is QEvent.Type.PaletteChange:
            set_muted(self._count)
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.fillRect(self.rect(), palette.base())
        painter.setPen(blend(palette.text().color(), palette.base().color(), 0.8))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.end()

    # --- inside

    def _make_room(self) -> None:
        """Let the number go before the chips become unreadable."""
        self._count.setVisible(self.width() > unit(self) * (60 + 45 * len(self._chips_shown())))

    def _chips_shown(self) -> list[Chip]:
        return [chip for chip in (*self.chips.values(), *self.asked_chips.values()) if not chip.isHidden()]

    def _title_of(self, asked: Asked) -> str:
        return asked.key if self._services is None else self._services.title(asked)

    def _show_asked(self, filters: Filters) -> None:
        """Have a chip for each filter of a service that is set, which says how many were found while it is asked."""
        wanted = {(each.account_id, each.key): each for each in filters.asked}
        for gone in self.asked_chips.keys() - wanted.keys():
            chip = self.asked_chips.pop(gone)
            if chip.hasFocus():
                self.button.setFocus(Qt.FocusReason.OtherFocusReason)
            chip.hide()
            chip.deleteLater()
        for key, asked in wanted.items():
            if key not in self.asked_chips:
                chip = self.asked_chips[key] = Chip()
                chip.clicked.connect(partial(self._offer_asked, *key))
                chip.remove_asked.connect(partial(self._remove_asked, *key))
                self._asked.addWidget(chip)
            self.asked_chips[key].say(self._title_of(asked), asked.words)
        for question in filters.questions:
            quest = None if self._finder is None else self._finder.quest(question)
            looking = ""
            if quest is not None and quest.under_way:
                looking = self.tr("%1 so far…").replace("%1", number_text(len(quest.heard)))
            for key, chip in self.asked_chips.items():
                if key[0] == question[0]:
                    chip.say_looking(looking)

    def _offer_asked(self, account_id: str, key: str, _checked: bool = False) -> None:
        if self._services is not None:
            self._services.offer(account_id, key, self._model.filters)

    def _remove_asked(self, account_id: str, key: str) -> None:
        self.chosen.emit(without_asked(self._model.filters, account_id, key))

    def _take_asked(self, asked: Asked) -> None:
        self.chosen.emit(with_asked(self._model.filters, asked))

    def _fill(self) -> None:
        self.menu_opens.emit()
        self._menus.fill_all(self.menu)

    def _offer(self, kind: Kind, _checked: bool = False) -> None:
        """Open the choices of a chip; words have none but to be removed."""
        if kind is Kind.WORDS:
            return
        self.menu_opens.emit()
        menu = TickMenu(self)
        self._menus.fill(menu, kind)
        menu.aboutToHide.connect(menu.deleteLater)
        _open_under(self.chips[kind], menu)

    def _remove(self, kind: Kind) -> None:
        self.chosen.emit(without(kind, self._model.filters))

    def _choose(self, filters: Filters) -> None:
        self.chosen.emit(filters)

    def _choose_none(self) -> None:
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.chosen.emit(Filters())

    def _ask_days(self) -> None:
        dialog = PeriodDialog(self._model.filters.period, self)
        dialog.chosen.connect(self._take_days)
        dialog.open()

    def _take_days(self, period: Period) -> None:
        self.chosen.emit(replace(self._model.filters, period=period))


def _open_under(widget: QWidget, menu: QMenu) -> None:
    menu.popup(widget.mapToGlobal(QPoint(0, widget.height())))
