"""Each of the 69 operations, by name, through what the app itself calls: what it does there, and by which request."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from batchdock.core.datasets.data import Arrived, LabelType, Sensor
from batchdock.core.datasets.dataset import DraftState, Notes, Strategy, Version
from batchdock.core.errors import NotOffered
from batchdock.core.inventory import JOBS
from batchdock.services.tensorbay.operations import OPERATIONS, App, Evidence, Operation
from batchdock.services.tensorbay.service import TensorBayService
from batchdock.services.tensorbay.wire import Wire
from fakes.tensorbay import TensorBay
from fakes.tensorbay.records import Dataset, Draft, Job
from making.bodies import Held
from making.tensorbay import account_of, connected

BYTES = b"a picture"
SHA1 = hashlib.sha1(BYTES, usedforsecurity=False).hexdigest()
BUCKET = {"filePath": "p/", "accesskeyId": "LTAI", "accesskeySecret": "s3cret", "endpoint": "https://o.example"}
FRAME = "01FRAME" + "0" * 19
ODD = "a#b?c"


class Scene:
    """A service with something of everything, and a client of it."""

    def __init__(self, bay: TensorBay, service: TensorBayService) -> None:
        self.bay, self.service, self.at = bay, service, service.datasets
        self.id = bay.add_dataset("harbor", versions=2, segments={"train": 5, ODD: 2})
        self.road_id = bay.add_dataset("road", fusion=True, segments={"train": 2})
        self.head = self.dataset.branches["main"]
        self.dataset.branches["dev"] = self.head
        self.draft = self._drafted(self.dataset)
        self.road_draft = self._drafted(self.road)
        self.own = bay.add_config("own", files={"x/a.jpg": BYTES})
        self.benchmark = bay.add_benchmark("ships")
        self.benchmark.evaluations["e1"] = (1_660_000_000, self.id, self.head, {"mAP": 0.5})
        self.now = Version(commit=self.head)

    @property
    def dataset(self) -> Dataset:
        return self.bay.state.datasets[self.id]

    @property
    def road(self) -> Dataset:
        return self.bay.state.datasets[self.road_id]

    def content(self) -> Draft:
        """Return the open draft."""
        return self.dataset.drafts[self.draft]

    def files(self, segment: str) -> list[str]:
        """Return the paths in a segment of the open draft."""
        return [each.remote_path for each in self.content().content.segments[segment].files.values()]

    def job(self, **given: Any) -> tuple[Job, str]:
        """Add a job; return it and what the app calls it."""
        job = self.bay.add_job(self.id, **given)
        return job, f"{self.id}/{job.type}/{job.id}"

    @staticmethod
    def _drafted(dataset: Dataset) -> int:
        return dataset.new_draft("main", "changes").number


Does = Callable[[Scene], Awaitable[None]]
DOES: dict[str, Does] = {}
"""By the operation's name, what the app does with it."""


def by(name: str) -> Callable[[Does], Does]:
    """Note what the app does with an operation."""

    def note(does: Does) -> Does:
        assert name not in DOES
        DOES[name] = does
        return does

    return note


async def names(rows: AsyncIterator[Any]) -> list[str]:
    """Return the names of whatever is listed."""
    return [each.name async for each in rows]


# --- storage ---


@by("ListAuthStorageConfig")
async def _(scene: Scene) -> None:
    assert await names(scene.service.items("auth-storage-configs", {})) == ["own"]


@by("ListStorageConfigs")
async def _(scene: Scene) -> None:
    assert await names(scene.at.storages()) == ["graviti", "own"]


def creates(kind: str, **values: str) -> Does:
    """Register a storage of some kind."""

    async def does(scene: Scene) -> None:
        await scene.service.act("storage-configs", f"create-{kind}", (), {"name": "new", **values})
        assert scene.bay.state.configs["new"].type == kind

    return does


by("CreateStorageConfigOSS")(creates("oss", bucketName="b", **BUCKET))
by("CreateStorageConfigS3")(creates("s3", bucketName="b", **BUCKET))
by("CreateStorageConfigAzure")(creates("azure", containerName="c", accountType="China", **BUCKET))
by("CreateStorageConfigLocalFs")(creates("local", filePath="p", endpoint="http://nas:9000"))


@by("DeleteStorageConfig")
async def _(scene: Scene) -> None:
    await scene.service.act("storage-configs", "delete", ("own",), {"name": "own"})
    assert "own" not in scene.bay.state.configs


# --- datasets and their history ---


@by("CreateDataset")
async def _(scene: Scene) -> None:
    made = await scene.at.create_dataset("new", alias="New", is_public=True, storage="own")
    found = scene.bay.state.datasets[made]
    assert (found.name, found.alias, found.public, found.config) == ("new", "New", True, "own")


@by("DeleteDataset")
async def _(scene: Scene) -> None:
    await scene.at.delete_dataset(scene.id)
    assert scene.id not in scene.bay.state.datasets


@by("UpdateDataset")
async def _(scene: Scene) -> None:
    await scene.at.update_dataset(scene.id, name="port", alias="Port", is_public=True)
    assert (scene.dataset.name, scene.dataset.alias, scene.dataset.public) == ("port", "Port", True)


@by("ListDataset")
async def _(scene: Scene) -> None:
    assert sorted(await names(scene.at.datasets())) == ["harbor", "road"]


@by("GetDataset")
async def _(scene: Scene) -> None:
    found = await scene.at.dataset(scene.id)
    assert (found.name, found.commit_id, found.is_public) == ("harbor", scene.head, False)


@by("CreateBranch")
async def _(scene: Scene) -> None:
    await scene.at.create_branch(scene.id, "new", scene.head)
    assert scene.dataset.branches["new"] == scene.head


@by("DeleteBranch")
async def _(scene: Scene) -> None:
    await scene.at.delete_branch(scene.id, "dev")
    assert "dev" not in scene.dataset.branches


@by("ListBranches")
async def _(scene: Scene) -> None:
    assert sorted(await names(scene.at.branches(scene.id))) == ["dev", "main"]


@by("CreateDraft")
async def _(scene: Scene) -> None:
    number = await scene.at.create_draft(scene.id, "dev", "more", "words")
    draft = scene.dataset.drafts[number]
    assert (draft.branch, draft.title, draft.description) == ("dev", "more", "words")


@by("UpdateDraft")
async def _(scene: Scene) -> None:
    await scene.at.update_draft(scene.id, scene.draft, title="other", close=True)
    assert (scene.content().title, scene.content().status) == ("other", "CLOSED")


@by("ListDraft")
async def _(scene: Scene) -> None:
    found = [each async for each in scene.at.drafts(scene.id, None)]
    assert [each.state for each in found].count(DraftState.OPEN) == 1
    assert len(found) == 3


@by("CommitDataset")
async def _(scene: Scene) -> None:
    commit = await scene.at.commit_draft(scene.id, scene.draft, "third", description="d", tag="v3")
    assert scene.dataset.branches["main"] == scene.dataset.tags["v3"] == commit


@by("ListCommit")
async def _(scene: Scene) -> None:
    found = [each async for each in scene.at.commits(scene.id)]
    assert [each.title for each in found] == ["Version 2", "Version 1"]


@by("CreateTag")
async def _(scene: Scene) -> None:
    await scene.at.create_tag(scene.id, "best", scene.head)
    assert scene.dataset.tags["best"] == scene.head


@by("DeleteTag")
async def _(scene: Scene) -> None:
    await scene.at.delete_tag(scene.id, "v1")
    assert set(scene.dataset.tags) == {"v2"}


@by("ListTag")
async def _(scene: Scene) -> None:
    assert sorted(await names(scene.at.tags(scene.id))) == ["v1", "v2"]


@by("UpdateNote")
async def _(scene: Scene) -> None:
    await scene.at.update_notes(scene.id, scene.draft, Notes(True, ("X", "Y")))
    assert scene.content().content.notes == {"isContinuous": True, "binPointCloudFields": ["X", "Y"]}


@by("GetNote")
async def _(scene: Scene) -> None:
    assert await scene.at.notes(scene.id, scene.now) == Notes(False, None)


@by("GetUser")
async def _(scene: Scene) -> None:
    assert await scene.service.check_key() == scene.bay.state.user["id"]


# --- evaluations, orders, tasks ---


@by("ListBenchmarks")
async def _(scene: Scene) -> None:
    assert await names(scene.service.items("benchmarks", {})) == ["ships"]


@by("CreateEvaluation")
async def _(scene: Scene) -> None:
    values = {"benchmark": scene.benchmark.id, "dataset": scene.id, "commit": scene.head}
    done = await scene.service.act(JOBS, "evaluate", (), values)
    assert len(done.made) == 1
    assert len(scene.benchmark.evaluations) == 2


@by("ListEvaluations")
async def _(scene: Scene) -> None:
    found = [each.item_id async for each in scene.service.items("evaluations", {})]
    assert found == [f"evaluations/{scene.benchmark.id}/e1"]


@by("GetEvaluationResult")
async def _(scene: Scene) -> None:
    facts = await scene.service.facts(JOBS, f"evaluations/{scene.benchmark.id}/e1")
    assert "0.5" in str(facts)


def closed(name: str) -> Does:
    """Show it, say why it can not be asked, and do not ask."""

    async def does(scene: Scene) -> None:
        actions = [*scene.service.capabilities.job_actions]
        actions += [each for kept in scene.service.capabilities.collections for each in kept.actions]
        assert OPERATIONS[name].reason
        assert OPERATIONS[name].reason in [each.closed for each in actions]
        wire = Wire(account_of(scene.bay), scene.bay.key)
        try:
            with pytest.raises(NotOffered):
                await wire.ask(name)
        finally:
            await wire.close()

    return does


by("CreateOrder")(closed("CreateOrder"))
by("ConvertLabelFromAli")(closed("ConvertLabelFromAli"))


@by("CreateTask")
async def _(scene: Scene) -> None:
    values = {"dataset": scene.id, "title": "m", "source": "dev", "target": "main", "strategy": "skip"}
    done = await scene.service.act(JOBS, "merge", (), values)
    (job,) = scene.dataset.jobs.values()
    assert done.made == (f"{scene.id}/squashAndMerge/{job.id}",)


@by("DeleteTask")
async def _(scene: Scene) -> None:
    _, job_id = scene.job(status="FAILED")
    await scene.service.act(JOBS, "delete", (job_id,), {})
    assert not scene.dataset.jobs


@by("StopTask")
async def _(scene: Scene) -> None:
    job, job_id = scene.job()
    await scene.service.abort(job_id)
    assert job.status == "ABORTED"


@by("GetTask")
async def _(scene: Scene) -> None:
    _, job_id = scene.job()
    assert (await scene.service.job(job_id)).name == "dev->main"


@by("ListTasks")
async def _(scene: Scene) -> None:
    scene.job()
    assert "dev->main" in await names(scene.service.jobs())


@by("RetryTask")
async def _(scene: Scene) -> None:
    job, job_id = scene.job(status="FAILED")
    await scene.service.restart(job_id)
    assert job.status == "QUEUING"


# --- upload ---


@by("GetPolicy")
async def _(scene: Scene) -> None:
    await scene.at.upload(scene.id, scene.draft, "train", Held("a.jpg", BYTES), SHA1)
    assert scene.bay.state.store.objects[f"{scene.bay.state.store.prefix}{SHA1}"] == BYTES
    assert all("x-token" not in each.headers for each in scene.bay.store_seen)


@by("PutCallback")
async def _(scene: Scene) -> None:
    # The app tells of files in batches; of this older form there is no more than the name.
    scene.bay.state.store.keep(BYTES)
    wire = Wire(account_of(scene.bay), scene.bay.key)
    try:
        body = {"segmentName": "train", "remotePath": "n.jpg", "checksum": SHA1, "fileSize": len(BYTES)}
        await wire.ask("PutCallback", at={"dataset": scene.id}, body={**body, "draftNumber": scene.draft})
    finally:
        await wire.close()
    assert "n.jpg" in scene.files("train")


@by("MultiPutCallback")
async def _(scene: Scene) -> None:
    scene.bay.state.store.keep(BYTES)
    await scene.at.register(scene.id, scene.draft, ODD, [Arrived("n.jpg", SHA1, len(BYTES))])
    assert "n.jpg" in scene.files(ODD)


# --- segments, sensors, labels ---


@by("CreateSegment")
async def _(scene: Scene) -> None:
    await scene.at.create_segment(scene.id, scene.draft, "../x")
    assert "../x" in scene.content().content.segments


@by("DeleteSegment")
async def _(scene: Scene) -> None:
    await scene.at.delete_segment(scene.id, scene.draft, ODD)
    assert set(scene.content().content.segments) == {"train"}


@by("ListSegment")
async def _(scene: Scene) -> None:
    assert sorted(await names(scene.at.segments(scene.id, scene.now))) == [ODD, "train"]


@by("UploadLabelCatalog")
async def _(scene: Scene) -> None:
    await scene.at.put_catalog(scene.id, scene.draft, {"BOX2D": {"categories": [{"name": "crane"}]}})
    assert scene.content().content.catalog == {"BOX2D": {"categories": [{"name": "crane"}]}}


@by("GetLabelCatalog")
async def _(scene: Scene) -> None:
    assert set(await scene.at.catalog(scene.id, scene.now)) == {"BOX2D", "CLASSIFICATION"}


@by("UploadSensor")
async def _(scene: Scene) -> None:
    await scene.at.put_sensor(scene.road_id, scene.road_draft, "train", Sensor("radar", "RADAR"))
    assert "radar" in scene.road.drafts[scene.road_draft].content.segments["train"].sensors


@by("DeleteSensor")
async def _(scene: Scene) -> None:
    await scene.at.delete_sensor(scene.road_id, scene.road_draft, "train", "lidar")
    assert set(scene.road.drafts[scene.road_draft].content.segments["train"].sensors) == {"camera"}


@by("ListSensor")
async def _(scene: Scene) -> None:
    found = await scene.at.sensors(scene.road_id, Version("main"), "train")
    assert {each.name: each.sensor_type for each in found} == {"camera": "CAMERA", "lidar": "LIDAR"}


@by("UploadLabel")
async def _(scene: Scene) -> None:
    await scene.at.put_labels(scene.id, scene.draft, "train", [("0000.jpg", {"CLASSIFICATION": {"category": "night"}})])
    assert scene.content().content.segments["train"].files[("", "0000.jpg")].label == {
        "CLASSIFICATION": {"category": "night"}
    }


@by("ListLabel")
async def _(scene: Scene) -> None:
    found = [each async for each in scene.at.labels(scene.id, scene.now, "train")]
    assert len(found) == 5
    assert all("BOX2D" in each.label for each in found)


@by("MultiUploadLabel")
async def _(scene: Scene) -> None:
    await scene.at.put_labels(scene.id, scene.draft, "train", [(each, {}) for each in ("0000.jpg", "0001.jpg")])
    labels = [each.label for each in scene.content().content.segments["train"].files.values()]
    assert labels.count({}) == 2


@by("GetLabelStatistics")
async def _(scene: Scene) -> None:
    assert "BOX2D" in await scene.at.statistics(scene.id, scene.now)


# --- data ---


@by("ListData")
async def _(scene: Scene) -> None:
    found = [each async for each in scene.at.data(scene.id, scene.now, ODD)]
    assert [each.remote_path for each in found] == ["0000.jpg", "0001.jpg"]
    assert all(len(each.checksum) == 40 for each in found)


@by("ListDataDetails")
async def _(scene: Scene) -> None:
    found = [each async for each in scene.at.details(scene.id, scene.now, "train")]
    assert len(found) == 5
    assert all(each.url and each.label for each in found)


@by("ListDataUri")
async def _(scene: Scene) -> None:
    assert all([each.url async for each in scene.at.urls(scene.id, scene.now, "train")])


@by("ListMaskUrls")
async def _(scene: Scene) -> None:
    assert [each async for each in scene.at.masks(scene.id, scene.now, "train", LabelType.SEMANTIC_MASK)] == []


@by("GetDataUrls")
async def _(scene: Scene) -> None:
    url = await scene.at.url_of(scene.id, scene.now, ODD, "0001.jpg")
    async with scene.at.receive(url) as incoming:
        assert b"".join([each async for each in incoming.pieces()])
    assert len(scene.bay.store_seen) == 1


@by("GetTotalSize")
async def _(scene: Scene) -> None:
    assert await scene.at.bytes_of(scene.id, scene.head) == scene.dataset.commits[scene.head].content.size


@by("DeleteData")
async def _(scene: Scene) -> None:
    await scene.at.delete_data(scene.id, scene.draft, ODD, "0000.jpg")
    assert scene.files(ODD) == ["0001.jpg"]


@by("OperateData")
async def _(scene: Scene) -> None:
    moved = {"0000.jpg": "renamed.jpg"}
    await scene.at.place_data(scene.id, scene.draft, ODD, moved, ODD, Strategy.ABORT, move=True)
    assert sorted(scene.files(ODD)) == ["0001.jpg", "renamed.jpg"]


@by("DeleteFrame")
async def _(scene: Scene) -> None:
    await scene.at.delete_frame(scene.road_id, scene.road_draft, "train", FRAME)
    assert len(scene.road.drafts[scene.road_draft].content.segments["train"].rows()) == 1


# --- own buckets ---


@by("ListCloudFiles")
async def _(scene: Scene) -> None:
    assert await scene.at.cloud_page("own", "x/") == (("x/a.jpg",), "")


@by("GetCloudFileUrl")
async def _(scene: Scene) -> None:
    assert (await scene.at.cloud_url("own", "x/a.jpg")).startswith("http")


@by("CloudCallback")
async def _(scene: Scene) -> None:
    scene.dataset.config = "own"
    await scene.at.import_cloud_files(scene.id, scene.draft, "train", {"x/a.jpg": "a.jpg"})
    assert "a.jpg" in scene.files("train")
    assert "x/a.jpg" in scene.own.files


# --- changes ---


def change(scene: Scene) -> Version:
    """Take a file out of the open draft; return which version that is."""
    scene.content().content.changing(ODD).drop(("", "0000.jpg"))
    return Version(draft=scene.draft)


@by("GetDiff")
async def _(scene: Scene) -> None:
    found = await scene.at.diff(scene.id, change(scene))
    assert (found.data.deletions, found.segments.modifications) == (1, 1)


@by("ListSegmentDiffs")
async def _(scene: Scene) -> None:
    found = {each.name: each.action async for each in scene.at.segment_diffs(scene.id, change(scene))}
    assert found[ODD] == "modify"


@by("GetSegmentDiff")
async def _(scene: Scene) -> None:
    found = await scene.at.segment_diff(scene.id, change(scene), ODD)
    assert (found.name, found.data.deletions) == (ODD, 1)


@by("ListDataDiffs")
async def _(scene: Scene) -> None:
    found = {each.remote_path: each.action async for each in scene.at.data_diffs(scene.id, change(scene), ODD)}
    assert found["0000.jpg"] == "delete"


# --- all of them ---


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as running:
        yield running


def is_asked(operation: Operation, request: Any) -> bool:
    """Tell whether a request is this operation's, with all that it needs and nothing unheard of."""
    app = "apps-sextant" if operation.app is App.SEXTANT else "tensorbay-open-api"
    template = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(f"/gatewayv2/{app}{operation.path}"))
    if request.method != operation.method or not re.fullmatch(template, request.path):
        return False
    given = set(request.query) | set(json.loads(request.body) if request.body else {})
    known = (*operation.query, *operation.body)
    return {each.name for each in known if each.needed} <= given <= {each.name for each in known}


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_app_does_it_by_that_request(bay: TensorBay, name: str) -> None:
    async def scenario() -> None:
        service = connected(bay)
        try:
            await DOES[name](Scene(bay, service))
        finally:
            await service.close()

    asyncio.run(scenario())
    operation = OPERATIONS[name]
    if operation.evidence is Evidence.NONE:
        assert bay.seen == []
    else:
        assert [each for each in bay.seen if is_asked(operation, each)], [str(each) for each in bay.seen]
        assert all(each.headers["x-token"] == bay.key for each in bay.seen)


def test_none_is_left_out() -> None:
    assert sorted(DOES) == sorted(OPERATIONS)
