"""Archives that want out: nothing is written outside, each is named, and what is good in them arrives."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.errors import ArchiveDamaged, NotSavedAsTheyCame
from batchdock.flows.results import SaveReport
from batchdock.flows.results.unpack import Refused, Unpacked, members
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Pile, StoredBatch
from making import archives
from making.archives import HOSTILE
from making.desks import desk_at


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def everything(root: Path) -> set[str]:
    return {f"{folder}/{name}" for folder, folders, names in os.walk(root) for name in (*folders, *names)}


async def saved(cloud: RoboflowCloud, home: Path, to: Path) -> tuple[SaveReport, list[object]]:
    async with desk_at(home) as (desk, _):
        account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
        report = await desk.results.save(account.account_id, ["r"], to, name="Saved")
        return report, list(desk.problems.all())


def staged(cloud: RoboflowCloud, files: dict[str, bytes]) -> None:
    batch = StoredBatch("r", "R", "multipart-batch", "archives")
    # A part each, so that the good members, which are the same in all, are told apart.
    for name, data in files.items():
        batch.parts[name] = Pile("archives", {f"{name}.tar.gz": data}, "metadata")
    cloud.state.batches["r"] = batch


def test_there_are_forty_of_them() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_good_comes_out_and_what_is_not_is_named(tmp_path: Path, name: str) -> None:
    made = HOSTILE[name]
    path = tmp_path / f"{name}.tar.gz"
    path.write_bytes(made.data)
    good, told = [], []
    try:
        for found in members(path, path.name):
            if isinstance(found, Refused):
                told.append(found.name)
            elif "/".join(found.parts) in archives.GOOD:
                good.append((found.parts, found.read()))
    except ArchiveDamaged as error:
        told.append(str(error))
    assert len({parts for parts, _ in good}) == made.arrive
    assert told or made.renamed or name == "file-where-a-folder-was"


def test_nothing_is_written_outside_and_each_is_named(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    staged(cloud, {name: made.data for name, made in HOSTILE.items()})
    cloud.state.page = 7
    to = tmp_path / "deep" / "down" / "out"
    to.mkdir(parents=True)
    before = everything(tmp_path)
    report, problems = asyncio.run(saved(cloud, home, to))
    outside = {path for path in everything(tmp_path) - before if not path.startswith((str(report.folder), str(home)))}
    assert outside == set()
    assert not Path("/tmp/evil").exists()
    assert not any(each.is_symlink() for each in report.folder.rglob("*"))
    told = [*report.problems, *report.renamed]
    for name, made in HOSTILE.items():
        assert [each for each in told if each.name.startswith(f"{name}.tar.gz") and made.named in each.name], name
    (problem,) = [each for each in problems if isinstance(each.error, NotSavedAsTheyCame)]  # type: ignore[attr-defined]
    assert {each.name for each in told} == {each.name for each in problem.files}  # type: ignore[attr-defined]
    listed = (report.folder / "not processed.csv").read_text(encoding="utf-8-sig")
    assert "symlink.tar.gz: evil" in listed
    for name, data in archives.GOOD.items():
        assert (report.folder / "details" / name).read_bytes() == data
    assert (report.folder / "details" / "1.jpg" / "results (2).json").read_bytes() == b"other"
    assert [each.name for each in to.iterdir()] == ["Saved"]


def test_a_bomb_is_left_where_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batchdock.flows.results.unpack.GROWTH_FREE", 1_000_000)
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(archives.bomb(30_000_000))
    found: list[Refused | Unpacked] = []
    with pytest.raises(ArchiveDamaged, match="far more in it"):
        found.extend(members(path, "bomb"))
    assert [each.name if isinstance(each, Refused) else each.parts[0] for each in found] == ["1.jpg", "evil"]


def test_more_members_than_any_archive_has_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batchdock.flows.results.unpack.MEMBER_LIMIT", 10_000)
    path = tmp_path / "many.tar.gz"
    path.write_bytes(archives.packed(archives.header(b"folder/", kind=b"5") * 20_000 + bytes(1024)))
    with pytest.raises(ArchiveDamaged, match="far more in it"):
        list(members(path, "many"))


def test_tars_one_behind_the_other_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "two.tar.gz"
    path.write_bytes(archives.packed(archives.around()) + archives.packed(archives.around()))
    assert len(list(members(path, "two"))) == 4
    path.write_bytes(archives.around() + archives.around())
    assert len(list(members(path, "two"))) == 4
