"""The tree that screen readers read, over the accessibility bus, as they do."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, Message, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
PACKAGES = {"dbus-daemon": "dbus", str(LAUNCHER): "at-spi2-core"}
"""Program → Debian package."""

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")

_SHOWING = 25
"""The number of the state in `GetState` (`ATSPI_STATE_SHOWING`)."""


@dataclass(frozen=True)
class Node:
    """One object of the tree: its role in words and its name, and where to ask for more."""

    role: str
    name: str
    place: tuple[str, str]


class Reader:
    """Reads the tree of the programs that are on an accessibility bus."""

    def __init__(self, address: str) -> None:
        before = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = address  # The only way in which jeepney takes one.
        try:
            self._connection: DBusConnection = open_dbus_connection(bus="SESSION")
        finally:
            if before is None:
                del os.environ["DBUS_SESSION_BUS_ADDRESS"]
            else:
                os.environ["DBUS_SESSION_BUS_ADDRESS"] = before

    def nodes(self, program: str) -> Iterator[Node]:
        """Yield everything in the window of a program, parents first. What vanishes meanwhile is passed over."""
        for place in self._children(_ROOT):
            if self._name(place) == program:
                yield from self._below(place)

    def named(self, program: str, part: str, role: str = "") -> Node | None:
        """Return the first object on screen whose name holds `part`."""
        named = (each for each in self.nodes(program) if part in each.name and role in each.role)
        return next(filter(self.is_shown, named), None)

    def wait_for(self, program: str, part: str, role: str = "", seconds: float = 30.0) -> Node:
        """Return the object as soon as it is there; raise `TimeoutError` after `seconds`."""
        deadline = time.monotonic() + seconds
        while (found := self.named(program, part, role)) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing is called “{part}” after {seconds} s")
            time.sleep(0.1)
        return found

    def is_shown(self, node: Node) -> bool:
        """Tell whether an object is on screen."""
        low, _high = self._ask(node.place, _ACCESSIBLE, "GetState", default=[[0, 0]])[0]
        return bool(low >> _SHOWING & 1)

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close()

    def _below(self, place: tuple[str, str]) -> Iterator[Node]:
        yield Node(str(self._ask(place, _ACCESSIBLE, "GetRoleName", default=[""])[0]), self._name(place), place)
        for child in self._children(place):
            yield from self._below(child)

    def _children(self, place: tuple[str, str]) -> list[tuple[str, str]]:
        return [(str(bus), str(path)) for bus, path in self._ask(place, _ACCESSIBLE, "GetChildren", default=[[]])[0]]

    def _name(self, place: tuple[str, str]) -> str:
        words = ("ss", (_ACCESSIBLE, "Name"))
        answer = self._ask(place, "org.freedesktop.DBus.Properties", "Get", *words, default=[("s", "")])
        return str(answer[0][1])

    def _ask(
        self,
        place: tuple[str, str],
        interface: str,
        member: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
        default: list[Any] | None = None,
    ) -> Any:
        call = new_method_call(DBusAddress(place[1], place[0], interface), member, signature, body)
        answer: Message = self._connection.send_and_get_reply(call, timeout=20)
        if answer.header.message_type is MessageType.error:
            if default is None:
                raise LookupError(f"{member} of {place}: {answer.body}")
            return default
        return answer.body


def missing_packages() -> list[str]:
    """Return the Debian packages that must be installed first."""
    return [package for program, package in PACKAGES.items() if shutil.which(program) is None]


@contextmanager
def accessibility_bus(environment: dict[str, str]) -> Iterator[tuple[dict[str, str], Reader]]:
    """Start a session bus with an accessibility bus; give the environment for programs on it, and a reader."""
    with ExitStack() as ends:
        daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        ends.callback(_end, daemon)
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        there = {**environment, "DBUS_SESSION_BUS_ADDRESS": address, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        launcher = subprocess.Popen([LAUNCHER, "--launch-immediately"], env=there, stderr=subprocess.DEVNULL)
        ends.callback(_end, launcher)
        session = Reader(address)
        try:
            where = _bus_address(session)
        finally:
            session.close()
        reader = Reader(where)
        ends.callback(reader.close)
        yield there, reader


def _bus_address(session: Reader) -> str:
    """Ask where the accessibility bus is; the launcher needs a moment to be there."""
    deadline = time.monotonic() + 20
    while True:
        answer = session._ask(("org.a11y.Bus", "/org/a11y/bus"), "org.a11y.Bus", "GetAddress", default=[""])
        if answer[0]:
            return str(answer[0])
        if time.monotonic() > deadline:
            raise TimeoutError("there is no accessibility bus")
        time.sleep(0.1)


def _end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    process.wait(10)
    if process.stdout is not None:
        process.stdout.close()
