"""Looking at files of a batch without fetching the rest of them."""

import asyncio
import io
import random
import tarfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest

from batchdock.core.batch import StagedFile
from batchdock.core.errors import ArchiveDamaged, NotFound
from batchdock.flows.batches import Spot
from batchdock.flows.desk import Desk
from batchdock.flows.results.looking import Member
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_contents import Contents, Repeated
from fakes.roboflow_state import archive
from making import media
from making.desks import desk_at

KB, MB = 1024, 1024 * 1024


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


Look = Callable[[Desk, Spot, dict[str, StagedFile]], Coroutine[None, None, None]]


def looked(cloud: RoboflowCloud, home: Path, files: dict[str, Contents], look: Look) -> None:
    """Put files into a batch, list them, and look."""
    cloud.stage("b", files)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            page = await desk.batches.page(Spot(account, "b"))
            assert not any(each.url for each in page.files)
            await look(desk, page.spot, {each.name: each for each in page.files})

    asyncio.run(scenario())


def tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:") as made:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return out.getvalue()


def late_index(tmp_path: Path) -> bytes:
    """A video whose table of contents stands behind everything else, far from its beginning."""
    made = media.video(tmp_path / "v.mp4", size=(160, 120)).read_bytes()
    # A box that nobody reads, in front of what the table of contents points to, would move it; behind the data it may.
    place = made.index(b"moov") - 4
    assert made.index(b"mdat") < place
    size = 40 * MB
    return made[:place] + size.to_bytes(4, "big") + b"free" + bytes(size - 8) + made[place:]


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_of_a_large_file_only_the_beginning_comes_over(cloud: RoboflowCloud, home: Path, knows_ranges: bool) -> None:
    cloud.state.knows_ranges = knows_ranges

    async def look(desk: Desk, spot: Spot, files: dict[str, StagedFile]) -> None:
        found = await desk.glimpses.beginning(spot, files["large.csv"], 256 * KB)
        assert found.data == (b"a,b,c\n" * 50_000)[: 256 * KB]
        assert (found.size, found.whole) == (3 * 1024 * MB, False)
        whole = await desk.glimpses.beginning(spot, files["small.csv"], 256 * KB)
        assert (whole.data, whole.size, whole.whole) == (b"a,b\n", 4, True)
        empty = await desk.glimpses.beginning(spot, files["empty.csv"], 256 * KB)
        assert (empty.data, empty.whole) == (b"", True)

    contents: dict[str, Contents] = {
        "large.csv": Repeated(b"a,b,c\n", 3 * 1024 * MB),
        "small.csv": b"a,b\n",
        "empty.csv": b"",
    }
    looked(cloud, home, contents, look)


def test_an_address_that_has_run_out_is_renewed_by_its_page(cloud: RoboflowCloud, home: Path) -> None:
    cloud.state.page = 10

    async def look(desk: Desk, spot: Spot, files: dict[str, StagedFile]) -> None:
        second = (await desk.batches.page(spot)).following
        assert second is not None
        page = await desk.batches.page(second)
        cloud.expire_addresses()
        before = len(cloud.requests("/list"))
        found = await desk.glimpses.beginning(page.spot, page.files[3], KB)
        assert found.data == b"13"
        assert len(cloud.requests("/list")) == before + 1
        # Taken out, so that all others stand elsewhere now.
        for number in range(8):
            del cloud.state.batches["b"].simple[f"{number}.txt"]
        cloud.expire_addresses(400)
        assert (await desk.glimpses.beginning(page.spot, page.files[3], KB)).data == b"13"
        del cloud.state.batches["b"].simple["13.txt"]
        cloud.expire_addresses()
        with pytest.raises(NotFound):
            await desk.glimpses.beginning(page.spot, page.files[3], KB)

    looked(cloud, home, {f"{number}.txt": str(number).encode() for number in range(40)}, look)


def test_a_plain_tar_is_read_by_its_headers_alone(cloud: RoboflowCloud, home: Path) -> None:
    members = {f"{number}.bin": bytes([number]) * MB for number in range(40)}
    members["last.txt"] = b"the end"

    async def look(desk: Desk, spot: Spot, files: dict[str, StagedFile]) -> None:
        found = await desk.glimpses.inside(spot, files["a.tar"], 2 * MB)
        assert [(each.name, each.size) for each in found.members] == [(n, len(d)) for n, d in members.items()]
        assert found.whole
        taken = await desk.glimpses.member(spot, files["a.tar"], found.members[7], 3)
        assert (taken.data, taken.size, taken.whole) == (b"\7\7\7", MB, False)
        last = await desk.glimpses.member(spot, files["a.tar"], found.members[-1], KB)
        assert (last.data, last.whole) == (b"the end", True)

    looked(cloud, home, {"a.tar": tar(members)}, look)


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_compressed_archive_is_read_as_far_as_was_agreed(
    cloud: RoboflowCloud, home: Path, knows_ranges: bool
) -> None:
    cloud.state.knows_ranges = knows_ranges
    dice = random.Random(1)
    members = {"first.csv": b"a,b\n1,2\n", **{f"{n}.bin": dice.randbytes(500 * KB) for n in range(12)}}

    async def look(desk: Desk, spot: Spot, files: dict[str, StagedFile]) -> None:
        found = await desk.glimpses.inside(spot, files["a.tar.gz"], 2 * MB)
        assert not found.whole
        assert 2 < len(found.members) < 8
        assert found.size == len(packed)
        assert all(0 < each.reach <= 2 * MB for each in found.members[:-1])
        first = await desk.glimpses.member(spot, files["a.tar.gz"], found.members[0], KB)
        assert (first.data, first.whole) == (members["first.csv"], True)
        second = await desk.glimpses.member(spot, files["a.tar.gz"], found.members[1], KB)
        assert second.data == members["0.bin"][:KB]
        whole = await desk.glimpses.inside(spot, files["a.tar.gz"], 20 * MB)
        assert [each.name for each in whole.members] == list(members)
        assert whole.whole

    packed = archive(members)
    looked(cloud, home, {"a.tar.gz": packed}, look)


def test_what_is_no_archive_says_so(cloud: RoboflowCloud, home: Path) -> None:
    async def look(desk: Desk, spot: Spot, files: dict[str, StagedFile]) -> None:
        with pytest.raises(ArchiveDamaged):
            await desk.glimpses.inside(spot, files["a.tar"])
        with pytest.raises(ArchiveDamaged):
            await desk.glimpses.member(spot, files["b.tar.gz"], Member("no.txt", 3, 3), KB)

    looked(cloud, home, {"a.tar": b"<html>" * 1000, "b.tar.gz": archive({"yes.txt": b"yes"})}, look)


def test_the_first_frame_of_a_video_needs_its_beginning_and_its_end(
    cloud: RoboflowCloud, home: Path, tmp_path: Path
) -> None:
    async def look(desk: Desk, spot: Spot, files: dict[str, StagedFile]) -> None:
        frame = await desk.glimpses.first_frame(spot, files["v.mp4"], 4 * MB)
        assert frame is not None
        assert (frame.full_width, frame.full_height, len(frame.data)) == (160, 120, 160 * 120 * 3)
        assert await desk.glimpses.first_frame(spot, files["no.mp4"]) is None
        cloud.state.knows_ranges = False
        assert await desk.glimpses.first_frame(spot, files["v.mp4"], 4 * MB) is None

    looked(cloud, home, {"v.mp4": late_index(tmp_path), "no.mp4": b"no video" * 1000}, look)


def test_going_on_gives_up_what_was_being_read(cloud: RoboflowCloud, home: Path) -> None:
    async def look(desk: Desk, spot: Spot, files: dict[str, StagedFile]) -> None:
        await desk.batches.page(spot)
        cloud.line(bytes_per_second=200 * KB)
        looking = asyncio.create_task(desk.glimpses.inside(spot, files["a.tar.gz"]))
        asked = len(cloud.requests("/storage/get"))
        while len(cloud.requests("/storage/get")) == asked:
            await asyncio.sleep(0.01)
        looking.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(looking, return_exceptions=True)
        assert looking.cancelled()

    dice = random.Random(2)
    looked(cloud, home, {"a.tar.gz": archive({"a.bin": dice.randbytes(4 * MB)})}, look)
