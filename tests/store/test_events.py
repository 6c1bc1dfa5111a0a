"""The journal's pages about events: found by time and kind in pieces, known again, written and read as they were."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdock.core.facts import MASKED, Fact
from batchdock.store import Journal
from batchdock.store.events import Arrival, EventRecords
from batchdock.store.facts_text import read_facts, written_facts

JOB = ("cloud", "iva/1")
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[EventRecords]:
    journal = Journal(tmp_path)
    yield journal.events
    journal.close()


def arrival(
    number: int, *, key: tuple[str, str] = JOB, kind: str = "", mark: bytes = b"", pictures: int = 1
) -> Arrival:
    at = BEGIN + timedelta(seconds=number)
    facts = (Fact("number", number),)
    return Arrival(key, at, at, kind, facts, (".jpg",) * pictures, 1000 * pictures, mark or str(number).encode())


def test_twenty_thousand_are_counted_and_paged_without_reading_them_all(records: EventRecords) -> None:
    for begin in range(0, 20_000, 1_000):
        records.add([arrival(number, kind="ab"[number % 2]) for number in range(begin, begin + 1_000)], DAY)
    records.add([arrival(5, key=("cloud", "iva/2"))], DAY)
    tracemalloc.start()
    [first, second] = sorted(records.spans(), key=lambda span: span.key)
    assert (first.events, first.pictures, first.first) == (20_000, 20_000, BEGIN)
    assert (second.events, second.last) == (1, BEGIN + timedelta(seconds=5))
    assert records.kinds(JOB) == {"a": 10_000, "b": 10_000}
    assert records.histogram(JOB, BEGIN, BEGIN + timedelta(seconds=20_000), 4, None) == [5_000] * 4
    assert records.histogram(JOB, BEGIN, BEGIN + timedelta(seconds=10), 5, {"a"}) == [1] * 5
    assert records.size() == 20_001_000
    listed = [number for rows in records.index(JOB) for number, _ in rows]
    assert listed == list(range(20_000, 0, -1))
    assert tracemalloc.get_traced_memory()[1] < 16_000_000
    tracemalloc.stop()
    page = records.page(JOB, None, None, {"a"}, 3, None)
    assert [row.facts[0].value for row in page] == [19_998, 19_996, 19_994]
    page = records.page(JOB, None, None, {"a"}, 3, (page[-1].at, page[-1].number))
    assert [row.facts[0].value for row in page] == [19_992, 19_990, 19_988]
    assert [number for rows in records.index(JOB, above=19_999) for number, _ in rows] == [20_000]


def test_the_same_mark_is_the_same_event_for_a_day_and_a_job(records: EventRecords) -> None:
    first, again, other = records.add(
        [arrival(1, mark=b"m"), arrival(2, mark=b"m"), arrival(2, key=("a", "b"), mark=b"m")], DAY
    )
    assert first is not None
    assert other is not None
    assert again is None
    assert first.pictures == ("00000001-1.jpg",)
    [later] = records.add([arrival(2 + 86_400, mark=b"m")], DAY)
    assert later is not None
    records.forget([later.number])
    [new] = records.add([arrival(4 + 86_400, mark=b"m")], DAY)
    assert new is not None
    assert new.number > later.number
    records.lose_pictures([(new.number, [], 0)])
    assert [row.pictures for row in records.some([new.number])] == [()]
    records.forget_job(JOB)
    assert [span.key for span in records.spans()] == [("a", "b")]


def test_what_came_first_goes_first(records: EventRecords) -> None:
    records.add([arrival(number, pictures=number) for number in (3, 1, 2)], DAY)
    assert [size for _, size in records.oldest(2)] == [1000, 2000]
    assert [size for _, size in records.oldest(9, BEGIN + timedelta(seconds=2))] == [1000]


def test_a_catch_is_kept_by_its_hash_and_replaced(records: EventRecords) -> None:
    records.catch(JOB, b"1" * 32, BEGIN)
    records.catch(JOB, b"2" * 32, BEGIN + DAY)
    assert records.catches() == {JOB: (b"2" * 32, BEGIN + DAY)}
    records.release(JOB)
    assert records.catches() == {}


def test_facts_are_read_as_they_were_and_no_secret_is_written() -> None:
    facts = (
        Fact("a", below=(Fact("b", 1.5), Fact("c", True), Fact("d", None))),
        Fact("time", BEGIN),
        Fact("token", MASKED, masked=True),
        Fact("list", "[1, 2]"),
    )
    assert read_facts(written_facts(facts)) == facts
    assert "s3cret" not in written_facts([Fact("token", "s3cret", masked=True)])


@pytest.mark.parametrize("text", ["", "7", "{}", "[[]]", '[["a"]]', "[[1,2,3]]", "[" * 100_000])
def test_damaged_facts_are_none(text: str) -> None:
    assert all(isinstance(fact, Fact) for fact in read_facts(text))
    assert json.loads(written_facts(read_facts(text))) in ([], [["1", 2]])
