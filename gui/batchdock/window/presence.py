"""How closely the person follows: whether the window is in front, behind, or nobody has touched it for long."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from batchdock.flows.jobs import Attention

AWAY_MS = 60 * 60 * 1000

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.FocusIn,
    }
)


class Presence(QObject):
    """Tells `tell` whenever the attention changes. Looks at the events of the window as a whole, not of every widget in
    it: those are few."""

    def __init__(self, window: QMainWindow, tell: Callable[[Attention], None]) -> None:
        super().__init__(window)
        self._window = window
        self._tell = tell
        self._told = Attention.FRONT
        self._away = QTimer(self)
        self._away.setSingleShot(True)
        self._away.setInterval(AWAY_MS)
        self._away.timeout.connect(self._judge)
        self._away.start()
        window.installEventFilter(self)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_state)

    @property
    def attention(self) -> Attention:
        """What was told last."""
        return self._told

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Show and watched is self._window:
            self._window.windowHandle().installEventFilter(self)
        if kind in _TOUCHES:
            self._away.start()
            if self._told is Attention.IDLE:
                self._judge()
        elif kind in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange) and watched is self._window:
            self._judge()
        return False

    def _on_state(self, _state: Qt.ApplicationState) -> None:
        self._away.start()
        self._judge()

    def _judge(self) -> None:
        window = self._window
        if not self._away.isActive():
            attention = Attention.IDLE
        elif window.isVisible() and not window.isMinimized() and _in_front():
            attention = Attention.FRONT
        else:
            attention = Attention.BACKGROUND
        if attention is not self._told:
            self._told = attention
            self._tell(attention)


def _in_front() -> bool:
    """Tell whether a window of this app, be it a dialog, has the keyboard."""
    return QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
