"""Finds the project by its name or id (contract §1.2)."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from batchdock.core.errors import ProjectUnknown
from batchdock.services.http.reading import Answering, entries, text

PATH = "/v3/projects"

_ID = re.compile(r"[0-9a-f]{32}")
_MOST_NAMES = 20

Ask = Callable[[Mapping[str, str]], Awaitable[Any]]
"""Asks for the list with these parameters and returns its JSON."""


def is_project_id(wanted: str) -> bool:
    """Tell whether somebody has given the id of a project rather than its name."""
    return _ID.fullmatch(wanted) is not None


async def find_project(ask: Ask, wanted: str, wire: Answering) -> tuple[str, str]:
    """Return id and name of the project with this name or id. Raise `ProjectUnknown`, which names those there are."""
    found: list[tuple[str, str]] = []
    for params in ({},) if is_project_id(wanted) else ({"name": wanted}, {}):
        found = _projects(await ask(params), wire)
        for project_id, name in found:
            if wanted in (project_id, name):
                return project_id, name
    names = sorted(name for _, name in found)
    known = ", ".join(names[:_MOST_NAMES]) + ("…" if len(names) > _MOST_NAMES else "")
    raise ProjectUnknown(service=wire.service, project=wanted, known=known or "–")


def _projects(answer: object, wire: Answering) -> list[tuple[str, str]]:
    """Read the list; what is switched off can not be used."""
    found = [
        (text(each.get("id")), text(each.get("name")))
        for each in entries(answer, "projects", wire, frozenset({"links"}))
        if each.get("enabled") is not False
    ]
    return [(project_id, name or project_id) for project_id, name in found if project_id]
