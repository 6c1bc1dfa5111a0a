"""Finds the files that come with the app. Nothing else builds such a path."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a bundled file or folder: in an installed package, or in a checkout."""
    inside = _inside()
    if inside.is_dir():
        return Path(str(inside)).joinpath(*parts)
    return Path(__file__).resolve().parents[3].joinpath("resources", *parts)


def home_name() -> str:
    """Return what this app's folder of data is called. A checkout has its own: it may be ahead of what is installed."""
    return "Batchdock" if _inside().is_dir() else "Batchdock from source"


def _inside() -> Traversable:
    return files("batchdock").joinpath("resources")
