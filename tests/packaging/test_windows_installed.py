"""The installer for Windows, installed under wine: the job, the window, a second start, an upgrade, and the end of it.

`BATCHDOCK_SETUP` names an installer that is there; otherwise one is built. `BATCHDOCK_PICTURES` names a folder for the
pictures of the window. What wine can not show is in packaging/windows/README.md.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = r"C:\Leute\Maximilian Alexander von Mustermann-Schmidthausen zu Weißenfels 사용자\Batchdock"
NEEDED = ("Xvfb", "xdotool", "import", "x86_64-w64-mingw32-gcc")

pytestmark = [pytest.mark.installers, pytest.mark.timeout(3600)]


def _wine() -> Any:
    path = Path(__file__).parent / "wine" / "windows.py"
    specification = importlib.util.spec_from_file_location("windows_of_wine", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def setup() -> Path:
    if given := os.environ.get("BATCHDOCK_SETUP"):
        return Path(given)
    subprocess.run([sys.executable, ROOT / "packaging" / "dev.py", "build", "windows"], check=True)
    [made] = (ROOT / "dist").glob("*-setup.exe")
    return made


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    for each in NEEDED:
        if shutil.which(each) is None:
            pytest.fail(f"{each} is missing: apt install xvfb xdotool imagemagick gcc-mingw-w64-x86-64 wine64")
    number = next(each for each in range(240, 300) if not Path(f"/tmp/.X11-unix/X{each}").exists())
    screen = subprocess.Popen(["Xvfb", f":{number}", "-screen", "0", "1400x900x24"], stderr=subprocess.DEVNULL)
    until("the screen is there", Path(f"/tmp/.X11-unix/X{number}").exists)
    yield f":{number}"
    screen.terminate()
    screen.wait()


def windows_shown(display: str) -> list[str]:
    told = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "^Batchdock$"],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.split()


def photograph(display: str, name: str, folder: Path) -> Path:
    wanted = Path(os.environ.get("BATCHDOCK_PICTURES", folder))
    wanted.mkdir(parents=True, exist_ok=True)
    picture = wanted / f"{name}.png"
    subprocess.run(["import", "-window", "root", picture], env={**os.environ, "DISPLAY": display}, check=True)
    return picture


def until(what: str, happened: Callable[[], object], patience: float = 120) -> None:
    end = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < end, f"not within {patience} s: {what}"
        time.sleep(0.5)


def test_installed_used_upgraded_and_removed(setup: Path, display: str, tmp_path: Path) -> None:
    windows = _wine().Windows(tmp_path, display)
    try:
        _whole_life(windows, setup, display, tmp_path)
    finally:
        windows.end()


def _whole_life(w: Any, setup: Path, display: str, tmp_path: Path) -> None:
    installed = w.drive.joinpath(*FOLDER.split("\\")[1:])

    # Another one's folder is refused, and nothing in it touched.
    installed.mkdir(parents=True)
    (installed / "python").mkdir()
    (installed / "python" / "mine.txt").write_text("mine")
    asked = w.start(setup, "/S", *f"/D={FOLDER}".split(" "))
    asked.communicate(timeout=300)
    assert asked.returncode == 2
    assert [path.name for path in installed.rglob("*")] == ["python", "mine.txt"]
    shutil.rmtree(installed)

    w.run(setup, "/S", *f"/D={FOLDER}".split(" "))
    assert (installed / "batchdock.exe").is_file()
    assert any((installed / "site" / "batchdock").rglob("*.cpython-313.pyc")), "the first start would compile it all"
    told = w.registry()
    assert "Uninstall\\Batchdock]" in told
    assert '"DisplayVersion"="0.1.0"' in told
    assert ".jpg\\OpenWithProgids]" in told
    [link] = w.drive.glob("users/*/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Batchdock.lnk")
    w.make_fit(installed)

    home = w.drive / "daten von mir"
    own = {"BATCHDOCK_HOME": "C:\\daten von mir"}
    program, command = installed / "batchdock.exe", installed / "batchdock.com"
    assert w.run(command, "--version").strip() == "Batchdock 0.1.0"
    pictures = w.drive / "samples"
    pictures.mkdir()
    for name in ("codes.jpg", "cat.jpg", "slideshow.mp4"):
        shutil.copyfile(ROOT / "resources" / "samples" / name, pictures / name)
    said = w.run(command, "run", "C:\\samples", "--workflow", "read-codes", "--save-to", "C:\\saved", environment=own)
    assert "done" in said
    assert len(list((w.drive / "saved").rglob("results.json"))) >= 2

    first = w.start(program, environment=own)
    until("the window is there", lambda: windows_shown(display))
    time.sleep(10)  # until it has listed what it knows
    photograph(display, "jobs", tmp_path)
    log = home / "logs" / "batchdock.log"
    assert "The window is open" in log.read_text(encoding="utf-8")

    w.run(program, "C:\\samples", environment=own)  # ends by itself: the first has the paths
    time.sleep(5)
    photograph(display, "handed over", tmp_path)
    assert first.poll() is None

    # Upgraded in place while it runs: it is asked to close, and does so in order.
    w.run(setup, "/S", *f"/D={FOLDER}".split(" "), patience=400)
    assert first.wait(30) == 0
    assert "Batchdock ends" in log.read_text(encoding="utf-8")
    assert (installed / "python" / "_wmi.pyd").is_file(), "the files are those of before"
    assert not list(installed.glob("*.before"))

    kept = {path.relative_to(home) for path in home.rglob("*") if path.suffix in (".sqlite", ".json")}
    assert kept
    w.run(installed / "uninstall.exe", "/S", f"_?={FOLDER}")
    left = [path.name for path in installed.rglob("*")]
    assert left in ([], ["uninstall.exe"]), left  # started from its own place, it can not remove itself
    assert not link.exists()
    told = w.registry()
    assert "Batchdock" not in told
    assert kept == {path.relative_to(home) for path in home.rglob("*") if path.suffix in (".sqlite", ".json")}
