"""Which pictures a filter shows, in which order, and what the chips and classes say: held against the plain rules."""

import asyncio
import random
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.finding import Cell, Filter, Share, SortBy
from batchdock.flows.results.opening import LabelCount, Opened
from making.opened import Rows, opened

CONFIDENCES = (None, 0.0, 0.1, 0.3, 0.49, 0.5, 0.7, 0.7, 1.0)
FILTERS = (
    Filter(),
    Filter(least=0.3),
    Filter(least=0.3, most=0.6),
    Filter(most=0.0),
    Filter(labels=frozenset()),
    Filter(labels=frozenset({0})),
    Filter(labels=frozenset({-1, 2})),
    Filter(labels=frozenset({1}), least=0.5),
    Filter(folder="a"),
    Filter(folder="a/b", least=0.3),
    Filter(search="IMG_1"),
    Filter(search="lot", labels=frozenset({0, 1})),
    Filter(search="img", folder="a", labels=frozenset({0, 1, 2}), least=0.1, most=0.9),
)


def some_rows(count: int = 120) -> Rows:
    """Make pictures of every kind."""
    dice, rows = random.Random(6), Rows()
    for number in range(count):
        folder = dice.choice(("", "a/", "a/b/", "ab/"))
        found = [(dice.randint(-1, 2), dice.choice(CONFIDENCES)) for _ in range(dice.choice((0, 0, 1, 2, 5)))]
        texts = [dice.choice(("", "", "Lot 7", "100 %")) for _ in found]
        problem = "It ends in the middle." if dice.random() < 0.1 else ""
        rows.picture(f"{folder}IMG_{number}.jpg", *found, problem=problem, texts=texts)
    return rows


@pytest.mark.parametrize("share", Share)
def test_every_filter_shows_what_the_rules_say(tmp_path: Path, share: Share) -> None:
    rows = some_rows()

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            for each in FILTERS:
                filter = replace(each, share=share)
                selection = await results.select(filter)
                wanted = rows.shown(filter)
                assert set(selection.numbers.tolist()) == wanted, filter
                assert len(selection.numbers) == len(wanted)
                assert selection.findings == sum(len(rows.counting(number, filter)) for number in wanted), filter
                assert selection.shares == {other: len(rows.shown(replace(filter, share=other))) for other in Share}, (
                    filter
                )
                assert selection.labels == _label_counts(rows, filter), filter

    asyncio.run(scenario())


def _label_counts(rows: Rows, filter: Filter) -> dict[int, LabelCount]:
    without = replace(filter, labels=None)
    found = [each for number in rows.shown(without) for each in rows.counting(number, without)]
    return {
        label: LabelCount(
            len({each.picture for each in found if each.label == label}), sum(each.label == label for each in found)
        )
        for label in {each.label for each in found}
    }


def test_names_are_ordered_as_people_count(tmp_path: Path) -> None:
    rows = Rows()
    names = ("IMG_10.jpg", "img_9.jpg", "IMG_2.jpg", "b/1.jpg", "a 2/1.jpg", "a/10.jpg", "a/9.jpg", "수확 10", "수확 9")
    for name in names:
        rows.picture(name)
    for frame in (11, 2):
        rows.picture("z.mp4", frame=frame, seconds=frame / 10)

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            told = [_named(rows, each) for each in (await results.select(Filter())).numbers]
            assert told == [
                *("a/9.jpg", "a/10.jpg", "a 2/1.jpg", "b/1.jpg", "IMG_2.jpg", "img_9.jpg", "IMG_10.jpg"),
                *("z.mp4 2", "z.mp4 11", "수확 9", "수확 10"),
            ]
            back = [_named(rows, each) for each in (await results.select(Filter(), descending=True)).numbers]
            assert back == told[::-1]

    asyncio.run(scenario())


def _named(rows: Rows, number: int) -> str:
    picture = rows.pictures[number]
    return picture.name if picture.frame is None else f"{picture.name} {picture.frame}"


def test_what_can_not_be_compared_comes_last_and_equals_by_name(tmp_path: Path) -> None:
    rows = Rows()
    rows.picture("3", (0, 0.9), (0, 0.2))
    rows.picture("1", (0, 0.4))
    rows.picture("4")
    rows.picture("2", (0, 0.4), (1, None))
    rows.picture("5", (1, None))

    async def names(results: Opened, by: SortBy, *, descending: bool, filter: Filter) -> str:
        return "".join(
            rows.pictures[each].name for each in (await results.select(filter, by, descending=descending)).numbers
        )

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert await names(results, SortBy.BEST, descending=False, filter=Filter()) == "12345"
            assert await names(results, SortBy.BEST, descending=True, filter=Filter()) == "31245"
            assert await names(results, SortBy.BEST, descending=True, filter=Filter(most=0.3)) == "31245"
            assert await names(results, SortBy.FINDINGS, descending=True, filter=Filter()) == "23154"
            assert await names(results, SortBy.FINDINGS, descending=False, filter=Filter(least=0.5)) == "14235"

    asyncio.run(scenario())


def test_a_search_is_a_plain_piece_of_text(tmp_path: Path) -> None:
    rows = Rows()
    plain = rows.picture("100%_a.jpg")
    other = rows.picture("1000 xa.jpg", (0, 0.2), texts=["O'Reilly; drop table pictures --"])
    korean = rows.picture(unicodedata.normalize("NFD", "수확/사진.jpg"))
    greek = rows.picture("ΟΔΟΣ.jpg", cells=[Cell("text", "Straße\nLOT ７")])

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            for search, wanted in {
                "%_a": {plain},
                "0%": {plain},
                ".JPG": {plain, other, korean, greek},
                ".*": set[int](),
                "o'reilly; DROP": {other},
                "'": {other},
                "\\": set[int](),
                unicodedata.normalize("NFC", "사진"): {korean},
                unicodedata.normalize("NFD", "사진"): {korean},
                "οδος": {greek},
                "οδοσ": {greek},
                "strasse": set[int](),
                "straße": {greek},
                "lot ７": {greek},
                "": {plain, other, korean, greek},
            }.items():
                assert set((await results.select(Filter(search=search))).numbers.tolist()) == wanted, search

    asyncio.run(scenario())


def test_seconds_and_folders_are_no_patterns_either(tmp_path: Path) -> None:
    rows = Rows()
    for name in ("a_b/1.jpg", "axb/2.jpg", "a_b/c/3.jpg", "a_b 2/4.jpg"):
        rows.picture(name)
    for frame in range(4):
        rows.picture("v.mp4", frame=frame, seconds=frame / 2)

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert set((await results.select(Filter(folder="a_b"))).numbers.tolist()) == {0, 2}
            chosen = await results.select(Filter(from_second=0.5, to_second=1.5))
            assert chosen.numbers.tolist() == [5, 6]

    asyncio.run(scenario())


def test_nothing_at_all_is_answered_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(Rows(), tmp_path) as results:
            selection = await results.select(Filter(search="x", labels=frozenset({3})), SortBy.BEST)
            assert (selection.numbers.tolist(), selection.labels, selection.findings) == ([], {}, 0)
            assert set(selection.shares.values()) == {0}
            assert await results.seen([0, 5], Filter()) == ()
            assert await results.cells([0]) == ((),)
            assert (await results.confidences(Filter()), await results.per_folder(Filter())) == ((0,) * 20, ())
            assert [some async for some in results.walk(selection)] == []

    asyncio.run(scenario())
