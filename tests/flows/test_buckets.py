"""From a bucket to a batch: connected, browsed, counted, signed here, fetched by this computer with no credential."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.bucket import StorageKind
from batchdock.core.errors.buckets import (
    CredentialsMissing,
    NothingMatches,
    PrefixEmpty,
    PrefixForbidden,
    StorageForgotten,
    StorageNameTaken,
    StorageOnlyHere,
)
from batchdock.core.errors.recipes import NothingNew
from batchdock.core.job import JobOptions
from batchdock.core.recipe import BucketSource, Recipe
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.flows.references import JobWish
from batchdock.keystore.session import SessionKeys
from fakes.bucket import Bucket
from fakes.roboflow_cloud import RoboflowCloud
from making.buckets import SECRET, filled, lab, no_secret_below, stranger
from making.certificates import Authority
from making.desks import desk_at, until
from making.reference_lists import Web
from making.starting import connected
from making.taking import ended


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Whoever signs the certificate of the server."""
    return stranger(tmp_path, monkeypatch)


def test_a_bucket_becomes_a_batch_and_a_job_also_after_a_restart(
    home: Path, tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = SessionKeys()

    async def first(web: Web) -> tuple[str, ...]:
        async with desk_at(home, keys=keys) as (desk, _):
            buckets = desk.buckets
            await buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            with pytest.raises(StorageNameTaken):
                await buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            (storage,) = await buckets.storages.all()
            assert (await buckets.browse(storage, "box")).folders == ("cam0/", "cam1/", "cam2/")
            page = await buckets.browse(storage, "box", "cam1/")
            assert [each.path for each in page.files] == ["cam1/", "cam1/film.mp4", "cam1/notes.txt"]
            seen: list[int] = []
            counted = await buckets.count(
                storage, "box", "cam[0-1]/**", on_count=lambda counts: seen.append(counts.looked_at)
            )
            counts = counted.counts
            assert (counts.pictures, counts.videos, counts.others) == (60, 1, 1)
            assert seen == [40, 80, 93]
            until_when = await buckets.good_until(counted)
            assert abs(until_when - datetime.now(UTC) - timedelta(hours=24)) < timedelta(minutes=10)
            await buckets.discard(counted)
            counted = await buckets.count(storage, "box", "cam?/2024-*/img.jpg")
            wish = JobWish(workflow_id="picture-quality", options=JobOptions(table_format="csv"))
            sendings = await buckets.send(THIS_COMPUTER_ID, counted, "Cameras", job=wish)
            return tuple(each.transfer_id for each in sendings)  # And the program ends.

    async def second(transfers: tuple[str, ...]) -> None:
        async with desk_at(home, keys=keys) as (desk, _):
            (transfer,) = transfers
            row = await ended(desk, transfer)
            assert (row.state, row.items_done) == (TransferState.DONE, 90), row
            await until(lambda: any(each.state is JobState.DONE for each in desk.jobs.all()), "the job is done")
            (sending,) = desk._journal.references.of_batch(THIS_COMPUTER_ID, desk.jobs.all()[0].batch_id)
            service = await desk.accounts.service(THIS_COMPUTER_ID)
            files, _ = await service.file_page(sending.batch_id, None, "")
            names = {each.name for each in files}
            assert {"cam0__2024-01__img.jpg", "cam1__2024-01__img.jpg"} <= names

    with Web(authority.context("localhost")) as web:
        monkeypatch.setenv("BATCHDOCK_FETCH_ALSO", f"127.0.0.1:{web.port}")
        filled(web, tmp_path)
        transfers = asyncio.run(first(web))
        no_secret_below(home)
        asyncio.run(second(transfers))
        no_secret_below(home)


def test_what_is_empty_does_not_match_or_is_forbidden_is_told_apart(
    home: Path, tmp_path: Path, authority: Authority
) -> None:
    async def scenario(web: Web, bucket: Bucket) -> None:
        async with desk_at(home, active=False) as (desk, _):
            storage = lab(web)
            await desk.buckets.storages.connect(storage, access="AKID", secret=SECRET)
            with pytest.raises(PrefixEmpty):
                await desk.buckets.count(storage, "box", "nothing/here/")
            with pytest.raises(NothingMatches) as raised:
                await desk.buckets.count(storage, "box", "cam0/**/*.png")
            assert "looked at in “s3://box/cam0/”: 30" in str(raised.value)
            bucket.forbidden = True
            with pytest.raises(PrefixForbidden):
                await desk.buckets.count(storage, "box", "cam0/")
            assert not list((home / "buckets").glob("*.sqlite"))
            await desk.buckets.storages.forget("Lab")
            assert await desk.buckets.storages.all() == ()
            with pytest.raises(CredentialsMissing):
                await desk.buckets.storages.service(storage)

    with Web(authority.context("localhost")) as web:
        asyncio.run(scenario(web, filled(web, tmp_path)))


def test_a_storage_that_only_this_network_has_is_not_offered_to_a_cloud(
    home: Path, tmp_path: Path, authority: Authority
) -> None:
    async def scenario(web: Web, cloud: RoboflowCloud) -> None:
        async with desk_at(home, active=False) as (desk, _):
            account_id = await connected(desk, cloud)
            storage = lab(web)
            await desk.buckets.storages.connect(storage, access="AKID", secret=SECRET)
            counted = await desk.buckets.count(storage, "box", "cam0/")
            assert counted.counts.of(Content.IMAGES) == 30
            with pytest.raises(StorageOnlyHere):
                await desk.buckets.send(account_id, counted)
            await desk.buckets.discard(counted)

    with Web(authority.context("localhost")) as web, RoboflowCloud() as cloud:
        filled(web, tmp_path)
        asyncio.run(scenario(web, cloud))


def test_a_recipe_over_a_bucket_signs_anew_each_time_and_has_no_secret(
    home: Path, tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(web: Web, bucket: Bucket) -> None:
        async with desk_at(home, keys=SessionKeys()) as (desk, _):
            await desk.buckets.storages.connect(lab(web), access="AKID", secret=SECRET)
            with pytest.raises(StorageForgotten):
                await desk.buckets.storage_for(StorageKind.S3, name="none")
            draft = Recipe(
                name="Cameras",
                source=BucketSource(lab(web), "box", "cam0/2024-0[1-3]/*.jpg", 3),
                account_id=THIS_COMPUTER_ID,
                workflow_id="picture-quality",
                options=JobOptions(table_format="csv"),
                content=Content.IMAGES,
            )
            recipe = await desk.recipes.add(draft)
            for files in (3, 4):
                begun = await desk.recipes.run(recipe)
                assert [each.files for each in begun.sendings] == [files]
                carried = await desk.references.carry(begun.sendings[0])
                assert carried.job is not None
                job = await desk.jobs.ended(carried.job.key)
                assert (job.state, job.items_total) == (JobState.DONE, files)
                again = await desk.recipes.of_job(job.key)
                assert replace(again, name=recipe.name, recipe_id=recipe.recipe_id) == recipe
                with pytest.raises(NothingNew):
                    await desk.recipes.run(recipe, new_only=True)
                new = f"cam0/2024-01/new{files}.jpg"
                bucket.files[new] = bucket.files["cam0/2024-01/img.jpg"]
                web.answers[f"/box/{new}"] = bucket._give
            bucket.files["cam0/2024-02/img.jpg"] += b"\n"  # Other bytes at the old place.
            (sending,) = (await desk.recipes.run(recipe, new_only=True)).sendings
            assert sending.files == 2
            carried = await desk.references.carry(sending)
            assert carried.handed.count == 2
            await desk.recipes.export(recipe, tmp_path / "a.recipe.json")
        no_secret_below(home)
        assert SECRET not in (tmp_path / "a.recipe.json").read_text(encoding="utf-8")

    with Web(authority.context("localhost")) as web:
        monkeypatch.setenv("BATCHDOCK_FETCH_ALSO", f"127.0.0.1:{web.port}")
        asyncio.run(scenario(web, filled(web, tmp_path)))
