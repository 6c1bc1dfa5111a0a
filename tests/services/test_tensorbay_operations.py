"""The table of operations: all 69, graded, and each request as the contract has it."""

import re
from collections import Counter

import pytest

from batchdock.services.tensorbay.operations import EXTRA, OPERATIONS, App, Evidence, Operation

ALL = (*OPERATIONS.values(), *EXTRA.values())
NAMES = """
ListAuthStorageConfig ListStorageConfigs CreateStorageConfigOSS CreateStorageConfigS3 CreateStorageConfigAzure
CreateStorageConfigLocalFs DeleteStorageConfig CreateDataset DeleteDataset UpdateDataset ListDataset GetDataset
CreateBranch DeleteBranch ListBranches CreateDraft UpdateDraft ListDraft CommitDataset ListCommit CreateTag DeleteTag
ListTag UpdateNote GetNote GetUser ListBenchmarks CreateEvaluation ListEvaluations GetEvaluationResult CreateOrder
CreateTask DeleteTask StopTask GetTask ListTasks RetryTask GetPolicy PutCallback MultiPutCallback CreateSegment
DeleteSegment ListSegment UploadLabelCatalog GetLabelCatalog UploadSensor DeleteSensor ListSensor ListData
ListDataDetails ListDataUri ListMaskUrls GetDataUrls GetTotalSize ListCloudFiles GetCloudFileUrl CloudCallback
UploadLabel ListLabel MultiUploadLabel GetLabelStatistics ConvertLabelFromAli DeleteData OperateData DeleteFrame
GetDiff ListSegmentDiffs GetSegmentDiff ListDataDiffs
""".split()  # noqa: SIM905 - as the page has them, read as words
"""In the order of the vendor's page."""


def test_there_are_69_in_the_vendors_order() -> None:
    assert list(OPERATIONS) == NAMES
    assert len(NAMES) == 69


def test_how_well_they_are_known() -> None:
    assert Counter(each.evidence.value for each in OPERATIONS.values()) == {"A": 56, "B": 4, "C": 7, "D": 2}
    of = {grade: [each.name for each in OPERATIONS.values() if each.evidence is grade] for grade in Evidence}
    assert of[Evidence.DOCUMENTED] == ["ListAuthStorageConfig", "PutCallback", "GetDataUrls", "GetDiff"]
    assert of[Evidence.INFERRED] == [*(each for each in NAMES if "Task" in each), "GetSegmentDiff"]
    assert of[Evidence.NONE] == ["CreateOrder", "ConvertLabelFromAli"]


@pytest.mark.parametrize("operation", ALL, ids=lambda each: each.name)
def test_each_is_told_in_full(operation: Operation) -> None:
    assert operation.use
    assert operation.group
    if operation.evidence is Evidence.NONE:
        assert operation.reason
        assert not operation.method + operation.path
        return
    assert not operation.reason
    assert operation.answer
    assert operation.path.startswith("/v1/")
    assert operation.method in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert not (operation.query and operation.method in {"PUT", "PATCH"})
    assert not (operation.body and operation.method == "GET")
    for names in ([each.name for each in operation.query], [each.name for each in operation.body]):
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[a-zA-Z]+", each) for each in names)


@pytest.mark.parametrize("operation", ALL, ids=lambda each: each.name)
def test_nothing_is_repeated_that_could_do_something_twice(operation: Operation) -> None:
    if operation.method == "GET":
        assert operation.repeatable
    elif operation.repeatable:
        # What it says replaces what was there, so saying it again changes nothing.
        assert operation.method == "PUT"
        assert operation.name in {
            "PutCallback",
            "MultiPutCallback",
            "UploadLabelCatalog",
            "UploadLabel",
            "MultiUploadLabel",
        }


@pytest.mark.parametrize("operation", ALL, ids=lambda each: each.name)
def test_lists_come_in_pages(operation: Operation) -> None:
    asked = {each.name for each in operation.query}
    assert bool(operation.pages) == ({"offset", "limit"} <= asked)


def test_evaluations_are_another_app() -> None:
    others = {each.name for each in ALL if each.app is App.SEXTANT}
    assert others == {"ListBenchmarks", "CreateEvaluation", "ListEvaluations", "GetEvaluationResult"}


def test_what_reads_contents_names_a_version_and_what_writes_them_a_draft() -> None:
    for operation in ALL:
        under = operation.path.removeprefix("/v1/datasets/{dataset}/").partition("/")[0]
        if under not in {"data", "labels", "segments", "sensors", "masks", "notes", "frames", "multi", "policies"}:
            continue
        names = {each.name for each in (*operation.query, *operation.body)}
        if operation.method == "GET":
            assert {"draftNumber", "commit"} <= names or operation.name == "GetPolicy"
        else:
            assert next(each for each in operation.body if each.name == "draftNumber").needed
