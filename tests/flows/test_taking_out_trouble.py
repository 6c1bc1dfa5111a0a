"""Taking out from a service that stumbles: what can be had is had, what can not is named, nothing comes twice."""

import asyncio
from pathlib import Path

import pytest

from batchdock.core.errors import FolderNotWritable
from batchdock.core.transfer import Hold, TransferState
from batchdock.flows.datasets.taking_out import TakingOut, asking
from batchdock.flows.transfers import receive
from batchdock.keystore.session import SessionKeys
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.taking import assert_whole, contents_of, ended, rows, take, until
from making.tensorbay import connect_desk


def test_a_gateway_that_answers_html_and_a_store_that_breaks_off(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=2, segments={"train": 20})
            bay.fail("GET .*/data/details", status=502, times=2, skip=1)
            bay.fail("GET .*/segments", status=503, times=1)
            bay.fail("GET", at="store", status=500, times=3, skip=4)
            bay.fail("GET", at="store", cut=5, times=2, skip=9)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
                assert row.state is TransferState.DONE, row
            assert assert_whole(bay, tmp_path / "out") == 40

    asyncio.run(scenario())


@pytest.mark.long
def test_what_the_service_does_not_give_is_named_and_the_rest_is_here(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "GIVEN_UP_AFTER", 1)

    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", segments={"train": 6, "test": 4})
            closed = bay.add_dataset("closed", segments={"train": 2})
            broken = bay.add_dataset("broken", segments={"fine": 3, "gone": 3})
            head = bay.dataset("harbor").head
            assert head is not None
            lost = head.content.segments["train"].files["", "0002.jpg"]
            del bay.store.objects[lost.key]
            bay.fail(f"GET .*/datasets/{closed}$", status=403, code="AccessDenied", times=1000)
            bay.fail(f"GET .*/{broken}/data/details.*segmentName=gone", code="InternalServerError", times=1000)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
                assert row.state is TransferState.DONE_WITH_PROBLEMS, row
                receipt = desk.taking_out.receipt(row.transfer_id)
                assert receipt is not None
                assert [each.remote for each in receipt.missing] == ["0002.jpg"]
                assert {(each.dataset, each.segment) for each in receipt.refused} == {
                    ("closed", ""),
                    ("broken", "gone"),
                }
                page = receipt.page.read_text(encoding="utf-8")
                assert "Not complete" in page
                assert all(each in page for each in ("closed", "gone", "0002.jpg"))
                assert (receipt.whole.files, receipt.whole.here) == (13, 12)
                bay.heal()
                bay.store.objects[lost.key] = b"x"  # Not what it was.
                bay.store.keep(f"{bay.dataset('harbor').id} train 2 1".encode())
                await desk.transfers.retry(row.transfer_id)
                await until(lambda: desk.taking_out.receipt(row.transfer_id) is not receipt)
                assert (await ended(desk, row.transfer_id)).state is TransferState.DONE
            assert assert_whole(bay, tmp_path / "out") == 18
            assert {count for checksum, count in bay.fetched.items() if checksum != lost.checksum} == {1}

    asyncio.run(scenario())


def test_a_large_file_goes_on_where_it_was(home: Path, tmp_path: Path) -> None:
    size = 6_000_000

    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("films", segments={"train": 1}, body=lambda *_: bytes(range(250)) * (size // 250))
            bay.fail("GET", at="store", cut=4_000_000)
            keys = SessionKeys()
            async with desk_at(home, keys=keys) as (desk, _):
                account = await connect_desk(desk, bay)
                with bay.hold("GET", at="store", after=True) as held:
                    transfer_id = await desk.taking_out.take(account.account_id, TakingOut(tmp_path / "out"))
                    await until(lambda: held.somebody)
                await until(lambda: rows(desk, transfer_id)[0].retried or rows(desk, transfer_id)[0].state.is_terminal)
            async with desk_at(home, keys=keys) as (desk, _):
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
                assert row.state is TransferState.DONE
            assert assert_whole(bay, tmp_path / "out") == 1
            asked = [each.headers.get("range", "") for each in bay.store_seen if each.method == "GET"]
            assert asked[0] == ""
            assert all(each.startswith("bytes=") and each != "bytes=0-" for each in asked[1:]), asked
            assert len(asked) >= 2

    asyncio.run(scenario())


def test_a_full_disk_holds_it_until_there_is_room(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=2, segments={"train": 8})
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                with monkeypatch.context() as small:
                    small.setattr(receive, "RESERVE_BYTES", 10**18)
                    transfer_id = await desk.taking_out.take(account.account_id, TakingOut(tmp_path / "out"))
                    await until(lambda: rows(desk, transfer_id) and rows(desk, transfer_id)[0].hold is Hold.DISK)
                    assert not bay.fetched
                await desk.transfers.resume(transfer_id)
                assert (await ended(desk, transfer_id)).state is TransferState.DONE
            assert assert_whole(bay, tmp_path / "out") == 16

    asyncio.run(scenario())


def test_what_was_deleted_from_the_folder_comes_again_and_nothing_else(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=3, segments={"train": 8})
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                assert (await take(desk, account.account_id, TakingOut(tmp_path / "out"))).state is TransferState.DONE
                for path in tmp_path.glob("out/harbor/*/train/0007.jpg"):
                    path.unlink()
                next(tmp_path.glob("out/harbor/v1/train/0006.jpg")).unlink()
                asked = len(bay.store_seen)
                assert (await take(desk, account.account_id, TakingOut(tmp_path / "out"))).state is TransferState.DONE
                # The one that was nowhere any more.
                assert len(bay.store_seen) - asked == 1
            assert assert_whole(bay, tmp_path / "out") == 24

    asyncio.run(scenario())


def test_a_folder_that_somebody_uses_is_left_alone(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", segments={"train": 2})
            (tmp_path / "out" / "harbor").mkdir(parents=True)
            (tmp_path / "out" / "harbor" / "mine.txt").write_text("mine")
            (tmp_path / "file").write_text("no folder")
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                with pytest.raises(FolderNotWritable):
                    await desk.taking_out.take(account.account_id, TakingOut(tmp_path / "file" / "below"))
                assert (await take(desk, account.account_id, TakingOut(tmp_path / "out"))).state is TransferState.DONE
            assert [path.name for path in (tmp_path / "out" / "harbor").iterdir()] == ["mine.txt"]
            assert (tmp_path / "out" / "harbor (2)" / "v1" / "train" / "0000.jpg").is_file()
            assert assert_whole(bay, tmp_path / "out") == 2
            assert len(bay.fetched) == len(contents_of(bay))

    asyncio.run(scenario())
