"""Savings in the journal: found again by whoever wants the same, forgotten when they have ended."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from batchdock.store import Journal, Saving

ONE = Saving(
    transfer_id="t-1",
    account_id="a",
    batch_ids=("b-1", "b-2"),
    parts=None,
    name="Lot \udce9",
    place=Path("/out/\udce9"),
    growing=Path("/out/\udce9/.batchdock-t-1"),
    started=datetime(2026, 10, 1, tzinfo=UTC),
)
OTHER = replace(ONE, transfer_id="t-2", parts=("p",))


def test_what_is_begun_is_found_again_and_forgotten_at_its_end(home: Path) -> None:
    home.mkdir()
    journal = Journal(home)
    for each in (ONE, OTHER):
        journal.savings.begin(each)
    journal.close()
    journal = Journal(home)
    assert journal.savings.unfinished() == [ONE, OTHER]
    assert journal.savings.unfinished_like("a", ["b-1", "b-2"], None, ONE.place, "") == [ONE]
    assert journal.savings.unfinished_like("a", ["b-1", "b-2"], ["p"], ONE.place, ONE.name) == [OTHER]
    assert journal.savings.unfinished_like("a", ["b-1", "b-2"], None, ONE.place, "Another") == []
    assert journal.savings.unfinished_like("a", ["b-1"], None, ONE.place, "") == []
    journal.savings.stop("t-2")
    journal.savings.end("t-1")
    assert journal.savings.unfinished() == [replace(OTHER, stopped=True)]
    journal.close()
