"""Says that the network is gone, in the status bar; and with a banner when somebody has to sign in to it."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QStatusBar, QToolButton

from batchdock.flows.news import Event, Network, NetworkChanged
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.messages import Notice, worded
from batchdock.window.theme import Tint, icon_room

_ICONS = {Network.OFFLINE: "wifi-off", Network.SIGN_IN: "log-in"}


class NetworkSigns(QObject):
    """Follows the news. Without a network everything waits and continues by itself, which needs no more than a word."""

    def __init__(self, context: Context, bar: QStatusBar) -> None:
        super().__init__(bar)
        self._context = context
        self._notice: Notice | None = None
        self.word = QToolButton(autoRaise=True)
        self.word.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.word.setIconSize(icon_room(bar))
        self.word.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.word.hide()
        bar.addWidget(self.word)
        context.inbox.arrived.connect(self._on_news)

    def _on_news(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, NetworkChanged):
                self._show(event)

    def _show(self, event: NetworkChanged) -> None:
        if self._notice is not None and self._notice in self._context.messages.notices:
            self._notice.close_now()
        self._notice = None
        self.word.setVisible(event.error is not None)
        if event.error is None:
            return
        title, message, advice = worded(event.error)
        self.word.setIcon(icon(_ICONS[event.state], Tint.WARNING))
        self.word.setText(title)
        self.word.setToolTip("\n".join(filter(None, (message, advice))))
        self.word.setAccessibleName(". ".join(filter(None, (title, message, advice))))
        if event.state is Network.SIGN_IN:
            self._notice = self._context.messages.banner("log-in", title, f"{message} {advice}".strip())
