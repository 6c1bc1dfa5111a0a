"""What every page is handed."""

from dataclasses import dataclass

from PySide6.QtCore import QSettings

from batchdock.bridge.background import Background
from batchdock.bridge.inbox import Inbox
from batchdock.bridge.tasks import Tasks
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event
from batchdock.window.messages import Messages


@dataclass(frozen=True, slots=True)
class Context:
    """The flows, the way to them, and the place for words to the person.

    `background.run(desk.…)` is awaited in a task of `tasks`; news arrive through `inbox.arrived`.
    """

    desk: Desk
    background: Background
    tasks: Tasks
    inbox: Inbox[Event]
    messages: Messages
    settings: QSettings
    """What the window remembers from one start to the next: places and last choices, never anything secret."""
