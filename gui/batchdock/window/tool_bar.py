"""The tool bar: the two ways to add files, the search field, the accounts, the details."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from batchdock.window.actions import Actions
from batchdock.window.icons import icon
from batchdock.window.search_field import SearchField
from batchdock.window.theme import icon_room, unit


class ToolBar(QToolBar):
    """What is needed most."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        step = unit(self)
        self._actions = actions
        self.setObjectName("tools")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(icon_room(self))
        if (layout := self.layout()) is not None:
            layout.setContentsMargins(step, step, step, step)
        self.addAction(actions["add-files"])
        self.addAction(actions["add-folder"])
        self._all = {key: self._add_button(actions[key]) for key in ("pause-all", "continue-all")}
        self.offer_transfers(pause=False, resume=False)
        self.search = SearchField()
        self.search.setAcceptDrops(False)
        self.search.setTextMargins(0, step // 2, 0, step // 2)
        self.search.setMaximumWidth(step * 90)
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(room)
        row.setContentsMargins(step * 4, 0, step * 2, 0)
        row.addStretch(1)
        row.addWidget(self.search, 2)
        self.addWidget(room)
        self.account = QToolButton(autoRaise=True)
        self.account.setIcon(icon("circle-user-round"))
        self.account.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._menu = QMenu(self.account)
        self._menu.addActions([actions["connect"], actions["accounts"]])
        self.account.clicked.connect(lambda _checked=False: self._offer_accounts())
        self.account.setIconSize(self.iconSize())
        self.addWidget(self.account)
        self.addAction(actions["details"])
        details = self.widgetForAction(actions["details"])
        if isinstance(details, QToolButton):
            details.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        adding = (self.widgetForAction(actions[key]) for key in ("add-files", "add-folder"))
        for button in (*adding, self.account, details):
            button.setMinimumHeight(step * 8)
        self.retranslate_ui()

    def clear_search(self) -> None:
        """Empty the field, and say so at once."""
        self.search.clear()
        self.search.tell()

    def offer_transfers(self, *, pause: bool, resume: bool) -> None:
        """Show the button that does something: pause while anything runs, else continue while anything is paused."""
        self._all["pause-all"].setVisible(pause)
        self._all["continue-all"].setVisible(resume and not pause)

    def retranslate_ui(self) -> None:
        """Write everything in the person's language."""
        self.setWindowTitle(self.tr("Tools"))
        self.search.name(self.tr("Search jobs"))
        self.account.setText(self.tr("Accounts"))
        self.account.setAccessibleName(self.tr("Accounts"))
        self.account.setToolTip(self.tr("Connect a service, or look at the connected ones"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate_ui()
        super().changeEvent(event)

    def _add_button(self, action: QAction) -> QAction:
        """Add a button of its own, so that it can be hidden while its command stays in the menu."""
        button = QToolButton(autoRaise=True)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(self.iconSize())
        button.setMinimumHeight(unit(self) * 8)
        return self.addWidget(button)

    def _offer_accounts(self) -> None:
        self._menu.popup(self.account.mapToGlobal(self.account.rect().bottomLeft()))
