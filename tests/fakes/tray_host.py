"""A desktop with a tray: owns the names that Qt looks for on the session bus, and notes what is said to it.

A process of its own: Qt waits for its answers while it holds Python's lock.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call, new_method_return, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAMES = ("org.kde.StatusNotifierWatcher", "org.freedesktop.Notifications")
_YES = ("b", True)
_ANSWERS: dict[str, tuple[str | None, tuple[Any, ...]]] = {
    "Get": ("v", (_YES,)),
    "GetAll": ("a{sv}", ({"IsStatusNotifierHostRegistered": _YES},)),
    "GetCapabilities": ("as", (["actions"],)),
}
_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
_NOTIFICATIONS = DBusAddress("/org/freedesktop/Notifications", interface="org.freedesktop.Notifications")


class TrayHost:
    """`notified` has title and text of every notification; `click` is what a person does with the last one."""

    def __init__(self) -> None:
        self.icons: list[str] = []
        self.notified: list[tuple[str, str]] = []
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        threading.Thread(target=self._note, name="tray host", daemon=True).start()

    def click(self) -> None:
        """Click the last notification."""
        assert self._process.stdin is not None
        self._process.stdin.write("click\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Let the desktop end."""
        self._process.kill()
        self._process.wait()

    def _note(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            what, *words = json.loads(line)
            if what == "icon":
                self.icons.append(words[0])
            else:
                self.notified.append((words[0], words[1]))


def _tell(*words: str) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _listen(connection: DBusConnection) -> None:
    told = 0

    def take_clicks() -> None:
        for _ in sys.stdin:
            connection.send(new_signal(_NOTIFICATIONS, "ActionInvoked", "us", (told, "default")))

    threading.Thread(target=take_clicks, daemon=True).start()
    while True:
        message = connection.receive()
        if message.header.message_type is not MessageType.method_call:
            continue
        member = message.header.fields[HeaderFields.member]
        if member == "RegisterStatusNotifierItem":
            _tell("icon", message.body[0])
        elif member == "Notify":
            told += 1
            _tell("notified", message.body[3], message.body[4])
            connection.send(new_method_return(message, "u", (told,)))
            continue
        connection.send(new_method_return(message, *_ANSWERS.get(member, (None, ()))))


if __name__ == "__main__":
    _connection = open_dbus_connection(bus="SESSION")
    for _name in NAMES:
        _connection.send_and_get_reply(new_method_call(_BUS, "RequestName", "su", (_name, 0)))
    print("ready", flush=True)
    _listen(_connection)
