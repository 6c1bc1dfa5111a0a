"""What counts as a finished file of a watched folder, and what is one that was processed before."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.errors import FolderAway, WatchedElsewhere, WatchingCostsMoney
from batchdock.core.errors.watching import ResultsInWatchedFolder
from batchdock.core.intake import Finding, Item
from batchdock.core.job import JobOptions
from batchdock.core.watched import Patterns, WatchedFolder
from batchdock.flows.desk import Desk
from batchdock.flows.watching import Oversight, WatchWish
from batchdock.flows.watching.finished import Looker
from batchdock.flows.watching.missing import Missing, sorted_out
from batchdock.store import Journal
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, order, reviewed, until
from making.media import picture

_moments = count(1)


def put(path: Path, data: bytes) -> None:
    """Write a file at a moment of its own: clocks of disks are coarser than this test is quick."""
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000 + next(_moments)))


class Watched:
    """A folder that is looked at; a file counts as soon as it is met."""

    def __init__(self, path: Path, journal: Journal, patterns: Patterns = Patterns()) -> None:  # noqa: B008 - frozen
        self.path, self.records = path, journal.watched
        self.folder: WatchedFolder = self.records.folder(path, "read-codes")
        self.looker = Looker(self.folder, self.records, patterns, settled_seconds=0.0)

    def taken(self) -> tuple[str, ...]:
        """Look, and return what goes into the next batch."""
        self.looker.look()
        batch = self.records.claim(self.folder, 100)
        if batch is None:
            return ()
        self.records.finish(batch)
        return batch.paths


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:
    with closing(Journal(home)) as opened:
        yield opened


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


def test_a_file_counts_when_it_stops_growing(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    put(drop / "a.jpg", b"")
    assert watched.taken() == ()  # Nothing is in it yet.
    slow = Looker(watched.folder, journal.watched, Patterns(), settled_seconds=60)
    put(drop / "a.jpg", b"begun")
    assert (slow.look(), slow.look()) == (1, 1)
    assert watched.taken() == ("a.jpg",)
    assert watched.taken() == ()


def test_a_renamed_file_is_not_processed_again(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    put(drop / "a.jpg", b"one")
    assert watched.taken() == ("a.jpg",)
    (drop / "a.jpg").rename(drop / "b.jpg")
    assert watched.taken() == ()
    (drop / "b.jpg").unlink()
    put(drop / "c.jpg", b"one")  # Moved by way of another disk: nothing but its content is the same.
    assert watched.taken() == ()


def test_a_file_that_comes_back_counts_with_other_bytes_only(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    put(drop / "a.jpg", b"one")
    assert watched.taken() == ("a.jpg",)
    (drop / "a.jpg").unlink()
    assert watched.taken() == ()
    put(drop / "a.jpg", b"one")
    assert watched.taken() == ()
    put(drop / "a.jpg", b"two")
    assert watched.taken() == ("a.jpg",)
    put(drop / "a.jpg", b"one")
    assert watched.taken() == ()


def test_a_renamed_file_is_known_also_where_another_one_has_its_name_now(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    for number, data in enumerate((b"one", b"two", b"other")):
        put(drop / "latest.jpg", data)
        assert watched.taken() == ("latest.jpg",)
        (drop / "latest.jpg").rename(drop / f"{number}.jpg")
    put(drop / "latest.jpg", b"two")  # It came back under its first name, and with it there it is a copy.
    assert watched.taken() == ()


def test_a_copy_is_a_file_of_its_own(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    put(drop / "a.jpg", b"one")
    assert watched.taken() == ("a.jpg",)
    put(drop / "b.jpg", b"one")
    assert watched.taken() == ("b.jpg",)


def test_patterns_whatever_the_case_and_never_what_is_hidden_or_partial(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal, Patterns(("*.JPG", "in/*.png"), ("*-preview.*",)))
    (drop / "in").mkdir()
    names = ("a.jpg", "b.JPG", "c.png", "in/d.PNG", "e-Preview.jpg", ".f.jpg", "~g.jpg", "h.jpg.part", "i.txt")
    for name in names:
        (drop / name).write_text(name)
    assert set(watched.taken()) == {"a.jpg", "b.JPG", "in/d.PNG"}
    assert Patterns().fit("x.jpg")
    assert not any(Patterns().fit(name) for name in (".f.jpg", "~g.jpg", "h.jpg.part", "j.CRDOWNLOAD"))


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_loop_of_links_is_walked_once(drop: Path, journal: Journal) -> None:
    (drop / "in").mkdir()
    (drop / "in" / "loop").symlink_to(drop, target_is_directory=True)
    put(drop / "in" / "a.jpg", b"one")
    assert Watched(drop, journal).taken() == ("in/a.jpg",)


def test_a_folder_that_was_away_comes_back(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    put(drop / "a.jpg", b"one")
    assert watched.taken() == ("a.jpg",)
    drop.rename(drop.with_name("away"))
    with pytest.raises(FolderAway):
        watched.looker.look()
    drop.with_name("away").rename(drop)
    put(drop / "b.jpg", b"two")
    assert watched.taken() == ("b.jpg",)


def test_a_claimed_batch_is_known_after_a_kill_until_it_is_done(drop: Path, home: Path) -> None:
    with closing(Journal(home)) as journal:
        watched = Watched(drop, journal)
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            (drop / name).write_text(name)
        watched.looker.look()
        assert journal.watched.waiting(watched.folder)[0] == 3
        first = journal.watched.claim(watched.folder, 2)
    with closing(Journal(home)) as journal:
        again = Watched(drop, journal)
        assert journal.watched.claimed(again.folder) == [first]
        assert first is not None
        assert first.mark == f"{again.folder.mark}-1"
        journal.watched.finish(first)
        assert journal.watched.claimed(again.folder) == []
        assert again.taken() == ("c.jpg",)


def test_an_account_that_costs_money_is_refused_without_a_limit(home: Path, drop: Path) -> None:
    async def refused(desk: Desk, account_id: str) -> None:
        wish = WatchWish(
            path=drop, task="any", name="any", account_id=account_id, workflow_id="any", options=JobOptions()
        )
        for credits in (None, 0.0, float("nan")):
            with pytest.raises(WatchingCostsMoney):
                await desk.watching.watch(replace(wish, monthly_credits=credits), Oversight())

    async def scenario() -> None:
        with RoboflowCloud() as cloud:
            async with desk_at(home) as (desk, _):
                account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
                await refused(desk, account.account_id)

    asyncio.run(scenario())


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_results_that_would_be_taken_in_are_refused(home: Path, drop: Path) -> None:
    drop.with_name("link").symlink_to(drop, target_is_directory=True)
    wish = WatchWish(
        path=drop, task="any", name="any", account_id="this-computer", workflow_id="any", options=JobOptions()
    )

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            for results in (drop, drop / "not yet", drop.with_name("link") / "out"):
                with pytest.raises(ResultsInWatchedFolder):
                    await desk.watching.watch(replace(wish, results=results), Oversight())

    asyncio.run(scenario())


def test_an_order_with_a_mark_is_one_order_also_for_the_next_run(home: Path, drop: Path) -> None:
    picture(drop / "a.jpg", seed=1, size=(16, 16))

    async def ordered() -> tuple[str, ...]:
        async with desk_at(home) as (desk, _):
            wanted = order(await reviewed(desk, drop), account_id="this-computer", workflow_id="read-codes")
            return tuple(job.job_id for job in await desk.jobs.start(replace(wanted, mark="w-0123abcd-7")))

    assert asyncio.run(ordered()) == asyncio.run(ordered()) == ("w-0123abcd-7i",)
    with closing(Journal(home)) as journal:
        assert len(journal.jobs.all()) == 1


def test_what_a_batch_missed_waits_again_under_the_name_it_has_now(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    put(drop / "a.jpg", b"one")
    watched.looker.look()
    batch = journal.watched.claim(watched.folder, 10)
    assert batch is not None
    (drop / "a.jpg").rename(drop / "b.jpg")
    watched.looker.look()
    journal.watched.finish(batch, journal.watched.files_of(batch))
    assert watched.taken() == ("b.jpg",)
    assert watched.taken() == ()


def test_two_that_had_one_name_after_the_other_are_two(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    put(drop / "latest.jpg", b"one")
    watched.looker.look()
    (drop / "latest.jpg").rename(drop / "1.jpg")
    put(drop / "latest.jpg", b"two")
    watched.looker.look()
    batch = journal.watched.claim(watched.folder, 10)
    assert batch is not None
    assert batch.paths == ("latest.jpg",)
    one, two = sorted(journal.watched.files_of(batch), key=lambda each: each.stamp.modified)
    found = [Item(drop / "latest.jpg", "latest.jpg", 3, 0.0, Content.UNKNOWN, Finding.NOT_A_PICTURE)]
    met = sorted_out(journal, batch, found)
    assert met.refused == {drop / "latest.jpg"}
    missed = Missing(journal).of(batch, met.refused, (), {})
    assert one in missed.files
    journal.watched.finish(batch, [one])
    assert watched.taken() == ("1.jpg",)
    assert two.path == "latest.jpg"


def test_what_came_back_while_its_batch_was_sent_waits_again_and_what_can_not_be_sent_does_not(
    drop: Path, home: Path
) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            watched = Watched(drop, desk.watching._journal)
            for name in ("back.jpg", "no picture.jpg", "gone.jpg"):
                put(drop / name, name.encode())
            watched.looker.look()
            batch = watched.records.claim(watched.folder, 10)
            assert batch is not None
            (drop / "gone.jpg").unlink()
            (drop / "back.jpg").unlink()
            (drop / "back.jpg").write_bytes(b"other bytes of it")
            refused = {drop / "back.jpg", drop / "no picture.jpg"}
            missed = Missing(desk.watching._journal).of(batch, refused, (), {})
            assert sorted(each.path for each in missed.files) == ["back.jpg", "gone.jpg"]

    asyncio.run(scenario())


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_a_name_that_is_no_utf_8_is_a_file_like_others(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    name = os.fsdecode(b"caf\xe9.jpg")
    put(drop / name, b"one")
    put(drop / "in\nlines.jpg", b"two")
    assert set(watched.taken()) == {name, "in\nlines.jpg"}
    (drop / name).rename(drop / os.fsdecode(b"caf\xe8.jpg"))
    assert watched.taken() == ()


def test_another_disk_at_the_same_place_has_files_of_its_own(drop: Path, journal: Journal) -> None:
    watched = Watched(drop, journal)
    for name in ("a.jpg", "b.jpg"):
        put(drop / name, name.encode())
    assert watched.taken() == ("a.jpg", "b.jpg")
    drop.rename(drop.with_name("first disk"))
    drop.mkdir()
    put(drop / "a.jpg", b"a.jpg")  # The same file on both.
    put(drop / "b.jpg", b"others")
    assert watched.taken() == ("b.jpg",)
    drop.rename(drop.with_name("second disk"))
    drop.mkdir()  # What is left of a drive that was unplugged.
    assert watched.taken() == ()
    drop.rmdir()
    drop.with_name("first disk").rename(drop)
    assert watched.taken() == ()


def test_two_that_do_different_things_with_a_folder_each_get_all_of_it(drop: Path, journal: Journal) -> None:
    (drop / "in").mkdir()
    put(drop / "in" / "a.jpg", b"one")
    first, inner = Watched(drop, journal), Watched(drop / "in", journal)
    other = Watched(drop, journal)
    other.folder = journal.watched.folder(drop, "something else")
    other.looker = Looker(other.folder, journal.watched, Patterns(), settled_seconds=0.0)
    assert [each.taken() for each in (first, other, inner)] == [("in/a.jpg",), ("in/a.jpg",), ("a.jpg",)]
    assert [each.taken() for each in (first, other, inner)] == [(), (), ()]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_counts_as_the_file_it_leads_to_and_a_broken_one_not_at_all(drop: Path, journal: Journal) -> None:
    put(drop.with_name("far.jpg"), b"one")
    (drop / "link.jpg").symlink_to(drop.with_name("far.jpg"))
    (drop / "broken.jpg").symlink_to(drop / "nothing.jpg")
    (drop / "self.jpg").symlink_to(drop / "self.jpg")
    assert Watched(drop, journal).taken() == ("link.jpg",)


def test_two_thousand_known_files_are_told_without_reading_one(
    drop: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(drop, journal)
    for number in range(2_000):
        (drop / f"{number}.jpg").write_bytes(b"%d" % number)
    watched.looker.look()
    batch = journal.watched.claim(watched.folder, 5_000)
    assert batch is not None
    assert len(batch.paths) == 2_000
    journal.watched.finish(batch)
    monkeypatch.setattr("batchdock.flows.watching.finished.digest_of", lambda path: pytest.fail(f"{path} is read"))
    assert watched.looker.look() == 0
    assert watched.taken() == ()


def test_a_folder_is_watched_for_a_task_by_one_at_a_time(home: Path, drop: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            wish = WatchWish(
                path=drop,
                task="t",
                name="Lot",
                account_id="this-computer",
                workflow_id="read-codes",
                options=JobOptions(),
            )
            first = asyncio.ensure_future(desk.watching.watch(wish, Oversight()))
            await until(lambda: list(home.glob("w-*.lock")), "the first has it")
            with pytest.raises(WatchedElsewhere):
                await desk.watching.watch(wish, Oversight())
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    asyncio.run(scenario())
