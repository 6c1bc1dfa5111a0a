"""Finds the files that come with the app. Nothing else builds such a path."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a bundled file or folder: in an installed package, or in a checkout."""
    inside: Traversable = files("batchdock").joinpath("resources")
    if inside.is_dir():
        return Path(str(inside)).joinpath(*parts)
    return Path(__file__).resolve().parents[3].joinpath("resources", *parts)
