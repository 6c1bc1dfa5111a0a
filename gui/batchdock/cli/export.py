"""Hands results on: of a job, or of any folder of results."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchdock.cli.bars import Bars, bars, following
from batchdock.cli.listing import print_lines
from batchdock.cli.session import DONE, Session, UsageProblem, put_json
from batchdock.cli.shapes import failures_shape
from batchdock.cli.work import known
from batchdock.core.finding import Filter, Share
from batchdock.flows.intake.names import printable
from batchdock.flows.results.handing import Form, Spelling, Wishes
from batchdock.flows.results.opening import Opened

_COMMA = Spelling(separator=";", decimal=",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is handed on, as what, and which of it."""

    source: str
    forms: Sequence[Form]
    to: Path
    name: str
    pictures: bool
    originals: Path | None
    decimal_comma: bool
    share: Share
    classes: Sequence[str]
    least: float
    most: float
    search: str

    def wishes(self) -> Wishes:
        """Return what the flows are asked for."""
        spelling = _COMMA if self.decimal_comma else Spelling()
        return Wishes(forms=frozenset(self.forms), name=self.name, pictures=self.pictures, spelling=spelling)


async def export(session: Session, wanted: Export) -> int:
    """Write the wanted forms, and say where they are and what is not in them."""
    if not wanted.least <= wanted.most:
        raise UsageProblem("--least is more than --most: nothing can lie between them.")
    with bars(session) as shown, following(session, shown, jobs=lambda job: False, sending=False):
        opened = await _opened(session, shown, wanted.source)
        try:
            if wanted.originals is not None:
                found = await opened.reconnect(wanted.originals)
                session.say(f"Originals found: {found.found:,} of {found.of:,}.")
            selection = await opened.select(_filter(opened, wanted))
            handed = await session.desk.handing.hand_on(opened, selection, wanted.wishes(), wanted.to)
        finally:
            await opened.close()
    session.say(f"Pictures: {handed.pictures:,}. Findings: {handed.findings:,}. Files: {handed.count:,}.")
    for failure in handed.problems:
        session.say(f"{failure.name}: {failure.cause}")
    if session.as_json:
        shape = {
            "folder": printable(str(handed.folder)),
            "files": list(handed.files),
            "count": handed.count,
            "pictures": handed.pictures,
            "findings": handed.findings,
        }
        put_json({"ok": True, "exported": shape, "problems": failures_shape(handed.problems)})
    else:
        print_lines([printable(str(handed.folder))])
    return DONE


async def _opened(session: Session, shown: Bars, source: str) -> Opened:
    def heard(done: int, of: int) -> None:
        shown.show("reading", "Reading the results", "reading", done / of if of else None)

    folder = Path(source)
    if await asyncio.to_thread(folder.is_dir):
        opened = await session.desk.results.open_folder(folder, heard)
    else:
        opened = await session.desk.results.open(await known(session, source), heard)
    shown.show("reading", "Reading the results", "done", 1.0)
    return opened


def _filter(opened: Opened, wanted: Export) -> Filter:
    labels = None
    if wanted.classes:
        numbers = {label.name: label.number for label in opened.labels}
        unknown = [name for name in wanted.classes if name not in numbers]
        if unknown:
            there = ", ".join(numbers) or "none"
            raise UsageProblem(f"No such class: {', '.join(unknown)}. These results have: {there}.")
        labels = frozenset(numbers[name] for name in wanted.classes)
    return Filter(share=wanted.share, labels=labels, least=wanted.least, most=wanted.most, search=wanted.search)
