"""What a desktop offers against sleep: `org.freedesktop.PowerManagement.Inhibit` on the session bus."""

import threading

from jeepney import DBusAddress, MessageType, new_method_call, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME = "org.freedesktop.PowerManagement"


class PowerManager(threading.Thread):
    """Owns the name, hands out one cookie and takes it back; `silent` never answers."""

    def __init__(self, *, silent: bool = False) -> None:
        super().__init__(name="power manager", daemon=True)
        self._silent = silent
        self.calls: list[str] = []
        self._connection: DBusConnection = open_dbus_connection(bus="SESSION")
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        self._connection.send_and_get_reply(new_method_call(bus, "RequestName", "su", (NAME, 0)))
        self.start()

    def run(self) -> None:
        while True:
            message = self._connection.receive()
            if message.header.message_type is not MessageType.method_call:
                continue
            member = next(value for field, value in message.header.fields.items() if field.name == "member")
            self.calls.append(member)
            if not self._silent:
                answer = ("u", (7,)) if member == "Inhibit" else (None, ())
                self._connection.send(new_method_return(message, *answer))
