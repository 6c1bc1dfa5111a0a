"""Whatever TensorBay says: a value of the right type or a `BatchdockError`, soon, and no secret goes elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchdock.core.account import Account, ServiceKind
from batchdock.core.datasets.data import Arrived, LabelType, Sensor
from batchdock.core.datasets.dataset import Notes, Strategy, Version
from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import JOBS
from batchdock.services.tensorbay.datasets.adapter import TensorBayDatasets
from batchdock.services.tensorbay.service import TensorBayService
from making.bodies import Held
from making.nonsense import LIMITS, PATIENCE, Hosts, answers, good_answer, must_hold, well_typed

SECRET = "Accesskey-aB3secretkey9"
EXAMPLES = 12
"""For each method. A longer run, with other answers each time, is a matter of this number and of `derandomize`."""

ID, COMMIT = "2f6c" * 8, "b1c0" * 8
NOW, DRAFT = Version(commit=COMMIT), Version(draft=3)
JOB = f"{ID}/squashAndMerge/j1"
_COMMITTER = {"name": "lin", "date": 1_660_000_000}
_DATASET = {
    "id": ID,
    "name": "harbor",
    "alias": "Harbor",
    "type": 1,
    "defaultBranch": "main",
    "commitId": COMMIT,
    "dataCount": 512,
    "dataSize": 90112000,
    "updateTime": 1_660_000_000,
    "owner": "lin",
    "isPublic": False,
    "configName": "graviti",
    "tabs": {"dataType": [{"id": "69fe", "name": "Image"}]},
}
_NAMED = {"name": "main", "commitId": COMMIT, "parentCommitId": "0" * 32, "title": "t", "committer": _COMMITTER}
_DRAFT = {
    "number": 3,
    "title": "t",
    "branchName": "main",
    "status": "OPEN",
    "parentCommitId": COMMIT,
    "author": _COMMITTER,
    "updatedAt": 1_660_000_000,
}
_STATS = {"stats": {"total": 3, "additions": 1, "deletions": 1, "modifications": 1}}
_DIFF = {"action": "modify", "segments": _STATS, "data": _STATS, "notes": {"action": ""}, "catalog": {"action": "add"}}
_URL = "https://store.test/x?sig=s"
_LABEL = {
    "BOX2D": [
        {"box2d": {"xmin": 1, "ymin": 2, "xmax": 30, "ymax": 40}, "category": "ship", "attributes": {"o": False}}
    ],
    "SEMANTIC_MASK": {"checksum": "5f", "remotePath": "a.png", "url": _URL, "info": []},
}
_DATA = {"remotePath": "a/1.jpg", "checksum": "5f1d", "url": _URL, "label": _LABEL, "timestamp": 1.5}
_FRAME = {"frameId": "01F", "frame": [{"sensorName": "CAM", "remotePath": "a.jpg", "timestamp": 1, "url": _URL}]}
_CONFIG = {"name": "own", "filePath": "p/", "type": "oss", "isGravitiStorage": False}
_JOB = {
    "jobId": "j1",
    "title": "dev->main",
    "jobType": "squashAndMerge",
    "arguments": {"sourceBranchName": "dev", "targetBranchName": "main"},
    "createdAt": 1_660_000_000,
    "startedAt": 1_660_000_003,
    "status": "PROCESSING",
    "errorMessage": "",
}
_POLICY = {
    "result": {"policy": "e30=", "signature": "s", "multipleUploadLimit": None},
    "extra": {"backendType": "oss", "host": "http://127.0.0.1:9/b", "objectPrefix": "p/"},
    "expireAt": 1_660_000_240,
}

Call = Callable[[TensorBayService], Awaitable[object]]


def page(name: str, *rows: object) -> dict[str, object]:
    return {name: list(rows), "offset": 0, "recordSize": len(rows), "totalCount": len(rows)}


def listed(found: AsyncIterator[object]) -> Awaitable[object]:
    async def whole() -> list[object]:
        return [each async for each in found]

    return whole()


FILES: Mapping[str, str] = {"a.jpg": "b.jpg"}
ARRIVED = Arrived("a.jpg", "5f1d", 3)

METHODS: dict[str, tuple[Call, Sequence[object]]] = {
    "datasets": (lambda s: listed(s.datasets.datasets("x%")), [page("datasets", _DATASET)]),
    "dataset": (lambda s: s.datasets.dataset(ID), [_DATASET]),
    "create_dataset": (lambda s: s.datasets.create_dataset("new"), [page("datasets", _DATASET), {"id": ID}]),
    "update_dataset": (lambda s: s.datasets.update_dataset(ID, name="x"), [{}]),
    "delete_dataset": (lambda s: s.datasets.delete_dataset(ID), [{}]),
    "bytes_of": (lambda s: s.datasets.bytes_of(ID, COMMIT), [{"totalSize": 5}]),
    "branches": (lambda s: listed(s.datasets.branches(ID)), [page("branches", _NAMED)]),
    "create_branch": (lambda s: s.datasets.create_branch(ID, "dev", COMMIT), [page("branches", _NAMED), {}]),
    "delete_branch": (lambda s: s.datasets.delete_branch(ID, "dev"), [_DATASET, {}]),
    "tags": (lambda s: listed(s.datasets.tags(ID)), [page("tags", _NAMED)]),
    "create_tag": (lambda s: s.datasets.create_tag(ID, "v2", COMMIT), [page("tags", _NAMED), {}]),
    "delete_tag": (lambda s: s.datasets.delete_tag(ID, "v2"), [{}]),
    "commits": (lambda s: listed(s.datasets.commits(ID)), [page("commits", _NAMED | {"dataCount": 3})]),
    "drafts": (lambda s: listed(s.datasets.drafts(ID, None)), [page("drafts", _DRAFT)]),
    "create_draft": (
        lambda s: s.datasets.create_draft(ID, "dev", "t"),
        [page("drafts", _DRAFT), page("drafts", _DRAFT), {"draftNumber": 4}],
    ),
    "update_draft": (lambda s: s.datasets.update_draft(ID, 3, title="x", close=True), [{}]),
    "commit_draft": (lambda s: s.datasets.commit_draft(ID, 3, "t", tag="v1"), [{"commitId": COMMIT}]),
    "notes": (lambda s: s.datasets.notes(ID, NOW), [{"isContinuous": True, "binPointCloudFields": ["x", "y"]}]),
    "update_notes": (lambda s: s.datasets.update_notes(ID, 3, Notes(True, ("x",))), [{}]),
    "diff": (lambda s: s.datasets.diff(ID, NOW), [_DIFF]),
    "segment_diffs": (
        lambda s: listed(s.datasets.segment_diffs(ID, DRAFT)),
        [page("segments", {"name": "", "action": "add", "data": _STATS, "sensor": {"action": ""}})],
    ),
    "segment_diff": (lambda s: s.datasets.segment_diff(ID, DRAFT, "a#b?c"), [{"action": "add", "data": _STATS}]),
    "data_diffs": (
        lambda s: listed(s.datasets.data_diffs(ID, DRAFT, "../x")),
        [page("data", {"remotePath": "a", "action": "add", "file": {"action": "add"}, "label": {"action": ""}})],
    ),
    "segments": (lambda s: listed(s.datasets.segments(ID, NOW)), [page("segments", {"name": "a"}, "plain", None)]),
    "create_segment": (
        lambda s: s.datasets.create_segment(ID, 3, "train"),
        [page("segments", {"name": "a", "description": ""}), {}],
    ),
    "delete_segment": (lambda s: s.datasets.delete_segment(ID, 3, "train"), [{}]),
    "place_segment": (lambda s: s.datasets.place_segment(ID, 3, "a", "b", Strategy.SKIP, move=True), [{}]),
    "sensors": (
        lambda s: s.datasets.sensors(ID, NOW, "a"),
        [{"sensors": [{"name": "CAM", "type": "CAMERA", "intrinsics": {"cameraMatrix": {"fx": 1}}}]}],
    ),
    "put_sensor": (lambda s: s.datasets.put_sensor(ID, 3, "a", Sensor("CAM", "CAMERA")), [{"sensors": []}, {}]),
    "delete_sensor": (lambda s: s.datasets.delete_sensor(ID, 3, "a", "CAM"), [{}]),
    "data": (lambda s: listed(s.datasets.data(ID, NOW, "a")), [page("data", _DATA, _FRAME)]),
    "details": (lambda s: listed(s.datasets.details(ID, NOW, "a")), [page("dataDetails", _DATA, _FRAME)]),
    "detail_page": (lambda s: s.datasets.detail_page(ID, NOW, "a", 128), [page("dataDetails", _DATA, _FRAME)]),
    "url_of": (lambda s: s.datasets.url_of(ID, NOW, "a", "a/1.jpg"), [page("urls", _DATA)]),
    "urls": (lambda s: listed(s.datasets.urls(ID, NOW, "a")), [page("urls", _DATA, _FRAME)]),
    "masks": (
        lambda s: listed(s.datasets.masks(ID, NOW, "a", LabelType.INSTANCE_MASK)),
        [page("urls", {"remotePath": "a.png", "url": _URL}, None)],
    ),
    "labels": (lambda s: listed(s.datasets.labels(ID, NOW, "a")), [page("labels", _DATA, _FRAME)]),
    "catalog": (lambda s: s.datasets.catalog(ID, NOW), [{"catalog": {"BOX2D": {"categories": [{"name": "ship"}]}}}]),
    "put_catalog": (lambda s: s.datasets.put_catalog(ID, 3, {"BOX2D": {}}), [{}]),
    "statistics": (
        lambda s: s.datasets.statistics(ID, NOW),
        [{"labelStatistics": {"BOX2D": {"quantity": 3, "categories": None, "attributes": None}}}],
    ),
    "put_labels": (lambda s: s.datasets.put_labels(ID, 3, "a", [("a", _LABEL), ("b", {})]), [{}]),
    "delete_data": (lambda s: s.datasets.delete_data(ID, 3, "a", "a.jpg"), [{}]),
    "delete_frame": (lambda s: s.datasets.delete_frame(ID, 3, "a", "01F"), [{}]),
    "place_data": (lambda s: s.datasets.place_data(ID, 3, "a", FILES, "b", Strategy.ABORT, move=False), [{}]),
    "upload": (lambda s: _upload(s), [_POLICY]),
    "register": (lambda s: s.datasets.register(ID, 3, "a", [ARRIVED]), [{}]),
    "storages": (lambda s: listed(s.datasets.storages()), [page("configs", _CONFIG)]),
    "cloud_page": (
        lambda s: s.datasets.cloud_page("own", "p/"),
        [{"cloudFiles": ["a/b.png"], "truncated": 1, "nextMarker": "a/b.png"}],
    ),
    "cloud_url": (lambda s: s.datasets.cloud_url("own", "a/b.png"), [{"url": _URL}]),
    "import_cloud_files": (lambda s: s.datasets.import_cloud_files(ID, 3, "a", FILES), [{}]),
    "service: check_key": (lambda s: s.check_key(), [{"id": "9c1e", "nickname": "lin", "team": None}]),
    "service: jobs": (
        lambda s: listed(s.jobs()),
        [page("datasets", _DATASET), page("benchmarks"), page("jobs", _JOB), page("jobs")],
    ),
    "service: job": (lambda s: s.job(JOB), [_JOB]),
    "service: facts": (lambda s: s.facts(JOBS, JOB), [_JOB]),
    "service: answers": (lambda s: s.answers(JOB), [_JOB]),
    "service: abort": (lambda s: s.abort(JOB), [{}]),
    "service: items": (lambda s: listed(s.items("storage-configs", {})), [page("configs", _CONFIG)]),
}


async def _upload(service: TensorBayService) -> object:
    """Send to a store where nobody is: all that may come of it is an error of ours."""
    try:
        await service.datasets.upload(ID, 3, "a", Held("a.jpg", b"abc"), "5f1d")
    except BatchdockError:
        return None
    raise AssertionError("nobody is there")


def with_key(address: str) -> TensorBayService:
    settings = (("sextant", address),)
    account = Account("a", ServiceKind.TENSORBAY, "n", "lin", address, settings=settings)
    return TensorBayService(account, SECRET, patience=PATIENCE, limits=LIMITS)


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with asyncio.Runner() as runner:
        running = Hosts(runner, with_key)
        yield running
        running.close()


def test_every_method_is_here() -> None:
    public = {name for name in dir(TensorBayDatasets) if not name.startswith("_")}
    assert public - {"receive"} == {name for name in METHODS if not name.startswith("service: ")}


@pytest.mark.parametrize("name", METHODS)
@settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_answer_is_a_value_or_an_error_of_ours(hosts: Hosts, name: str, data: st.DataObject) -> None:
    call, good = METHODS[name]
    before = data.draw(st.integers(0, len(good) - 1))  # So many requests go well first.
    script = [good_answer(each) for each in good[:before]]
    script += data.draw(st.lists(answers(good[before]), min_size=1, max_size=3))
    found = hosts.met(call, script)
    assert hosts.api.requests
    must_hold(hosts, found, SECRET)


@pytest.mark.parametrize("name", METHODS)
def test_the_good_answer_is_understood(hosts: Hosts, name: str) -> None:
    """Or the answers above would be nonsense through and through."""
    call, good = METHODS[name]
    found = hosts.met(call, [good_answer(each) for each in good])
    assert not isinstance(found, BatchdockError), found
    well_typed(found)
