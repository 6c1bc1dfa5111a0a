"""Whole datasets out of a service: every version, its labels and history, checked, fetched once, whatever breaks."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from batchdock.core.datasets.dataset import Version
from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.taking_out import DatasetWish, TakingOut, Which
from batchdock.flows.datasets.taking_out.wishes import wishes_of, wishes_text
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.taking import (
    assert_version,
    assert_whole,
    contents_of,
    ended,
    lines_of,
    no_secret_in,
    take,
    until,
    versions_in,
)
from making.tensorbay import connect_desk


def test_everything_of_an_account_is_there_once(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=3, segments={"train": 9, "a#b?c": 2, "../x": 1})
            bay.add_dataset("Harbor", segments={"": 2})
            bay.add_dataset("empty", versions=0)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
                assert (row.state, row.items_done, row.items_total) == (TransferState.DONE, 38, 38), row
                assert row.bytes_done == sum(contents_of(bay).values())
                receipt = desk.taking_out.receipt(row.transfer_id)
            out = tmp_path / "out"
            assert assert_whole(bay, out) == 38
            assert dict(bay.fetched) == dict.fromkeys(contents_of(bay), 1)
            assert receipt is not None
            assert receipt.is_complete
            assert (receipt.datasets, len(receipt.versions), receipt.whole.files) == (3, 4, 38)
            assert (receipt.contents.files, receipt.contents.unproven) == (len(contents_of(bay)), 0)
            assert desk.transfers.receipt(row.transfer_id) == receipt.page == tmp_path / "out" / "receipt.html"
            assert "Complete" in receipt.page.read_text(encoding="utf-8")
            history = json.loads((out / "empty" / "commits.json").read_text(encoding="utf-8"))
            assert [each["name"] for each in history["branches"]] == ["main"]
            names = sorted(each.name for each in versions_in(out).values())
            assert names == ["v1", "v1", "v2", "v3"]
            no_secret_in(out, bay)
            no_secret_in(home, bay)
            # The same files of several versions are one on the disk.
            file = versions_in(out)[next(iter(bay.dataset("harbor").commits))] / "train" / "0005.jpg"
            assert file.stat().st_nlink == 3

    asyncio.run(scenario())


def test_wishes_come_back_as_they_were_kept(tmp_path: Path) -> None:
    wishes = TakingOut(
        tmp_path,
        (
            DatasetWish("d1", (Version(commit="v1"), Version(draft=3)), segments=("a", "")),
            DatasetWish("d2", Which.NEWEST, paths=frozenset({("train", "x.jpg"), ("", "../y")})),
        ),
        drafts=False,
        coco=True,
    )
    assert wishes_of(wishes_text(wishes), tmp_path) == wishes
    assert wishes_of(wishes_text(TakingOut(tmp_path)), tmp_path) == TakingOut(tmp_path)


def test_a_disk_without_links_gets_copies(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object, **_more: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)

    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=3, segments={"train": 6})
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
                assert row.state is TransferState.DONE
            assert assert_whole(bay, tmp_path / "out") == 18
            assert set(bay.fetched.values()) == {1}

    asyncio.run(scenario())


def test_what_does_not_have_its_checksum_is_fetched_again_once_and_named(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=2, segments={"train": 5})
            head = bay.dataset("harbor").head
            assert head is not None
            broken = head.content.segments["train"].files["", "0003.jpg"]
            right = bay.store.objects[broken.key]
            bay.store.objects[broken.key] = b"something else"
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
                assert row.state is TransferState.DONE_WITH_PROBLEMS
                receipt = desk.taking_out.receipt(row.transfer_id)
                assert receipt is not None
                # It is in both versions.
                assert [(each.segment, each.remote) for each in receipt.missing] == [("train", "0003.jpg")] * 2
                assert broken.checksum in receipt.missing[0].reason
                assert bay.fetched[broken.checksum] == 2
                assert not list((tmp_path / "out").glob("*/*/train/0003.jpg"))
                await until(lambda: any(each.problem_id.startswith("taken:") for each in desk.problems.all()))
                (problem,) = [each for each in desk.problems.all() if each.problem_id.startswith("taken:")]
                assert len(problem.files) == 2
                bay.store.objects[broken.key] = right
                await desk.transfers.retry(row.transfer_id)
                await until(lambda: desk.taking_out.receipt(row.transfer_id) is not receipt)
                assert (await ended(desk, row.transfer_id)).state is TransferState.DONE
                await until(lambda: not [each for each in desk.problems.all() if each.problem_id.startswith("taken:")])
            assert assert_whole(bay, tmp_path / "out") == 10
            assert {count for checksum, count in bay.fetched.items() if checksum != broken.checksum} == {1}

    asyncio.run(scenario())


def test_one_version_one_segment_and_single_files(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            dataset = bay.add_dataset("harbor", versions=3, segments={"train": 5, "test": 3})
            other = bay.add_dataset("bay", versions=2, segments={"train": 4})
            files = frozenset({("train", "0001.jpg"), ("train", "0002.jpg")})
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                wishes = TakingOut(
                    tmp_path / "out",
                    (
                        DatasetWish(dataset, (Version(commit="v2"),), segments=("test",)),
                        DatasetWish(other, Which.NEWEST, paths=files),
                    ),
                )
                weight = await desk.taking_out.weigh(account.account_id, wishes)
                assert (weight.datasets, weight.versions, weight.complete) == (2, 2, False)
                row = await take(desk, account.account_id, wishes)
                assert row.state is TransferState.DONE, row
                assert row.items_total == 5
                there = versions_in(tmp_path / "out")
                commits = bay.dataset("harbor").commits
                assert [each.name for each in there.values() if each.parent.name == "harbor"] == ["v2"]
                assert set(there) & set(commits) == {bay.dataset("harbor").tags["v2"]}
                # More of the same is added to it.
                whole = TakingOut(tmp_path / "out", (DatasetWish(dataset), DatasetWish(other)))
                assert (await take(desk, account.account_id, whole)).state is TransferState.DONE
            assert assert_whole(bay, tmp_path / "out") == 3 * 8 + 2 * 4
            assert set(bay.fetched.values()) == {1}

    asyncio.run(scenario())


def test_what_an_earlier_selection_brought_is_not_taken_for_here(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            dataset = bay.add_dataset("harbor", versions=2, segments={"train": 5})
            first, second = (Version(commit=each) for each in ("v1", "v2"))
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)

                async def taken(wish: DatasetWish) -> None:
                    row = await take(desk, account.account_id, TakingOut(tmp_path / "out", (wish,)))
                    assert row.state is TransferState.DONE, row

                for number in range(5):
                    paths = frozenset({("train", f"{number:04}.jpg")})
                    await taken(DatasetWish(dataset, (first,), paths=paths))
                # The first files are in the ledger no more, and what they share with this version has to come.
                await taken(DatasetWish(dataset, (second,)))
            there = versions_in(tmp_path / "out")[bay.dataset("harbor").tags["v2"]]
            assert len(list((there / "train").iterdir())) == 5

    asyncio.run(scenario())


def test_open_drafts_and_frames_with_their_sensors(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("lidar", fusion=True, versions=2, segments={"drive": 4})
            bay.add_dataset("harbor", segments={"train": 3})
            dataset = bay.dataset("harbor")
            draft = dataset.new_draft("main", "More to come")
            segment = draft.content.changing("train")
            segment.drop(("", "0001.jpg"))
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
                assert row.state is TransferState.DONE, row
            out = tmp_path / "out"
            assert assert_whole(bay, out) == 2 * 4 * 2 + 3
            there = versions_in(out)
            assert assert_version(there[f"harbor draft {draft.number}"], dataset, draft.content) == 2
            assert set(bay.fetched.values()) == {1}
            folder = there[next(iter(bay.dataset("lidar").commits))]
            sensors = json.loads((folder / "sensors.json").read_text(encoding="utf-8"))
            assert sorted(each["name"] for each in sensors["drive"]) == ["camera", "lidar"]
            assert {each["timestamp"] for each in lines_of(folder, "drive")} == {1_600_000_000.5 + n for n in range(4)}

    asyncio.run(scenario())


def test_a_draft_is_taken_as_it_is_then_and_anew_later(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", segments={"train": 4})
            draft = bay.dataset("harbor").new_draft("main", "More to come")
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                assert (await take(desk, account.account_id, TakingOut(tmp_path / "out"))).state is TransferState.DONE
                draft.content.changing("train").drop(("", "0001.jpg"))
                assert (await take(desk, account.account_id, TakingOut(tmp_path / "out"))).state is TransferState.DONE
            folders = sorted(each.name for each in (tmp_path / "out" / "harbor").iterdir() if each.is_dir())
            title = f"draft {draft.number} More to come"
            assert folders == [title, f"{title} (2)", "v1"]
            count = [len(list((tmp_path / "out" / "harbor" / each / "train").iterdir())) for each in folders]
            assert count == [4, 3, 4]
            assert set(bay.fetched.values()) == {1}

    asyncio.run(scenario())


def test_nothing_slides_between_two_pages_of_a_draft_that_shrinks(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", segments={"train": 300})
            draft = bay.dataset("harbor").new_draft("main", "More to come")
            wishes = TakingOut(
                tmp_path / "out", (DatasetWish(bay.dataset("harbor").id, (Version(draft=draft.number),)),)
            )
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                with bay.hold("GET .*/data/details.*offset=12[78]&") as held:
                    transfer_id = await desk.taking_out.take(account.account_id, wishes)
                    await until(lambda: held.somebody)
                    # Other files move up, and one of them to the page that is here already.
                    for number in (3, 5, 7):
                        draft.content.changing("train").drop(("", f"{number:04}.jpg"))
                row = await ended(desk, transfer_id)
                assert row.state in (TransferState.DONE, TransferState.DONE_WITH_PROBLEMS), row
            folder = tmp_path / "out" / "harbor" / f"draft {draft.number} More to come"
            there = [each.name for each in (folder / "train").iterdir()]
            assert {f"{number:04}.jpg" for number in range(300)} - {*there} <= {
                f"{number:04}.jpg" for number in (3, 5, 7)
            }
            told = [each["remotePath"] for each in lines_of(folder, "train")]
            assert len(told) == len({*told}) == 300

    asyncio.run(scenario())
