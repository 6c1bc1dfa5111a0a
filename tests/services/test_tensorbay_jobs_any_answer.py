"""Whatever TensorBay says of jobs and of what it keeps: a value of the right type or a `BatchdockError`, soon."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchdock.core.account import Account, ServiceKind
from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import JOBS
from batchdock.services.tensorbay.inventory import COLLECTIONS
from batchdock.services.tensorbay.service import TensorBayService
from making.nonsense import LIMITS, PATIENCE, Hosts, answers, good_answer, must_hold, well_typed

SECRET = "Accesskey-aB3secretkey9"
BUCKET_SECRET = "bucket-s3cret-aB3"
EXAMPLES = 12
"""For each method. A longer run, with other answers each time, is a matter of this number and of `derandomize`."""

ID, COMMIT = "2f6c" * 8, "b1c0" * 8
MERGE, SEARCH, EVALUATION = f"{ID}/squashAndMerge/j1", f"{ID}/basicSearch/j1", "evaluations/b1/e1"

_JOB = {
    "jobId": "j1",
    "title": "dev->main",
    "jobType": "squashAndMerge",
    "arguments": {"sourceBranchName": "dev", "targetBranchName": "main", "strategy": "skip"},
    "createdAt": 1_660_000_000,
    "startedAt": 1_660_000_003,
    "finishedAt": 1_660_000_009,
    "status": "SUCCESS",
    "errorMessage": "",
    "result": {"searchResultId": ID, "searchResultCommitId": COMMIT},
}
_ROW = {"evaluationId": "e1", "createdAt": 1_660_000_000}
_RESULT = {"result": {"categories": {"ship": {"ap": 0.5, "recall": [0.1]}}}}
_CONFIG = {"name": "own", "filePath": "data/", "type": "oss", "isGravitiStorage": False}
_CREDENTIAL = {"name": "own", "type": "s3", "endpoint": "e", "accesskeyId": "LTAI5", "bucketName": "b"}
_BUCKET = {
    "name": "new",
    "filePath": "data/",
    "endpoint": "https://oss.example",
    "bucketName": "b",
    "accesskeyId": f"id-{BUCKET_SECRET}",
    "accesskeySecret": BUCKET_SECRET,
}

Call = Callable[[TensorBayService], Awaitable[object]]


def page(name: str, *rows: Mapping[str, object]) -> dict[str, object]:
    return {name: list(rows), "offset": 0, "recordSize": len(rows), "totalCount": len(rows)}


_DATASETS = page("datasets", {"id": ID, "name": "harbor"})
_JOBS = page("jobs", _JOB)
_BENCHMARKS = page("benchmarks", {"name": "ships", "benchmarkId": "b1"})
_ROWS = page("evaluations", _ROW)
_BRANCHES = page("branches", {"name": "main", "commitId": COMMIT})


def listed(found: AsyncIterator[object]) -> Awaitable[object]:
    async def every() -> list[object]:
        return [each async for each in found]

    return every()


METHODS: dict[str, tuple[Call, Sequence[object]]] = {
    "find_jobs": (
        lambda s: listed(s.find_jobs({"dataset": ("harbor",), "kind": ("basicSearch",)})),
        [_DATASETS, _JOBS],
    ),
    "evaluation": (lambda s: s.job(EVALUATION), [_BENCHMARKS, _ROWS, _RESULT]),
    "facts": (lambda s: s.facts(JOBS, SEARCH), [_JOB]),
    "facts of an evaluation": (lambda s: s.facts(JOBS, EVALUATION), [_BENCHMARKS, _ROWS, _RESULT]),
    "answers": (lambda s: s.answers(EVALUATION), [_RESULT]),
    "restart": (lambda s: s.restart(MERGE), [{}]),
    "form: merge": (lambda s: s.form(JOBS, "merge"), [_DATASETS]),
    "form: evaluate": (lambda s: s.form(JOBS, "evaluate"), [_BENCHMARKS, _DATASETS]),
    "act: merge": (
        lambda s: s.act(JOBS, "merge", [], {"dataset": ID, "title": "t", "source": "dev"}),
        [_JOBS, {"jobId": "j2", "createdAt": 1}],
    ),
    "act: search": (
        lambda s: s.act(JOBS, "search", [], {"dataset": ID, "title": "t", "commit": "main", "keyword": "x"}),
        [_BRANCHES, _JOBS, {"jobId": "j2"}],
    ),
    "act: evaluate": (
        lambda s: s.act(JOBS, "evaluate", [], {"benchmark": "b1", "dataset": ID, "commit": COMMIT}),
        [_ROWS, {"evaluationId": "e2"}],
    ),
    "act: save": (
        lambda s: s.act(JOBS, "save-as-dataset", [SEARCH], {"name": "n"}),
        [_JOB, _DATASETS, {"datasetId": ID}],
    ),
    "act: delete": (lambda s: s.act(JOBS, "delete", [MERGE, SEARCH], {}), [{}, {}]),
    "storages": (lambda s: listed(s.items("storage-configs", {"name": ("o%",)})), [page("configs", _CONFIG)]),
    "facts of a storage": (lambda s: s.facts("storage-configs", "own"), [page("configs", _CONFIG)]),
    "credentials": (lambda s: listed(s.items("auth-storage-configs", {})), [page("configs", _CREDENTIAL)]),
    "make a storage": (
        lambda s: s.act("storage-configs", "create-oss", [], _BUCKET),
        [page("configs", _CONFIG), {}],
    ),
    "delete a storage": (
        lambda s: s.act("storage-configs", "delete", ["own"], {"name": "own"}),
        [{}, page("configs", _CONFIG)],
    ),
    "cloud files": (
        lambda s: listed(s.items("cloud-files", {"storage": ("own",)})),
        [{"cloudFiles": ["a/b.png"], "truncated": 1, "nextMarker": "m"}, {"cloudFiles": [], "truncated": False}],
    ),
    "facts of a cloud file": (lambda s: s.facts("cloud-files", "own/a"), [{"url": "https://b.example/a?sig=x"}]),
    "benchmarks": (lambda s: listed(s.items("benchmarks", {})), [_BENCHMARKS]),
    "evaluations": (lambda s: listed(s.items("evaluations", {})), [_BENCHMARKS, _ROWS]),
    "facts in evaluations": (lambda s: s.facts("evaluations", EVALUATION), [_BENCHMARKS, _ROWS, _RESULT]),
}


def with_key(address: str) -> TensorBayService:
    account = Account("a", ServiceKind.TENSORBAY, "n", "lin", address, settings=(("sextant", address),))
    return TensorBayService(account, SECRET, patience=PATIENCE, limits=LIMITS)


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with asyncio.Runner() as runner:
        running = Hosts(runner, with_key)
        yield running
        running.close()


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
    must_hold(hosts, found, SECRET, BUCKET_SECRET)


@pytest.mark.parametrize("name", METHODS)
def test_the_good_answer_is_understood(hosts: Hosts, name: str) -> None:
    """Or the answers above would be nonsense through and through."""
    call, good = METHODS[name]
    found = hosts.met(call, [good_answer(each) for each in good])
    assert not isinstance(found, BatchdockError), found
    well_typed(found)


def test_every_collection_that_asks_is_here() -> None:
    asked = {"storage-configs", "auth-storage-configs", "cloud-files", "benchmarks", "evaluations"}
    assert {each.key for each in COLLECTIONS} - {"operations"} == asked
