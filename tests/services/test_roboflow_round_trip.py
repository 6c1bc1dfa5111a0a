"""The client against a whole and healthy cloud."""

import asyncio
import io
import tarfile

from batchdock.core.account import ServiceKind
from batchdock.core.batch import BatchKind, Content, Progress
from batchdock.core.job import JobDefinition, RestartOverride, Severity
from batchdock.core.ports import Service
from batchdock.core.states import JobState
from batchdock.services.roboflow.service import RoboflowService
from fakes.roboflow_cloud import RoboflowCloud
from making.bodies import Held
from making.clients import account_at, client_of


def definition(batch_id: str = "b-1", content: Content = Content.IMAGES) -> JobDefinition:
    return JobDefinition(content=content, batch_id=batch_id, workflow_id="find-things", keep_images=True)


def test_the_key_tells_the_workspace(cloud: RoboflowCloud) -> None:
    async def scenario() -> str:
        service: Service = client_of(cloud)
        workspace = await service.check_key()
        await service.close()
        return workspace

    assert asyncio.run(scenario()) == "acme-ws"


def test_workflows_come_with_inputs_and_outputs(cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        (listed,) = await service.workflows()
        assert (listed.workflow_id, listed.name, listed.inputs) == ("find-things", "Find things", ())
        found = await service.workflow(listed.workflow_id)
        assert [each.name for each in found.image_inputs] == ["image"]
        assert [(each.name, each.default) for each in found.parameters] == [("confidence", 0.4)]
        assert found.outputs == ("predictions",)
        assert found.definition["version"] == "1.0"
        await service.close()

    asyncio.run(scenario())


def test_from_pictures_to_results(cloud: RoboflowCloud) -> None:
    names = ["one.jpg", "b & c+d=100%.jpg", '“quoted” "name".jpg', "new\nline.jpg", "수확 🍇 कटाई.jpg"]

    async def scenario() -> None:
        service = client_of(cloud)
        for name in names:
            await service.upload_image("b-1", name, Held(name, name.encode()), batch_name="Harvest 수확")
        batch = await service.batch("b-1")
        assert (batch.name, batch.kind, batch.content) == ("Harvest 수확", BatchKind.SIMPLE, Content.IMAGES)
        assert batch.created is not None
        assert batch.created.utcoffset() is not None
        assert await service.count("b-1") == len(names)
        assert cloud.state.batches["b-1"].simple == {name: name.encode() for name in names}
        assert sorted([each.name async for each in service.files("b-1")]) == sorted(names)

        await service.create_job("j-1", "Night", definition())
        assert (await service.job("j-1")).state is JobState.STARTING
        cloud.advance("j-1")
        assert (await service.job("j-1")).state is JobState.RUNNING
        (stage,) = await service.stages("j-1")
        assert (stage.name, stage.status) == ("processing", Progress.MOVING)
        assert [each.progress async for each in service.tasks("j-1", stage.stage_id)] == [None, 0.5]
        cloud.advance("j-1")
        assert (await service.job("j-1")).state is JobState.FINISHING
        cloud.advance("j-1")
        job = await service.job("j-1")
        assert (job.state, job.progress, job.batch_id) == (JobState.DONE, 1.0, "b-1")
        assert job.output_batches[-1] == "j-1-export"
        assert [each.name async for each in service.jobs()] == ["Night"]

        parts = await service.parts("j-1-export")
        assert [(each.name, each.nested_content) for each in parts] == [
            ("predictions", Content.METADATA),
            ("images", Content.IMAGES),
        ]
        (file,) = [each async for each in service.files("j-1-export", "predictions")]
        assert file.is_archive
        async with service.receive(file) as incoming:
            archive = b"".join([piece async for piece in incoming.pieces()])
            assert (incoming.start, incoming.version.size) == (0, len(archive))
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            assert {f"{name}/results.json" for name in names} < set(tar.getnames())
        await service.close()

    asyncio.run(scenario())


def test_videos_and_shards_are_put_with_the_signed_headers_alone(cloud: RoboflowCloud) -> None:
    video = Held("day.mp4", bytes(range(256)) * 20_000)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as opened:
        for name in ("a.jpg", "b.jpg"):
            info = tarfile.TarInfo(name)
            info.size = 3
            opened.addfile(info, io.BytesIO(b"jpg"))
    tar = Held("2 files", packed.getvalue())
    cloud.state.indexing_polls = 1

    async def scenario() -> None:
        service = client_of(cloud)
        await service.upload_video("b-v", "한 day.mp4", video, batch_name="V")
        assert cloud.state.batches["b-v"].simple == {"한 day.mp4": video.data}
        await service.upload_shard("b-s", tar, files=2, batch_name="S")
        assert [each.status async for each in service.shards("b-s")] == [Progress.MOVING]
        assert [each.status async for each in service.shards("b-s")] == [Progress.SUCCESS]
        assert await service.count("b-s") == 2
        await service.close()

    asyncio.run(scenario())
    for put in cloud.requests("PUT /storage"):
        assert "content-type" not in put.headers
        assert "transfer-encoding" not in put.headers
        assert "api_key" not in str(put.headers)


def test_references_are_counted_once(cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        for content, batch_id in ((Content.IMAGES, "b-i"), (Content.VIDEOS, "b-v")):
            references = [(f"{number}", f"file:///{number}") for number in range(3)]
            for _ in range(2):
                await service.add_references(batch_id, content, references, batch_name="R", ingest_id=f"in-{batch_id}")
            assert await service.count(batch_id) == 3
        await service.close()

    asyncio.run(scenario())
    assert cloud.state.batches["b-v"].content == "videos"


def test_lists_are_read_to_their_last_page(cloud: RoboflowCloud) -> None:
    cloud.state.page = 2

    async def scenario() -> None:
        service = client_of(cloud)
        for number in range(5):
            await service.upload_image("b-1", f"{number}.jpg", Held("x", b"x"), batch_name="B")
            await service.create_job(f"j-{number}", f"{number}", definition())
        assert [each.name async for each in service.files("b-1")] == [f"{number}.jpg" for number in range(5)]
        assert [each.job_id async for each in service.jobs()] == [f"j-{number}" for number in range(5)]
        await service.close()

    asyncio.run(scenario())
    assert len(cloud.requests("/list")) == 3


def test_stop_restart_and_logs(cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        await service.create_job("j-1", "J", definition())
        await service.abort("j-1")
        assert (await service.job("j-1")).state is JobState.STOPPED
        await service.restart("j-1", RestartOverride(max_parallel_tasks=2, machine="gpu"))
        assert (await service.job("j-1")).state is JobState.STARTING
        cloud.state.jobs["j-1"].failed_files = 1
        (entry,) = [each async for each in service.logs("j-1", Severity.WARNING)]
        assert (entry.severity, entry.message) == (Severity.WARNING, "broken-0.jpg: It can not be decoded.")
        assert [each async for each in service.logs("j-1", Severity.ERROR)] == []
        await service.close()

    asyncio.run(scenario())
    assert cloud.state.jobs["j-1"].restarts == [
        {
            "type": "parameters-override-v1",
            "computeConfiguration": {"type": "compute-configuration-v2", "machineType": "gpu"},
            "maxParallelTasks": 2,
        }
    ]


def test_a_job_is_asked_for_as_the_reference_client_does(cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        await service.create_job(
            "j-i",
            "I",
            JobDefinition(
                content=Content.IMAGES, batch_id="b1", workflow_id="wf1", max_failure_rate=0.1, max_video_fps=5
            ),
        )
        await service.create_job(
            "j-v",
            "V",
            JobDefinition(
                content=Content.VIDEOS, batch_id="b1", workflow_id="wf1", max_failure_rate=0.1, max_video_fps=5
            ),
        )
        await service.close()

    asyncio.run(scenario())
    # Captured from inference-cli 1.8.3 (contract §4.1), plus the one option that fits each kind.
    specification = {
        "type": "workflows-processing-specification-v1",
        "workspace": "acme-ws",
        "workflowId": "wf1",
        "persistImagesOutputs": False,
    }
    shared = {
        "jobInput": {"type": "staging-batch-input-v1", "batchId": "b1"},
        "computeConfiguration": {"type": "compute-configuration-v2"},
    }
    assert cloud.state.jobs["j-i"].definition == {
        "type": "simple-image-processing-v1",
        **shared,
        "maxImageFailureRate": 0.1,
        "processingSpecification": specification,
    }
    assert cloud.state.jobs["j-v"].definition == {
        "type": "simple-video-processing-v1",
        **shared,
        "processingSpecification": {**specification, "maxVideoFPS": 5},
    }


def test_only_this_computer_costs_nothing_and_takes_file_references(cloud: RoboflowCloud) -> None:
    here = RoboflowService(account_at(cloud, ServiceKind.THIS_COMPUTER), "key")
    there = RoboflowService(account_at(cloud), "key")
    assert here.capabilities.file_references
    assert not here.capabilities.costs_money
    assert not there.capabilities.file_references
    assert there.capabilities.costs_money
