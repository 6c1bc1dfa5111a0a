"""Paths that results name, which anybody may have written: none of them leads out of its folder. Everything blocks."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path


def parts_of(name: str) -> tuple[str, ...]:
    """Return the components of a relative path with `/`; none where it is no such path."""
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    apart = f"{os.sep}{os.altsep or ''}:" if os.name == "nt" else os.sep
    if name.startswith("/") or ".." in parts or any(each in part for part in parts for each in (*apart, "\0")):
        return ()
    return parts


def inside(folder: Path, name: str) -> Path | None:
    """Return the file `name` in `folder`, None where there is none or it is outside, also by way of a link."""
    path = below(folder, parts_of(name))
    if path is None:
        return None
    try:
        return path if path.resolve().is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError):
        return None


def below(folder: Path, parts: tuple[str, ...]) -> Path | None:
    """Return the file of these components in a folder of the person's own, whatever form its letters have."""
    if not parts:
        return None
    for each in _forms(parts):
        path = folder.joinpath(*each)
        try:
            if path.is_file():
                return path
        except (OSError, ValueError):
            continue
    return None


def composed(name: str) -> str:
    """Return a name as it is compared: a disk may have given it decomposed letters."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _forms(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield parts
    if not all(part.isascii() for part in parts):
        for form in ("NFC", "NFD"):
            other = tuple(unicodedata.normalize(form, part) for part in parts)
            if other != parts:
                yield other
