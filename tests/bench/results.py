"""What opened results cost: filters, class counts, a screenful, charts, without a window.

    python tests/bench/results.py [pictures, else 100000] [findings each, else 5] [--read]

The tables are made directly; with `--read` a folder of results (JSON lines) is made and read first, through the desk.
Printed are the fastest and the slowest of several times in milliseconds, and the memory this process has come to.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb

from batchdock.core.finding import Filter, Share, SortBy
from batchdock.flows.results.opening import Opened
from batchdock.flows.results.opening.asking import Asking
from batchdock.flows.results.opening.originals import Originals
from batchdock.flows.results.opening.selecting import Selecting
from batchdock.store import Journal, Settings
from batchdock.store.findings import SCHEMA
from batchdock.store.findings.arranging import arrange
from batchdock.store.findings.asking import Question, Tables
from batchdock.store.findings.seeing import read_known
from making.desks import desk_at
from making.results import results_folder

TIMES = 7
CLASSES = 20


def make_index(path: Path, pictures: int, each: int) -> None:
    """Make tables as reading leaves them: 20 classes of which few are common, some texts, some without confidence."""
    with duckdb.connect(str(path), config={"threads": "2", "memory_limit": "1GB"}) as connection:
        connection.execute(SCHEMA)
        connection.execute("select setseed(0.3)")
        connection.execute(
            "insert into findings select i, i // ?, 0, 'box', (random() * random() * ?)::integer, "
            "case when random() < 0.02 then null else random() end, random() * 600, random() * 400, 40, 40, "
            "case when random() < 0.05 then 'Lot ' || i else '' end, '', null from range(?) t(i)",
            [each, CLASSES, pictures * each],
        )
        connection.execute(
            "insert into pictures select i, printf('card %d/sub/IMG_%d.jpg', i // 1000, (i * 7919) % ?), "
            "printf('card %d/sub', i // 1000), null, null, 640, 480, coalesce(n, 0), best, "
            "case when i % 500 = 0 then 'It ends in the middle.' else '' end, '', null, null, null from range(?) t(i) "
            "left join (select picture, count(*) as n, max(confidence) as best from findings group by picture) "
            "on picture = i order by i",
            [pictures, pictures],
        )
        connection.execute(
            "insert into labels select label, 'class ' || label, count(*) from findings group by label order by label"
        )
        connection.execute("insert into outputs values (0, 'predictions')")
        arrange(connection)


def make_folder(folder: Path, pictures: int, each: int) -> None:
    """Make a folder of results as saving leaves it, without the pictures."""
    results_folder(folder, pictures=pictures, each=each)


def apart(make: Callable[[Path, int, int], None], place: Path, pictures: int, each: int) -> None:
    """Do it in a process of its own, so that its memory is not counted here."""
    process = multiprocessing.get_context("spawn").Process(target=make, args=(place, pictures, each))
    process.start()
    process.join()


async def measured(name: str, ask: Callable[[int], Awaitable[object]], times: int = TIMES) -> None:
    """Print how long it takes, each time with another wish."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        await ask(number)
        took.append(1000 * (time.perf_counter() - began))
    print(f"{name:44} {min(took):8.1f} {max(took):8.1f} ms   {_memory():5.0f} MB")


async def ask_everything(opened: Opened) -> None:
    """Ask what the page asks, with other numbers each time so that nothing is remembered."""
    print(f"{opened.pictures:,} pictures, {opened.findings:,} findings")
    count = opened.pictures
    some = [number * (count // 60) for number in range(60)]
    await measured("first look at all of it", lambda n: opened.select(Filter()), 1)
    await measured("the slider moves", lambda n: opened.select(Filter(least=0.2 + n / 100)))
    await measured("a class less", lambda n: opened.select(Filter(labels=frozenset(range(1, 10 + n)))))
    await measured("chips, one after the other", lambda n: opened.select(Filter(share=list(Share)[n % 5])))
    await measured(
        "chip, class, slider, search at once",
        lambda n: opened.select(
            Filter(Share.UNSURE, labels=frozenset(range(9)), least=0.3 + n / 100, search=f"mg_{n}"), SortBy.BEST
        ),
    )
    await measured("search", lambda n: opened.select(Filter(search=f"lot {n}")))
    await measured("sort by findings", lambda n: opened.select(Filter(), SortBy.FINDINGS, descending=n % 2 == 0))
    await measured("60 pictures beside each other", lambda n: opened.seen(range(n * 60, n * 60 + 60), Filter()))
    await measured("60 pictures from everywhere", lambda n: opened.seen([x + n for x in some], Filter(least=0.3)))
    await measured("confidences", lambda n: opened.confidences(Filter(least=n / 100)))
    await measured("per folder", lambda n: opened.per_folder(Filter(least=n / 100)))
    await measured("frames of a name", lambda n: opened.frames("card 0/sub/IMG_0.jpg", Filter(least=n / 100)))
    selection = await opened.select(Filter(), SortBy.FINDINGS)

    async def walk(number: int) -> None:
        seen = 0
        async with contextlib.aclosing(opened.walk(selection)) as steps:  # type: ignore[type-var]
            async for some in steps:
                seen += len(some)
                if seen >= 20_000:
                    break

    await measured("walk over 20,000, the fullest last", walk, 1)


async def main() -> None:
    """Make, open, ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pictures", type=int, nargs="?", default=100_000)
    parser.add_argument("each", type=int, nargs="?", default=5)
    parser.add_argument("--read", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if wanted.read:
            await read_first(Path(scratch), wanted.pictures, wanted.each)
        else:
            await ask_made(Path(scratch), wanted.pictures, wanted.each)


async def ask_made(scratch: Path, pictures: int, each: int) -> None:
    """Ask tables that were made directly."""
    index = scratch / "made.duckdb"
    await asyncio.to_thread(apart, make_index, index, pictures, each)
    print(f"made: {index.stat().st_size / 1e6:,.0f} MB; {_memory():.0f} MB of memory before it is opened")
    began = time.perf_counter()
    tables = Tables(index, scratch / "scratch")
    known = tables.ask(Question(read_known))
    selecting = tables.ask(Question(Selecting.begin))
    print(f"open: {1000 * (time.perf_counter() - began):.0f} ms")
    journal = Journal(scratch)

    async def never(paths: object) -> list[datetime | None]:
        return []

    async def nothing(name: str) -> None:
        return None

    opened = Opened(
        name="bench",
        folder=scratch,
        job=None,
        known=known,
        asking=Asking(tables, scratch),
        selecting=selecting,
        originals=Originals(journal, Settings(scratch), "bench", scratch, ()),
        taken=never,
        fetch=nothing,
        on_close=lambda opened: None,
    )
    try:
        await ask_everything(opened)
    finally:
        await opened.close()
        journal.close()


async def read_first(scratch: Path, pictures: int, each: int) -> None:
    """Ask what was read from a folder."""
    folder = scratch / "results"
    await asyncio.to_thread(apart, make_folder, folder, pictures, each)
    async with desk_at(scratch / "home", active=False) as (desk, _):
        for what in ("read and open", "open again"):
            began = time.perf_counter()
            opened = await desk.results.open_folder(folder, lambda done, total: None)
            print(f"{what}: {time.perf_counter() - began:.2f} s, {_memory():.0f} MB")
            if what == "open again":
                await ask_everything(opened)
            await opened.close()


def _memory() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(main())
