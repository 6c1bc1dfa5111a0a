"""The Linux forms: what they depend on, what the desktop is told, and what unpacking replaces."""

import _ssl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

from building import NotBuilt, linux  # noqa: E402

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux forms are made on Linux")

PROGRAM = """#!/bin/sh
echo "started $0"
"""


def test_packages_are_those_of_libraries_that_the_tree_does_not_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "info"
    info.mkdir()
    (info / "libc6.shlibs").write_text("libc 6 libc6 (>= 2.36)\nudeb: libc 6 libc6-udeb (>= 2.36)\n")
    (info / "libx.shlibs").write_text("libX 1 libx1\nlibodd-2.0 0 libodd2\n")
    asked = {"program": ["libc.so.6", "libmine.so.3"], "libmine.so.3": ["libc.so.6", "libX.so.1", "libodd-2.0.so.0"]}
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in asked:
        (tree / name).write_bytes(b"\x7fELF")
    monkeypatch.setattr(linux, "SHLIBS", info)
    monkeypatch.setattr(linux, "needed", lambda path: asked[path.name])
    assert linux.dependencies(tree) == ["libc6 (>= 2.36)", "libodd2", "libx1"]
    asked["program"].append("libnobody.so.9")
    with pytest.raises(NotBuilt, match=r"libnobody\.so\.9 \(for program\)"):
        linux.dependencies(tree)


def test_openssl_is_asked_for_as_the_symbols_say_not_as_the_build_machine_is_updated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = Path(_ssl.__file__)
    if "libssl.so.3" not in linux.needed(module):
        pytest.skip("This Python brings an OpenSSL of its own.")
    info, tree = tmp_path / "info", tmp_path / "tree"
    info.mkdir()
    tree.mkdir()
    (info / "libc6.shlibs").write_text("libc 6 libc6 (>= 2.36)\nlibpthread 0 libc6 (>= 2.36)\n")
    (info / "libssl3.shlibs").write_text("libcrypto 3 libssl3 (>= 3.0.99)\nlibssl 3 libssl3 (>= 3.0.99)\n")
    shutil.copy(module, tree / module.name)
    monkeypatch.setattr(linux, "SHLIBS", info)
    assert linux.dependencies(tree) == ["libc6 (>= 2.36)", "libssl3 (>= 3.0.0)"]


def test_a_real_program_names_its_libraries() -> None:
    assert "libc.so.6" in linux.needed(Path("/bin/ls").resolve())


def test_the_desktop_is_told_what_is_valid(tmp_path: Path) -> None:
    linux.stage(tmp_path, tmp_path / "staged", "1.2.3", "2026-11-23")
    share = tmp_path / "staged" / "usr" / "share"
    desktop = share / "applications" / "batchdock.desktop"
    subprocess.run(["desktop-file-validate", str(desktop)], check=True)
    assert "\nExec=batchdock %F\n" in desktop.read_text(encoding="utf-8")
    metainfo = share / "metainfo" / "batchdock.metainfo.xml"
    assert '<release version="1.2.3" date="2026-11-23"/>' in metainfo.read_text(encoding="utf-8")
    subprocess.run(["appstreamcli", "validate", "--no-net", str(metainfo)], check=True)
    for size in linux.ICON_SIZES:
        picture = share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "batchdock.png"
        assert int.from_bytes(picture.read_bytes()[16:20], "big") == size


def test_the_copyright_file_names_what_is_inside(tmp_path: Path) -> None:
    listed = tmp_path / "_internal" / "batchdock" / "resources" / "licences" / "bundled.json"
    listed.parent.mkdir(parents=True)
    listed.write_text(json.dumps([{"name": "thing", "version": "4", "licence": "MIT", "source": "its place"}]))
    linux.stage(tmp_path, tmp_path / "staged", "1.2.3", "2026-11-23")
    told = (tmp_path / "staged" / "usr" / "share" / "doc" / "batchdock" / "copyright").read_text(encoding="utf-8")
    assert "Apache License" in told
    assert "thing 4: MIT (its place)" in told


def unpack(target: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run the script of the .run file, where its archive was unpacked."""
    archive = home.parent / "archive"
    (archive / "Batchdock").mkdir(parents=True, exist_ok=True)
    (archive / "Batchdock" / "batchdock").write_text(PROGRAM)
    (archive / "Batchdock" / "batchdock").chmod(0o755)
    shutil.copy(linux.LINUX / "batchdock.desktop", archive)
    shutil.copy(linux.ICON, archive)
    return subprocess.run(
        ["sh", str(linux.LINUX / "unpacked.sh"), str(target)],
        cwd=archive,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["plain", "Meine Bilder 사진 🙂", 'a$b "q" 5%'])
def test_unpacked_anywhere_and_again(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    target = home / name
    for _ in range(2):
        done = unpack(target, home)
        assert done.returncode == 0, done.stderr
        assert sorted(each.name for each in home.iterdir() if each.name != ".local") == [name]
    entry = home / ".local" / "share" / "applications" / "batchdock.desktop"
    escaped = str(target / "batchdock").replace('"', '\\\\"').replace("$", "\\\\$").replace("%", "%%")
    assert f'\nExec="{escaped}" %F\n' in entry.read_text(encoding="utf-8")
    started = subprocess.run([str(target / "batchdock")], check=True, capture_output=True, text=True)
    assert started.stdout.startswith("started ")


def test_a_folder_of_the_persons_own_is_not_replaced(tmp_path: Path) -> None:
    home = tmp_path / "home"
    target = home / "pictures"
    target.mkdir(parents=True)
    (target / "one.jpg").write_bytes(b"mine")
    done = unpack(target, home)
    assert done.returncode == 1
    assert "is there already and is not Batchdock" in done.stderr
    assert [each.name for each in target.iterdir()] == ["one.jpg"]


def test_a_package_can_be_read_by_everybody_whoever_has_built_it(tmp_path: Path) -> None:
    inside = tmp_path / "_internal"
    inside.mkdir(mode=0o700)
    for name, mode in (("batchdock", 0o750), ("data.txt", 0o640)):
        (inside / name).write_text(name)
        (inside / name).chmod(mode)
    (inside / "link").symlink_to("batchdock")
    linux.make_alike(tmp_path, "2026-11-23")
    modes = {path.name: path.lstat().st_mode & 0o777 for path in tmp_path.rglob("*") if not path.is_symlink()}
    assert modes == {"_internal": 0o755, "batchdock": 0o755, "data.txt": 0o644}
    assert len({path.lstat().st_mtime for path in tmp_path.rglob("*")}) == 1


def test_packed_twice_it_is_the_same_whatever_the_folder_and_the_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    packed = []
    for place, names, moment, mode in (
        ("here", ("batchdock", "one", "two"), 5, 0o644),
        ("다른 곳 🙂", ("two", "one", "batchdock"), 6_000, 0o664),
    ):
        tree = tmp_path / place / "tree"
        tree.mkdir(parents=True)
        for name in names:
            (tree / name).write_text(name)
            (tree / name).chmod(mode)
            os.utime(tree / name, (moment, moment))
        made = linux.self_extracting(tree, "1.0.0", tmp_path / place / "work", tmp_path / place / "dist")
        packed.append(made.read_bytes())
    assert packed[0] == packed[1]
    assert b"2023-11-14" in packed[0]
    assert str(tmp_path).encode() not in packed[0]
