"""The place beside the clock, where the desktop has one: notifications, and a way back to a hidden window."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from batchdock.window.actions import Actions

GATHER_MS = 1500
"""What happens within so much time is one notification."""


class Tray(QObject):
    """Appears with the first thing to say or when the window is hidden, and stays until the end.

    Desktops without such a place (`is_available`) get nothing: what is said here stands in the window as well.
    """

    open_asked = Signal()
    quit_asked = Signal()

    def __init__(self, window: QWidget, icon: QIcon, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.setToolTip("Batchdock")
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(self.open_asked)
        self._menu = QMenu(window)
        self._open = self._menu.addAction("")
        self._open.triggered.connect(lambda _checked=False: self.open_asked.emit())
        self._menu.addSeparator()
        self._menu.addActions([actions["pause-all"], actions["continue-all"]])
        self._menu.addSeparator()
        self._quit = self._menu.addAction("")
        self._quit.triggered.connect(lambda _checked=False: self.quit_asked.emit())
        self._icon.setContextMenu(self._menu)
        self._waiting: list[tuple[str, str]] = []
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(GATHER_MS)
        self._gathering.timeout.connect(self._say)
        self.retranslate_ui()

    @staticmethod
    def is_available() -> bool:
        """Tell whether this desktop has a tray now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Be there from now on."""
        self._icon.show()

    def hide(self) -> None:
        """Leave; the program ends."""
        self._gathering.stop()
        self._icon.hide()

    def tell(self, title: str, text: str) -> None:
        """Notify whoever does not look at the window. Several at once become one."""
        if self._window.isActiveWindow() or not self.is_available() or not self._icon.supportsMessages():
            return
        if (title, text) not in self._waiting:
            self._waiting.append((title, text))
        self._gathering.start()

    def retranslate_ui(self) -> None:
        """Write the menu in the person's language."""
        self._open.setText(self.tr("Open Batchdock"))
        self._quit.setText(self.tr("Quit"))

    def _say(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting or self._window.isActiveWindow():
            return
        self.show()
        title, text = waiting[0]
        if len(waiting) > 1:
            text = "\n".join(each for each, _ in waiting[1:4])
            if len(waiting) > 4:
                text += "\n…"
        self._icon.showMessage(title, text, self._icon.icon())

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.open_asked.emit()
