"""What the vendor's own SDK, unchanged, puts at a service this app reads, and the other way round.

Slow, and wants a package index, so it is left out unless asked for: `pytest -m vendor`. The SDK is installed into an
environment of its own, unless `BATCHDOCK_TENSORBAY_PYTHON` names a Python that has it.
"""

import asyncio
import hashlib
import json
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from batchdock.core.datasets.data import Arrived, Sensor
from batchdock.core.datasets.dataset import DatasetKind, DraftState, Notes, Strategy, Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.filling import FillWish, plan
from batchdock.flows.datasets.taking_out import TakingOut
from fakes.tensorbay import TensorBay
from making.bodies import Held
from making.desks import desk_at
from making.taking import ended, lines_of, take, versions_in
from making.tensorbay import connect_desk, connected
from making.tensorbay_sdk import Sdk, installed
from making.tensorbay_versions import CATALOG, LABEL, MASKS, files_of, seen_by_app, sent, sha_of

pytestmark = [pytest.mark.vendor, pytest.mark.timeout(1800)]

T = TypeVar("T")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the vendor's SDK, installed without what it pins."""
    known = os.environ.get("BATCHDOCK_TENSORBAY_PYTHON")
    if known:
        return Path(known)
    return installed(tmp_path_factory.mktemp("sdk") / "venv")


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay
        assert {each.headers.get("x-token") for each in bay.store_seen} <= {None}, "the key stays with the API"


@pytest.fixture
def sdk(python: Path, bay: TensorBay, tmp_path: Path) -> Sdk:
    """The SDK, aimed at the stand-in."""
    return Sdk(python, bay, tmp_path)


def by_app(bay: TensorBay, work: Callable[[DatasetService], Awaitable[T]]) -> T:
    """Return what the app's own client finds."""

    async def scenario() -> T:
        service = connected(bay)
        try:
            assert service.datasets is not None
            return await work(service.datasets)
        finally:
            await service.close()

    return asyncio.run(scenario())


@pytest.mark.parametrize("backend", ["oss", "s3", "azure", "fps"])
def test_the_app_reads_what_the_sdk_uploaded(bay: TensorBay, sdk: Sdk, backend: str) -> None:
    bay.backend = backend
    segments = {"train": files_of(130, "train"), "群/a b": files_of(5, "test"), "empty": []}
    (dataset_id,) = sdk(("create", "harbor", False, "Port"))
    # The SDK takes the first that a name fits; the app has to tell them apart.
    bay.add_dataset("harbor_other", segments={"train": 2})
    first, second, theirs, earlier, history = sdk(
        ("upload", "harbor", "first", CATALOG, segments, "v1"),
        ("overwrite", "harbor", "train", "day/002.txt", "another file"),
        ("read", "harbor"),
        ("read", "harbor", "v1"),
        ("read_history", "harbor"),
    )
    assert theirs["segments"]["train"]["day/002.txt"][1:] == [{}, {}], "another file takes the labels"

    async def ours(datasets: DatasetService) -> None:
        (found,) = [each async for each in datasets.datasets() if each.name == "harbor"]
        assert (found.dataset_id, found.alias, found.commit_id, found.files) == (dataset_id, "Port", second, 141)
        assert await seen_by_app(datasets, dataset_id, Version(commit="main")) == theirs
        seen = await seen_by_app(datasets, dataset_id, Version(commit="v1"))
        assert seen == earlier
        assert seen["catalog"] == CATALOG
        label, masks = seen["segments"]["train"]["day/002.txt"][1:]
        assert label == LABEL
        assert {kind: sha for kind, (sha, _) in masks.items()} == {
            kind: hashlib.sha1(text.encode()).hexdigest() for kind, text in MASKS.items()
        }
        commits = [[each.commit_id, each.title, each.description] async for each in datasets.commits(dataset_id)]
        assert commits == history["commits"] == [[second, "overwrite", ""], [first, "first", "about first"]]
        assert (
            {each.name: each.commit_id async for each in datasets.tags(dataset_id)} == history["tags"] == {"v1": first}
        )

    by_app(bay, ours)


@pytest.mark.parametrize("backend", ["oss", "s3", "azure", "fps"])
def test_the_sdk_reads_what_the_app_uploaded(bay: TensorBay, sdk: Sdk, backend: str) -> None:
    bay.backend = backend
    segments = {"train": files_of(60, "train"), "test": files_of(5, "test")}

    async def ours(datasets: DatasetService) -> tuple[str, dict[str, Any]]:
        dataset_id = await datasets.create_dataset("harbor", alias="Port")
        draft = await datasets.create_draft(dataset_id, "main", "first")
        await datasets.put_catalog(dataset_id, draft, CATALOG)
        await datasets.update_notes(dataset_id, draft, Notes(True, ("X", "Y")))
        for segment, files in segments.items():
            await datasets.create_segment(dataset_id, draft, segment)
            arrived = [await sent(datasets, dataset_id, draft, segment, *each) for each in files]
            await datasets.register(dataset_id, draft, segment, arrived)
            later = {"CLASSIFICATION": {"category": "day", "attributes": {}}}
            await datasets.put_labels(dataset_id, draft, segment, [("day/001.txt", later)])
        commit = await datasets.commit_draft(dataset_id, draft, "first", description="about first", tag="v1")
        return commit, await seen_by_app(datasets, dataset_id, Version(commit=commit))

    commit, seen = by_app(bay, ours)
    theirs, history, names = sdk(("read", "harbor", "v1"), ("read_history", "harbor"), ("names",))
    assert theirs == seen
    assert names == ["harbor"]
    assert (history["commits"], history["tags"]) == ([[commit, "first", "about first"]], {"v1": commit})
    assert history["drafts"] == {"1": ["first", "COMMITTED"]}
    train = theirs["segments"]["train"]
    assert {path: sha for path, (sha, _, _) in train.items()} == {
        path: hashlib.sha1(text.encode()).hexdigest() for path, text, _, _ in segments["train"]
    }
    assert train["day/002.txt"][1] == LABEL
    assert train["day/001.txt"][1]["CLASSIFICATION"]["category"] == "day"
    assert (theirs["catalog"], theirs["notes"]) == (CATALOG, [True, ["X", "Y"]])


def test_a_draft_of_the_sdk_goes_on_in_the_app(bay: TensorBay, sdk: Sdk) -> None:
    half, whole = files_of(20, "fresh"), files_of(60, "fresh")
    dataset_id, draft = sdk(("create", "fresh"), ("upload_dataset", "fresh", {"train": half}))
    puts = sum(bay.store.put.values())

    async def ours(datasets: DatasetService) -> str:
        known = {each.remote_path async for each in datasets.data(dataset_id, Version(draft=draft), "train")}
        assert known == {path for path, *_ in half}
        missing = [each for each in whole if each[0] not in known]
        arrived = [await sent(datasets, dataset_id, draft, "train", *each) for each in missing]
        await datasets.register(dataset_id, draft, "train", arrived)
        return await datasets.commit_draft(dataset_id, draft, "both")

    commit = by_app(bay, ours)
    assert sum(bay.store.put.values()) - puts == 40
    labels = {"day/001.txt": {"BOX2D": LABEL["BOX2D"]}, "day/002.txt": {"RLE": LABEL["RLE"]}}
    paths, second, theirs = sdk(("paths", "fresh", "train"), ("label", "fresh", "train", labels), ("read", "fresh"))
    assert paths == sorted(path for path, *_ in whole)

    async def again(datasets: DatasetService) -> dict[str, Any]:
        commits = [each.commit_id async for each in datasets.commits(dataset_id)]
        assert commits == [second, commit]
        return await seen_by_app(datasets, dataset_id, Version(commit=second))

    seen = by_app(bay, again)
    assert seen == theirs
    rows = seen["segments"]["train"]
    assert {path: rows[path][1] for path in labels} == labels, "all kinds of labels are replaced"


def test_history_is_the_same_for_both(bay: TensorBay, sdk: Sdk) -> None:
    dataset_id = bay.add_dataset("harbor", versions=3, segments={"train": 5})
    made = sdk(("history", "harbor", "dev", "sdk-tag"))

    async def ours(datasets: DatasetService) -> dict[str, Any]:
        await datasets.create_branch(dataset_id, "app-branch", "v1")
        await datasets.create_tag(dataset_id, "app-tag", "v2")
        number = await datasets.create_draft(dataset_id, "app-branch", "rough")
        await datasets.update_draft(dataset_id, number, title="rougher", close=True)
        open_one = await datasets.create_draft(dataset_id, "app-branch", "open", "still")
        assert open_one == number + 1
        return {
            "commits": [[each.commit_id, each.title, each.description] async for each in datasets.commits(dataset_id)],
            "branches": {each.name: each.commit_id async for each in datasets.branches(dataset_id)},
            "tags": {each.name: each.commit_id async for each in datasets.tags(dataset_id)},
            "drafts": {
                str(each.number): [each.title, each.state.value] async for each in datasets.drafts(dataset_id, None)
            },
        }

    seen = by_app(bay, ours)
    assert made[0][1] == "rougher"
    assert seen == sdk(("read_history", "harbor"))[0]
    assert set(seen["branches"]) == {"main", "dev", "app-branch"}
    assert Counter(state for _, state in seen["drafts"].values()) == {"COMMITTED": 3, "CLOSED": 2, "OPEN": 1}


def test_drafts_are_changed_and_compared_by_both(bay: TensorBay, sdk: Sdk) -> None:
    dataset_id = bay.add_dataset("harbor", segments={"train": 5})
    (draft,) = sdk(("arrange", "harbor", "train", "0000.jpg", "0001.jpg"))

    async def ours(datasets: DatasetService) -> dict[str, Any]:
        version = Version(draft=draft)
        names = {"0003.jpg": "by-app/0003.jpg"}
        await datasets.place_data(dataset_id, draft, "train-moved", names, "train-moved", Strategy.ABORT, move=True)
        await datasets.delete_data(dataset_id, draft, "train", "0004.jpg")
        found = {}
        async for each in datasets.segment_diffs(dataset_id, version):
            rows = {row.remote_path: row.action async for row in datasets.data_diffs(dataset_id, version, each.name)}
            found[each.name] = [each.action, rows]
        return found

    seen = by_app(bay, ours)
    assert seen == sdk(("difference", "harbor", draft))[0]
    assert seen["train"] == ["modify", {"0004.jpg": "delete"}]
    moved = ["0002.jpg", "0004.jpg", "by-app/0003.jpg", "copied/0000.jpg", "renamed/0000.jpg"]
    assert seen["train-moved"] == ["add", dict.fromkeys(moved, "add")]


def test_frames_of_both(bay: TensorBay, sdk: Sdk) -> None:
    sensors = [{"name": "camera", "type": "CAMERA"}, {"name": "lidar", "type": "LIDAR"}]
    frames = [{"camera": f"camera {number}", "lidar": f"lidar {number}"} for number in range(7)]
    dataset_id, commit, theirs = sdk(
        ("create", "cams", True),
        ("upload_frames", "cams", "by-sdk", sensors, frames),
        ("read_frames", "cams", "by-sdk"),
    )

    async def ours(datasets: DatasetService) -> Any:
        assert (await datasets.dataset(dataset_id)).kind is DatasetKind.FUSION
        draft = await datasets.create_draft(dataset_id, "main", "mine")
        await datasets.create_segment(dataset_id, draft, "by-app")
        for each in sensors:
            await datasets.put_sensor(dataset_id, draft, "by-app", Sensor(each["name"], each["type"], {}))
        arrived = []
        for number, frame in enumerate(frames):
            for sensor, text in frame.items():
                checksum = hashlib.sha1(text.encode()).hexdigest()
                path, frame_id = f"{sensor}/{number}", f"01F29QVWASMNGYA19AZBG9BP{number:02}"
                await datasets.upload(dataset_id, draft, "by-app", Held(path, text.encode()), checksum)
                arrived.append(Arrived(path, checksum, len(text), timestamp=1.5, frame_id=frame_id, sensor=sensor))
        await datasets.register(dataset_id, draft, "by-app", arrived)
        await datasets.commit_draft(dataset_id, draft, "mine")
        version = Version(commit=commit)
        found: dict[str, dict[str, str]] = {}
        async for data in datasets.details(dataset_id, version, "by-sdk"):
            found.setdefault(data.frame_id, {})[data.sensor] = await sha_of(datasets, data.url)
        known = await datasets.sensors(dataset_id, version, "by-sdk")
        return {"sensors": {each.name: each.raw for each in known}, "frames": list(found.values())}

    assert by_app(bay, ours) == theirs
    (mine,) = sdk(("read_frames", "cams", "by-app"))
    assert mine["frames"] == theirs["frames"]
    assert set(mine["sensors"]) == {"camera", "lidar"}


def test_what_the_sdk_uploaded_is_taken_out_whole(bay: TensorBay, sdk: Sdk, home: Path, tmp_path: Path) -> None:
    segments = {"train": files_of(60, "train"), "群/a b": files_of(5, "test")}
    _, first, second, theirs = sdk(
        ("create", "harbor"),
        ("upload", "harbor", "first", CATALOG, segments, "v1"),
        ("overwrite", "harbor", "train", "day/002.txt", "another file"),
        ("read", "harbor", "v1"),
    )

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connect_desk(desk, bay)
            bay.fetched.clear()
            row = await take(desk, account.account_id, TakingOut(tmp_path / "out"))
            assert row.state is TransferState.DONE, row

    asyncio.run(scenario())
    there = versions_in(tmp_path / "out")
    assert set(there) == {first, second}
    assert set(bay.fetched.values()) == {1}
    index = json.loads((there[first] / "index.json").read_text(encoding="utf-8"))
    assert json.loads((there[first] / "catalog.json").read_text(encoding="utf-8")) == theirs["catalog"]
    for segment in index["segments"]:
        rows = theirs["segments"][segment["name"]]
        lines = {each["remotePath"]: each for each in lines_of(there[first], segment["folder"])}
        assert set(lines) == set(rows)
        for path, (checksum, label, _) in rows.items():
            file = there[first] / lines[path]["file"]
            assert hashlib.sha1(file.read_bytes()).hexdigest() == checksum
            assert {kind: value for kind, value in lines[path]["label"].items() if kind not in MASKS} == label
    bodies = {hashlib.sha1(each.read_bytes()).hexdigest() for each in there[first].rglob("*") if each.is_file()}
    assert {hashlib.sha1(text.encode()).hexdigest() for text in MASKS.values()} <= bodies, "masks are files, too"


def test_the_sdk_reads_what_was_dropped_on_a_dataset(bay: TensorBay, sdk: Sdk, home: Path, tmp_path: Path) -> None:
    card = tmp_path / "card"
    for path, text, _, _ in files_of(130, "dropped"):
        if ".." not in path:
            file = card / "train" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    planned = plan([card])
    sdk(("create", "harbor"))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connect_desk(desk, bay)
            dataset_id = bay.dataset("harbor").id
            wish = FillWish(dataset_id=dataset_id, files=planned.files, title="card", commit=True, tag="v1")
            row = await ended(desk, await desk.filling.fill(account.account_id, "harbor", wish))
            assert row.state is TransferState.DONE, row

    asyncio.run(scenario())
    theirs, history = sdk(("read", "harbor", "v1"), ("read_history", "harbor"))
    assert [title for _, title, _ in history["commits"]] == ["card"]
    assert {segment: {path: row[0] for path, row in rows.items()} for segment, rows in theirs["segments"].items()} == {
        "train": {each.remote_path: hashlib.sha1(each.path.read_bytes()).hexdigest() for each in planned.files}
    }
    assert len(planned.files) == 132
    assert set(bay.store.put.values()) == {1}


def test_the_rest_of_the_sdk(bay: TensorBay, sdk: Sdk) -> None:
    dataset_id = bay.add_dataset("harbor", versions=2, segments={"train": 5, "test": 3})
    bay.dataset("harbor").branches["dev"] = bay.dataset("harbor").tags["v1"]
    bay.add_config("own", files={"a/b.png": b"x", "c": b"d"})
    bay.add_benchmark("bench")
    merge, search = sdk(("merge", "harbor", "dev", "main"), ("search", "harbor", "test"))
    assert [merge[1], search[1]] == ["QUEUING", "QUEUING"]
    bay.finish_jobs()
    merged, found, storage, cloud, evaluated, gone, user = sdk(
        ("merged", "harbor", merge[0]),
        ("found", "harbor", search[0], "found"),
        ("storage", "mine"),
        ("cloud", "own", "a/"),
        ("evaluate", "bench", dataset_id, bay.dataset("harbor").tags["v2"]),
        ("delete", "found"),
        ("user",),
    )
    assert merged == ["SUCCESS", "merged", [merge[0]]]
    assert found == ["SUCCESS", {"test": ["0000.jpg", "0001.jpg", "0002.jpg"]}]
    assert storage == [["graviti", "own", "mine"], ["graviti", "own"]]
    assert (cloud, evaluated[0], gone, user) == (["a/b.png"], 1, True, "lin")


def test_refusals_are_the_ones_the_sdk_knows(bay: TensorBay, sdk: Sdk, python: Path, tmp_path: Path) -> None:
    bay.add_dataset("harbor")

    async def ours(datasets: DatasetService) -> list[DraftState]:
        number = await datasets.create_draft(bay.dataset("harbor").id, "main", "open")
        return [each.state async for each in datasets.drafts(bay.dataset("harbor").id) if each.number == number]

    assert by_app(bay, ours) == [DraftState.OPEN]
    taken, absent, second = sdk(("create", "harbor"), ("read", "nowhere"), ("overwrite", "harbor", "train", "a", "b"))
    assert (taken["raised"], taken["status"], taken["code"]) == ("NameConflictError", 409, "NameConflict")
    assert absent["raised"] == "ResourceNotExistError"
    assert (second["raised"], second["status"]) == ("InvalidParamsError", 400)
    (stranger,) = Sdk(python, bay, tmp_path, f"Accesskey-{'0' * 32}")(("user",))
    assert (stranger["raised"], stranger["status"]) == ("UnauthorizedError", 401)
