"""Every command of the window, as a table; the menus, as another. A command exists once and is in the menu bar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.icons import icon

_Standard = QKeySequence.StandardKey

JOBS, TRANSFERS = "jobs", "transfers"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. With a `table` (`JOBS`, `TRANSFERS`) it has its keys only while that one has the keyboard."""

    key: str
    text: str
    icon: str = ""
    shortcut: QKeySequence.StandardKey | str | None = None
    checkable: bool = False
    table: str = ""
    role: QAction.MenuRole = QAction.MenuRole.NoRole


COMMANDS = (
    Command("new-job", QT_TRANSLATE_NOOP("actions", "&New job…"), "plus", _Standard.New),
    Command("add-files", QT_TRANSLATE_NOOP("actions", "&Add files…"), "image-plus", _Standard.Open),
    Command("add-folder", QT_TRANSLATE_NOOP("actions", "Add f&older…"), "folder-plus", "Ctrl+Shift+O"),
    Command("from-addresses", QT_TRANSLATE_NOOP("actions", "From a&ddresses…"), "list"),
    Command("from-bucket", QT_TRANSLATE_NOOP("actions", "From a &bucket…"), "cloud"),
    Command("from-query", QT_TRANSLATE_NOOP("actions", "From a &RoboQL query…"), "search"),
    Command("use-samples", QT_TRANSLATE_NOOP("actions", "Use the sample &pictures"), "images"),
    Command("add-own", QT_TRANSLATE_NOOP("actions", "Add &workflow or model…"), "plus"),
    Command("shelf", QT_TRANSLATE_NOOP("actions", "Wor&kflows and models…"), "workflow"),
    Command("open-results-folder", QT_TRANSLATE_NOOP("actions", "Open a folder of &results…"), "folder-open"),
    Command("save-results", QT_TRANSLATE_NOOP("actions", "&Save results…"), "download", _Standard.Save),
    Command("save-to-bucket", QT_TRANSLATE_NOOP("actions", "Save results to a b&ucket…"), "cloud-upload"),
    Command("close", QT_TRANSLATE_NOOP("actions", "&Close window"), "", _Standard.Close),
    Command("quit", QT_TRANSLATE_NOOP("actions", "&Quit"), "log-out", "Ctrl+Q", role=QAction.MenuRole.QuitRole),
    Command("undo", QT_TRANSLATE_NOOP("actions", "&Undo"), "undo-2", _Standard.Undo),
    Command("copy", QT_TRANSLATE_NOOP("actions", "&Copy"), "copy", _Standard.Copy, table=JOBS),
    Command("copy-details", QT_TRANSLATE_NOOP("actions", "Copy technical &details")),
    Command("paste", QT_TRANSLATE_NOOP("actions", "&Paste files"), "clipboard-paste", _Standard.Paste),
    Command("select-all", QT_TRANSLATE_NOOP("actions", "Select &all"), "", _Standard.SelectAll, table=JOBS),
    Command("find", QT_TRANSLATE_NOOP("actions", "&Find"), "search", _Standard.Find),
    Command(
        "preferences",
        QT_TRANSLATE_NOOP("actions", "Pr&eferences…"),
        "",
        "Ctrl+,",
        role=QAction.MenuRole.PreferencesRole,
    ),
    Command("show-jobs/all", QT_TRANSLATE_NOOP("actions", "All &jobs"), "list", "Ctrl+1"),
    Command("show-jobs/running", QT_TRANSLATE_NOOP("actions", "&Running jobs"), "circle-play"),
    Command("show-jobs/needs-attention", QT_TRANSLATE_NOOP("actions", "Jobs that &need attention"), "triangle-alert"),
    Command("show-jobs/done", QT_TRANSLATE_NOOP("actions", "&Done jobs"), "circle-check"),
    Command("show-batches", QT_TRANSLATE_NOOP("actions", "&Batches"), "layers", "Ctrl+2"),
    Command("show-results", QT_TRANSLATE_NOOP("actions", "R&esults"), "package-open", "Ctrl+3"),
    Command("show-recipes", QT_TRANSLATE_NOOP("actions", "Re&cipes"), "repeat", "Ctrl+8"),
    Command("show-transfers", QT_TRANSLATE_NOOP("actions", "&Transfers"), "arrow-up-down", "Ctrl+4"),
    Command("show-problems", QT_TRANSLATE_NOOP("actions", "&Problems"), "circle-alert", "Ctrl+5"),
    Command("show-events", QT_TRANSLATE_NOOP("actions", "E&vents"), "video", "Ctrl+7"),
    Command("show-inventory", QT_TRANSLATE_NOOP("actions", "&Inventory"), "archive", "Ctrl+6"),
    Command("refresh", QT_TRANSLATE_NOOP("actions", "Re&fresh"), "refresh-cw", "F5"),
    Command("details", QT_TRANSLATE_NOOP("actions", "Details pane&l"), "panel-right", "F9", checkable=True),
    Command("status-bar", QT_TRANSLATE_NOOP("actions", "&Status bar"), checkable=True),
    Command("full-screen", QT_TRANSLATE_NOOP("actions", "F&ull screen"), "", _Standard.FullScreen, checkable=True),
    Command("start", QT_TRANSLATE_NOOP("actions", "&Start"), "circle-play", "Ctrl+Return"),
    Command("open-results", QT_TRANSLATE_NOOP("actions", "Open &results"), "package-open"),
    Command("stop", QT_TRANSLATE_NOOP("actions", "S&top…"), "circle-stop"),
    Command("restart", QT_TRANSLATE_NOOP("actions", "Start &again"), "rotate-cw", "Ctrl+R", table=JOBS),
    Command("restart-changed", QT_TRANSLATE_NOOP("actions", "Start again with &changes…"), "sliders-horizontal"),
    Command("catch-results", QT_TRANSLATE_NOOP("actions", "Cat&ch results…"), "video"),
    Command("take-back", QT_TRANSLATE_NOOP("actions", "Take &back"), "undo-2"),
    Command("change-draft", QT_TRANSLATE_NOOP("actions", "C&hange draft…"), "pencil"),
    Command("run-again", QT_TRANSLATE_NOOP("actions", "R&un again"), "repeat"),
    Command("run-new-files", QT_TRANSLATE_NOOP("actions", "Run again on new &files…"), "folder-plus"),
    Command("make-recipe", QT_TRANSLATE_NOOP("actions", "&Make a recipe…"), "repeat"),
    Command("duplicate", QT_TRANSLATE_NOOP("actions", "&Duplicate as draft"), "copy-plus"),
    Command("annotate", QT_TRANSLATE_NOOP("actions", "Ta&gs and note…"), "tag"),
    Command("rename", QT_TRANSLATE_NOOP("actions", "Re&name…"), "pencil", "F2", table=JOBS),
    Command("copy-name", QT_TRANSLATE_NOOP("actions", "&Name")),
    Command("copy-job-id", QT_TRANSLATE_NOOP("actions", "&Job ID")),
    Command("copy-batch-id", QT_TRANSLATE_NOOP("actions", "&Batch ID")),
    Command("copy-command", QT_TRANSLATE_NOOP("actions", "As &command")),
    Command("remove", QT_TRANSLATE_NOOP("actions", "Remove from &list"), "trash-2", _Standard.Delete, table=JOBS),
    Command(
        "pause-continue", QT_TRANSLATE_NOOP("actions", "&Pause or continue"), "circle-pause", "Space", table=TRANSFERS
    ),
    Command("transfer-stop", QT_TRANSLATE_NOOP("actions", "&Stop"), "circle-stop"),
    Command("transfer-again", QT_TRANSLATE_NOOP("actions", "Try a&gain"), "rotate-cw", "Ctrl+R", table=TRANSFERS),
    Command("go-on-without", QT_TRANSLATE_NOOP("actions", "Go on &without missing files"), "skip-forward"),
    Command("find-folder", QT_TRANSLATE_NOOP("actions", "&Find folder…"), "folder-search"),
    Command("transfer-folder", QT_TRANSLATE_NOOP("actions", "&Open folder"), "folder-open"),
    Command("receipt", QT_TRANSLATE_NOOP("actions", "Show the &receipt"), "file-check"),
    Command("transfer-command", QT_TRANSLATE_NOOP("actions", "Copy as &command"), "copy"),
    Command(
        "move-top", QT_TRANSLATE_NOOP("actions", "Move to &top"), "arrow-up-to-line", "Ctrl+Shift+Home", table=TRANSFERS
    ),
    Command("move-up", QT_TRANSLATE_NOOP("actions", "Move &up"), "arrow-up", "Ctrl+Shift+Up", table=TRANSFERS),
    Command("move-down", QT_TRANSLATE_NOOP("actions", "Move &down"), "arrow-down", "Ctrl+Shift+Down", table=TRANSFERS),
    Command(
        "move-bottom",
        QT_TRANSLATE_NOOP("actions", "Move to &bottom"),
        "arrow-down-to-line",
        "Ctrl+Shift+End",
        table=TRANSFERS,
    ),
    Command("pause-all", QT_TRANSLATE_NOOP("actions", "Pause &all"), "pause"),
    Command("continue-all", QT_TRANSLATE_NOOP("actions", "&Continue all"), "play"),
    Command("clear-finished", QT_TRANSLATE_NOOP("actions", "C&lear finished"), "list-x"),
    Command("connect", QT_TRANSLATE_NOOP("actions", "&Connect a service…"), "plug"),
    Command("accounts", QT_TRANSLATE_NOOP("actions", "&Manage accounts…"), "circle-user-round"),
    Command("budget", QT_TRANSLATE_NOOP("actions", "&Budget…"), "wallet"),
    Command("computer", QT_TRANSLATE_NOOP("actions", "&This computer…"), "monitor"),
    Command("log-folder", QT_TRANSLATE_NOOP("actions", "Show the &log folder"), "folder-open"),
    Command("updates", QT_TRANSLATE_NOOP("actions", "Look for a &newer version"), "refresh-cw"),
    Command("report", QT_TRANSLATE_NOOP("actions", "&Report a problem…"), "file-text"),
    Command("about", QT_TRANSLATE_NOOP("actions", "&About Batchdock"), "info", role=QAction.MenuRole.AboutRole),
)

JOB_COPIES = ("copy-name", "copy-job-id", "copy-batch-id", "copy-command", "copy-details")
JOB_MENU = (
    *("open-results", "save-results", "-"),
    *("start", "take-back", "change-draft", "stop", "restart", "restart-changed", "-"),
    *("run-again", "run-new-files", "duplicate", "make-recipe", "-"),
    *("at-service", "catch-results", "-"),
    *("rename", "annotate", "copies", "remove"),
)
MADE_ANEW = frozenset({"at-service", "new-at-service"})
"""Places of menus that are filled each time the menu opens, with what services describe."""

OF_SOME_STATES = frozenset(
    {
        *("start", "take-back", "change-draft", "stop", "restart", "restart-changed", "run-again"),
        *("run-new-files", "duplicate", "make-recipe", "catch-results"),
    }
)
"""Those that mean nothing for most jobs are left out of the context menu where they do: twelve entries are enough."""

TRANSFER_MENU = (
    *("pause-continue", "transfer-stop", "transfer-again", "-"),
    *("find-folder", "go-on-without", "-"),
    *("transfer-folder", "receipt", "transfer-command", "-"),
    *("move-top", "move-up", "move-down", "move-bottom"),
)
INVENTORY_MENU = QT_TRANSLATE_NOOP("actions", "&Inventory")
"""Filled by the page each time it opens, with what services describe; there only while there is such a page."""

DATASETS_MENU = QT_TRANSLATE_NOOP("actions", "&Dataset")
"""Filled by the page of datasets each time it opens; there only while some account keeps any."""

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        QT_TRANSLATE_NOOP("actions", "&File"),
        (
            "new-job",
            "-",
            "add-files",
            "add-folder",
            "from-addresses",
            "from-bucket",
            "from-query",
            "use-samples",
            "-",
            "add-own",
            "shelf",
            "-",
            "open-results-folder",
            "save-results",
            "save-to-bucket",
            "-",
            "close",
            "quit",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("actions", "&Edit"),
        ("undo", "-", "copy", "copy-details", "paste", "select-all", "-", "find", "-", "preferences"),
    ),
    (
        QT_TRANSLATE_NOOP("actions", "&View"),
        (
            *("show-jobs/all", "show-jobs/running", "show-jobs/needs-attention", "show-jobs/done", "-"),
            *(
                "show-batches",
                "show-results",
                "show-recipes",
                "show-events",
                "show-inventory",
                "show-transfers",
                "show-problems",
                "-",
            ),
            *("columns", "details", "status-bar", "full-screen", "-", "refresh"),
        ),
    ),
    (QT_TRANSLATE_NOOP("actions", "&Job"), (*JOB_MENU, "-", "new-at-service")),
    (
        QT_TRANSLATE_NOOP("actions", "&Transfers"),
        ("pause-all", "continue-all", "speed-limit", "-", *TRANSFER_MENU, "-", "clear-finished"),
    ),
    (DATASETS_MENU, ()),
    (INVENTORY_MENU, ()),
    (QT_TRANSLATE_NOOP("actions", "A&ccount"), ("connect", "accounts", "budget", "-", "computer")),
    (QT_TRANSLATE_NOOP("actions", "&Help"), ("updates", "report", "log-folder", "about")),
)
_SUBMENUS = {
    "copies": (QT_TRANSLATE_NOOP("actions", "&Copy"), "copy"),
    "columns": (QT_TRANSLATE_NOOP("actions", "Colu&mns"), ""),
    "speed-limit": (QT_TRANSLATE_NOOP("actions", "Speed li&mit"), "gauge"),
}


class Actions(QObject):
    """The actions and the menus that hold them. Every command needs its slot: a missing one is noticed at once."""

    def __init__(
        self, window: QMainWindow, slots: Mapping[str, Callable[[], None]], tables: Mapping[str, QWidget]
    ) -> None:
        """`tables` are the ones that commands name."""
        super().__init__(window)
        self._window = window
        self._tables = tables
        self._actions: dict[str, QAction] = {}
        self._doubted: frozenset[str] = frozenset()
        self._titled: list[tuple[QMenu, str]] = []
        self._entries: dict[str, Callable[[QMenu], Sequence[QAction]]] = {}
        for command in COMMANDS:
            self._actions[command.key] = self._make(command, slots[command.key])
        self.columns = self._submenu("columns", window)
        self.speed_limit = self._submenu("speed-limit", window)
        for title, keys in MENUS:
            menu = QMenu(window)
            if title is INVENTORY_MENU:
                self.inventory = menu
            elif title is DATASETS_MENU:
                self.datasets = menu
            window.menuBar().addMenu(menu)
            self._titled.append((menu, title))
            self._fill(menu, keys)
        self.retranslate_ui()

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def job_menu(self) -> QMenu:
        """Return a fresh context menu for the selected jobs; it goes away when it closes."""
        return self._context_menu(JOBS, JOB_MENU)

    def transfer_menu(self) -> QMenu:
        """Return a fresh context menu for the selected transfers; it goes away when it closes."""
        return self._context_menu(TRANSFERS, TRANSFER_MENU)

    def fill_with(self, place: str, entries: Callable[[QMenu], Sequence[QAction]]) -> None:
        """Say what stands at one of the places that are `MADE_ANEW`: actions with the menu as their parent."""
        self._entries[place] = entries

    def enable(self, enabled: Mapping[str, bool]) -> None:
        """Say which commands are possible now."""
        for key, possible in enabled.items():
            self._actions[key].setEnabled(possible)

    def doubt(self, keys: frozenset[str]) -> None:
        """Say of which commands hints only tell how they are done."""
        if keys != self._doubted:
            self._doubted = keys
            self.retranslate_ui()

    def retranslate_ui(self) -> None:
        """Write every command in the person's language."""
        self._window.menuBar().setAccessibleName(self.tr("Menus"))
        for command in COMMANDS:
            text = QCoreApplication.translate("actions", command.text)
            if command.key in self._doubted:
                dots = "…" if text.endswith("…") else ""
                doubted = QCoreApplication.translate("inventory", "%1 (unverified)")
                text = doubted.replace("%1", text.removesuffix("…")) + dots
            action = self._actions[command.key]
            action.setText(text)
            action.setIconText(text.replace("&", ""))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{action.iconText()} ({keys})" if keys else action.iconText())
        self._title(self._titled)

    def _context_menu(self, table: str, keys: tuple[str, ...]) -> QMenu:
        menu = QMenu(self._tables[table])
        known = len(self._titled)
        self._fill(menu, tuple(key for key in keys if key not in OF_SOME_STATES or self._actions[key].isEnabled()))
        self._title(self._titled[known:])
        del self._titled[known:]
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _make(self, command: Command, slot: Callable[[], None]) -> QAction:
        action = QAction(self._window)
        action.setObjectName(command.key)
        action.setMenuRole(command.role)
        action.setCheckable(command.checkable)
        if command.icon:
            action.setIcon(icon(command.icon))
        if isinstance(command.shortcut, str):
            action.setShortcut(QKeySequence(command.shortcut))
        elif command.shortcut is not None:
            action.setShortcuts(command.shortcut)
        if command.table:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._tables[command.table].addAction(action)
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _fill(self, menu: QMenu, keys: tuple[str, ...]) -> None:
        for key in keys:
            if key == "-":
                menu.addSeparator()
            elif key in MADE_ANEW:
                self._fill_when_shown(menu, key)
            elif key == "columns":
                menu.addMenu(self.columns)
            elif key == "speed-limit":
                menu.addMenu(self.speed_limit)
            elif key == "copies":
                copies = self._submenu(key, menu)
                self._fill(copies, JOB_COPIES)
                menu.addMenu(copies)
            else:
                menu.addAction(self._actions[key])

    def _fill_when_shown(self, menu: QMenu, place: str) -> None:
        end = menu.addSeparator()
        shown: list[QAction] = []

        def fill() -> None:
            for old in shown:
                menu.removeAction(old)
                old.deleteLater()
            shown[:] = self._entries[place](menu) if place in self._entries else []
            menu.insertActions(end, shown)

        menu.aboutToShow.connect(fill)

    def _submenu(self, key: str, parent: QWidget) -> QMenu:
        title, icon_name = _SUBMENUS[key]
        menu = QMenu(parent)
        if icon_name:
            menu.setIcon(icon(icon_name))
        self._titled.append((menu, title))
        return menu

    @staticmethod
    def _title(menus: list[tuple[QMenu, str]]) -> None:
        for menu, title in menus:
            menu.setTitle(QCoreApplication.translate("actions", title))
