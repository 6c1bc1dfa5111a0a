"""The command that watches a folder in the foreground, as on a server."""

from collections.abc import Iterable
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
from batchdock.core.watched import SETTLED_SECONDS, Gathering, Patterns, WatchState
from batchdock.flows.watching import Oversight, WatchWish

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
    monthly_credits: Annotated[
        float | None,
        typer.Option(
            "--monthly-credits", min=0, help="What it may use in a month; needed where the account costs money."
        ),
    ] = None,
    home: Home = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="A connected account; default: this computer.")
    ] = None,
) -> None:
    """Run a workflow over every file that is finished in a folder, until Ctrl-C.

    No file is processed twice, also after a restart: what was processed is written down. Hidden files and those that a
    program is still writing are passed over.
    """

    async def wanted(session: Session) -> int:
        session.later.append("What was gathered is kept; the same command goes on with it.")
        session.desk.costs.open()
        wish = WatchWish(
            path=folder,
            task=f"{session.account.account_id} {workflow}",
            name=folder.resolve().name or str(folder),
            account_id=session.account.account_id,
            workflow_id=workflow,
            options=JobOptions(**{"keep_images": True, "table_format": TABLE, **given}),
            patterns=Patterns(tuple(include or ()), tuple(exclude or ())),
            gathering=Gathering(every * 60, count),
            settled_seconds=settled,
            monthly_credits=monthly_credits,
            results=save_to,
        )
        await session.desk.watching.watch(wish, _InForeground(session, save_to))
        return DONE

    raise typer.Exit(carry_out(Options(home, account, None, as_json=False), wanted))


class _InForeground(Oversight):
    """Saves what each batch has made, and says how it went."""

    def __init__(self, session: Session, save_to: Path) -> None:
        self._session, self._save_to = session, save_to
        self._said = ""

    async def see_to_its_end(self, jobs: tuple[Job, ...]) -> None:
        session = self._session
        for job in jobs:
            # Killed after saving: the results are there already.
            done = session.desk.watching.is_saved(job.key)
            outcome = await outcome_of(session, job, None if done else self._save_to)
            if isinstance(outcome.error, StorageProblem):
                raise outcome.error  # The batch is not done: the next run saves it.
            say_outcome(session, outcome)

    def jobs(self, mark: str) -> Iterable[tuple[str, str]]:
        return [job.key for job in self._session.desk.jobs.all() if job.job_id.startswith(f"{mark}-")]

    def show(self, state: WatchState) -> None:
        said = state.trouble.sentence() if state.trouble is not None else ""
        if said and said != self._said:
            self._session.say(said)
        self._said = said
