"""Lists of references become batches and jobs: every line has its outcome, nothing goes over twice, nothing is lost."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

import batchdock.core.reference as looking
from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.errors import (
    ListAddressForgotten,
    ListChanged,
    ListNotFetched,
    ListNotHttps,
    ListTooLarge,
    NoReferences,
    NotOffered,
    QueryEmpty,
)
from batchdock.core.hint import IngestHint
from batchdock.core.job import JobOptions
from batchdock.core.order import IngestNotice
from batchdock.core.problem import FileFailure
from batchdock.core.reference import LineCause
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.references import JobWish
from batchdock.flows.transfers.arrival import Arrival
from batchdock.keystore.session import SessionKeys
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from fakes.tensorbay import TensorBay
from making.certificates import Authority
from making.desks import desk_at, until
from making.media import picture
from making.reference_lists import OLD, SECRET, Web, address, line, write_list
from making.starting import connected
from making.taking import ended
from making.tensorbay import connect_desk

WISH = JobWish(workflow_id="find-things", options=JobOptions(keep_images=True, table_format="csv"))


def hasty(desk: Desk) -> None:
    """Wait for nothing that will not come."""
    desk.references._arrival = Arrival(settle=0.2, silence=1.0)


def no_secret_below(folder: Path) -> None:
    for root, _, names in os.walk(folder):
        for name in names:
            assert SECRET.encode() not in Path(root, name).read_bytes(), name


def handed(cloud: RoboflowCloud) -> list[str]:
    """Return every name that was handed over, as often as it was taken."""
    return [name for batch in cloud.state.batches.values() for shard in batch.shards for name in shard.members]


def test_every_line_has_its_outcome(home: Path, tmp_path: Path) -> None:
    lines = [line(f"{n}.jpg") for n in range(5)] + [
        "",
        "{broken",
        line("6.jpg", "http://example.org/6.jpg"),
        line("7.jpg", "https://10.0.0.7/7.jpg"),
        line("8.jpg", address("8.jpg", OLD)),
        line("3.jpg"),
        line("3.JPG"),
        line("film.mp4"),
        line("text.txt"),
        line("none"),
        "x" * 3_000_000,
        line("last é.jpg", address("last")),
    ]
    path = write_list(tmp_path / "list.jsonl", lines, end="\r\n", bom=True)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            looked = await desk.references.look(path)
            counts = looked.counts
            assert (counts.lines, counts.blank, counts.pictures, counts.videos) == (17, 1, 6, 1)
            assert counts.usable + counts.left_out + counts.blank == counts.lines
            found = await looked.findings(0, 100)
            assert [(each.line, each.cause, each.first) for each in found] == [
                (7, LineCause.NOT_JSON, 0),
                (8, LineCause.NOT_HTTPS, 0),
                (9, LineCause.PRIVATE, 0),
                (10, LineCause.EXPIRED, 0),
                (11, LineCause.SAME_NAME, 4),
                (12, LineCause.SAME_BUT_CASE, 4),
                (14, LineCause.OTHER_KIND, 0),
                (15, LineCause.NO_EXTENSION, 0),
                (16, LineCause.NOT_JSON, 0),
            ]
            assert [each.line for each in await looked.findings(0, 9, LineCause.NOT_JSON)] == [7, 16]
            assert [each.line for each in await looked.findings_after(10, 2)] == [11, 12]
            assert counts.expires is not None
            assert counts.expires.year == 2099
            no_secret_below(home)
            await desk.references.discard(looked)
            assert not [*(home / "references").iterdir()]

    asyncio.run(scenario())


def test_pictures_and_videos_become_batches_of_their_own_and_jobs(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line(f"{n}.jpg") for n in range(7)] + [line("a.mp4"), "broken"])

    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            looked = await desk.references.look(path)
            notice = IngestNotice(url="https://hooks.example/in", categories=("ingest-status", "files-status"))
            sendings = await desk.references.send(account, looked, "Harvest", job=WISH, notice=notice)
            pictures, videos = [(await desk.references.carry(each)).job for each in sendings]
            assert pictures is not None
            assert videos is not None
            assert (pictures.name, videos.name) == ("Harvest", "Harvest (videos)")
            await until(lambda: len(cloud.state.jobs) == 2, "both jobs are there")
            batches = {each.content: each for each in cloud.state.batches.values()}
            assert sorted(batches["images"].files()) == [f"{n}.jpg" for n in range(7)]
            assert sorted(batches["videos"].files()) == ["a.mp4"]
            assert batches["images"].files()["0.jpg"] == address("0.jpg").encode()
            states = {each.state for each in desk.transfers.all()}
            assert states == {TransferState.DONE}
            assert not [*(home / "references").iterdir()], "nothing is kept of a list that is over"
            definition = cloud.state.jobs[pictures.job_id].definition
            assert definition["jobInput"]["batchId"] == pictures.batch_id
            no_secret_below(home)

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


def test_a_long_list_goes_over_in_chunks(home: Path, tmp_path: Path) -> None:
    names = [f"{n:06}.jpg" for n in range(41_000)] + [f"{n:06}.mp4" for n in range(5_001)]
    path = write_list(tmp_path / "list.jsonl", map(line, names))

    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            looked = await desk.references.look(path)
            sendings = await desk.references.send(account, looked, "Many")
            desk.references.begin(sendings)
            for each in sendings:
                row = await ended(desk, each.transfer_id)
                assert (row.state, row.items_done) == (TransferState.DONE, each.files)
            sizes = [len(given) for _, given, _ in cloud.state.handed]
            assert sorted(sizes) == [1, 1_000, 5_000, 20_000, 20_000]
            assert sorted(handed(cloud)) == sorted(names)
            assert len({ingest for ingest, _, _ in cloud.state.handed}) == 5

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.INSTEAD])
def test_after_a_break_nothing_goes_over_twice_and_nothing_is_lost(home: Path, tmp_path: Path, kind: Kind) -> None:
    names = [f"{n:06}.jpg" for n in range(50_000)]
    path = write_list(tmp_path / "list.jsonl", map(line, names))
    keys = SessionKeys()

    async def broken_off(cloud: RoboflowCloud) -> str:
        async with desk_at(home, keys=keys) as (desk, _):
            account = await connected(desk, cloud)
            looked = await desk.references.look(path)
            cloud.fail("POST .*/image-references", kind, skip=1, times=999, status=503)
            (transfer,) = desk.references.begin(await desk.references.send(account, looked, "Many", job=WISH))
            await until(lambda: len(cloud.requests("image-references")) >= 2, "the second chunk is tried")
            return transfer

    async def go_on(cloud: RoboflowCloud, transfer: str) -> None:
        async with desk_at(home, keys=keys) as (desk, _):
            row = await ended(desk, transfer)
            assert (row.state, row.items_done) == (TransferState.DONE, 50_000), row
            await until(lambda: len(cloud.state.jobs) == 1, "its job is started")

    with RoboflowCloud() as cloud:
        transfer = asyncio.run(broken_off(cloud))
        cloud.heal()
        before = len(cloud.state.handed)
        asyncio.run(go_on(cloud, transfer))
        assert sorted(handed(cloud)) == names
        again = {ingest for ingest, _, _ in cloud.state.handed[before:]}
        assert len(again) == 2, "what was taken for sure is not even asked about"
        no_secret_below(home)


def test_a_list_that_became_another_one_is_not_sent(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line(f"{n}.jpg") for n in range(9)])

    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            sendings = await desk.references.send(account, await desk.references.look(path), "Many")
            write_list(path, [line(f"{n + 1}.jpg") for n in range(9)])
            with pytest.raises(ListChanged):
                await desk.references.carry(sendings[0])
            assert not cloud.state.handed
            write_list(path, [line(f"{n}.jpg") for n in range(9)])
            await desk.transfers.retry(sendings[0].transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE, "it goes over after all")

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


def test_a_list_that_is_gone_is_waited_for_and_found_elsewhere(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "card" / "list.jsonl", [line(f"{n}.jpg") for n in range(9)])

    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            sendings = await desk.references.send(account, await desk.references.look(path), "Many")
            shutil.move(tmp_path / "card", tmp_path / "moved")
            (transfer,) = desk.references.begin(sendings)
            await until(lambda: any(each.hold for each in desk.transfers.all()), "it is held")
            await desk.transfers.reconnect(transfer, tmp_path / "moved")
            assert (await ended(desk, transfer)).state is TransferState.DONE

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


def test_what_was_not_taken_in_is_named(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line(f"{n}.jpg") for n in range(9)])

    async def scenario(cloud: RoboflowCloud) -> None:
        cloud.state.refused = {"3.jpg", "5.jpg"}
        async with desk_at(home) as (desk, _):
            hasty(desk)
            account = await connected(desk, cloud)
            sendings = await desk.references.send(account, await desk.references.look(path), "Many", job=WISH)
            carried = await desk.references.carry(sendings[0])
            assert carried.job is not None
            assert carried.handed.lost == 2
            (row,) = desk.transfers.all()
            assert (row.state, row.items_done) == (TransferState.DONE_WITH_PROBLEMS, 7)
            (problem,) = [each for each in desk.problems.all() if each.about == "Many"]
            assert [each.name for each in problem.files] == ["3.jpg", "5.jpg"]
            assert "7 of 9" in problem.error.sentence()

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


def test_nothing_usable_and_services_without_references_say_so(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", ["x", line("a.jpg", "http://a.example/a.jpg")])
    good = write_list(tmp_path / "good.jsonl", [line("a.jpg")])

    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            with pytest.raises(NoReferences) as refusal:
                await desk.references.send(account, await desk.references.look(path), "None")
            assert '"url"' in refusal.value.sentence()
            with pytest.raises(ListNotHttps):
                await desk.references.look("http://a.example/list.jsonl")
            with TensorBay() as bay:
                other = await connect_desk(desk, bay)
                with pytest.raises(NotOffered):
                    await desk.references.send(other.account_id, await desk.references.look(good), "None")

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this process trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


def test_a_list_at_an_address_goes_over_as_its_address(home: Path, authority: Authority) -> None:
    lines = [line(f"{n}.jpg") for n in range(9)]

    async def scenario(cloud: RoboflowCloud, web: Web) -> None:
        body = "\n".join(lines).encode()
        url = web.put("/lists/lot.jsonl", body, "application/jsonl") + f"?{SECRET}"
        cloud.state.lists[url] = [{"name": f"{n}.jpg", "url": address(f"{n}.jpg")} for n in range(9)]
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            looked = await desk.references.look(url)
            assert (looked.name, looked.counts.pictures) == ("lot.jsonl", 9)
            assert SECRET not in repr(looked)
            sendings = await desk.references.send(account, looked, "Lot")
            no_secret_below(home)
            await desk.references.carry(sendings[0])
            assert [given for _, _, given in cloud.state.handed] == [url]
            assert len(handed(cloud)) == 9
            # With anything wrong in it, the good lines go over one by one.
            web.put("/lists/lot.jsonl", body + b"\nbroken\n" + line("film.mp4").encode())
            for each in await desk.references.send(account, await desk.references.look(url), "Lot"):
                await desk.references.carry(each)
            assert [len(names) for _, names, given in cloud.state.handed if given is None] == [9, 1]
            with pytest.raises(ListNotFetched) as refusal:
                await desk.references.look(web.url(f"/nowhere?{SECRET}"))
            assert "404" in refusal.value.sentence()
            assert SECRET not in refusal.value.sentence()

    with RoboflowCloud() as cloud, Web(authority.context("localhost")) as web:
        asyncio.run(scenario(cloud, web))


def test_the_address_of_a_list_is_kept_where_keys_are(home: Path, authority: Authority) -> None:
    async def begun(cloud: RoboflowCloud, url: str, keys: SessionKeys) -> str:
        async with desk_at(home, keys=keys) as (desk, _):
            account = await connected(desk, cloud)
            cloud.fail("POST .*/image-references", status=503, times=999)
            sendings = await desk.references.send(account, await desk.references.look(url), "Lot")
            (transfer,) = desk.references.begin(sendings)
            await until(lambda: cloud.requests("image-references"), "it is tried")
            return transfer

    async def gone_on(transfer: str, keys: SessionKeys) -> None:
        async with desk_at(home, keys=keys) as (desk, _):
            assert (await ended(desk, transfer)).state is TransferState.DONE
            await until(lambda: not [each for each in keys.load() if each.startswith("list ")], "it is forgotten")

    with RoboflowCloud() as cloud, Web(authority.context("localhost")) as web:
        url = web.put("/lot.jsonl", line("a.jpg").encode()) + f"?{SECRET}"
        cloud.state.lists[url] = [{"name": "a.jpg", "url": address("a.jpg")}]
        keys = SessionKeys()
        transfer = asyncio.run(begun(cloud, url, keys))
        no_secret_below(home)
        cloud.heal()
        asyncio.run(gone_on(transfer, keys))
        assert handed(cloud) == ["a.jpg"]


def test_an_address_that_nobody_kept_is_asked_for_again(home: Path, authority: Authority) -> None:
    async def begun(cloud: RoboflowCloud, url: str) -> str:
        async with desk_at(home, keys=SessionKeys()) as (desk, _):
            account = await connected(desk, cloud)
            cloud.fail("POST .*/image-references", status=503, times=999)
            (sending,) = await desk.references.send(account, await desk.references.look(url), "Lot")
            return sending.transfer_id

    async def gone_on(transfer: str) -> None:
        async with desk_at(home, active=False, keys=SessionKeys()) as (desk, _):
            with pytest.raises(ListAddressForgotten, match=r"lot\.jsonl"):
                await desk.references.carry(desk._journal.references.get(transfer))

    with RoboflowCloud() as cloud, Web(authority.context("localhost")) as web:
        url = web.put("/lot.jsonl", line("a.jpg").encode()) + f"?{SECRET}"
        asyncio.run(gone_on(asyncio.run(begun(cloud, url))))


def test_a_list_that_is_too_large_is_not_fetched_to_its_end(home: Path, authority: Authority) -> None:
    async def scenario(web: Web) -> None:
        async with desk_at(home, active=False) as (desk, _):
            desk.references.lists._fetching._most = 1_000
            with pytest.raises(ListTooLarge, match="1,000 bytes"):
                await desk.references.look(web.put("/lot.jsonl", line("a.jpg").encode() * 50))
            assert not list((home / "references").glob("*.sqlite"))

    with Web(authority.context("localhost")) as web:
        asyncio.run(scenario(web))


def test_only_kinds_that_are_there_are_asked_about(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line(f"{n}.mp4") for n in range(3)])

    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            looked = await desk.references.look(path)
            (sending,) = await desk.references.send(account, looked, "Films", batch_id="films-1")
            await desk.references.carry(sending)
            assert (sending.batch_id, sending.content) == ("films-1", Content.VIDEOS)

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


def test_what_a_service_says_by_itself_is_told_of_references_too(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line(f"{n}.jpg") for n in range(3)])

    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            account_id = await connected(desk, cloud)
            account = await desk.accounts.find(account_id)
            cloud.state.refused = {"1.jpg"}
            hasty(desk)
            (sending,) = await desk.references.send(account_id, await desk.references.look(path), "Lot")
            await desk.references.carry(sending)
            heard = IngestHint(batch_id=sending.batch_id, failed=(FileFailure("1.jpg", "It is too large."),))
            desk.hooks._taken_in.look_into(account, heard)
            await until(lambda: any(each.files[0].cause == "It is too large." for each in desk.problems.all()), "told")
            # A cloud can not reach this computer, which its own service can.
            desk.references.listens = lambda: "http://127.0.0.1:1/events"
            (sending,) = await desk.references.send(account_id, await desk.references.look(path), "Lot")
            assert sending.notice is None
            (sending,) = await desk.references.send(THIS_COMPUTER_ID, await desk.references.look(path), "Lot")
            assert sending.notice == IngestNotice(
                url="http://127.0.0.1:1/events", categories=("ingest-status", "files-status")
            )

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


def test_what_a_query_finds_becomes_a_job_with_its_metadata(home: Path) -> None:
    async def scenario(cloud: RoboflowCloud) -> None:
        async with desk_at(home) as (desk, _):
            hasty(desk)
            account = await connected(desk, cloud)
            cloud.state.library["tag:boat"] = {f"{n}.jpg": b"x" for n in range(4)}
            cloud.fail("POST .*/roboql-ingest", Kind.DROPPED)
            sending = await desk.references.query(account, " tag:boat ", "Boats", job=WISH)
            carried = await desk.references.carry(sending)
            assert carried.job is not None
            assert carried.handed.count == 4
            await until(lambda: carried.job and carried.job.job_id in cloud.state.jobs, "the job is there")
            definition = cloud.state.jobs[carried.job.job_id].definition
            assert definition["jobInput"]["partName"] == "images"
            assert definition["jobInput"]["imagesMetadataPart"] == "metadata"
            assert [each["query"] for each in cloud.state.queries] == ["tag:boat"], "asked twice, done once"
            with pytest.raises(QueryEmpty):
                await desk.references.carry(await desk.references.query(account, "tag:nothing", "None"))
            with pytest.raises(NotOffered):
                await desk.references.query(THIS_COMPUTER_ID, "tag:boat", "Boats")

    with RoboflowCloud() as cloud:
        asyncio.run(scenario(cloud))


def test_this_computer_fetches_by_itself_and_goes_on_after_a_restart(
    home: Path, tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = SessionKeys()
    wish = JobWish(workflow_id="picture-quality", options=JobOptions(table_format="csv"))

    async def broken_off(path: Path, asked: list[str]) -> str:
        async with desk_at(home, keys=keys) as (desk, _):
            sendings = await desk.references.send(
                THIS_COMPUTER_ID, await desk.references.look(path), "Harvest", job=wish
            )
            (transfer,) = desk.references.begin(sendings)
            await until(lambda: asked, "it begins to fetch")
            return transfer

    async def gone_on(transfer: str) -> None:
        async with desk_at(home, keys=keys) as (desk, _):
            row = await ended(desk, transfer)
            assert (row.state, row.items_done) == (TransferState.DONE_WITH_PROBLEMS, 150), row
            (problem,) = [each for each in desk.problems.all() if each.about == "Harvest"]
            assert [(each.name, "404" in each.cause) for each in problem.files] == [("gone.jpg", True)]
            await until(lambda: any(each.state is JobState.DONE for each in desk.jobs.all()), "the job is done")

    with Web(authority.context("localhost")) as web:
        monkeypatch.setenv("BATCHDOCK_FETCH_ALSO", f"127.0.0.1:{web.port}")
        # The line leads into the world as far as it tells; the switch is the service's.
        monkeypatch.setattr(looking, "is_private_host", lambda host: False)
        looking._fault_of_place.cache_clear()
        data = picture(tmp_path / "a.jpg", 1, (32, 32)).read_bytes()
        lines = [line(f"{n}.jpg", web.put(f"/{n}.jpg", data)) for n in range(150)]
        path = write_list(tmp_path / "list.jsonl", [*lines, line("gone.jpg", web.url("/gone.jpg"))])
        transfer = asyncio.run(broken_off(path, web.asked))
        asyncio.run(gone_on(transfer))
    looking._fault_of_place.cache_clear()
