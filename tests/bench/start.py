"""What a start costs: from the program to its window, and how long the window stands still after that.

    python tests/bench/start.py [program and its arguments, else this checkout]

A program of which nothing is in the memory is started once before; then ten starts are measured, with Xvfb and xdotool,
in a home of their own. `computed` is what the program's own process has computed, without the local service. The gaps
are of this checkout in this process: `Heartbeat` beats from the window's first moment on, until four seconds later.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

STARTS = 10
WATCHED_MS = 4000
LONGEST = 60.0


def main() -> int:
    """Measure and print."""
    program = sys.argv[1:] or [sys.executable, "-m", "batchdock"]
    with tempfile.TemporaryDirectory() as home, screen() as display:
        os.environ.update(BATCHDOCK_HOME=home, DISPLAY=display)
        os.environ.pop("QT_QPA_PLATFORM", None)
        start(program)
        found = [start(program) for _ in range(STARTS)]
        names = ("until the window is there", "computed until then")
        for name, values in zip(names, zip(*found, strict=True), strict=True):
            told = f"{statistics.median(values):6.2f} s, {min(values):.2f} to {max(values):.2f}"
            print(f"{name:<30}{told}")
        gaps()
    print(f"load {os.getloadavg()[0]:.1f}")
    return 0


@contextmanager
def screen() -> Iterator[str]:
    """Run a screen that nobody sees."""
    number = next(each for each in range(250, 300) if not Path(f"/tmp/.X11-unix/X{each}").exists())
    process = subprocess.Popen(["Xvfb", f":{number}", "-screen", "0", "1400x900x24"], stderr=subprocess.DEVNULL)
    while not Path(f"/tmp/.X11-unix/X{number}").exists():
        time.sleep(0.05)
    yield f":{number}"
    process.terminate()
    process.wait()


def start(program: list[str]) -> tuple[float, float]:
    """Start it, wait for its window, end it. Return the seconds until the window was there, and those computed."""
    began = time.perf_counter()
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    look = ["xdotool", "search", "--onlyvisible", "--name", "^Batchdock$"]
    while not subprocess.run(look, capture_output=True, check=False).stdout:
        if process.poll() is not None or time.perf_counter() - began > LONGEST:
            sys.exit("It has shown no window.")
        time.sleep(0.01)
    taken, computed = time.perf_counter() - began, computed_by(process.pid)
    time.sleep(2)
    process.terminate()
    process.wait()
    return taken, computed


def computed_by(process_id: int) -> float:
    """Return the seconds that a process has computed, as Linux counts them."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def gaps() -> None:
    """Start the window here and print how long its thread stood still, and how much of that it computed."""
    from PySide6.QtCore import QTimer

    from batchdock import starting
    from batchdock.window.main_window import MainWindow
    from making.heartbeat import Heartbeat

    hearts: list[Heartbeat] = []
    show = MainWindow.show

    def watched(window: MainWindow) -> None:
        show(window)
        hearts.append(Heartbeat())
        QTimer.singleShot(WATCHED_MS, window, window.close_asked.emit)

    MainWindow.show = watched  # type: ignore[method-assign, assignment]
    with suppress(SystemExit):
        starting.main()
    [heart] = hearts
    print(f"{'longest gap after that':<30}{heart.longest:6.1f} ms, computing {heart.computing:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
