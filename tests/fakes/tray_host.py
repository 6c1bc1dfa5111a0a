"""A desktop with a tray: owns the names that Qt looks for on the session bus, and notes what is said to it."""

import threading
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAMES = ("org.kde.StatusNotifierWatcher", "org.freedesktop.Notifications")
_YES = ("b", True)
_ANSWERS: dict[str, tuple[str | None, tuple[Any, ...]]] = {
    "Get": ("v", (_YES,)),
    "GetAll": ("a{sv}", ({"IsStatusNotifierHostRegistered": _YES},)),
    "GetCapabilities": ("as", (["actions"],)),
    "Notify": ("u", (1,)),
}


class TrayHost(threading.Thread):
    """`notified` has title and text of every notification."""

    def __init__(self) -> None:
        super().__init__(name="tray host", daemon=True)
        self.icons: list[str] = []
        self.notified: list[tuple[str, str]] = []
        self._connection: DBusConnection = open_dbus_connection(bus="SESSION")
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        for name in NAMES:
            self._connection.send_and_get_reply(new_method_call(bus, "RequestName", "su", (name, 0)))
        self.start()

    def run(self) -> None:
        while True:
            message = self._connection.receive()
            if message.header.message_type is not MessageType.method_call:
                continue
            member = message.header.fields[HeaderFields.member]
            if member == "RegisterStatusNotifierItem":
                self.icons.append(message.body[0])
            elif member == "Notify":
                self.notified.append((message.body[3], message.body[4]))
            self._connection.send(new_method_return(message, *_ANSWERS.get(member, (None, ()))))
