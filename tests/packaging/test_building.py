"""What a build checks and leaves out, before anything is packaged."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

import building  # noqa: E402
from building import entry, icu, slimming  # noqa: E402

import batchdock  # noqa: E402
from batchdock.flows import updates  # noqa: E402

ON_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt brings its own ICU on Linux only")
NAMES = [
    "사진 10",
    "사진 2",
    "Äpfel 3",
    "apfel 12",
    "Zebra",
    "zebra 2",
    "फल 2",
    "图片10",
    "图片2",
    "éa",
    "eb",
    "ß",
    "ss",
    "Ø",
]


def test_the_version_is_the_one_of_the_app_and_the_newest_of_the_changelog() -> None:
    assert building.version() == batchdock.__version__
    building.check_changelog((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), building.version())


def test_the_program_says_its_version_without_loading_anything() -> None:
    asked = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "batchdock", "--version"], capture_output=True, text=True, check=True
    )
    assert asked.stdout == f"Batchdock {batchdock.__version__}\n"
    assert not re.search(r"PySide6|typer|httpx", asked.stderr)


@pytest.mark.parametrize("text", ["# Changes\n\n## 0.9.0\n\n## 1.0.0\n", "# Changes\n"])
def test_a_version_nobody_has_told_of_is_not_built(text: str) -> None:
    with pytest.raises(building.NotBuilt, match=r"1\.0\.0"):
        building.check_changelog(text, "1.0.0")


def test_a_tree_does_not_tell_where_it_was_built(tmp_path: Path) -> None:
    noted, site = tmp_path / "_internal" / "batchdock-1.0.0.dist-info", tmp_path / "_internal" / "package"
    kept = [noted / "METADATA", noted / "entry_points.txt", site / "RECORD"]
    for each in (noted, site):
        each.mkdir(parents=True)
    for each in (*kept, noted / "RECORD", noted / "direct_url.json"):
        each.write_text(f"file://{tmp_path}")
    (tmp_path / "batchdock.so").symlink_to(kept[0])
    (tmp_path / "left_out.so").symlink_to(site / "left_out.so")
    building.forget_where_built(tmp_path)
    left = {path for path in tmp_path.rglob("*") if path.is_symlink() or path.is_file()}
    assert left == {*kept, tmp_path / "batchdock.so"}


def test_builds_of_the_same_sources_have_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert building.moment() == 1_700_000_000
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert building.moment() == building.moment() > 0


def test_what_does_not_work_stops_the_build() -> None:
    with pytest.raises(building.NotBuilt, match="exit 3"):
        building.run(["sh", "-c", "exit 3"])


def test_files_are_listed_with_size_and_checksum(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"abc")
    (tmp_path / "a").write_bytes(bytes(2_500_000))
    (tmp_path / building.SUMS).write_text("of the last time")
    first, second = building.write_sums(tmp_path).splitlines()
    assert first.endswith("     2.5 MB  a")
    assert second.split() == ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "0.0", "MB", "b"]
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", building.SUMS], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert checked.stdout == "a: OK\nb: OK\n"


@pytest.mark.parametrize(
    ("place", "stays"),
    [
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/lib/libQt6Qml.so.6", False),
        ("batchdock/resources/models/yolox_nano.onnx", False),
        ("batchdock/resources/models/LICENCES.txt", True),
        ("libglib-2.0.so.0", False),
        ("av.libs/libxcb-5ddf6756.so.1.1.0", True),
        ("libxcb-cursor.so.0", True),
        ("libX11.so.6", False),
        ("libpython3.11.so.1.0", True),
    ],
)
def test_what_stays(place: str, stays: bool) -> None:
    assert slimming.wanted(place) is stays


def test_the_app_never_asks_for_what_is_left_out() -> None:
    """Window, command line, service and workers begin where those modules can not be imported."""
    program = f"""
import sys
from importlib.abc import MetaPathFinder
class LeftOut(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {set(slimming.EXCLUDED)!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, LeftOut())
import batchdock.app, batchdock.demo, batchdock.thiscomputer.service, batchdock.thiscomputer.engine.batch
from batchdock.__main__ import main
sys.argv = ["batchdock", "--help"]
main()
"""
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert asked.returncode == 0, asked.stderr
    assert "Usage: batchdock" in re.sub(r"\x1b\[[0-9;]*m", "", asked.stdout)


@ON_LINUX
def test_names_are_ordered_as_before_by_less_of_icu(tmp_path: Path) -> None:
    [whole] = (Path(PySide6.__file__).parent / "Qt" / "lib").glob("libicudata.so.*")
    less = Path(shutil.copy(whole, tmp_path))
    icu.slim(tmp_path)
    assert less.stat().st_size < whole.stat().st_size / 2

    def ordered(**environment: str) -> str:
        program = f"""
import os
from PySide6.QtCore import QCollator, QLocale, Qt
for language in ("en", "de", "ko", "ja", "zh", "sv", "hi"):
    collator = QCollator(QLocale(language))
    collator.setNumericMode(True)
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    print(sorted({NAMES!r}, key=collator.sortKey), QLocale(language).toUpper("straße ı"))
wanted = os.environ.get("LD_PRELOAD", {str(whole)!r})
with open("/proc/self/maps") as maps:
    assert {{line.split()[-1] for line in maps if "libicudata" in line}} == {{wanted}}
"""
        asked = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return asked.stdout

    assert ordered(LD_PRELOAD=str(less)) == ordered()
    assert len(set(ordered().splitlines())) > 2, "languages differ"


def test_programs_that_the_frozen_one_starts_find_their_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for more, expected in (({}, None), ({entry.BEFORE: "/theirs"}, "/theirs")):
        monkeypatch.delenv(entry.BEFORE, raising=False)
        for name, value in {entry.OURS: "/ours", **more}.items():
            monkeypatch.setenv(name, value)
        entry.give_back()
        assert (os.environ.get(entry.OURS), os.environ.get(entry.BEFORE)) == (expected, None)


def test_a_copy_is_told_where_versions_are_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resources = tmp_path / "tree" / "_internal" / "batchdock" / "resources"
    resources.mkdir(parents=True)
    monkeypatch.delenv("BATCHDOCK_RELEASES", raising=False)
    building.tell_where_published(tmp_path)
    assert not [*resources.iterdir()]
    monkeypatch.setenv("BATCHDOCK_RELEASES", "https://releases.example/list")
    building.tell_where_published(tmp_path)
    monkeypatch.setattr(updates, "resource", lambda *parts: resources.joinpath(*parts))
    assert updates.published_at() == "https://releases.example/list"
    monkeypatch.setenv("BATCHDOCK_RELEASES", "http://releases.example/list")
    with pytest.raises(building.NotBuilt):
        building.tell_where_published(tmp_path)


def test_what_of_qt_is_left_out_is_listed_with_what_it_would_cost(tmp_path: Path) -> None:
    site, tree = tmp_path / "site", tmp_path / "tree"
    there = {
        "Qt/lib/libQt6Core.so.6": 9,
        "Qt/lib/libQt6Quick.so.6": 5_000_000,
        "Qt/plugins/sqldrivers/libqsqlite.so": 1_000_000,
        "Qt/plugins/sqldrivers/libqsqlpsql.so": 500_000,
        "Qt/translations/qt_de.qm": 250_000,
        "QtQuick.abi3.so": 2_000_000,
        "QtQuick.pyi": 20_000,
        "designer": 600_000,
    }
    for place, size in there.items():
        path = site / "PySide6" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    tree.mkdir()
    (tree / "libQt6Core.so.6").write_bytes(b"")
    assert slimming.left_out_of_qt(site, tree).splitlines() == [
        "    5.00  library Qt6Quick",
        "    2.00  binding QtQuick",
        "    1.50  plugins sqldrivers",
        "    0.60  tools and other files",
        "    0.25  translations",
        "    0.02  stubs",
        "    9.37  all",
    ]
