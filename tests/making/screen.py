"""A screen of one's own: Xvfb with a window manager, and a hand for the mouse and the keys."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

NEEDS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}
"""Program → Debian package."""


@dataclass(frozen=True)
class Screen:
    """A display that is up."""

    display: str

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment for a program that is to appear here."""
        rest: Mapping[str, str] = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"}
        return {**rest, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", **more}

    def do(self, *words: str | int) -> str:
        """Run one xdotool command and return what it prints."""
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=30, check=False)
        return done.stdout.strip()

    def window_named(self, name: str, seconds: float = 30.0) -> str:
        """Wait for a visible window with exactly this title and return its id."""
        return wait_for(lambda: self.do("search", "--onlyvisible", "--name", f"^{name}$").split("\n")[-1], seconds)

    def drag(self, start: tuple[int, int], end: tuple[int, int], steps: int = 12) -> None:
        """Drag as a hand does: a programme must see single moves, and the target needs time to answer."""
        self.do("mousemove", *start, "sleep", "0.3", "mousedown", 1, "sleep", "0.4")
        for step in range(1, steps + 1):
            x, y = (round(a + (b - a) * step / steps) for a, b in zip(start, end, strict=True))
            self.do("mousemove", x, y, "sleep", "0.08")
        self.do("mousemove", end[0] + 3, end[1] + 3, "sleep", "0.4", "mouseup", 1)


def missing_packages() -> list[str]:
    """Return the Debian packages that must be installed first."""
    return [package for program, package in NEEDS.items() if shutil.which(program) is None]


@contextmanager
def virtual_screen(width: int = 1400, height: int = 900) -> Iterator[Screen]:
    """Start Xvfb on a free display with openbox in it; end both."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            screen = Screen(f":{answer.readline().strip()}")
        with _window_manager(screen):
            yield screen
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def _window_manager(screen: Screen, seconds: float = 60.0) -> Iterator[None]:
    """Start openbox and wait until it manages windows: without it no window gets the keys.

    A server that has said which display it has may still turn its first client away; openbox gives up at once, then.
    """
    managers: list[subprocess.Popen[bytes]] = []

    def manages() -> str:
        if not managers or managers[-1].poll() is not None:
            command = ["openbox", "--sm-disable"]
            managers.append(subprocess.Popen(command, env=screen.environment(), stderr=subprocess.DEVNULL))
        return screen.do("get_num_desktops")  # Only a window manager says how many there are.

    try:
        wait_for(manages, seconds)
        yield
    finally:
        managers[-1].terminate()
        managers[-1].wait(10)


def wait_for(happened: Callable[[], str], seconds: float) -> str:
    """Return what `happened` returns as soon as that is not empty; raise `TimeoutError` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not happen within {seconds} s")
        time.sleep(0.1)
    return found
