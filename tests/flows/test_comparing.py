"""Two runs over the same pictures: what they agree on, what changed, and what only one of them has."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from batchdock.core.finding import Filter, Shape
from batchdock.flows.results.comparing import Comparing, Comparison, LabelChange, compare
from batchdock.flows.results.comparing.differing import differing
from batchdock.flows.results.opening import Opened
from making.desks import desk_at
from making.results import Row, detection, results_folder, video_results_folder, write_table


def run_of(folder: Path, pictures: Mapping[str, Sequence[Row]]) -> Path:
    """Write the results of a run: what was found in each picture."""
    folder.mkdir(parents=True)
    size = {"width": 160, "height": 120}
    rows: list[Row] = [
        {"image": name, "predictions": {"image": size, "predictions": list(found)}} for name, found in pictures.items()
    ]
    write_table(folder, rows, "jsonl")
    return folder


def found(label: str, place: int, *, confidence: float = 0.9, moved: float = 0.0) -> Row:
    row = detection(0, place, label)
    x = row["x"]
    assert isinstance(x, float)
    return {**row, "confidence": confidence, "x": x + moved}


@asynccontextmanager
async def opened(home: Path, *folders: Path) -> AsyncIterator[list[Opened]]:
    async with desk_at(home, active=False) as (desk, _):
        runs = [await desk.results.open_folder(folder, lambda done, of: None) for folder in folders]
        try:
            yield runs
        finally:
            for run in runs:
                await run.close()


def compared(home: Path, one: Path, other: Path) -> Comparison:
    async def scenario() -> Comparison:
        async with opened(home, one, other) as (first, second):
            return await compare(first, second)

    return asyncio.run(scenario())


def test_what_changed_most_comes_first_and_classes_are_counted(home: Path, tmp_path: Path) -> None:
    one = run_of(
        tmp_path / "v4",
        {
            "same.jpg": [found("person", 0), found("car", 1)],
            "a bit.jpg": [found("person", 0), found("car", 1)],
            "much.jpg": [found("person", 0), found("person", 1)],
            "gone.jpg": [found("dog", 0)],
        },
    )
    other = run_of(
        tmp_path / "v5",
        {
            "much.jpg": [found("car", 0), found("car", 2), found("car", 3)],
            "a bit.jpg": [found("person", 0, moved=8), found("car", 1, moved=30)],
            "same.jpg": [found("car", 1, confidence=0.4), found("person", 0)],
            "new.jpg": [found("dog", 0)],
            "new 2.jpg": [],
        },
    )
    comparison = compared(home, one, other)
    assert comparison.names == ("much.jpg", "a bit.jpg", "same.jpg")
    # 8 of 40 pixels to the side still share two thirds of what both cover, 30 do not.
    assert comparison.matched.tolist() == [0, 1, 2]
    assert comparison.only_one.tolist() == [2, 1, 0]
    assert comparison.only_other.tolist() == [3, 1, 0]
    assert comparison.agreement == pytest.approx(3 / 10)
    assert [comparison.agreement_of(place) for place in range(3)] == pytest.approx([0, 1 / 3, 1])
    assert comparison.changed == 2
    assert comparison.labels == (
        LabelChange("car", one=2, other=5, matched=1),
        LabelChange("person", one=4, other=2, matched=2),
    )
    assert (comparison.pictures_only_one, comparison.pictures_only_other) == (1, 2)


def test_a_run_is_the_same_as_itself_and_order_is_nothing(home: Path, tmp_path: Path) -> None:
    one = results_folder(tmp_path / "one", pictures=30, each=lambda n: n % 5)
    other = results_folder(tmp_path / "other", pictures=25, each=lambda n: (n * 3) % 7)
    same = compared(home, one, one)
    assert same.agreement == 1
    assert same.changed == 0
    forth, back = compared(home / "1", one, other), compared(home / "2", other, one)
    assert forth.agreement == back.agreement
    assert 0 < forth.agreement < 1
    assert forth.only_one.tolist() == back.only_other.tolist()
    assert forth.pictures_only_one == back.pictures_only_other == 5


def test_names_are_the_same_in_whatever_form_they_are_written(home: Path, tmp_path: Path) -> None:
    name = "수확/밭 é.jpg"
    one = run_of(tmp_path / "one", {unicodedata.normalize("NFC", name): [found("café", 0)]})
    other = run_of(
        tmp_path / "other", {unicodedata.normalize("NFD", name): [found("cafe\N{COMBINING ACUTE ACCENT}", 0)]}
    )
    comparison = compared(home, one, other)
    assert comparison.agreement == 1
    assert [label.name for label in comparison.labels] == ["café"]
    assert comparison.pictures_only_one == comparison.pictures_only_other == 0


def test_classes_of_the_whole_and_what_was_read_are_the_same_where_they_say_the_same(
    home: Path, tmp_path: Path
) -> None:
    for shape in (Shape.CLASS, Shape.TEXT, Shape.CODE):
        folder = results_folder(tmp_path / shape.value, pictures=6, shape=shape)
        assert compared(home / shape.value, folder, folder).agreement == 1
    codes = run_of(tmp_path / "codes", {"1.jpg": [{**found("qr_code", 0), "data": "hello"}]})
    others = run_of(tmp_path / "others", {"1.jpg": [{**found("qr_code", 0), "data": "goodbye"}]})
    assert compared(home / "codes", codes, others).agreement == 0


def test_frames_of_videos_are_matched_one_by_one(home: Path, tmp_path: Path) -> None:
    one = video_results_folder(tmp_path / "one", frames=8)
    other = video_results_folder(tmp_path / "other", frames=6)
    comparison = compared(home, one, other)
    assert len(comparison.names) == 6
    assert comparison.agreement == 1
    assert comparison.pictures_only_one == 2


def test_runs_without_a_picture_or_a_finding_in_common_are_no_trouble(home: Path, tmp_path: Path) -> None:
    one = run_of(tmp_path / "one", {"a.jpg": [], "b.jpg": []})
    other = run_of(tmp_path / "other", {"c.jpg": [found("car", 0)]})
    apart = compared(home / "1", one, other)
    assert apart.names == ()
    assert (apart.pictures_only_one, apart.pictures_only_other) == (2, 1)
    assert compared(home / "2", one, one).agreement == 1


def test_a_class_and_a_confidence_narrow_both(home: Path, tmp_path: Path) -> None:
    one = run_of(tmp_path / "one", {"1.jpg": [found("car", 0), found("dog", 1, confidence=0.3)]})
    other = run_of(tmp_path / "other", {"1.jpg": [found("dog", 1, confidence=0.6), found("car", 3)]})

    async def scenario() -> None:
        async with opened(home, one, other) as (first, second):
            comparing = await Comparing.begin(first, second)
            assert sorted(comparing.classes) == ["car", "dog"]
            heard: list[tuple[int, int]] = []
            everything = await comparing.compare(heard=lambda done, of: heard.append((done, of)))
            assert everything.agreement == pytest.approx(1 / 3)
            assert heard == [(1, 1)]
            assert (await comparing.compare(classes=frozenset({"dog"}))).agreement == 1
            sure = await comparing.compare(least=0.5)
            assert sure.labels == (LabelChange("dog", 0, 1, 0), LabelChange("car", 1, 1, 0))

    asyncio.run(scenario())


def test_what_differs_in_one_picture_is_what_the_comparison_counts(home: Path, tmp_path: Path) -> None:
    one = results_folder(tmp_path / "one", pictures=10, each=lambda n: n % 5)
    other = results_folder(tmp_path / "other", pictures=10, each=lambda n: (n * 3) % 7)

    async def scenario() -> None:
        async with opened(home, one, other) as (first, second):
            comparison = await compare(first, second)
            for place in range(len(comparison.names)):
                (seen,) = await first.seen((int(comparison.numbers[place]),), Filter())
                (theirs,) = await second.seen((int(comparison.other_numbers[place]),), Filter())
                mine, others = differing(seen, first.labels, theirs, second.labels)
                assert len(mine.findings) == comparison.only_one[place]
                assert len(others.findings) == comparison.only_other[place]

    asyncio.run(scenario())
