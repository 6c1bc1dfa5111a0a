"""What the commands do, on the flows."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from batchdock.cli import buckets
from batchdock.cli.bars import Bars, bars, following, show_closer_look, show_review
from batchdock.cli.listing import print_lines
from batchdock.cli.outcome import outcome_of, say_outcome
from batchdock.cli.session import DONE, NOT_DONE, Session, put_json
from batchdock.cli.shapes import batch_shape, failures_shape, job_shape, left_out_shape, saved_shape
from batchdock.core.batch import Content
from batchdock.core.errors import NothingUsable
from batchdock.core.intake import CloserLook, Finding, Item, Review
from batchdock.core.job import Job, JobDefinition, JobOptions
from batchdock.core.order import Order
from batchdock.flows.intake.names import printable

_WHY = {
    Finding.DAMAGED: "it is damaged or cut off",
    Finding.EMPTY: "it is empty",
    Finding.CHANGING: "it is still being written",
    Finding.NOT_A_PICTURE: "it is not a picture, whatever its name says",
    Finding.OTHER_FORMAT: "it is a picture in a format that can not be processed",
    Finding.TOO_MANY_BYTES: "it is larger than 20 MB",
    Finding.TOO_MANY_PIXELS: "it has too many pixels",
    Finding.EXACT_COPY: "it is an exact copy",
    Finding.NEAR_COPY: "it looks almost the same as another",
    Finding.NO_PERMISSION: "there is no permission to read it",
    Finding.BROKEN_LINK: "it is a link that leads nowhere",
    Finding.NOT_REACHABLE: "its disk does not answer",
    Finding.VANISHED: "it is not there",
    Finding.UNSUPPORTED: "this kind of file can not be processed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a job is to be run."""

    workflow: str
    name: str
    options: JobOptions


async def run(session: Session, paths: Sequence[Path], wish: Wish, save_to: Path, *, look_closer: bool) -> int:
    """Look at the files, run the workflow over them, save the results."""
    with bars(session) as shown, following(session, shown, jobs=lambda job: True, sending=False):
        items = await _reviewed(session, shown, paths, look_closer=look_closer)
        order = Order(
            account_id=session.account.account_id,
            workflow_id=wish.workflow,
            name=wish.name or _name_of(paths),
            items=tuple(items),
            options=wish.options,
        )
        jobs = await _ordered(session, order)
        outcomes = [await outcome_of(session, job, save_to) for job in jobs]
    for outcome in outcomes:
        say_outcome(session, outcome)
    ok = all(outcome.ok for outcome in outcomes)
    if session.as_json:
        put_json({"ok": ok, "jobs": [outcome.shape() for outcome in outcomes], "left_out": left_out_shape(items)})
    return DONE if ok else NOT_DONE


async def ingest(session: Session, paths: Sequence[Path], name: str, batch_id: str | None, *, look_closer: bool) -> int:
    """Send files into a batch and check that they arrived."""
    with bars(session) as shown, following(session, shown, jobs=lambda job: False, sending=True):
        items = await _reviewed(session, shown, paths, look_closer=look_closer)
        session.later.append("What arrived is kept; the same command sends the rest.")
        batches = await session.desk.transfers.ingest(
            session.account.account_id,
            items,
            name or _name_of(paths),
            batch_id=batch_id,
            go_on=session.desk.may_go_on(),
        )
    shapes = []
    for batch in batches:
        receipts = await session.desk.transfers.receipts(batch.account_id, batch.batch_id)
        session.say(f"Everything arrived in batch {batch.batch_id}.")
        if receipts:
            session.say(f"Receipt: {receipts[-1]}")
        shapes.append({**batch_shape(batch), "receipts": [printable(str(receipt)) for receipt in receipts]})
    if session.as_json:
        put_json({"ok": True, "batches": shapes, "left_out": left_out_shape(items)})
    else:
        print_lines(batch.batch_id for batch in batches)
    return DONE


@dataclass(frozen=True, slots=True)
class Parts:
    """Of a multipart batch: what is worked on, and what has a file of metadata for each picture."""

    worked_on: str | None = None
    metadata: str | None = None


async def start(session: Session, batch_id: str, wish: Wish, parts: Parts, job_id: str | None) -> int:
    """Start a job on a batch that is there."""
    part = parts.worked_on
    described = await session.desk.batches.describe(session.account.account_id, batch_id)
    content = next((each.part.content for each in described.parts if each.part.name == part), described.batch.content)
    definition = JobDefinition(
        content=Content.VIDEOS if content is Content.VIDEOS else Content.IMAGES,
        batch_id=batch_id,
        workflow_id=wish.workflow,
        part=part,
        metadata_part=parts.metadata,
        **asdict(wish.options),
    )
    name = wish.name or described.batch.name
    job = await session.desk.jobs.start_on_batch(session.account.account_id, name, definition, job_id)
    return await say_started(session, job)


async def say_started(session: Session, job: Job) -> int:
    """Wait until the service has a job, and say which one it is."""
    session.later.append(f"Whether it has started is found out with: {_again(session, job)}")
    with bars(session) as shown, following(session, shown, jobs=lambda each: each.key == job.key, sending=False):
        job = await session.desk.jobs.started(job.key)
    if session.account.is_this_computer:
        session.say(f"This computer works on it while Batchdock runs: {_again(session, job)}")
    if session.as_json:
        put_json({"ok": True, "job": job_shape(job)})
    else:
        print_lines([job.job_id])
    return DONE


async def known(session: Session, job_id: str) -> tuple[str, str]:
    """Return the key of a job; of one that was started elsewhere after the account was asked for its jobs."""
    key = (session.account.account_id, job_id)
    if not any(job.key == key for job in session.desk.jobs.all()):
        await session.desk.jobs.look(session.account.account_id)
    return key


async def watch(session: Session, job_id: str) -> int:
    """Wait for a job to end."""
    key = await known(session, job_id)
    session.later.append(f"The job is not touched; look again with: batchdock watch {job_id}")
    with bars(session) as shown, following(session, shown, jobs=lambda job: job.key == key, sending=False):
        outcome = await outcome_of(session, await session.desk.jobs.ended(key), None)
    say_outcome(session, outcome)
    if session.as_json:
        put_json({"ok": outcome.ok, **outcome.shape()})
    return DONE if outcome.ok else NOT_DONE


async def save(
    session: Session, batch_id: str, to: Path, parts: Sequence[str], name: str, bucket: buckets.Given | None
) -> int:
    """Save the results in a batch, and into a bucket where one is given."""
    if bucket is not None:
        await buckets.signed_in(session, bucket)  # Before anything is fetched.
    with bars(session) as shown, following(session, shown, jobs=lambda job: False, sending=bucket is not None):
        report = await session.desk.results.save(
            session.account.account_id, [batch_id], to, parts=tuple(parts) or None, name=name
        )
        address = await buckets.save_back(session, bucket, report.folder) if bucket is not None else ""
    if address:
        session.say(f"Saved in {address} as well.")
    for failure in report.problems:
        session.say(f"No result for {failure.name}: {failure.cause}")
    if session.as_json:
        place = {"bucket": address} if address else {}
        put_json({"ok": True, "saved": {**saved_shape(report), **place}, "problems": failures_shape(report.problems)})
    else:
        print_lines([printable(str(report.folder))])
    return DONE


async def _ordered(session: Session, order: Order) -> tuple[Job, ...]:
    """Start the order. Once it is begun it is written down whole, so that it can be said how to go on with it."""
    starting = asyncio.create_task(session.desk.jobs.start(order))
    try:
        await asyncio.wait({starting})
    finally:
        if not starting.done():
            await asyncio.wait({starting})
        for job in starting.result():
            session.later.append(f"What arrived and was processed is kept; go on with: {_again(session, job)}")
    return starting.result()


async def _reviewed(session: Session, shown: Bars, paths: Sequence[Path], *, look_closer: bool) -> list[Item]:
    items: list[Item] = []

    def on_update(review: Review) -> None:
        items.extend(review.fresh)
        show_review(shown, review)

    await session.desk.intake.review(paths, on_update=on_update)
    if look_closer:
        items = await _looked_closer(session, shown, items)
    say_left_out(session, items)
    if not any(item.usable for item in items):
        session.extra["left_out"] = left_out_shape(items)
        raise NothingUsable(count=len(items))
    return items


def say_left_out(session: Session, items: Iterable[Item]) -> None:
    """Name the items that can not be used, each with why."""
    for item in items:
        if item.finding is not None:
            note = f" ({item.note})" if item.note else ""
            session.say(f"Left out: {printable(item.relative)}: {_WHY[item.finding]}{note}")


async def _looked_closer(session: Session, shown: Bars, items: list[Item]) -> list[Item]:
    """Return the items with what a closer look says of them; name those that look almost the same, and keep them."""
    damaged: dict[Path, Item] = {}
    alike: list[tuple[Item, ...]] = []

    def on_update(look: CloserLook) -> None:
        damaged.update((item.path, item) for item in look.damaged)
        alike.extend(look.alike)
        show_closer_look(shown, look)

    await session.desk.intake.look_closer(items, on_update=on_update)
    for best, *others in alike:
        names = ", ".join(printable(item.relative) for item in others)
        session.say(f"Looks almost the same as {printable(best.relative)}: {names}")
    return [damaged.get(item.path, item) for item in items]


def _name_of(paths: Sequence[Path]) -> str:
    first = paths[0].absolute()
    name = printable(first.name or str(first))
    return name if len(paths) == 1 else f"{name} and {len(paths) - 1} more"


def _again(session: Session, job: Job) -> str:
    account = "" if session.account.is_this_computer else f" --account {session.account.account_id}"
    return f"batchdock watch {job.job_id}{account}"
