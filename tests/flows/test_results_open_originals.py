"""Originals are found where they were sent from, where a person shows them, or with the results; or they are gone."""

import asyncio
import shutil
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.finding import Filter
from batchdock.flows.results.opening import Reconnected
from batchdock.store import FileRow, Journal, Piece, Settings, Way
from making.opened import Rows, opened

BATCH = ("a", "b-1")
NAMES = ("card/IMG_1.jpg", "card/IMG_2.jpg", "other/수확 1.jpg", "top.jpg")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path)
    yield made
    made.close()


def sent(journal: Journal, files: dict[str, Path] | list[tuple[str, Path]], transfer_id: str = "t-1") -> None:
    """Write down that files were sent: original name and path. They are made, each of its own size."""
    rows = []
    for number, (original, path) in enumerate(files.items() if isinstance(files, dict) else files):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * (number + 10))
        rows.append(FileRow(number, f"{transfer_id}-{number}.jpg", original, path, number + 10, path.stat().st_mtime))
    journal.sendings.begin(
        transfer_id=transfer_id,
        account_id=BATCH[0],
        batch_id=BATCH[1],
        batch_name="Lot",
        content=Content.IMAGES,
        way=Way.SINGLE,
        started=datetime.now(UTC),
        job_id=None,
        files=rows,
        pieces=[Piece(0, 0, len(rows), 1)],
    )


def named(*names: str) -> Rows:
    rows = Rows()
    for name in names:
        rows.picture(name, (0, 0.5))
    return rows


def test_they_are_where_they_were_sent_from(journal: Journal, tmp_path: Path) -> None:
    root = tmp_path / "drop"
    sent(journal, {name: root / name for name in NAMES})

    async def scenario() -> None:
        async with opened(named(*NAMES, "never sent.jpg"), tmp_path, journal=journal, batches=[BATCH]) as results:
            assert [await results.original(number) for number in range(5)] == [*(root / name for name in NAMES), None]
            assert await results.original(77) is None
            shutil.rmtree(root)
            assert [await results.original(number) for number in range(5)] == [None] * 5
            # It works without them all the same.
            assert len(await results.seen(range(5), Filter())) == 5

    asyncio.run(scenario())


def test_a_name_that_two_have_is_nobodys_and_odd_ones_are_found(journal: Journal, tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "é 수확.jpg")
    strange = tmp_path / "drop" / "caf\udce9.jpg"
    files = [
        ("same.jpg", tmp_path / "one" / "same.jpg"),
        ("same.jpg", tmp_path / "two" / "same.jpg"),
        ("only.jpg", tmp_path / "two" / "only.jpg"),
        ("moved.jpg", tmp_path / "three" / "has another name.jpg"),
        (decomposed, tmp_path / "two" / decomposed),
        ("caf\udce9.jpg", strange),
    ]
    sent(journal, files)
    names = ("same.jpg", "only.jpg", "moved.jpg", unicodedata.normalize("NFC", decomposed), "caf\\xe9.jpg")

    async def scenario() -> None:
        async with opened(named(*names), tmp_path, journal=journal, batches=[BATCH]) as results:
            found = [await results.original(number) for number in range(5)]
            assert found == [None, files[2][1], files[3][1], files[4][1], strange]
            # Nor is it the other's when one is gone.
            files[0][1].unlink()
            assert await results.original(0) is None

    asyncio.run(scenario())


def test_results_may_have_them_themselves(tmp_path: Path) -> None:
    for place in ("results/files/a/1.jpg", "results/2.jpg"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()

    async def scenario() -> None:
        async with opened(named("a/1.jpg", "2.jpg", "3.jpg"), tmp_path) as results:
            found = [await results.original(number) for number in range(3)]
            assert found == [tmp_path / "results/files/a/1.jpg", tmp_path / "results/2.jpg", None]

    asyncio.run(scenario())


@pytest.mark.parametrize("shown", ["new/drop", "new", "new/drop/card"])
def test_a_person_shows_where_they_are_now(journal: Journal, tmp_path: Path, shown: str) -> None:
    root, new = tmp_path / "drop", tmp_path / "new" / "drop"
    sent(journal, {name: root / name for name in NAMES})
    new.parent.mkdir()
    root.rename(new)
    (new / "top.jpg").write_bytes(b"another one")  # Not of the size that was sent.
    inside = shown == "new/drop/card"

    async def scenario() -> None:
        async with opened(named(*NAMES), tmp_path, journal=journal, batches=[BATCH]) as results:
            assert await results.original(0) is None
            found = await results.reconnect(tmp_path / "nowhere")
            assert (found, await results.original(0)) == (Reconnected(0, 4), None)
            assert await results.reconnect(tmp_path / shown) == Reconnected(2 if inside else 3, 4)
            assert await results.original(1) == new / NAMES[1]
            assert await results.original(2) == (None if inside else new / NAMES[2])
        # Also next time.
        (tmp_path / "made.duckdb").unlink()
        async with opened(named(*NAMES), tmp_path, journal=journal, batches=[BATCH]) as results:
            assert await results.original(1) == new / NAMES[1]

    asyncio.run(scenario())


def test_names_are_compared_whatever_form_their_letters_have(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "수확/사진 é.jpg")
    place = tmp_path / "shown" / unicodedata.normalize("NFD", composed)
    place.parent.mkdir(parents=True)
    place.touch()

    async def scenario() -> None:
        async with opened(named(composed), tmp_path) as results:
            assert await results.reconnect(tmp_path / "shown") == Reconnected(1, 1)
            assert await results.original(0) == place

    asyncio.run(scenario())


@pytest.mark.parametrize("kept", ["x", {"lot": "x"}, {"lot": [1, 2]}, {"lot": ["x", -1]}, {"lot": ["/x", "1"]}])
def test_settings_that_do_not_fit_count_as_nothing(tmp_path: Path, kept: object) -> None:
    Settings(tmp_path).set("results/originals", kept)

    async def scenario() -> None:
        async with opened(named("1.jpg"), tmp_path) as results:
            assert await results.original(0) is None

    asyncio.run(scenario())
