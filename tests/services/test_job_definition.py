"""What a job is created from: every field as the reference client sends it, and read back the same."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdock.core.batch import Content
from batchdock.core.errors import NotFound
from batchdock.core.job import JobDefinition, RestartOverride
from batchdock.services.roboflow.definition_reading import read_definition, read_machine
from batchdock.services.roboflow.job_body import job_body, restart_body
from fakes.roboflow_cloud import RoboflowCloud
from making.clients import client_of

FULL = JobDefinition(
    content=Content.IMAGES,
    batch_id="b1",
    workflow_id="wf1",
    part="images",
    metadata_part="metadata",
    parameters={"confidence": 0.4, "classes": ["a"]},
    image_input="img",
    keep_images=True,
    image_outputs=("a", "b"),
    table_format="csv",
    max_video_fps=5.0,
    machine="gpu",
    workers_per_machine=4,
    max_parallel_tasks=3,
    timeout_seconds=3600,
    max_failure_rate=0.1,
    metadata_mapping={"wf_in": "meta_key"},
    backend="inference-models",
    notifications_url="https://hooks.test/told",
)

# Captured from inference-cli 1.8.3 (contract §4.1).
FULL_BODY: dict[str, Any] = {
    "type": "simple-image-processing-v1",
    "jobInput": {
        "type": "staging-batch-input-v1",
        "batchId": "b1",
        "partName": "images",
        "imagesMetadataPart": "metadata",
    },
    "computeConfiguration": {"type": "compute-configuration-v2", "machineType": "gpu", "workersPerMachine": 4},
    "processingTimeoutSeconds": 3600,
    "maxParallelTasks": 3,
    "maxImageFailureRate": 0.1,
    "processingSpecification": {
        "type": "workflows-processing-specification-v1",
        "workspace": "acme-ws",
        "workflowId": "wf1",
        "workflowParameters": {"confidence": 0.4, "classes": ["a"]},
        "imageInputName": "img",
        "persistImagesOutputs": True,
        "imagesOutputsToBePersisted": ["a", "b"],
        "aggregationFormat": "csv",
        "imagesMetadataInputsMapping": {"wf_in": "meta_key"},
    },
    "notificationsURL": "https://hooks.test/told",
    "inferenceBackend": "inference-models",
}


def test_every_field_for_pictures() -> None:
    assert job_body(FULL, "acme-ws") == FULL_BODY


def test_what_is_for_pictures_only_stays_out_for_videos() -> None:
    body = job_body(replace(FULL, content=Content.VIDEOS), "acme-ws")
    specification = {**FULL_BODY["processingSpecification"], "maxVideoFPS": 5}
    del specification["imagesMetadataInputsMapping"]
    wanted = {**FULL_BODY, "type": "simple-video-processing-v1", "processingSpecification": specification}
    del wanted["maxImageFailureRate"]
    wanted["jobInput"] = {name: FULL_BODY["jobInput"][name] for name in ("type", "batchId", "partName")}
    assert body == wanted
    assert type(body["processingSpecification"]["maxVideoFPS"]) is int


def test_every_field_of_a_restart() -> None:
    override = RestartOverride(
        machine="gpu", workers_per_machine=2, max_parallel_tasks=2, timeout_seconds=60, max_failure_rate=0.5
    )
    assert restart_body(override) == {
        "type": "parameters-override-v1",
        "computeConfiguration": {"type": "compute-configuration-v2", "machineType": "gpu", "workersPerMachine": 2},
        "maxParallelTasks": 2,
        "processingTimeoutSeconds": 60,
        "maxImageFailureRate": 0.5,
    }


_words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
_counts = st.none() | st.integers(1, 10**6)
_values = st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | _words
_DEFINITIONS = st.builds(
    JobDefinition,
    content=st.sampled_from([Content.IMAGES, Content.VIDEOS]),
    batch_id=_words,
    workflow_id=_words,
    part=st.none() | _words,
    metadata_part=st.none() | _words,
    parameters=st.dictionaries(_words, _values | st.lists(_values, max_size=2), max_size=2),
    image_input=st.none() | _words,
    keep_images=st.booleans(),
    image_outputs=st.lists(_words, max_size=2).map(tuple),
    table_format=st.sampled_from([None, "csv", "jsonl"]),
    max_video_fps=st.none() | st.floats(0.001, 1000),
    machine=st.sampled_from([None, "cpu", "gpu"]),
    workers_per_machine=_counts,
    max_parallel_tasks=_counts,
    timeout_seconds=_counts,
    max_failure_rate=st.none() | st.floats(0, 1),
    metadata_mapping=st.dictionaries(_words, _words, max_size=2),
    backend=st.none() | _words,
    notifications_url=st.none() | _words,
)
_OVERRIDES = st.builds(
    RestartOverride,
    machine=st.sampled_from([None, "cpu", "gpu"]),
    workers_per_machine=_counts,
    max_parallel_tasks=_counts,
    timeout_seconds=_counts,
    max_failure_rate=st.none() | st.floats(0, 1),
)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(definition=_DEFINITIONS)
def test_what_is_written_is_read_back(definition: JobDefinition) -> None:
    body = job_body(definition, "acme-ws")
    read = read_definition({"jobDefinition": body})
    assert read is not None
    assert job_body(read, "acme-ws") == body
    for_videos_only, for_pictures_only = ("max_video_fps",), ("metadata_part", "metadata_mapping", "max_failure_rate")
    for name in JobDefinition.__dataclass_fields__:
        other = for_pictures_only if definition.content is Content.VIDEOS else for_videos_only
        assert getattr(read, name) == getattr(definition, name) or name in other


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(changes=st.lists(_OVERRIDES, max_size=3))
def test_what_restarts_changed_is_the_last_that_was_said(changes: list[RestartOverride]) -> None:
    echo = {"jobDefinition": FULL_BODY, "restartParametersOverride": [restart_body(each) for each in changes]}
    read = read_definition(echo)
    assert read is not None
    for name in RestartOverride.__dataclass_fields__:
        said = [getattr(FULL, name), *(getattr(each, name) for each in changes)]
        assert getattr(read, name) == [each for each in said if each is not None][-1]
    assert read_machine(echo) == read.machine


@pytest.mark.parametrize(
    "definition",
    [
        None,
        {},
        "simple-image-processing-v1",
        [FULL_BODY],
        {"type": "trt-compilation-v1", "modelId": "project/3", "compilationDevices": ["nvidia-l4"]},
        {**FULL_BODY, "type": "al-image-tagging"} | {"jobInput": None},
        {**FULL_BODY, "type": "levitation-v9"},
        {**FULL_BODY, "processingSpecification": []},
    ],
    ids=repr,
)
def test_what_is_no_job_over_a_batch_has_no_definition(definition: object) -> None:
    assert read_definition({"jobDefinition": definition}) is None


@pytest.mark.parametrize("junk", [None, "x", -1, 0, True, [], [7], {}, {"a": None}, 1e400], ids=repr)
def test_junk_in_a_field_is_left_out_and_the_others_stay(junk: object) -> None:
    for name in ("computeConfiguration", "processingTimeoutSeconds", "maxImageFailureRate", "inferenceBackend"):
        read = read_definition({"jobDefinition": {**FULL_BODY, name: junk}, "restartParametersOverride": junk})
        assert read is not None
        assert (read.batch_id, read.workflow_id, read.part, read.image_outputs) == ("b1", "wf1", "images", ("a", "b"))
    for name in FULL_BODY["processingSpecification"].keys() - {"workflowId"}:
        changed = {**FULL_BODY["processingSpecification"], name: junk}
        read = read_definition({"jobDefinition": {**FULL_BODY, "processingSpecification": changed}})
        assert read is not None
        assert (read.machine, read.timeout_seconds, read.max_failure_rate) == ("gpu", 3600, 0.1)


def test_the_service_is_asked_what_a_job_was_created_from(cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        await service.create_job("j-1", "J", FULL)
        cloud.finish("j-1")
        await service.restart("j-1", RestartOverride(machine="cpu", timeout_seconds=60))
        read = await service.definition("j-1")
        assert read is not None
        assert (read.machine, read.timeout_seconds, read.parameters) == ("cpu", 60, FULL.parameters)
        job = await service.job("j-1")
        assert (job.machine, job.ended) == ("cpu", None)
        cloud.finish("j-1")
        assert (await service.job("j-1")).ended is not None
        with pytest.raises(NotFound):
            await service.definition("nobody")
        await service.close()

    asyncio.run(scenario())


def test_a_job_that_compiles_a_model_is_not_listed_and_an_unknown_kind_is(cloud: RoboflowCloud) -> None:
    async def scenario() -> list[tuple[str, Content]]:
        service = client_of(cloud)
        for job_id in ("j-1", "j-2", "j-3", "j-4"):
            await service.create_job(job_id, "J", FULL)
        cloud.state.jobs["j-2"].definition = {"type": "trt-compilation-v1", "modelId": "p/3"}
        cloud.state.jobs["j-3"].definition = {"type": "levitation-v9"}
        cloud.state.jobs["j-4"].definition = {"type": "TRT_COMPILATION_V1"}
        found = [(each.job_id, each.content) async for each in service.jobs()]
        await service.close()
        return found

    assert asyncio.run(scenario()) == [("j-1", Content.IMAGES), ("j-3", Content.UNKNOWN)]


def test_the_raw_answers_are_whole_and_hold_no_secret(cloud: RoboflowCloud) -> None:
    async def scenario() -> dict[str, object]:
        service = client_of(cloud)
        await service.create_job("j-1", "J", FULL)
        cloud.state.jobs["j-1"].definition = {
            **FULL_BODY,
            "echo": f"sent with {cloud.key}",
            "error": {"key": "other-key"},
            "where": "https://storage.test/a?X-Goog-Signature=abc",
            cloud.key: "as a name",
        }
        cloud.finish("j-1")
        cloud.fail("GET .*/logs$", times=99, status=500)
        found = await service.answers("j-1")
        await service.close()
        return found

    found = asyncio.run(scenario())
    where = "GET /batch-processing/v1/external/acme-ws/jobs/j-1"
    stages = [f"{where}/stages/j-1-{name}/tasks" for name in ("processing", "export")]
    assert list(found) == [where, f"{where}/stages", *stages, f"{where}/logs"]
    told = repr(found)
    assert not any(secret in told for secret in (cloud.key, "other-key", "abc", "hooks.test"))
    assert "https://storage.test/a" in told
    assert "is in trouble (500)" in str(found[f"{where}/logs"])
