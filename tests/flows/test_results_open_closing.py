"""Questions that nobody waits for any more, and results that are closed while they are asked."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.errors import ResultsUnreadable
from batchdock.core.finding import Filter
from batchdock.flows.results.opening.asking import Asking
from batchdock.store.findings.asking import BrokenIndex, Tables
from making.desks import until
from making.opened import Rows, opened

ENDLESS = "select count(*) from range(10000000000) a, range(1000) b where (a.range * b.range) % 7 = 3"
"""Minutes, if nobody gives it up."""


def _index(tmp_path: Path) -> Tables:
    rows = Rows()
    rows.picture("0.jpg", (0, 0.5))
    return Tables(rows.write(tmp_path / "made.duckdb", tmp_path), tmp_path / "spilled")


def test_who_is_cancelled_has_the_question_given_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        asking = Asking(_index(tmp_path), tmp_path)
        begun = threading.Event()

        def endless(cursor: Any) -> object:
            begun.set()
            return cursor.execute(ENDLESS).fetchall()

        task = asyncio.create_task(asking.ask(endless))
        await until(begun.is_set)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The next one has the tables for itself.
        assert await asking.ask(lambda cursor: cursor.execute("select count(*) from pictures").fetchall()) == [(1,)]
        await asking.close()

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_closing_gives_up_what_is_asked_and_answers_nothing_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        asking = Asking(_index(tmp_path), tmp_path)
        begun = threading.Event()

        def endless(cursor: Any) -> object:
            begun.set()
            return cursor.execute(ENDLESS).fetchall()

        task = asyncio.create_task(asking.ask(endless))
        await until(begun.is_set)
        await asking.close()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(asyncio.CancelledError):
            await asking.ask(lambda cursor: None)
        await asking.close()

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_many_ask_at_once(tmp_path: Path) -> None:
    rows = Rows()
    for number in range(50):
        rows.picture(f"{number}.jpg", (number % 3, number / 50))

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            filters = [Filter(least=number / 50) for number in range(40)]
            selections = await asyncio.gather(*map(results.select, filters))
            assert [each.findings for each in selections] == [50 - number for number in range(40)]

    asyncio.run(scenario())


def test_tables_reach_nothing_but_themselves(tmp_path: Path) -> None:
    async def scenario() -> None:
        asking = Asking(_index(tmp_path), tmp_path)
        (tmp_path / "other.csv").write_text("a\n1\n", encoding="utf-8")
        for query in (f"from read_csv('{tmp_path}/other.csv')", "delete from pictures", "create table t (a integer)"):
            with pytest.raises(ResultsUnreadable):
                await asking.ask(lambda cursor, query=query: cursor.execute(query).fetchall())  # type: ignore[misc]
        await asking.close()

    asyncio.run(scenario())


def test_long_questions_draw_nothing_on_the_command_line(tmp_path: Path) -> None:
    _index(tmp_path).close()
    asked = "select current_setting('enable_progress_bar')"
    # DuckDB takes a process without a script, as those that read are, for one that somebody types into.
    code = (
        "from pathlib import Path; from batchdock.store.findings.asking import Question, Tables; "
        f"tables = Tables(Path({str(tmp_path / 'made.duckdb')!r}), Path({str(tmp_path)!r})); "
        f"print(tables.ask(Question(lambda cursor: cursor.execute({asked!r}).fetchall()))); tables.close()"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[(False,)]"


@pytest.mark.parametrize("content", [b"", b"no tables", b"\0" * 100_000])
def test_what_is_no_index_is_told_as_such(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.duckdb").write_bytes(content)
    with pytest.raises(BrokenIndex):
        Tables(tmp_path / "broken.duckdb", tmp_path / "spilled")
