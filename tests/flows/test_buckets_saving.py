"""Results that go back into a bucket: into a folder of their own, whole, also after a stop and a restart."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import FileUnreadable, TransferStopped
from batchdock.core.errors.buckets import SavingForbidden
from batchdock.core.transfer import TransferState
from batchdock.keystore.session import SessionKeys
from fakes.bucket import Bucket
from making.buckets import SECRET, filled, lab, no_secret_below, stranger
from making.certificates import Authority
from making.desks import desk_at, until
from making.reference_lists import Web


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Whoever signs the certificate of the server."""
    return stranger(tmp_path, monkeypatch)


def made_results(folder: Path, count: int = 9) -> dict[str, bytes]:
    """Make a folder of results; return what is in it by the paths below it."""
    (folder / "in").mkdir(parents=True)
    wanted = {f"in/{number}.json": b"%d" % number for number in range(count)}
    for path, data in wanted.items():
        (folder / path).write_bytes(data)
    return wanted


def saved_below(bucket: Bucket, prefix: str) -> dict[str, bytes]:
    return {path.removeprefix(prefix): data for path, data in bucket.files.items() if path.startswith(prefix)}


def test_a_refused_save_is_taken_up_again_into_the_same_folder(
    home: Path, tmp_path: Path, authority: Authority
) -> None:
    results = tmp_path / "results"
    wanted = made_results(results)

    async def scenario(web: Web, bucket: Bucket) -> None:
        async with desk_at(home, keys=SessionKeys()) as (desk, _):
            await desk.buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            bucket.read_only = True
            with pytest.raises(SavingForbidden) as refused:
                await desk.buckets.saving.save(lab(web), "box", "back", results, account_id=THIS_COMPUTER_ID)
            assert SECRET not in f"{refused.value!r} {refused.value}"
            (row,) = desk.transfers.all()
            assert (row.state, row.items_done, row.items_total) == (TransferState.FAILED, 0, 9)
            assert isinstance(desk.transfers.error_of(row.transfer_id), SavingForbidden)
            bucket.read_only = False
            await desk.transfers.retry(row.transfer_id)
            await until(lambda: all(each.state is TransferState.DONE for each in desk.transfers.all()))
            assert saved_below(bucket, "back/results/") == wanted
        no_secret_below(home)

    with Web(authority.context("localhost")) as web:
        asyncio.run(scenario(web, filled(web, tmp_path)))


def test_what_was_closed_while_it_was_saved_is_gone_on_with_at_the_next_start(
    home: Path, tmp_path: Path, authority: Authority
) -> None:
    wanted = made_results(tmp_path / "results")
    keys = SessionKeys()

    async def scenario(web: Web, bucket: Bucket) -> None:
        async with desk_at(home, keys=keys) as (desk, _):
            await desk.buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            bucket.most = 5
            saving = desk.buckets.saving.save(
                lab(web), "box", "back", tmp_path / "results", account_id=THIS_COMPUTER_ID
            )
            begun = asyncio.create_task(saving)
            await until(lambda: len(bucket.put) == 5, "five are there")
            (row,) = desk.transfers.all()
            assert (row.state, row.items_total) == (TransferState.MOVING, 9)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        bucket.most = -1
        bucket.let_go.set()
        (tmp_path / "results" / bucket.put[0].removeprefix("back/results/")).write_bytes(b"9")  # Corrected meanwhile.
        wanted[bucket.put[0].removeprefix("back/results/")] = b"9"
        async with desk_at(home, keys=keys) as (desk, _):
            await until(lambda: [each.state for each in desk.transfers.all()] == [TransferState.DONE], "gone on with")
            assert desk.transfers.all()[0].transfer_id == row.transfer_id
            assert saved_below(bucket, "back/results/") == wanted
            assert len(bucket.put) == 9 + 1, "only what was written again is sent again"
        async with desk_at(home, keys=keys) as (desk, _):
            assert desk.transfers.all() == ()
        no_secret_below(home)

    with Web(authority.context("localhost")) as web:
        asyncio.run(scenario(web, filled(web, tmp_path)))


def test_what_a_person_stopped_is_gone_on_with_when_asked_and_not_at_the_next_start(
    home: Path, tmp_path: Path, authority: Authority
) -> None:
    wanted = made_results(tmp_path / "results")
    keys = SessionKeys()

    async def scenario(web: Web, bucket: Bucket) -> None:
        async with desk_at(home, keys=keys) as (desk, _):
            await desk.buckets.storages.connect(lab(web), access="AKID", secret=SECRET)

            async def save() -> str:
                folder = tmp_path / "results"
                return await desk.buckets.saving.save(lab(web), "box", "back", folder, account_id=THIS_COMPUTER_ID)

            async def stopped_after(count: int) -> None:
                bucket.most = count
                begun = asyncio.create_task(save())
                await until(lambda: len(bucket.put) == count, "some are there")
                moving = [each for each in desk.transfers.all() if not each.state.is_terminal]
                await desk.transfers.stop(moving[0].transfer_id)
                with pytest.raises(TransferStopped):
                    await begun

            await stopped_after(3)
            bucket.most = -1
            bucket.let_go.set()
            assert await save() == "s3://box/back/results"
            assert saved_below(bucket, "back/results/") == wanted
            assert len(bucket.put) == 9
            assert await save() == "s3://box/back/results (2)", "that one was whole: this is another"
            bucket.let_go.clear()
            await stopped_after(20)
        async with desk_at(home, keys=keys) as (desk, _):
            assert desk.transfers.all() == ()
            assert len(saved_below(bucket, "back/results (3)/")) == 2, "what is there stays there"

    with Web(authority.context("localhost")) as web:
        asyncio.run(scenario(web, filled(web, tmp_path)))


def test_two_that_begin_together_have_a_folder_each(home: Path, tmp_path: Path, authority: Authority) -> None:
    one, other = made_results(tmp_path / "a" / "results", 3), made_results(tmp_path / "b" / "results", 4)

    async def scenario(web: Web, bucket: Bucket) -> None:
        async with desk_at(home, keys=SessionKeys()) as (desk, _):
            await desk.buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            folders = (tmp_path / "a" / "results", tmp_path / "b" / "results")
            save = partial(desk.buckets.saving.save, lab(web), "box", "", account_id=THIS_COMPUTER_ID)
            places = await asyncio.gather(*map(save, folders))
            assert places == ["s3://box/results", "s3://box/results (2)"]
            assert saved_below(bucket, "results/") == one
            assert saved_below(bucket, "results (2)/") == other

    with Web(authority.context("localhost")) as web:
        asyncio.run(scenario(web, filled(web, tmp_path)))


def test_results_that_are_gone_are_said_and_not_called_saved(home: Path, tmp_path: Path, authority: Authority) -> None:
    async def scenario(web: Web) -> None:
        async with desk_at(home, keys=SessionKeys()) as (desk, _):
            await desk.buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            with pytest.raises(FileUnreadable, match="can not be read"):
                await desk.buckets.saving.save(lab(web), "box", "", tmp_path / "gone", account_id=THIS_COMPUTER_ID)

    with Web(authority.context("localhost")) as web:
        filled(web, tmp_path)
        asyncio.run(scenario(web))


def test_keys_that_may_save_and_not_look_save_into_a_folder_that_nobody_has(
    home: Path, tmp_path: Path, authority: Authority
) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / "a.json").write_text("1", encoding="utf-8")

    async def scenario(web: Web, bucket: Bucket) -> None:
        async with desk_at(home, keys=SessionKeys()) as (desk, _):
            await desk.buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            bucket.forbidden = True
            place = await desk.buckets.saving.save(lab(web), "box", "", results, account_id=THIS_COMPUTER_ID)
            assert place.startswith("s3://box/results 20")
            assert bucket.files[f"{place.removeprefix('s3://box/')}/a.json"] == b"1"

    with Web(authority.context("localhost")) as web:
        asyncio.run(scenario(web, filled(web, tmp_path)))
