"""The installer for Windows, installed under wine: jobs, the window, a second start, an upgrade, and the end of it.

`BATCHDOCK_SETUP` names an installer that is there; otherwise one is built. `BATCHDOCK_PICTURES` names a folder for the
pictures of the window. What wine can not show is in packaging/windows/README.md.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
FOLDER = r"C:\Leute\Maximilian Alexander von Mustermann-Schmidthausen zu Weißenfels 사용자 📷\Batchdock"
HOME = r"C:\Daten von mir 내 자료 📷"
TOO_OLD, NOT_OURS = 4, 2
"""What a silent installer ends with."""
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


def photograph(display: str) -> Image.Image:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "screen.png"
        subprocess.run(["import", "-window", "root", file], env={**os.environ, "DISPLAY": display}, check=True)
        with Image.open(file) as picture:
            return picture.convert("RGB")


def keep(picture: Image.Image, name: str, folder: Path) -> None:
    wanted = Path(os.environ.get("BATCHDOCK_PICTURES", folder))
    wanted.mkdir(parents=True, exist_ok=True)
    picture.save(wanted / f"{name}.png")


def shows_done(picture: Image.Image) -> bool:
    """Whether the first row of the table has the green of a job that is done: its mark and its bar."""
    row = picture.crop((400, 145, 900, 190))
    colours = numpy.asarray(row, dtype=numpy.int16)
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    return int(((green > red + 30) & (green > blue + 30)).sum()) > 100


def shows_review(picture: Image.Image) -> bool:
    """Whether there is something on the right, where the table of jobs is empty."""
    return len(picture.crop((900, 250, 1230, 700)).getcolors() or [0] * 256) > 1


def until(what: str, happened: Callable[[], object], patience: float = 120) -> None:
    end = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < end, f"not within {patience} s: {what}"
        time.sleep(0.5)


def code_of(process: subprocess.Popen[str], patience: float = 400) -> int:
    """Wait for its end, and for all it says: a pipe that nobody reads or closes is a fault of its own."""
    process.communicate(timeout=patience)
    return process.returncode


def test_installed_used_upgraded_and_removed(setup: Path, display: str, tmp_path: Path) -> None:
    windows = _wine().Windows(tmp_path, display)
    try:
        _Life(windows, setup, display, tmp_path).go_through()
    finally:
        windows.end()


class _Life:
    """What happens to an installation, from the first try to the last file."""

    def __init__(self, windows: Any, setup: Path, display: str, folder: Path) -> None:
        self.w, self.setup, self.display, self.folder = windows, setup, display, folder
        self.installed = windows.drive.joinpath(*FOLDER.split("\\")[1:])
        self.home = windows.drive / HOME.removeprefix("C:\\")
        self.own = {"BATCHDOCK_HOME": HOME}
        self.program, self.command = self.installed / "batchdock.exe", self.installed / "batchdock.com"

    def go_through(self) -> None:
        self.is_refused()
        self.is_installed()
        self.does_jobs()
        running = self.opens_its_window()
        self.is_upgraded(running)
        self.is_removed(self.open())

    def install(self) -> int:
        return code_of(self.w.start(self.setup, "/S", *f"/D={FOLDER}".split(" ")))

    def is_refused(self) -> None:
        """A Windows that is too old, and a folder with something else in it, are left as they were."""
        self.w.be("win7")
        assert self.install() == TOO_OLD
        assert not self.installed.exists()
        self.w.be("win10")
        (self.installed / "python").mkdir(parents=True)
        (self.installed / "python" / "mine.txt").write_text("mine")
        assert self.install() == NOT_OURS
        assert sorted(path.name for path in self.installed.rglob("*")) == ["mine.txt", "python"]
        shutil.rmtree(self.installed)

    def is_installed(self) -> None:
        assert self.install() == 0
        assert any((self.installed / "site" / "batchdock").rglob("*.cpython-313.pyc")), "the first start compiles all"
        told = self.w.registry()
        assert "Uninstall\\Batchdock]" in told
        assert '"DisplayVersion"="0.1.0"' in told
        assert ".jpg\\OpenWithProgids]" in told
        assert self.links()
        self.w.make_fit(self.installed)

    def does_jobs(self) -> None:
        """By the command line, which the window lists later; and the whole of the demo, off screen."""
        assert self.w.run(self.command, "--version").strip() == "Batchdock 0.1.0"
        assert "Done in" in self.w.run(self.command, "--smoke")
        pictures = self.w.drive / "samples"
        pictures.mkdir()
        for name in ("codes.jpg", "cat.jpg", "slideshow.mp4"):
            shutil.copyfile(ROOT / "resources" / "samples" / name, pictures / name)
        words = ("run", "C:\\samples", "--workflow", "read-codes", "--save-to", "C:\\saved 결과 📷")
        assert "done" in self.w.run(self.command, *words, environment=self.own)
        assert len(list((self.w.drive / "saved 결과 📷").rglob("results.json"))) >= 2

    def opens_its_window(self) -> subprocess.Popen[str]:
        """With the jobs in it; and a second start hands over what it was given, and ends."""
        first = self.open()
        until("the jobs are listed as done", lambda: shows_done(photograph(self.display)))
        listed = photograph(self.display)
        assert not shows_review(listed)
        keep(listed, "jobs", self.folder)
        self.w.run(self.program, "C:\\samples", environment=self.own)
        until("the window shows what was handed over", lambda: shows_review(photograph(self.display)))
        keep(photograph(self.display), "handed over", self.folder)
        assert first.poll() is None
        return first

    def is_upgraded(self, running: subprocess.Popen[str]) -> None:
        """In place, from an older version that is open: it is asked to close and does so in order."""
        site = self.installed / "site" / "batchdock"
        (site / "of_old.py").write_text("")
        source = site / "__init__.py"
        source.write_text(source.read_text(encoding="utf-8").replace("0.1.0", "0.0.9"), encoding="utf-8")
        assert self.w.run(self.command, "--version").strip() == "Batchdock 0.0.9"
        kept = self.own_files()
        assert self.install() == 0
        assert code_of(running) == 0
        assert self.log().count("Batchdock ends") == 1
        assert (self.installed / "python" / "_wmi.pyd").is_file(), "the files are those of before"
        assert not (site / "of_old.py").exists()
        assert not list(self.installed.glob("*.before"))
        assert kept <= self.own_files()
        self.w.make_fit(self.installed)
        assert self.w.run(self.command, "--version").strip() == "Batchdock 0.1.0"
        assert "samples" in self.w.run(self.command, "jobs", environment=self.own)

    def is_removed(self, running: subprocess.Popen[str]) -> None:
        """While it is open, as the settings of Windows do it without asking: only what the person made is left."""
        kept = self.own_files()
        others = "HKCU\\Software\\Classes\\.jpg\\OpenWithProgids"
        self.w.run("reg", "add", others, "/v", "Other.File", "/f")
        code_of(self.w.start(self.installed / "uninstall.exe", "/S"))
        assert code_of(running) == 0
        assert self.log().count("Batchdock ends") == 2
        # It goes on from a copy of itself, which removes it.
        until("the folder is gone", lambda: not self.installed.exists())
        until("the registry is as before", lambda: "atchdock" not in self.w.registry())
        told = self.w.registry()
        assert ".jpg\\OpenWithProgids]" in told
        assert '"Other.File"' in told
        assert ".mp4\\OpenWithProgids]" not in told
        assert not self.links()
        assert kept <= self.own_files()

    def open(self) -> subprocess.Popen[str]:
        opened = self.log().count("The window is open")
        started: subprocess.Popen[str] = self.w.start(self.program, environment=self.own)
        until("the window is there", lambda: windows_shown(self.display))
        until("it is ready", lambda: self.log().count("The window is open") > opened)
        return started

    def log(self) -> str:
        file = self.home / "logs" / "batchdock.log"
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def links(self) -> list[Path]:
        return [*self.w.drive.glob("users/*/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Batchdock.lnk")]

    def own_files(self) -> set[Path]:
        found = {path.relative_to(self.home) for path in self.home.rglob("*") if path.suffix in (".sqlite", ".json")}
        assert found
        return found
