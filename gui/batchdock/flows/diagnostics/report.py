"""The diagnostic report: pages that a person reads before they go anywhere, and a zip of those that may."""

import asyncio
import contextlib
import getpass
import locale
import os
import platform
import socket
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from batchdock import __version__
from batchdock.core.account import Account
from batchdock.core.errors import FolderNotWritable
from batchdock.flows.accounts import Accounts
from batchdock.flows.bundled import bundled
from batchdock.flows.diagnostics.redacting import Redactor
from batchdock.flows.jobs.board import Board
from batchdock.flows.problems import Problems

LOG_BYTES = 400_000
"""Of each log its end: what went wrong is there."""

_LOGS = (
    "logs/failed start.txt",
    *("logs/batchdock.log", "logs/batchdock.log.1"),
    *("this-computer/service.log", "this-computer/service.log.1"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the report, as it would be given away."""

    name: str
    text: str


class Diagnostics:
    """Puts reports together. Nothing is sent anywhere."""

    def __init__(self, home: Path, accounts: Accounts, board: Board, problems: Problems) -> None:
        self._home, self._accounts, self._board, self._problems = home, accounts, board, problems

    async def pages(self, seen: Iterable[tuple[str, str]] = ()) -> tuple[Page, ...]:
        """Return the pages of a report. `seen` is what only the window knows, as names and values."""
        accounts = self._accounts.all()
        written = [
            Page("about.txt", _lines([*_of_this_computer(), *seen])),
            Page("services.txt", _lines(self._of_service(each) for each in accounts)),
            Page("jobs.txt", _lines(self._of_jobs(accounts))),
            Page("problems.txt", self._of_problems()),
        ]
        return await asyncio.to_thread(self._redacted, written, frozenset(self._accounts.keys()), accounts)

    async def save(self, pages: Sequence[Page], target: Path) -> None:
        """Write the pages into a zip, whole or not at all. Raise `FolderNotWritable`."""
        await asyncio.to_thread(_save, pages, target)

    def _redacted(
        self, written: Sequence[Page], secrets: frozenset[str], accounts: Sequence[Account]
    ) -> tuple[Page, ...]:
        """Blocks: reads the logs."""
        redactor = Redactor(secrets, _names(self._home, accounts))
        pages = [*written, Page("packages.txt", _lines((each.name, each.version) for each in bundled()))]
        for place in _LOGS:
            text = _end_of(self._home / place)
            if text:
                pages.append(Page(place.replace("/", "-"), text))
        return tuple(Page(each.name, redactor.text(each.text)) for each in pages if each.text.strip())

    def _of_service(self, account: Account) -> tuple[str, str]:
        light = self._accounts.light(account.account_id)
        asked = light.value if light is not None else "not asked"
        return account.service.value, f"{asked}, key {account.key_kept.value}"

    def _of_jobs(self, accounts: Sequence[Account]) -> list[tuple[str, str]]:
        kinds = {each.account_id: each.service.value for each in accounts}
        jobs = [record.job for record in self._board.all()]
        counted = Counter((kinds.get(each.account_id, "forgotten"), each.state.value) for each in jobs)
        return [(f"{service}, {state}", str(count)) for (service, state), count in sorted(counted.items())]

    def _of_problems(self) -> str:
        found = (f"{each.at.isoformat()} {each.error.sentence()} {each.error.details}" for each in self._problems.all())
        return "\n".join(found)


def _of_this_computer() -> list[tuple[str, str]]:
    return [
        ("Batchdock", __version__),
        ("Written", datetime.now(UTC).isoformat(timespec="seconds")),
        ("Python", platform.python_version()),
        ("System", platform.platform()),
        ("Processor", f"{platform.machine()}, {os.cpu_count()} threads"),
        ("Locale", ", ".join(each or "–" for each in locale.getlocale())),
        ("Desktop", " ".join(os.environ.get(each, "–") for each in ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"))),
        ("Proxy", "yes" if any(os.environ.get(each) for each in ("https_proxy", "HTTPS_PROXY")) else "no"),
    ]


def _names(home: Path, accounts: Iterable[Account]) -> dict[str, str]:
    """Return what says who and where somebody is, and what stands in its place."""
    names = {str(home): "<home of Batchdock>", str(Path.home()): "~", socket.gethostname(): "<this computer>"}
    with contextlib.suppress(OSError, KeyError):  # Nobody by that number.
        names[getpass.getuser()] = "<user>"
    for number, account in enumerate(accounts):
        if not account.is_this_computer:
            for each in (account.name, account.workspace, account.account_id):
                names.setdefault(each, f"<account {number}>")
    return names


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs)


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LOG_BYTES))
            if size > LOG_BYTES:
                file.readline()  # Half a key is not recognised as one.
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _save(pages: Sequence[Page], target: Path) -> None:
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as scratch:
            part = Path(scratch.name)
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                for each in pages:
                    archive.writestr(each.name, each.text)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise FolderNotWritable(folder=target.parent, reason=error.strerror or str(error)) from None
