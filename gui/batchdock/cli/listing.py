"""The commands that only look: jobs and batches."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from batchdock.cli.bars import job_word
from batchdock.cli.session import DONE, Session, one_line, put_json
from batchdock.cli.shapes import batch_shape, job_shape
from batchdock.core.job import Job


async def jobs(session: Session) -> int:
    """List the jobs of the account."""
    await session.desk.jobs.look(session.account.account_id)
    found = [job for job in session.desk.jobs.all() if job.account_id == session.account.account_id]
    if session.as_json:
        put_json({"ok": True, "jobs": [job_shape(job) for job in found]})
        return DONE
    rows = [
        (job.job_id, job.name, job_word(job.state), _done(job), f"{job.created:%Y-%m-%d %H:%M}" if job.created else "")
        for job in found
    ]
    print_table(("Job", "Name", "State", "Done", "Created (UTC)"), rows)
    return DONE


async def batches(session: Session) -> int:
    """List the batches of the account."""
    found = await session.desk.batches.all(session.account.account_id)
    if session.as_json:
        put_json({"ok": True, "batches": [batch_shape(batch) for batch in found]})
        return DONE
    rows = [
        (batch.batch_id, batch.name, batch.content.value, f"{batch.expires:%Y-%m-%d}" if batch.expires else "")
        for batch in found
    ]
    print_table(("Batch", "Name", "Content", "Expires"), rows)
    return DONE


def _done(job: Job) -> str:
    if job.items_done is not None and job.items_total is not None:
        return f"{job.items_done:,} of {job.items_total:,}"
    return f"{job.progress:.0%}" if job.progress is not None else ""


def print_lines(lines: Iterable[str]) -> None:
    """Write what was asked for to stdout, one a line."""
    console = Console()
    for line in lines:
        console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)


def print_table(heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Write a table to stdout."""
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    Console().print(table)
