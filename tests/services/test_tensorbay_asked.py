"""Each of the 69 operations, by name, asked for as the table says: the stand-in knows it, and answers as it is told."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from batchdock.core.errors import NotOffered
from batchdock.services.tensorbay.operations import EXTRA, OPERATIONS, Evidence, Operation
from batchdock.services.tensorbay.wire import Wire, operation_of
from fakes.tensorbay import TensorBay
from making.tensorbay import account_of

BUCKET = {"accesskeyId": "id", "accesskeySecret": "secret", "endpoint": "https://oss.example", "bucketName": "b"}
BYTES = b"a picture"
SHA1 = hashlib.sha1(BYTES, usedforsecurity=False).hexdigest()


@dataclass
class Asking:
    """What an operation is asked with."""

    at: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any


class Scene:
    """A service with something of everything, and how each operation is asked of it."""

    def __init__(self, bay: TensorBay) -> None:
        self.bay = bay
        self.id = bay.add_dataset("harbor", versions=1, segments={"train": 5, "a#b?c": 2})
        self.fusion = bay.add_dataset("road", fusion=True, segments={"train": 2})
        self.dataset = bay.state.datasets[self.id]
        self.road = bay.state.datasets[self.fusion]
        self.head = self.dataset.branches["main"]
        self.dataset.branches["dev"] = self.head
        for each in (self.dataset, self.road):
            assert each.new_draft("main", "changes").number == 2
        bay.add_config("own", files={"x/a.jpg": BYTES})
        bay.state.store.keep(BYTES)
        self.benchmark = bay.add_benchmark("ships")
        self.benchmark.evaluations["e1"] = (1, self.id, self.head, {"mAP": 0.5})
        self.job = bay.add_job(self.id)

    def asking(self, name: str) -> Asking:
        """Return what an operation is asked with: all that its table names and needs."""
        operation = operation_of(name)
        fusion = "Sensor" in name or "Frame" in name
        if name == "CloudCallback":
            self.dataset.config = "own"
        if name in ("DeleteTask", "RetryTask"):
            self.job.status = "FAILED"
        given = {each.name for each in (*operation.query, *operation.body)}
        values = self.values() | self.special().get(name, {})
        chosen = {key: value for key, value in values.items() if key in given}
        if "draftNumber" in chosen and "commit" in chosen:
            del chosen["draftNumber"]
        query = {each.name: chosen[each.name] for each in operation.query if each.name in chosen}
        body = {each.name: chosen[each.name] for each in operation.body if each.name in chosen}
        at = {"dataset": self.fusion if fusion else self.id, "draft": "2", "job": self.job.id, "config": "own"}
        at |= {"benchmark": self.benchmark.id, "evaluation": "e1", "basehead": "draft-2", "segment": "a#b?c"}
        return Asking(at, query, body or None)

    def values(self) -> dict[str, Any]:
        return {
            **{"name": "new", "commit": self.head, "draftNumber": 2, "title": "t", "description": "d"},
            **{"segmentName": "train", "remotePath": "0001.jpg", "jobType": "squashAndMerge", "expired": 60},
            **{"filePath": "x/a.jpg", "maskType": "SEMANTIC_MASK", "label": {}, "catalog": {"BOX2D": {}}, **BUCKET},
            **{"containerName": "c", "accountType": "China", "datasetId": self.id, "commitId": self.head},
            **{"checksum": SHA1, "fileSize": len(BYTES), "strategy": "skip", "isContinuous": True, "type": "LIDAR"},
            **{"sensorName": "camera", "frameId": "01FRAME" + "0" * 19},
        }

    def special(self) -> dict[str, dict[str, Any]]:
        merge = {"title": "m", "sourceBranchName": "dev", "targetBranchName": "main", "strategy": "skip"}
        here = {"segmentName": "train", "remotePaths": ["0000.jpg"]}
        return {
            "CreateDataset": {"type": 0},
            "ListSensor": {"commit": self.road.branches["main"]},
            "UpdateDraft": {"title": "other"},
            "UpdateDataset": {"name": "renamed"},
            "CreateDraft": {"branchName": "dev"},
            "DeleteBranch": {"name": "dev"},
            "DeleteTag": {"name": "v1"},
            "CreateTask": {"arguments": merge},
            "MultiPutCallback": {"objects": [{"remotePath": "n.jpg", "checksum": SHA1, "fileSize": len(BYTES)}]},
            "CloudCallback": {"objects": [{"cloudPath": "x/a.jpg", "remotePath": "n.jpg"}], "deleteSource": False},
            "MultiUploadLabel": {"objects": [{"remotePath": "0001.jpg", "label": {}}]},
            "OperateData": {"multipleCopy": True, "source": here, "segmentName": "a#b?c"},
            "OperateSegment": {"copy": True, "source": {"segmentName": "train"}, "segmentName": "copied"},
            "CreateDatasetFromSearch": {"datasetName": "found"},
            "GetTotalSize": {"commit": self.head},
        }


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as running:
        yield running


def asked(bay: TensorBay, name: str, before: Callable[[Scene], None] | None = None) -> tuple[Scene, Any]:
    """Ask for an operation; return the scene and what was answered."""

    async def scenario() -> tuple[Scene, Any]:
        scene = Scene(bay)
        if before is not None:
            before(scene)
        asking = scene.asking(name)
        wire = Wire(account_of(bay), bay.key)
        try:
            return scene, await wire.ask(name, at=asking.at, query=asking.query, body=asking.body)
        finally:
            await wire.close()

    return asyncio.run(scenario())


def complete(operation: Operation, names: set[str]) -> bool:
    """Tell whether a request named all that is needed, and nothing unheard of."""
    known = (*operation.query, *operation.body)
    return {each.name for each in known if each.needed} <= names <= {each.name for each in known}


@pytest.mark.parametrize("name", [each.name for each in OPERATIONS.values() if each.evidence is not Evidence.NONE])
def test_it_is_answered(bay: TensorBay, name: str) -> None:
    operation = OPERATIONS[name]
    _, answer = asked(bay, name)
    (request,) = bay.seen
    assert request.status in (200, 201)
    assert complete(operation, set(request.query) | set(request.json or {}))
    if operation.pages:
        assert isinstance(answer[operation.pages], list)
        assert {"offset", "recordSize", "totalCount"} <= set(answer)
    elif operation.answer == "{}":
        assert answer == {}
    elif operation.answer.isalnum():
        assert set(answer) == {operation.answer}


@pytest.mark.parametrize("name", ["CreateOrder", "ConvertLabelFromAli"])
def test_what_nobody_knows_how_to_ask_is_not_sent(bay: TensorBay, name: str) -> None:
    with pytest.raises(NotOffered):
        asked(bay, name)
    assert bay.seen == []


def test_the_two_that_the_vendors_page_leaves_out(bay: TensorBay) -> None:
    def searched(scene: Scene) -> None:
        arguments = {"commit": scene.head, "conjunction": "and", "unit": "file", "filters": []}
        scene.job = bay.add_job(scene.id, "basicSearch", "s", arguments=arguments)
        bay.finish_jobs()

    scene, _ = asked(bay, "OperateSegment")
    assert "copied" in scene.dataset.drafts[2].content.segments
    assert bay.seen[-1].target.endswith("/segments?copy")
    scene, answer = asked(bay, "CreateDatasetFromSearch", searched)
    assert bay.state.datasets[answer["datasetId"]].name == "found"
    assert set(EXTRA) == {"OperateSegment", "CreateDatasetFromSearch"}
