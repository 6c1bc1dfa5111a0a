"""What can be done to the items that are chosen, as buttons; those without room are under the last one."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from batchdock.core.inventory import Action, On
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.inventory.offering import action_icon, action_text, action_tooltip
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import unit

_NEW_BESIDE = 1
"""With more ways than this to make something new they are the menu of one button."""


class ActionBar(QWidget):
    """Buttons for all actions of a collection; those that mean nothing for the selection are grey."""

    def __init__(self, act: Callable[[Action], None], parent: QWidget | None = None) -> None:
        """`act` is told which one was asked for."""
        super().__init__(parent)
        self._act = act
        self.buttons: dict[str, QPushButton] = {}
        self._actions: tuple[Action, ...] = ()
        self._fitting: frozenset[str] = frozenset()
        self.new = IconButton("plus", self.tr("New…"))
        self.new.clicked.connect(lambda _checked=False: self._open(self.new, self._making()))
        self.more = IconButton("ellipsis", "")
        self.more.setAccessibleName(self.tr("More actions"))
        self.more.setToolTip(self.more.accessibleName())
        self.more.clicked.connect(lambda _checked=False: self._open(self.more, self._hidden()))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(unit(self) * 2)
        self._row.addWidget(self.new)
        self._row.addWidget(self.more)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_actions(())

    def show_actions(self, actions: Sequence[Action]) -> None:
        """Offer these."""
        for button in self.buttons.values():
            button.deleteLater()
        self.buttons = {}
        self._actions = tuple(actions)
        self.new.setVisible(len(self._making()) > _NEW_BESIDE)
        for action in self._actions:
            if action.on is On.NOTHING and len(self._making()) > _NEW_BESIDE:
                continue
            name, text = action_icon(action), action_text(action)
            button = IconButton(name, text) if name else QPushButton(text)
            button.setAccessibleName(text)
            button.setToolTip(tooltip_text(action_tooltip(action)))
            button.setAccessibleDescription(action_tooltip(action))
            button.setEnabled(not action.closed)
            button.clicked.connect(partial(self._on_clicked, action))
            self.buttons[action.key] = button
            self._row.insertWidget(self._row.indexOf(self.more), button)
        self.setVisible(bool(actions))
        self._make_room()

    def offer(self, fitting: frozenset[str]) -> None:
        """Let only the actions with these keys be pressed."""
        self._fitting = fitting
        for key, button in self.buttons.items():
            button.setEnabled(key in fitting)

    def fill(self, menu: QMenu, actions: Sequence[Action]) -> None:
        """Put actions into a menu; those that do not fit are grey."""
        menu.setToolTipsVisible(True)
        for action in actions:
            entry = menu.addAction(action_text(action).replace("&", "&&"))
            if name := action_icon(action):
                entry.setIcon(icon(name))
            if told := action_tooltip(action):
                entry.setToolTip(tooltip_text(told))
            entry.setEnabled(action.key in self._fitting)
            entry.triggered.connect(partial(self._on_clicked, action))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _making(self) -> list[Action]:
        return [action for action in self._actions if action.on is On.NOTHING]

    def _hidden(self) -> list[Action]:
        hidden = {key for key, button in self.buttons.items() if button.isHidden()}
        return [action for action in self._actions if action.key in hidden]

    def _make_room(self) -> None:
        """Show as many buttons as there is room for."""
        gap = self._row.spacing()
        room = self.width() - (self.new.sizeHint().width() + gap if not self.new.isHidden() else 0)
        widths = [button.sizeHint().width() + gap for button in self.buttons.values()]
        all_fit = sum(widths) - gap <= room
        room -= 0 if all_fit else self.more.sizeHint().width()
        full = False
        for button, width in zip(self.buttons.values(), widths, strict=True):
            full = full or width > room + (gap if all_fit else 0)
            button.setVisible(not full)
            room -= width
        self.more.setVisible(full)

    def _open(self, button: QPushButton, actions: Sequence[Action]) -> None:
        menu = QMenu(self)
        self.fill(menu, actions)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _on_clicked(self, action: Action, _checked: bool = False) -> None:
        self._act(action)
