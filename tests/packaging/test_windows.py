"""What goes into the installer for Windows, and what stops its build."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

from building import NotBuilt, windows  # noqa: E402

from batchdock.core.reference import PICTURE_EXTENSIONS, VIDEO_EXTENSIONS  # noqa: E402

TOLD = ROOT / "gui" / "batchdock" / "core" / "reference.py"


def pins(path: Path) -> dict[str, set[str]]:
    """Return the versions that a file of pins has of each package."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", path.read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_windows_gets_the_versions_that_are_tested() -> None:
    tested, packaged = pins(ROOT / "packaging" / "requirements.txt"), pins(windows.PINS)
    assert len(packaged) > 40
    assert {name: found for name, found in packaged.items() if not found <= tested.get(name, found)} == {}
    assert packaged["pyside6-essentials"] == {"6.11.3"}
    assert {"secretstorage", "jeepney"}.isdisjoint(packaged)
    assert "pywin32-ctypes" in packaged


def test_every_pin_has_a_hash() -> None:
    for path in (windows.PINS, windows.PYTHON_PINS):
        text = path.read_text()
        entries = re.findall(r"^\S+==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
        assert len(entries) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 0


def test_open_with_knows_what_the_app_takes() -> None:
    assert windows._extensions(TOLD) == PICTURE_EXTENSIONS | VIDEO_EXTENSIONS


def test_a_library_that_is_nowhere_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {
        "mine.pyd": ["Qt6Core.dll", "KERNEL32.dll", "api-ms-win-crt-math-l1-1-0.dll"],
        "Qt6Core.dll": ["python3.dll"],
    }
    for name in asked:
        (tmp_path / name).touch()
    monkeypatch.setattr(windows, "_asked_for", lambda path: [each.lower() for each in asked[path.name]])
    windows.check_libraries(tmp_path)
    asked["mine.pyd"].append("MSVCP140.dll")
    with pytest.raises(NotBuilt, match=r"msvcp140\.dll \(for mine\.pyd\)"):
        windows.check_libraries(tmp_path)


def test_a_file_too_deep_for_a_long_name_stops_the_build(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 49)
    deep.parent.mkdir()
    deep.touch()
    windows.check_places(tmp_path)
    deep.with_name("b" * 50).touch()
    with pytest.raises(NotBuilt, match="151 letters"):
        windows.check_places(tmp_path)


def test_only_what_the_window_uses_of_qt_is_kept(tmp_path: Path) -> None:
    kept = {"Qt6Core.dll", "QtWidgets.pyd", "plugins/platforms/qwindows.dll", "support/feature.py", "__init__.py"}
    left_out = {
        "Qt6Qml.dll",
        "QtDesigner.pyd",
        "plugins/qmltooling/x.dll",
        "opengl32sw.dll",
        "designer.exe",
        "qml/a.js",
    }
    left_out |= {"translations/qt_de.qm", "QtCore.pyi", "plugins/platforminputcontexts/qtvirtualkeyboardplugin.dll"}
    for each in kept | left_out:
        path = tmp_path / "PySide6" / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    windows.slim(tmp_path)
    there = {path.relative_to(tmp_path / "PySide6").as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert there == kept


def test_the_uninstaller_removes_only_what_the_installer_brought() -> None:
    script = (windows.WINDOWS / "installer.nsi").read_text(encoding="utf-8")
    uninstall = script[script.index('Section "Uninstall"') :]
    whole_folders = re.findall(r'RMDir /r "([^"]+)"', uninstall)
    names = ("python", "site", "python.before", "site.before", "__pycache__")
    assert whole_folders == [f"$INSTDIR\\{each}" for each in names]
    assert "LOCALAPPDATA" not in uninstall


def test_launchers_are_programs_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in (f"{windows.COMPILER}-gcc", f"{windows.COMPILER}-objdump"):
        if shutil.which(each) is None:
            pytest.skip(f"{each} is not installed")
    monkeypatch.setattr(windows, "WORK", tmp_path)
    tree = tmp_path / "tree"
    tree.mkdir()
    windows.put_launchers(tree)
    subsystem = {}
    for name in ("batchdock.exe", "batchdock.com"):
        told = subprocess.run(
            [f"{windows.COMPILER}-objdump", "-p", tree / name], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"^Subsystem\s+\w+\s+\((.+)\)$", told, re.MULTILINE)
        assert found is not None
        subsystem[name] = found[1]
    assert subsystem == {"batchdock.exe": "Windows GUI", "batchdock.com": "Windows CUI"}
    assert set(windows._asked_for(tree / "batchdock.exe")) <= {
        "kernel32.dll",
        "msvcrt.dll",
        "shell32.dll",
        "user32.dll",
    }


def test_programs_are_signed_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("osslsigncode", "openssl", f"{windows.COMPILER}-gcc"):
        if shutil.which(each) is None:
            pytest.skip(f"{each} is not installed")
    key, certificate, both, password = (tmp_path / name for name in ("key", "crt", "p12", "password"))
    password.write_text("ein Wort")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=The Batchdock project"]
    made += ["-addext", "extendedKeyUsage=codeSigning", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    kept = ["openssl", "pkcs12", "-export", "-inkey", str(key), "-in", str(certificate), "-out", str(both)]
    subprocess.run([*kept, "-passout", f"file:{password}"], check=True)
    monkeypatch.setenv("BATCHDOCK_SIGN", str(windows.WINDOWS / "sign.sh"))
    monkeypatch.setenv("CERTIFICATE", str(both))
    monkeypatch.setenv("PASSWORD", str(password))
    monkeypatch.delenv("TIMESTAMP", raising=False)
    monkeypatch.setattr(windows, "WORK", tmp_path / "work")
    tree = tmp_path / "a tree"
    tree.mkdir()
    windows.put_launchers(tree)
    for name in ("batchdock.exe", "batchdock.com"):
        asked = ["osslsigncode", "verify", "-CAfile", str(certificate), "-in", str(tree / name)]
        verified = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert "Signature verification: ok" in verified.stdout, verified.stdout
    assert sorted(path.name for path in tree.iterdir()) == ["batchdock.com", "batchdock.exe", "start.py"]
    monkeypatch.setenv("CERTIFICATE", str(tmp_path / "nowhere"))
    with pytest.raises(NotBuilt, match=r"sign\.sh"):
        windows.put_launchers(tree)
