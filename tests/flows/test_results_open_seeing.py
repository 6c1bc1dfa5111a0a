"""What opened results tell of pictures: findings, cells, whole rows, charts, times, and all of them in turn."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from batchdock.core.finding import Cell, Filter, Keypoint, Keypoints, Mask, PngMask, Polygon, SortBy
from batchdock.core.problem import FileFailure
from batchdock.flows.results.opening import FolderCount, TimeCounts, TimeKind
from batchdock.flows.results.opening import opened as opened_module
from making.opened import Rows, opened, outline


def test_pictures_come_as_asked_with_what_counts(tmp_path: Path) -> None:
    rows = Rows()
    for number in range(5):
        rows.picture(f"{number}.jpg", (0, 0.2), (1, 0.8), (-1, None), drawn=f"pictures/{number}/drawn.jpg")
    filter = Filter(labels=frozenset({0, -1}), least=0.3)

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            seen = await results.seen([3, 0, 99, 3], filter)
            assert [each.picture for each in seen] == [rows.pictures[3], rows.pictures[0], rows.pictures[3]]
            assert [list(each.findings) for each in seen] == [rows.counting(number, filter) for number in (3, 0, 3)]
            assert (results.pictures, results.findings, results.of_videos) == (5, 15, False)
            assert [(each.name, each.findings) for each in results.labels] == [("person", 5), ("car", 5), ("dog", 0)]

    asyncio.run(scenario())


def test_outlines_come_as_what_they_are_and_broken_ones_not_at_all(tmp_path: Path) -> None:
    rows = Rows()
    told = {
        outline(polygon=[[1, 2], [3.5, 4]]): Polygon(((1.0, 2.0), (3.5, 4.0))),
        outline(keypoints=[[1, 2, "nose", 0.5], [3, 4, "ear", None]]): Keypoints(
            (Keypoint(1.0, 2.0, "nose", 0.5), Keypoint(3.0, 4.0, "ear", None))
        ),
        outline(mask=[4, 3, "52203"]): Mask(4, 3, "52203"),
        outline(png="aGk="): PngMask("aGk="),
        outline(mask=["a", 3, "52203"]): None,
        outline(polygon=[[1]]): None,
        outline(polygon=[["x", None]]): None,
        outline(strange=1): None,
        '{"polygon": [[1, 2], [3': None,
        "[" * 100_000: None,
    }
    for number, text in enumerate(told):
        rows.picture(f"{number}.jpg", (0, 0.5))
        rows.outlines[number] = text

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            seen = await results.seen(range(len(told)), Filter())
            assert [each.findings[0].outline for each in seen] == list(told.values())

    asyncio.run(scenario())


def test_cells_rows_and_troubles(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    lines = [b'{"image": "0.jpg", "n": 1}\n', b'{"image": "1.jpg", "n": \n', b"\xff\xfe\n"]
    table = folder / "results.jsonl"
    table.write_bytes(b"".join(lines))
    cells = folder / "results.csv"
    cells.write_bytes("\ufeffimage,found,text\r\n".encode() + b'4.jpg,"{""a"": [1]}","two\nlines, and ""more"""\r\n')
    rows = Rows(sources=[table, cells], troubles=[FileFailure("results.jsonl, line 2", "It ends in the middle.")])
    for number in range(7):
        rows.picture(f"{number}.jpg", cells=[Cell("n", float(number)), Cell("text", "x")] if number == 2 else ())
    start = 0
    for number, line in enumerate(lines):
        rows.places[number] = (0, start, len(line))
        start += len(line)
    rows.places[4] = (1, 21, cells.stat().st_size - 21)
    rows.places[5] = (0, 10**9, 10)

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert await results.cells([3, 2]) == ((), (Cell("n", 2.0), Cell("text", "x")))
            assert await results.tree(0) == {"image": "0.jpg", "n": 1}
            assert await results.tree(1) == '{"image": "1.jpg", "n": \n'
            assert await results.tree(2) == "ÿþ\n"
            assert await results.tree(3) is None
            assert await results.tree(4) == {"image": "4.jpg", "found": {"a": [1]}, "text": 'two\nlines, and "more"'}
            assert await results.tree(5) == ""
            assert await results.troubles() == (FileFailure("results.jsonl, line 2", "It ends in the middle."),)
            table.unlink()
            assert await results.tree(0) is None

    asyncio.run(scenario())


def test_a_row_is_never_read_outside_of_the_results(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    secret = tmp_path / "secret.jsonl"
    secret.write_text('{"key": 1}\n', encoding="utf-8")
    link = folder / "link.jsonl"
    link.symlink_to(secret)
    rows = Rows(sources=[link])
    rows.picture("0.jpg", drawn="../secret.jsonl")
    rows.picture("1.jpg", drawn="link.jsonl")
    rows.picture("2.jpg", drawn=str(secret))
    rows.picture("../secret.jsonl")
    rows.picture(str(secret))
    rows.picture("a\x00b")
    rows.places[0] = (0, 0, 10)

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert await results.tree(0) is None
            assert [await results.drawn(number) for number in range(3)] == [None] * 3
            assert [await results.original(number) for number in (3, 4, 5)] == [None] * 3

    asyncio.run(scenario())


def test_charts_count_what_is_shown(tmp_path: Path) -> None:
    rows = Rows()
    for number in range(6):
        rows.picture(f"{'a' if number % 3 else 'b'}/{number}.jpg", (0, 0.05), (1, number / 5), (1, None))
    rows.picture("top.jpg")

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert await results.confidences(Filter(), bins=5) == (7, 1, 1, 1, 2)
            assert await results.confidences(Filter(folder="b", labels=frozenset({1})), bins=2) == (1, 1)
            folders = await results.per_folder(Filter(), most=2)
            assert folders == (FolderCount("a", 4, 12), FolderCount("b", 2, 6))
            assert (await results.per_folder(Filter(least=0.3)))[-1] == FolderCount("", 1, 0)

    asyncio.run(scenario())


def test_a_walk_goes_through_all_in_order_and_in_small_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened_module, "_WALKED_FINDINGS", 10)
    rows = Rows()
    for number in range(30):
        rows.picture(f"{number}.jpg", *[(0, 0.5)] * (25 if number == 7 else number % 4))

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            selection = await results.select(Filter(), SortBy.FINDINGS, descending=True)
            steps = [some async for some in results.walk(selection, 6)]
            walked = [each for some in steps for each in some]
            assert [each.picture.number for each in walked] == selection.numbers.tolist()
            assert [len(each.findings) for each in walked] == [
                len(rows.counting(n, Filter())) for n in selection.numbers
            ]
            assert max(map(len, steps)) == 6
            assert all(sum(len(each.findings) for each in some) <= 10 for some in steps[1:])

    asyncio.run(scenario())


def test_videos_have_frames_by_time_and_seconds_over_which_to_count(tmp_path: Path) -> None:
    rows = Rows()
    for frame in (2, 0, 1):
        rows.picture("a.mp4", *[(0, 0.5)] * frame, frame=frame, seconds=frame * 0.5)
    rows.picture("b.mp4", (0, 0.9), frame=0, seconds=0.0)
    rows.picture("b.mp4", (0, 0.1), frame=1)

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert results.of_videos
            frames = await results.frames("a.mp4", Filter())
            assert (frames.numbers.tolist(), frames.seconds.tolist()) == ([1, 2, 0], [0.0, 0.5, 1.0])
            assert frames.findings.tolist() == [0, 1, 2]
            other = await results.frames("b.mp4", Filter(least=0.5))
            assert (other.numbers.tolist(), other.findings.tolist()) == ([3, 4], [1, 0])
            assert (await results.frames("c.mp4", Filter())).numbers.tolist() == []
            counted = await results.over_time(Filter())
            assert counted == TimeCounts(TimeKind.SECONDS, (0.0, 1.0, 2.0), (3, 1), (2, 2))

    asyncio.run(scenario())


def test_times_are_asked_of_the_originals_once_and_filter_then(tmp_path: Path) -> None:
    rows, taken = Rows(), {}
    moments = (datetime(2026, 5, 1, 10), datetime(2026, 5, 3, 9, 30), None, datetime(2026, 5, 1, 23))
    for number, moment in enumerate(moments):
        name = f"{number}.jpg"
        rows.picture(name, (0, 0.5))
        path = tmp_path / "results" / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        if moment is not None:
            taken[path] = moment
    rows.picture("gone.jpg")

    async def scenario() -> None:
        async with opened(rows, tmp_path, taken=taken) as results:
            assert (await results.seen([0], Filter()))[0].picture.taken is None
            chosen = await results.select(Filter(), SortBy.TAKEN)
            assert chosen.numbers.tolist() == [0, 3, 1, 2, 4]
            assert (await results.seen([1], Filter()))[0].picture.taken == moments[1]
            chosen = await results.select(Filter(since=datetime(2026, 5, 1, 23), until=datetime(2026, 5, 3, 9, 30)))
            assert chosen.numbers.tolist() == [3]
            counted = await results.over_time(Filter())
            assert counted.kind is TimeKind.TAKEN
            assert (sum(counted.pictures), sum(counted.findings)) == (3, 3)
            assert counted.edges[0] == datetime(2026, 5, 1, 10)
            assert len(counted.edges) == len(counted.pictures) + 1
            taken.clear()
            assert (await results.over_time(Filter())) == counted

    asyncio.run(scenario())


def test_nobody_knows_when_it_was(tmp_path: Path) -> None:
    rows = Rows()
    rows.picture("0.jpg", (0, 0.5))

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert await results.over_time(Filter()) == TimeCounts(TimeKind.NONE, (), (), ())

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("last", "count", "first_edge"),
    [
        (datetime(2026, 5, 1, 10, 30, 20), 31, datetime(2026, 5, 1, 10, 0)),
        (datetime(2026, 5, 2, 10, 0), 25, datetime(2026, 5, 1, 10, 0)),
        (datetime(2026, 6, 20, 10, 0), 51, datetime(2026, 5, 1)),
        (datetime(2027, 4, 1), 49, datetime(2026, 4, 27)),
        (datetime(2029, 5, 1), 37, datetime(2026, 5, 1)),
        (datetime(2066, 5, 1), 41, datetime(2026, 1, 1)),
    ],
)
def test_steps_of_time_are_as_long_as_the_span_asks(last: datetime, count: int, first_edge: datetime) -> None:
    import numpy

    from batchdock.flows.results.opening.times import by_taken

    moments = numpy.array([datetime(2026, 5, 1, 10), last, "NaT"], "datetime64[s]")
    counted = by_taken(moments, numpy.array([1, 2, 4], "int32"))
    assert (len(counted.pictures), counted.edges[0]) == (count, first_edge)
    assert (counted.pictures[0], counted.findings[0], counted.pictures[-1], counted.findings[-1]) == (1, 1, 1, 2)
    edges = [each for each in counted.edges if isinstance(each, datetime)]
    assert edges[-2] <= last < edges[-1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_are_read_in_the_writing_of_their_table(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    head, line = "image;größe;text\r\n", '0.jpg;3,5;\'=é "x"\r\n'
    mark = len("".encode(encoding))
    sheet = folder / "results.csv"
    sheet.write_bytes((head + line).encode(encoding))
    start = len(head.encode(encoding))
    rows = Rows(sources=[sheet])
    rows.picture("0.jpg")
    rows.places[0] = (0, start, len(line.encode(encoding)) - mark)

    async def scenario() -> None:
        async with opened(rows, tmp_path) as results:
            assert await results.tree(0) == {"image": "0.jpg", "größe": "3,5", "text": '=é "x"'}

    asyncio.run(scenario())
