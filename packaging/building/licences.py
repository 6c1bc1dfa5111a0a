"""Lists what is really packaged, under which licences, and writes that beside it: `bundled.json` and the texts.

What is packaged is found, not declared: the shared libraries in the tree, and the Python packages of which something is
in it. The build stops at a library that nobody knows, a package that does not say what its licence is, and a licence
that does not go together with ours. What is known of libraries stands in `notices/known.toml`.

    PYTHONPATH=packaging python -m building.licences TREE SITE_PACKAGES
"""

import importlib
import importlib.metadata
import json
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from building.video import MARK, libraries

NOTICES = Path(__file__).with_name("notices")
OWN = Path(__file__).parents[2] / "LICENSE"
PLACE = Path("batchdock", "resources", "licences")
"""Where the list and the texts are in the installed package."""

BUILD_ONLY = frozenset(
    {"pip", "setuptools", "wheel", "altgraph", "hatchling", "editables", "pathspec", "trove-classifiers"}
)
"""What is in the environment only to build. PyInstaller is not among them: its loader starts the program."""

_EXTENSION = re.compile(r"\.(?:cpython-\d+[\w-]*|abi3)\.so$|\.pyd$|\.cp\d+-win\w*\.pyd$")
_TEXT = re.compile(r"(?:^|/)(?:licen[cs]es?|copying|notice|copyright)[^/]*$", re.IGNORECASE)
_BY_PACKAGE = {"Qt": "pyside6-essentials", "Qt for Python": "shiboken6"}
_SAYS_VERSION = {
    "FFmpeg": re.compile(rb"FFmpeg version (\d[\w.]*)"),
    "OpenSSL": re.compile(rb"OpenSSL (\d+\.\d+\.\w+) "),
    "libvpx": re.compile(rb"WebM Project VP9 Encoder v(\d[\d.]*)"),
    "SVT-AV1": re.compile(rb"SVT-AV1 Encoder Lib v(\d[\d.]*)"),
    "zlib": re.compile(rb"inflate (\d+\.\d[\d.]*) "),
    "bzip2": re.compile(rb"(\d\.\d\.\d), \d+-\w+-\d{4}"),
}
"""Where the version stands: in the package that brings the library, or in the library itself."""

_JOINED = re.compile(r"\s+(?:AND|OR)\s+|[()]")


class NotAllowed(Exception):
    """What would be packaged may not be given on, or nobody knows whether it may; its text is the whole list."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """One thing by others that is packaged."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    source: str
    copyright: str = ""
    kind: str = "library"
    """`python` for a package of PyPI, `library` for shared libraries, `data` for pictures, icons and models."""
    files: tuple[str, ...] = field(default=(), compare=False)

    def as_json(self) -> dict[str, Any]:
        """Return it as it stands in `bundled.json`."""
        return {
            "name": self.name,
            "version": self.version,
            "licence": self.licence,
            "texts": list(self.texts),
            "source": self.source,
            "copyright": self.copyright,
            "kind": self.kind,
        }


@cache
def known() -> Mapping[str, Any]:
    """Return what is known of libraries and licences."""
    return tomllib.loads((NOTICES / "known.toml").read_text("utf-8"))


def is_allowed(licence: str) -> bool:
    """Tell whether something under `licence` (in SPDX's words) may be packaged: one side of OR, all of AND."""
    if licence in known()["allowed"]:
        return True
    outer = licence.strip()
    if outer.startswith("(") and outer.endswith(")") and _closes_at_end(outer):
        return is_allowed(outer[1:-1])
    for word, decide in ((" OR ", any), (" AND ", all)):
        sides = _split(outer, word)
        if len(sides) > 1:
            return decide(is_allowed(each) for each in sides)
    return outer in known()["allowed"]


def _closes_at_end(text: str) -> bool:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def _split(text: str, word: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and text.startswith(word, place):
            parts.append(text[begin:place])
            begin = place + len(word)
    return [*parts, text[begin:]]


def licence_of(package: importlib.metadata.Distribution) -> str | None:
    """Return a package's licence in SPDX's words; None where it does not say, or says something unheard of."""
    said = package.metadata
    name = normal(said["Name"])
    if name in known()["packages"]:
        return str(known()["packages"][name])
    words: Mapping[str, str] = known()["words"]
    candidates = [_said(package, "License-Expression"), _said(package, "License")]
    candidates += [each.split(" :: ")[-1] for each in said.get_all("Classifier") or () if each.startswith("License ::")]
    for each in map(str.strip, candidates):
        spdx = words.get(each, each)
        if spdx and all(
            part in known()["allowed"] or part.startswith(("GPL", "LGPL", "AGPL")) for part in _plain(spdx)
        ):
            return spdx
    return None


def _plain(licence: str) -> list[str]:
    return [each.strip() for each in _JOINED.split(licence) if each.strip()]


def normal(name: str) -> str:
    """Return a package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(tree: Path, site: Path, modules: Collection[str]) -> Iterator[Bundled]:
    """Yield the packages of `site` of which something is in the tree, or among the frozen `modules`."""
    there = {
        path.name
        for folder in (tree, tree / "_internal", tree / "site")
        if folder.is_dir()
        for path in folder.iterdir()
    }
    tops = there | {each.split(".")[0] for each in modules}
    for package in sorted(importlib.metadata.distributions(path=[str(site)]), key=lambda each: normal(each.name)):
        name = normal(package.name)
        if name in BUILD_ONLY or name == "batchdock" or not (name == "pyinstaller" or _tops(package) & tops):
            continue
        texts = tuple(f"{name}/{text}" for text in _texts(package))
        licence = licence_of(package) or ""
        yield Bundled(name, package.version, licence, texts or standard_texts(licence), _home(package), kind="python")


def _tops(package: importlib.metadata.Distribution) -> set[str]:
    """Return what a package puts beside others: the names of its modules and folders."""
    found = set()
    for file in package.files or ():
        top = file.parts[0]
        if top not in ("..", "__pycache__") and not top.endswith((".dist-info", ".pth", ".libs")):
            found |= {top, top.split(".")[0]}
    return found - {"bin", "share", "Scripts", "packaging"} if package.name != "packaging" else found


def _texts(package: importlib.metadata.Distribution) -> dict[str, Path]:
    """Return the texts that come with a package, by the name each gets here."""
    named = [file for file in package.files or () if ".dist-info" in file.parts[0] and _TEXT.search(str(file))]
    if not named:  # some keep it beside their modules
        named = [file for file in package.files or () if _TEXT.search(str(file)) and file.suffix in ("", ".txt", ".md")]
    found = {
        "-".join(part for part in file.parts if not part.endswith(".dist-info") and part != "licenses"): Path(
            str(file.locate())
        )
        for file in named
    }
    return {name: path for name, path in sorted(found.items()) if path.is_file()}


def _home(package: importlib.metadata.Distribution) -> str:
    addresses = [each.split(", ", 1) for each in package.metadata.get_all("Project-URL") or ()]
    by_label = {label.lower(): address for label, address in (each for each in addresses if len(each) == 2)}
    for label in ("source", "source code", "repository", "github", "code", "homepage"):
        if label in by_label:
            return str(by_label[label])
    return _said(package, "Home-Page") or next(iter(by_label.values()), f"https://pypi.org/project/{package.name}/")


def _said(package: importlib.metadata.Distribution, what: str) -> str:
    return str(next(iter(package.metadata.get_all(what) or ()), ""))


def standard_texts(licence: str) -> tuple[str, ...]:
    """Return the files in `notices` with the texts of `licence`; nothing where one of them is not there."""
    found: list[str] = []
    for part in _plain(licence):
        whole = part.split(" WITH ")[0].removesuffix("-or-later").removesuffix("-only")
        files = known()["texts"].get(whole) or [f"{part}.txt"]
        found += [each for each in files if (NOTICES / each).is_file() and each not in found]
    return tuple(found)


def shared_libraries(tree: Path, brought: Collection[Bundled]) -> Iterator[Bundled]:
    """Yield what the shared libraries in the tree are, one for each project.

    `brought` are the packages beside them: their texts speak for libraries whose licence has no text of its own.
    Raises `NotAllowed` for what nobody knows.
    """
    owners = {f"{each.name.replace('-', '_')}.libs": each.texts for each in brought}
    by_package = {each.name: each.version for each in brought}
    found: dict[str, list[Path]] = {}
    strange = []
    for path in libraries(tree):
        if _EXTENSION.search(path.name):
            continue
        name = project_of(path.relative_to(tree))
        if name is None:
            strange.append(f"{path.relative_to(tree)}: nobody knows what this library is; tell notices/known.toml")
        elif name == "hollow libraries" and MARK not in path.read_bytes():
            strange.append(f"{path.relative_to(tree)}: it is GPL, and was not replaced")
        else:
            found.setdefault(name, []).append(path)
    if strange:
        raise NotAllowed("\n".join(strange))
    for name, paths in sorted(found.items()):
        entry = known()["libraries"][name]
        texts = standard_texts(entry["licence"]) or next(
            (owners[folder] for path in paths if (folder := path.parent.name) in owners), ()
        )
        files = tuple(path.relative_to(tree).as_posix() for path in paths)
        yield Bundled(
            name,
            _version(name, paths, by_package),
            entry["licence"],
            texts,
            entry["source"],
            entry["from"],
            files=files,
        )


def project_of(place: Path) -> str | None:
    """Return the project that a shared library belongs to, by its place in the tree."""
    if "PySide6" in place.parts and "plugins" in place.parts:
        is_gpl = "virtualkeyboard" in place.name or "wayland-graphics-integration-server" in place.parts
        return "Qt modules under the GPL" if is_gpl else "Qt"
    best, answer = "", None
    for name, entry in known()["libraries"].items():
        for begin in entry["files"]:
            plain = begin.removesuffix("*")
            rest = place.name[len(plain) :]
            fits = (
                place.name.endswith(entry.get("ends", ""))
                and place.name.lower().startswith(plain.lower())
                and (begin.endswith("*") or not rest[:1].isalpha())
            )
            weight = f"{plain}{entry.get('ends', '')}"
            if fits and len(weight) > len(best):
                best, answer = weight, name
    return answer


def _version(name: str, paths: Iterable[Path], by_package: Mapping[str, str]) -> str:
    """Return the version that the project itself counts, or nothing: the number in a file's name is another one."""
    if name in _BY_PACKAGE:
        return by_package.get(_BY_PACKAGE[name], "")
    if name == "Python":
        return _python_version(paths)
    if name in _SAYS_VERSION:
        for path in paths:
            if said := _SAYS_VERSION[name].search(path.read_bytes()):
                return said[1].decode()
    return ""


def _python_version(paths: Iterable[Path]) -> str:
    """Return the version of the Python in the tree: for Windows it is another one than builds here."""
    key = "ProductVersion\0\0".encode("utf-16-le")
    for path in paths:
        if path.suffix == ".dll" and (found := re.search(re.escape(key) + rb"((?:[\d.]\0)+)", path.read_bytes())):
            return found[1].decode("utf-16-le")
    return platform.python_version()


def data(resources: Path) -> Iterator[Bundled]:
    """Yield the icons, sample pictures and models, whose sources stand beside them."""
    for folder, name, licence, file in (
        ("icons", "Lucide icons", "ISC", "LICENSE.txt"),
        (
            "samples",
            "Sample pictures",
            "CC0-1.0 AND CC-BY-4.0 AND BSD-3-Clause AND LicenseRef-Public-Domain",
            "LICENCES.txt",
        ),
        ("models", "Models for pictures", "Apache-2.0 AND MIT", "LICENCES.txt"),
    ):
        if (resources / folder).is_dir():
            if not (resources / folder / file).is_file():
                raise NotAllowed(f"{folder}: {file} is missing, which says where they are from")
            yield Bundled(name, "", licence, (f"{folder}/{file}",), f"resources/{folder}/{file}", kind="data")


def frozen_modules(program: Path) -> frozenset[str]:
    """Return the names of the modules inside a program that PyInstaller made. It has to be importable here."""
    readers: Any = importlib.import_module("PyInstaller.archive.readers")
    archive = readers.CArchiveReader(str(program))
    inner = next((each for each in archive.toc if each.endswith(".pyz")), None)
    return frozenset(archive.open_embedded_archive(inner).toc) if inner else frozenset()


def collect(tree: Path, site: Path, modules: Collection[str] = (), resources: Path | None = None) -> list[Bundled]:
    """Return everything of others in the tree. Raises `NotAllowed` with all that stands against it."""
    found = list(packages(tree, site, modules))
    found += shared_libraries(tree, tuple(found))
    if not any(each.name == "Python" for each in found):
        found.append(
            Bundled(
                "Python",
                platform.python_version(),
                "PSF-2.0",
                ("PSF-2.0.txt",),
                known()["libraries"]["Python"]["source"],
            )
        )
    if resources is not None:
        found += data(resources)
    wrong = [f"{each.name}: it does not say what its licence is" for each in found if not each.licence]
    wrong += [
        f"{each.name}: {each.licence} is not allowed" for each in found if each.licence and not is_allowed(each.licence)
    ]
    wrong += [
        f"{each.name}: the text of {each.licence} is missing" for each in found if each.licence and not each.texts
    ]
    if wrong:
        raise NotAllowed("\n".join(wrong))
    return sorted(found, key=lambda each: each.name.lower())


def write(found: Iterable[Bundled], site: Path, target: Path, resources: Path | None = None) -> Path:
    """Write `bundled.json`, all texts, our own and the offer of source into the folder `target`, which is made anew."""
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    texts = {
        f"{normal(package.name)}/{name}": path
        for package in importlib.metadata.distributions(path=[str(site)])
        for name, path in _texts(package).items()
    }
    entries = list(found)
    for text in sorted({text for each in entries for text in each.texts}):
        place = target / text
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = resources / text if resources is not None else None
        standard = NOTICES / text
        shutil.copyfile(standard if standard.is_file() else texts.get(text) or beside or standard, place)
    shutil.copyfile(NOTICES / "OFFER.txt", target / "OFFER.txt")
    shutil.copyfile(OWN, target / "LICENSE")
    listed = target / "bundled.json"
    listed.write_text(json.dumps([each.as_json() for each in entries], indent=1, ensure_ascii=False) + "\n", "utf-8")
    return listed


def generate(tree: Path, site: Path, modules: Collection[str] = ()) -> list[Bundled]:
    """Find what is in the tree, and write the list and the texts into the package that is in it."""
    [package] = [each for each in sorted(tree.rglob("batchdock/resources")) if each.is_dir()]
    found = collect(tree, site, modules, package)
    write(found, site, package / "licences", package)
    return found


def main() -> int:
    """Do it for the tree and the environment that are named."""
    tree, site = Path(sys.argv[1]), Path(sys.argv[2])
    program = next((path for path in (tree / "batchdock", tree / "batchdock.exe") if path.is_file()), None)
    try:
        found = generate(tree, site, frozen_modules(program) if program else ())
    except NotAllowed as reason:
        print(reason, file=sys.stderr)
        return 1
    for each in found:
        print(f"{each.name} {each.version}: {each.licence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
