"""The service's side of looking into and trying models: in a process of its own, with a time limit."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from batchdock.thiscomputer.engine.apart import Apart, StoppedApart
from batchdock.thiscomputer.engine.own.form import Look, ModelUnfit
from batchdock.thiscomputer.engine.own.joining import check_file
from batchdock.thiscomputer.engine.own.tried import Tried
from batchdock.thiscomputer.engine.vendor.shelf import MISSING, is_engine_installed

_log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE = 60
"""Seconds for one picture, and for loading what looks at it."""


def look_aside(apart: Apart, path: Path, side: tuple[int, int] | None = None) -> Look:
    """Return what the file is, at the size `side` where it takes any. Raises `ModelUnfit`."""
    check_file(path)  # most of what is no model is seen without starting anything
    return _aside(apart, _look, path, side)


def try_aside(apart: Apart, path: Path, names: tuple[str, ...], side: tuple[int, int] | None, picture: Path) -> Tried:
    """Return what the model in the file finds in a picture. Raises `ModelUnfit`."""
    return _aside(apart, _try, path, names, side, picture)


def _look(path: Path, side: tuple[int, int] | None) -> Look:
    from batchdock.thiscomputer.engine.own.look import look_at

    return look_at(path, side)


def _try(path: Path, names: tuple[str, ...], side: tuple[int, int] | None, picture: Path) -> Tried:
    from batchdock.thiscomputer.engine.own.trial import try_on

    return try_on(path, names, side, picture)


def _aside(apart: Apart, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    if not is_engine_installed():
        raise ModelUnfit(MISSING)
    try:
        return apart.done(_PATIENCE, function, *args, **kwargs)
    except StoppedApart as error:
        if error.slow:
            raise ModelUnfit(
                f"The model took more than {_PATIENCE} seconds for one picture, and was stopped. Use a smaller one."
            ) from error
        raise ModelUnfit(
            "The model made the process end that looked at it; everything else went on. "
            "It may be damaged, or need more memory than this computer has. Export it again, or use a smaller one."
        ) from error
    except MemoryError as error:
        raise ModelUnfit("The model needs more memory than this computer has free. Use a smaller one.") from error
    except (ModelUnfit, OSError):
        raise
    except Exception as error:  # a file from outside may be odd in ways that nobody expects
        _log.warning("A model could not be looked at", exc_info=error)
        raise ModelUnfit(
            f"The model can not be used here ({type(error).__name__}). Export it again, or use another one."
        ) from error
