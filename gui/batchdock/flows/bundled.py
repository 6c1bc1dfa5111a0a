"""The app and what by others comes with it, and under which licences.

A package has a list made of what is really in it (`resources/licences`); a checkout has what is installed beside it.
"""

import importlib.metadata
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from batchdock import __version__
from batchdock.core.resources import resource

_TEXT = re.compile(r"(?:^|/)(?:licen[cs]es?|copying|notice|copyright)[^/]*$", re.IGNORECASE)
_OWN = "batchdock"
MATERIALS = ("samples", "models")
"""What comes along besides programs, as folders of resources."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """One thing by others. `licence` is an SPDX expression where its makers give one; `texts` are files."""

    name: str
    version: str
    licence: str
    source: str = ""
    texts: tuple[Path, ...] = ()


def own() -> Bundled:
    """Return the app itself. Blocks."""
    places = (resource("licences", "LICENSE"), resource().parent / "LICENSE")
    return Bundled("Batchdock", __version__, "Apache-2.0", texts=tuple(each for each in places if each.is_file())[:1])


def bundled() -> tuple[Bundled, ...]:
    """Return everything by others that comes with the app, by name. Blocks."""
    folder = resource("licences")
    listed = folder / "bundled.json"
    if not listed.is_file():
        return tuple(sorted(_installed(), key=_by_name))
    found = json.loads(listed.read_text(encoding="utf-8"))
    each_of = (
        Bundled(
            each["name"],
            each["version"],
            each["licence"],
            each.get("source", ""),
            tuple(folder.joinpath(*text.split("/")) for text in each["texts"]),
        )
        for each in found
    )
    return tuple(sorted(each_of, key=_by_name))


def text_of(what: Bundled) -> str:
    """Return the texts of its licence, one after the other; empty where it brings none. Blocks."""
    texts = (each.read_text(encoding="utf-8", errors="replace").strip() for each in what.texts if each.is_file())
    return "\n\n\n".join(dict.fromkeys(texts))


def materials() -> str:
    """Return where the sample pictures and the models come from. Blocks."""
    notes = (resource(name) / "LICENCES.txt" for name in MATERIALS)
    return "\n\n\n".join(each.read_text(encoding="utf-8").strip() for each in notes)


def offer() -> str:
    """Return what is said of replacing shared libraries and of their source; empty in a checkout. Blocks."""
    said = resource("licences") / "OFFER.txt"
    return said.read_text(encoding="utf-8").strip() if said.is_file() else ""


def _by_name(each: Bundled) -> str:
    return each.name.casefold()


def _installed() -> Iterator[Bundled]:
    seen = {_OWN}
    for distribution in importlib.metadata.distributions():
        about, name = distribution.metadata, distribution.name
        if name.casefold() in seen:
            continue
        seen.add(name.casefold())
        texts = [each for each in distribution.files or () if ".dist-info/" in str(each) and _TEXT.search(str(each))]
        yield Bundled(
            name,
            distribution.version,
            _licence(about),
            _source(about),
            tuple(Path(str(each.locate())) for each in texts),
        )


def _licence(about: importlib.metadata.PackageMetadata) -> str:
    if "License-Expression" in about:
        return about["License-Expression"]
    said = [each for each in about.get_all("Classifier") or () if each.startswith("License :: ")]
    if said:
        return ", ".join(each.rpartition(" :: ")[2] for each in said)
    return about["License"].partition("\n")[0] if "License" in about else ""


def _source(about: importlib.metadata.PackageMetadata) -> str:
    named = [each.partition(", ") for each in about.get_all("Project-URL") or ()]
    by_name = {name.casefold(): address for name, _, address in named}
    wanted = ("source", "source code", "repository", "homepage", "home")
    return next((by_name[each] for each in wanted if each in by_name), "")
