"""The command that watches a folder in the foreground, as on a server."""

from pathlib import Path
from typing import Annotated

import typer

from batchdock.cli.job_options import Given
from batchdock.cli.options import Home
from batchdock.cli.outcome import outcome_of, say_outcome
from batchdock.cli.session import DONE, Options, Session, carry_out
from batchdock.core.errors import StorageProblem
from batchdock.core.job import Job, JobOptions
from batchdock.core.order import TABLE
from batchdock.core.watched import SETTLED_SECONDS, Gathering, Patterns

Several = list[str] | None


def watch_folder(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder, with all below it.")],
    workflow: Annotated[str, typer.Option("--workflow", metavar="ID", help="The workflow to run.")],
    save_to: Annotated[Path, typer.Option("--save-to", metavar="DIR", help="Each batch: a new folder in here.")],
    given: Given,
    include: Annotated[
        Several, typer.Option("--include", metavar="PATTERN", help="Only such files, as *.jpg; may be repeated.")
    ] = None,
    exclude: Annotated[
        Several, typer.Option("--exclude", metavar="PATTERN", help="No such files; may be repeated.")
    ] = None,
    every: Annotated[float, typer.Option("--every", min=0, help="Minutes until a batch is made of what is there.")] = (
        Gathering().seconds / 60
    ),
    count: Annotated[int, typer.Option("--at", min=1, help="Files of a full batch; it is made earlier then.")] = (
        Gathering().count
    ),
    settled: Annotated[
        float, typer.Option("--settled", min=0.1, help="Seconds for which a finished file has not changed.")
    ] = SETTLED_SECONDS,
    home: Home = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="A connected account; default: this computer.")
    ] = None,
) -> None:
    """Run a workflow over every file that is finished in a folder, until Ctrl-C.

    No file is processed twice, also after a restart: what was processed is written down. Only at accounts that cost
    nothing. Hidden files and those that a program is still writing are passed over.
    """

    async def wanted(session: Session) -> int:
        async def to_its_end(jobs: tuple[Job, ...]) -> None:
            for job in jobs:
                # Killed after saving: the results are there already.
                done = session.desk.watching.is_saved(job.key)
                outcome = await outcome_of(session, job, None if done else save_to)
                if isinstance(outcome.error, StorageProblem):
                    raise outcome.error  # The batch is not done: the next run saves it.
                say_outcome(session, outcome)

        session.later.append("What was gathered is kept; the same command goes on with it.")
        await session.desk.watching.watch(
            folder,
            session.account.account_id,
            workflow,
            JobOptions(**{"keep_images": True, "table_format": TABLE, **given}),
            to_its_end,
            patterns=Patterns(tuple(include or ()), tuple(exclude or ())),
            gathering=Gathering(every * 60, count),
            settled_seconds=settled,
        )
        return DONE

    raise typer.Exit(carry_out(Options(home, account, None, as_json=False), wanted))
