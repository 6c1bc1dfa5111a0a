"""Commands over references: a list of addresses instead of files, or what a query finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchdock.cli import buckets
from batchdock.cli.bars import Bars, bars, following
from batchdock.cli.listing import print_lines
from batchdock.cli.outcome import outcome_of, say_outcome
from batchdock.cli.session import DONE, NOT_DONE, Session, UsageProblem, put_json
from batchdock.cli.shapes import batch_shape
from batchdock.core.job import JobOptions
from batchdock.core.reference import LineCause, LineFinding
from batchdock.core.text import counted
from batchdock.flows.intake.names import printable
from batchdock.flows.references import Carried, JobWish, Looked, ReferenceSending, name_of

_SAID = 100
_IN_JSON = 1_000
_PAGE = 10_000

_WHY = {
    LineCause.NOT_JSON: "it is no JSON object",
    LineCause.NO_NAME: "it has no name",
    LineCause.NO_ADDRESS: "it has no url",
    LineCause.NAME_UNFIT: "a file can not be called this",
    LineCause.NO_EXTENSION: "its name has no extension",
    LineCause.OTHER_KIND: "its name is of neither a picture nor a video that services take",
    LineCause.NOT_AN_ADDRESS: "its url can not be read",
    LineCause.NOT_HTTPS: "its url does not begin with https",
    LineCause.PRIVATE: "its url leads to this computer or its own network",
    LineCause.EXPIRED: "its url has expired",
    LineCause.SAME_NAME: "line {first} has this name already",
    LineCause.SAME_BUT_CASE: "line {first} has this name already, but for capital letters",
    LineCause.HAD_ALREADY: "an earlier run had it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What references come from: a list (a file or an https address), a query or a bucket; and where to name what is
    left out of a list."""

    references: str | None = None
    query: str | None = None
    bucket: buckets.Given | None = None
    left_out: Path | None = None

    def refuse(self, paths: Sequence[Path] | None) -> None:
        """Raise `UsageProblem` unless there is exactly one source."""
        given = sum(bool(each) for each in (paths, self.references, self.query, self.bucket))
        if given != 1:
            raise UsageProblem("Give files and folders, or --references, --query or --bucket: one of them.")

    @property
    def any(self) -> bool:
        """True when it is not about files of this computer."""
        return bool(self.references or self.query or self.bucket)

    @property
    def source(self) -> Path | str:
        """The list."""
        text = self.references or ""
        return text if "://" in text else Path(text)

    @property
    def name(self) -> str:
        """What it is called if nobody says."""
        if self.query:
            return self.query[:60]
        return name_of(self.source) if isinstance(self.source, str) else printable(self.source.name)


async def run(session: Session, given: Given, wish: JobWish, name: str, save_to: Path) -> int:
    """Hand over, run the workflow when all is taken in, and save the results."""
    with bars(session) as shown, following(session, shown, jobs=lambda job: True, sending=True):
        carried, left_out = await _carried(session, shown, given, name, wish)
        outcomes = [await outcome_of(session, each.job, save_to) for each in carried if each.job is not None]
    for outcome in outcomes:
        say_outcome(session, outcome)
    say_lost(session, carried)
    ok = bool(outcomes) and all(each.ok for each in outcomes) and not any(each.handed.lost for each in carried)
    if session.as_json:
        jobs = [each.shape() for each in outcomes]
        put_json({"ok": ok, "jobs": jobs, "not_taken_in": lost_shape(carried), **left_out})
    return DONE if ok else NOT_DONE


async def ingest(session: Session, given: Given, name: str, batch_id: str | None) -> int:
    """Hand over, and check that all is taken in."""
    with bars(session) as shown, following(session, shown, jobs=lambda job: False, sending=True):
        carried, left_out = await _carried(session, shown, given, name, None, batch_id)
        service = session.desk.batches
        described = [await service.describe(each.sending.account_id, each.sending.batch_id) for each in carried]
    say_lost(session, carried)
    ok = not any(each.handed.lost for each in carried)
    if session.as_json:
        shapes = [
            {**batch_shape(each.batch), "count": one.handed.count} for each, one in zip(described, carried, strict=True)
        ]
        put_json({"ok": ok, "batches": shapes, "not_taken_in": lost_shape(carried), **left_out})
    else:
        print_lines(each.sending.batch_id for each in carried)
    return DONE if ok else NOT_DONE


async def _carried(
    session: Session, shown: Bars, given: Given, name: str, wish: JobWish | None, batch_id: str | None = None
) -> tuple[list[Carried], dict[str, Any]]:
    references, account_id = session.desk.references, session.account.account_id
    sendings: Sequence[ReferenceSending]
    left_out: dict[str, Any] = {}
    if given.bucket is not None:
        sendings = await buckets.planned(session, shown, given.bucket, name, wish, batch_id)
    elif given.query:
        sendings = [await references.query(account_id, given.query, name or given.name, job=wish, batch_id=batch_id)]
    else:
        sendings = ()
        if session.desk.may_go_on():
            sendings = await references.left(account_id, given.source, wish.workflow_id if wish else "")
        if sendings:
            session.say("Going on with what an earlier run began to hand over of this list.")
        else:
            looked = await _looked(session, shown, given)
            left_out = await _say_left_out(session, looked, given.left_out)
            sendings = await references.send(account_id, looked, name or given.name, job=wish, batch_id=batch_id)
    session.later.append("What was handed over is kept; the same command goes on.")
    return [await references.carry(each) for each in sendings], left_out


async def _looked(session: Session, shown: Bars, given: Given) -> Looked:
    def on_progress(done: int, lines: int, total: int) -> None:
        part = done / total if total else None
        shown.show("look", given.name, "looking at the list", part, counted(lines, "line", "lines"))

    looked = await session.desk.references.look(given.source, on_progress=on_progress)
    counts = looked.counts
    pictures = counted(counts.pictures, "picture", "pictures")
    found = f"{pictures}, {counted(counts.videos, 'video', 'videos')}, {counts.left_out:,} left out"
    shown.show("look", given.name, "done", 1.0, found)
    return looked


async def _say_left_out(session: Session, looked: Looked, to: Path | None) -> dict[str, Any]:
    """Name the lines that are left out: the first of them here, all of them in a file where that is wished for."""
    counts = looked.counts
    first = await looked.findings(0, _IN_JSON)
    for each in first[:_SAID]:
        session.say(f"Left out: line {each.line}: {each.name + ': ' if each.name else ''}{why(each)}")
    if counts.left_out > _SAID:
        more = "" if to else " --left-out FILE writes all of them into a file."
        session.say(f"… and {counts.left_out - _SAID:,} more lines.{more}")
    if to is not None:
        await session.desk.references.write_left_out(looked, to)
    if counts.expires is not None:
        session.say(f"The first of the addresses is good until {counts.expires:%Y-%m-%d %H:%M} UTC.")
    shape = {
        "left_out_count": counts.left_out,
        "left_out": [{"line": each.line, "name": each.name, "cause": each.cause.value} for each in first],
    }
    session.extra |= shape
    return shape


def why(finding: LineFinding) -> str:
    """Return why a line is left out."""
    return _WHY[finding.cause].format(first=finding.first)


def say_lost(session: Session, carried: Sequence[Carried]) -> None:
    """Name what was not taken in, the first of it."""
    for each in carried:
        for name, cause in each.handed.missing:
            session.say(f"Not taken in: {printable(name)}{': ' + cause if cause else ''}")
        if each.handed.lost > len(each.handed.missing):
            session.say(f"… and {each.handed.lost - len(each.handed.missing):,} more.")


def lost_shape(carried: Sequence[Carried]) -> list[dict[str, str]]:
    """Return what was not taken in, for JSON."""
    return [{"file": printable(name), "cause": cause} for each in carried for name, cause in each.handed.missing]


def job_wish(workflow: str, options: JobOptions) -> JobWish:
    """Return what is to be started over the batch."""
    return JobWish(workflow_id=workflow, options=options)
