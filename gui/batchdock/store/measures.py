"""The journal's pages about what jobs took."""

from collections.abc import Iterable
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.costs import Measure
from batchdock.store.database import Database

_COLUMNS = (
    "account_id, job_id, workflow_id, content, machine, fps, variant, items, tasks, at_once, started, ended, "
    "machine_seconds, startup, credits, trial"
)
_PUT = f"INSERT OR REPLACE INTO measures ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"  # noqa: S608 - constants


class Measures:
    """Reads and writes what jobs took."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, measures: Iterable[Measure]) -> None:
        """Write measures; the same run again replaces what was known of it."""
        rows = [
            (
                each.account_id,
                each.job_id,
                each.workflow_id,
                each.content.value,
                each.machine,
                each.fps,
                each.variant,
                each.items,
                each.tasks,
                each.at_once,
                each.started,
                each.ended,
                each.machine_seconds,
                each.startup,
                each.credits,
                each.trial,
            )
            for each in measures
        ]
        with self._database.writing() as connection:
            connection.executemany(_PUT, rows)

    def alike(self, account_id: str, workflow_id: str, content: Content, machine: str, most: int) -> list[Measure]:
        """Return what jobs of this kind took that tell how long items take, the latest first, at most so many."""
        where = "account_id = ? AND workflow_id = ? AND content = ? AND machine = ? AND items > 0"
        return self._read(f"{where} ORDER BY ended DESC LIMIT ?", account_id, workflow_id, content.value, machine, most)

    def since(self, moment: float) -> list[Measure]:
        """Return what ended at `moment` (seconds since 1970) or later, the earliest first."""
        return self._read("ended >= ? ORDER BY ended", moment)

    def runs(self, account_id: str, job_id: str) -> list[Measure]:
        """Return every run of one job, the earliest first."""
        return self._read("account_id = ? AND job_id = ? ORDER BY started", account_id, job_id)

    def keys(self) -> set[tuple[str, str]]:
        """Return the account and job of everything that was measured."""
        with self._database.reading() as connection:
            return set(connection.execute("SELECT DISTINCT account_id, job_id FROM measures").fetchall())

    def _read(self, where: str, *values: object) -> list[Measure]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM measures WHERE {where}", values).fetchall()  # noqa: S608
        return [_measure(row) for row in rows]


def _measure(row: tuple[Any, ...]) -> Measure:
    account_id, job_id, workflow_id, content, machine, fps, variant, items, tasks, at_once, *rest = row
    started, ended, machine_seconds, startup, credits, trial = rest
    return Measure(
        account_id=account_id,
        job_id=job_id,
        workflow_id=workflow_id,
        content=Content(content),
        machine=machine,
        fps=fps,
        variant=variant,
        items=items,
        tasks=tasks,
        at_once=at_once,
        started=started,
        ended=ended,
        machine_seconds=machine_seconds,
        startup=startup,
        credits=credits,
        trial=bool(trial),
    )
