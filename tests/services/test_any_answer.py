"""Whatever a server says: a value of the right type or a `BatchdockError`, soon, and the key goes nowhere else.

Every method of the service meets a real server that gives good answers with a thing or two in them gone wrong, JSON of
any shape, or any bytes at all, under any status and with nonsense in the headers: the same ones at each run.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchdock.core.batch import Content, StagedFile
from batchdock.core.computer import ComputerSettings, ModelAnswers
from batchdock.core.errors import BatchdockError
from batchdock.core.job import JobDefinition
from batchdock.core.order import IngestNotice
from batchdock.core.streams import FileVersion
from batchdock.services.roboflow.computer import RoboflowComputer
from batchdock.services.roboflow.service import RoboflowService
from making.bodies import Held
from making.clients import account_of
from making.nonsense import ELSEWHERE, LIMITS, PATIENCE, Hosts, answers, good_answer, must_hold, well_typed

KEY = "aB3secretkey9"
EXAMPLES = 25
"""For each method. A longer run, with other answers each time, is a matter of this number and of `derandomize`."""

# --- every method, and what it gets on a good day -----------------------------------------------------------------

Call = Callable[[RoboflowService], Awaitable[object]]

_BATCH = {"batchId": "b", "displayName": "B", "batchType": "simple-batch", "batchContentType": "images"}
_BATCH |= {"createdDate": "2026-10-01T12:00:00.000Z", "expiryDate": "2026-10-08T12:00:00Z"}
_SHARD = {"shardId": "s", "statusName": "indexing", "statusType": "info", "shardObjectsCount": 3}
_SHARD |= {"eventTimestamp": "2026-10-01T12:00:00.000Z"}
_PART = {"partName": "p", "partType": "simple-batch", "contentType": "archives", "nestedContentType": "metadata"}
_FILE = {"downloadURL": f"{ELSEWHERE}/get?sig", "fileName": "a.tar.gz", "contentType": "archives", "shardId": None}
_DEFINITION = {
    "type": "simple-image-processing-v1",
    "jobInput": {"batchId": "b", "partName": "p", "imagesMetadataPart": "m"},
    "computeConfiguration": {"type": "compute-configuration-v2", "machineType": "gpu", "workersPerMachine": 4},
    "processingTimeoutSeconds": 3600,
    "maxParallelTasks": 3,
    "maxImageFailureRate": 0.1,
    "processingSpecification": {
        "workflowId": "w",
        "workflowParameters": {"confidence": 0.4},
        "imageInputName": "i",
        "persistImagesOutputs": True,
        "imagesOutputsToBePersisted": ["o"],
        "aggregationFormat": "csv",
        "imagesMetadataInputsMapping": {"i": "k"},
    },
    "notificationsURL": "https://hooks.test/a",
    "inferenceBackend": "inference-models",
}
_OVERRIDE = {"type": "parameters-override-v1", "computeConfiguration": {"workersPerMachine": 2}, "maxParallelTasks": 1}
_JOB = {
    "jobId": "j",
    "name": "J",
    "jobDefinition": _DEFINITION,
    "currentStage": "processing",
    "error": False,
    "isTerminal": True,
    "lastNotification": {"message": "Done", "resultsBatches": ["r"], "failed": 1, "total": 3, "processed": 2},
    "createdAt": "2026-10-01T12:00:00.000Z",
    "lastUpdate": "2026-10-01T12:00:00.000Z",
    "progress": 0.5,
    "status": "running",
}
_STAGE = {"processingStageId": "p", "processingStageName": "processing", "tasksNumber": 2, "outputBatches": ["r"]}
_STAGE |= {"statusType": "info", "notification": {"message": "m"}, "startTimestamp": "2026-10-01T12:00:00.000Z"}
_TASK = {"taskId": "t", "statusType": "info", "progress": 0.5, "notification": {"done": 1, "total": 2, "failed": 0}}
_LOG = {"createdAt": "2026-10-01T12:00:00.000Z", "severity": "warning", "logType": "l", "payload": {"file": "a"}}
_CONFIG = {"specification": {"inputs": [{"type": "WorkflowImage", "name": "i"}], "outputs": [{"name": "o"}]}}
_WORKFLOW = {"url": "w", "id": "1", "name": "W", "createdAt": "2026-10-01T12:00:00.000Z"}
_SIGNED = {
    "uploadURL": f"{ELSEWHERE}/put?sig",
    "method": "PUT",
    "extensionHeaders": {"x-goog-content-length-range": "0,10"},
    "maxFileSize": 10_000,
    "maxFilesNumber": 10,
}
_NOTICE = IngestNotice(url="https://hooks.test/a", categories=("ingest-status",))
_JOB_ASKED_FOR = JobDefinition(content=Content.IMAGES, batch_id="b", workflow_id="w")


_LOOK = {"lookId": "l", "kind": "object-detection", "family": "YOLOv8", "classCount": 2, "classNames": ["0", "1"]}
_LOOK |= {"named": False, "side": [640, 640], "bytes": 1000}
_MODEL = {"id": "m", "name": "M", "kind": "classification", "classNames": ["a"], "bytes": 10, "workflowId": "w"}
_MODEL |= {"builtIn": True, "createdAt": "2026-10-01T12:00:00Z"}
_SETTINGS = {"settings": {"workers": 2, "gentle": True}, "computing": {"device": "d", "workers": 2, "trouble": ""}}
_STORAGE = {"storage": {"inputs": 1, "results": 2, "models": 3, "expired": 0, "free": 5, "limit": None}}
_RATE = {"workflowId": "w", "content": "images", "megapixels": 2.0, "itemsPerSecond": 3.5, "items": 100}
_ANSWERS = ModelAnswers(("a", "b"), (320, 320))


def listing(found: AsyncIterator[object]) -> Awaitable[object]:
    async def listed() -> list[object]:
        return [each async for each in found]

    return listed()


async def receive(service: RoboflowService, start: int) -> object:
    address = ELSEWHERE.replace("{prt}", _PORTS["elsewhere"])
    file = StagedFile(name="a.tar.gz", content=Content.ARCHIVES, url=f"{address}/get?sig")
    async with service.receive(file, start=start, version=FileVersion("e", 5)) as incoming:
        return incoming.start, incoming.version, [piece async for piece in incoming.pieces()]


def own(service: RoboflowService) -> RoboflowComputer:
    """Return what this computer's service would have, over the same wire."""
    return RoboflowComputer(service._wire, "acme-ws")


_PORTS = {"elsewhere": ""}

METHODS: dict[str, tuple[Call, object]] = {
    "check_key": (lambda s: s.check_key(), {"workspace": "acme-ws"}),
    "workflows": (lambda s: s.workflows(), {"workflows": [_WORKFLOW]}),
    "workflow": (lambda s: s.workflow("w"), {"workflow": {**_WORKFLOW, "config": json.dumps(_CONFIG)}}),
    "batches": (lambda s: listing(s.batches()), {"batches": [_BATCH], "nextPageToken": "2"}),
    "batch": (lambda s: s.batch("b"), {"batch": _BATCH}),
    "count": (lambda s: s.count("b"), {"count": 3}),
    "shards": (lambda s: listing(s.shards("b")), {"shards": [_SHARD], "nextPageToken": "2"}),
    "parts": (lambda s: s.parts("b"), {"batchParts": [_PART]}),
    "files": (lambda s: listing(s.files("b")), {"filesMetadata": [_FILE], "nextPageToken": None}),
    "file_page": (lambda s: s.file_page("b"), {"filesMetadata": [_FILE], "nextPageToken": "next"}),
    "upload_image": (lambda s: s.upload_image("b", "a.jpg", Held("a", b"jpg"), batch_name="B"), {"status": "ok"}),
    "upload_video": (
        lambda s: s.upload_video("b", "a.mp4", Held("a", b"mp4"), batch_name="B"),
        {"signedURLDetails": _SIGNED},
    ),
    "upload_shard": (
        lambda s: s.upload_shard("b", Held("2 files", b"tar" * 400), files=2, batch_name="B", notice=_NOTICE),
        {"signedURLDetails": _SIGNED},
    ),
    "add_references": (
        lambda s: s.add_references(
            "b", Content.IMAGES, [("a", "file:///a")], batch_name="B", ingest_id="i", notice=_NOTICE
        ),
        {"ingestId": "i", "shardIds": ["s"], "duplicated": False},
    ),
    "add_reference_list": (
        lambda s: s.add_reference_list(
            "b", Content.IMAGES, "https://lists.test/a", batch_name="B", ingest_id="i", notice=_NOTICE
        ),
        {"ingestId": "i", "shardIds": ["s"], "duplicated": False},
    ),
    "ingest_query": (
        lambda s: s.ingest_query("b", "tag:a", batch_name="B", ingest_id="i", notice=_NOTICE),
        {"status": "queued"},
    ),
    "create_job": (lambda s: s.create_job("j", "J", _JOB_ASKED_FOR), {"status": "ok", "job": _JOB}),
    "jobs": (lambda s: listing(s.jobs()), {"jobs": [_JOB], "nextPageToken": "2"}),
    "job": (lambda s: s.job("j"), {"job": _JOB}),
    "definition": (lambda s: s.definition("j"), {"job": _JOB | {"restartParametersOverride": [_OVERRIDE]}}),
    "answers": (lambda s: s.answers("j"), {"job": _JOB, "stages": [_STAGE], "tasks": [_TASK], "logs": [_LOG]}),
    "stages": (lambda s: s.stages("j"), {"stages": [_STAGE]}),
    "tasks": (lambda s: listing(s.tasks("j", "p")), {"tasks": [_TASK], "nextPageToken": None}),
    "log_page": (lambda s: s.log_page("j"), {"logs": [_LOG], "nextPageToken": "2"}),
    "logs": (lambda s: listing(s.logs("j")), {"logs": [_LOG], "nextPageToken": None}),
    "abort": (lambda s: s.abort("j"), {"status": "ok"}),
    "restart": (lambda s: s.restart("j"), {"status": "ok", "job": _JOB}),
    "computer: check_workflow": (
        lambda s: own(s).check_workflow("W", {}),
        {"workflow": {**_WORKFLOW, "config": json.dumps(_CONFIG)}},
    ),
    "computer: add_workflow": (lambda s: own(s).add_workflow("W", "", {}), {"workflow": _WORKFLOW}),
    "computer: remove_workflow": (lambda s: own(s).remove_workflow("w"), {"workflowId": "w"}),
    "computer: look_at_model": (lambda s: own(s).look_at_model(Path("/m.onnx")), {"look": _LOOK}),
    "computer: try_model": (
        lambda s: own(s).try_model("l", _ANSWERS, Path("/p.jpg")),
        {"trial": {"findings": ["dog 87 %"], "picture": "SlBFRw==", "seconds": 0.1}},
    ),
    "computer: add_model": (lambda s: own(s).add_model("l", "M", _ANSWERS), {"model": _MODEL}),
    "computer: models": (lambda s: own(s).models(), {"models": [_MODEL]}),
    "computer: remove_model": (lambda s: own(s).remove_model("m"), {"status": "ok"}),
    "computer: settings": (lambda s: own(s).settings(), _SETTINGS),
    "computer: change_settings": (lambda s: own(s).change_settings(ComputerSettings()), _SETTINGS),
    "computer: storage": (lambda s: own(s).storage(), _STORAGE),
    "computer: clean_up": (lambda s: own(s).clean_up(), _STORAGE),
    "computer: rates": (lambda s: own(s).rates(), {"rates": [_RATE]}),
    "computer: remove_batch": (lambda s: own(s).remove_batch("b"), {"status": "ok"}),
    "receive": (lambda s: receive(s, 0), "bytes"),
    "receive the rest": (lambda s: receive(s, 3), "bytes"),
}


def test_every_method_is_here() -> None:
    public = {name for name in vars(RoboflowService) if not name.startswith("_")}
    own_ones = {f"computer: {name}" for name in vars(RoboflowComputer) if not name.startswith("_")}
    assert public - {"close", "computer", "datasets"} | own_ones == {name.removesuffix(" the rest") for name in METHODS}


# --- what must hold -----------------------------------------------------------------------------------------------


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    def connect(address: str) -> RoboflowService:
        return RoboflowService(account_of(address), KEY, patience=PATIENCE, limits=LIMITS)

    with asyncio.Runner() as runner:
        running = Hosts(runner, connect)
        _PORTS["elsewhere"] = running.elsewhere.url.rpartition(":")[2]
        yield running
        running.close()


@pytest.mark.parametrize("name", METHODS)
@settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_answer_is_a_value_or_an_error_of_ours(hosts: Hosts, name: str, data: st.DataObject) -> None:
    call, good = METHODS[name]
    script = data.draw(st.lists(answers(good), min_size=1, max_size=3))
    found = hosts.met(call, script)
    assert hosts.api.requests or name.startswith("receive")
    must_hold(hosts, found, KEY)


@pytest.mark.parametrize("name", METHODS)
def test_the_good_answer_is_understood(hosts: Hosts, name: str) -> None:
    """Or the answers above would be nonsense through and through."""
    call, good = METHODS[name]
    found = hosts.met(call, [good_answer(good)])
    assert not isinstance(found, BatchdockError)
    well_typed(found)
