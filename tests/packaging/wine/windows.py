"""A Windows of wine's, with what wine 8 lacks put in. Nothing of that is in the installer."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
WINE = "/usr/lib/wine/wine64"
MATH = b"api-ms-win-crt-math-l1-1-0.dll"
OWN_MATH = b"wine-8-math-for-batchdock-.dll"
_COMPLEX = re.compile(r"^c(real|imag|arg|abs|exp|log|sqrt|pow|cosh?|sinh?|tanh?)[fl]?$")
_COMPILER = "x86_64-w64-mingw32-gcc"


class Windows:
    """A fresh drive C, and programs on it."""

    def __init__(self, folder: Path, display: str) -> None:
        self.drive = folder / "prefix" / "drive_c"
        self._environment = {
            **os.environ,
            "WINEPREFIX": str(folder / "prefix"),
            "WINEDEBUG": "-all",
            # No downloads of Mono and Gecko, a crash ends the program instead of opening a debugger, and nothing is put
            # into the menu of whoever runs the test.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winedbg.exe=d;winemenubuilder.exe=d",
            "LC_ALL": "C.UTF-8",
            "DISPLAY": display,
        }
        self.run("wineboot", "-i")
        system = self.drive / "windows" / "system32"
        for name, with_ in (("icuuc", ()), ("bcryptprimitives", ("-ladvapi32",))):
            made = [_COMPILER, "-shared", "-O1", "-o", system / f"{name}.dll", HERE / f"{name}.c", *with_]
            subprocess.run([str(each) for each in made], check=True)

    def be(self, version: str) -> None:
        """Be a Windows of this version. A new one of wine 8 is a 7, where Python loses empty messages in its pipes: a
        pool of two workers waits for ever.
        """
        self.run("winecfg", "-v", version)

    def start(self, *words: "str | Path", environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a program. What it says comes through a pipe: into a file, wine's Python can not write."""
        return subprocess.Popen(
            ["nice", "-n", "10", WINE, *map(str, words)],
            env={**self._environment, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

    def run(self, *words: "str | Path", environment: Mapping[str, str] | None = None, patience: float = 600) -> str:
        """Run a program to its end and return what it said; fail where it did."""
        process = self.start(*words, environment=environment)
        try:
            said, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode == 0, f"{words} ended with {process.returncode}:\n{said}"
        return said

    def make_fit(self, installed: Path) -> None:
        """Work around wine 8 in an installation: no `_wmi`, and numpy's functions for complex numbers from here."""
        (installed / "python" / "_wmi.pyd").unlink()
        wanted = [path for path in (installed / "site" / "numpy").rglob("*.pyd") if b"crealf\0" in path.read_bytes()]
        assert wanted
        names: set[str] = set()
        for path in wanted:
            names |= _taken_from_math(path)
            path.write_bytes(path.read_bytes().replace(MATH, OWN_MATH))
        exports = [
            f"{each} = fit_{each[1:]}" if _COMPLEX.match(each) else f"{each} = ucrtbase.{each}" for each in names
        ]
        definition = self.drive / "math.def"
        definition.write_text("EXPORTS\n" + "".join(f"  {each}\n" for each in sorted(exports)))
        library = self.drive / "windows" / "system32" / OWN_MATH.decode()
        options = ["-shared", "-O1", "-fno-builtin", "-static", "-o", library, HERE / "complex_math.c", definition]
        subprocess.run([_COMPILER, *map(str, options)], check=True)

    def registry(self) -> str:
        """Return what the person's part of the registry says."""
        self.run("reg", "export", "HKCU\\Software", "C:\\all.reg", "/y")
        return (self.drive / "all.reg").read_text(encoding="utf-16")

    def end(self) -> None:
        """End what runs on it."""
        subprocess.run(
            [shutil.which("wineserver") or "/usr/lib/wine/wineserver64", "-k"], env=self._environment, check=False
        )


def _taken_from_math(path: Path) -> set[str]:
    told = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", path], capture_output=True, text=True, check=True).stdout
    library, names = "", set()
    for line in told.splitlines():
        if found := re.match(r"\s*DLL Name: (\S+)", line):
            library = found[1]
        elif library.encode() == MATH and (found := re.match(r"\t[0-9a-f]+\t\s*\d+\s+(\w+)", line)):
            names.add(found[1])
    return names
