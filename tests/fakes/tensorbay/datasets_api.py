"""The account and its datasets (contract §4.1, §4.2)."""

import time

from fakes.tensorbay.call import Call, Created
from fakes.tensorbay.records import NO_COMMIT, Dataset, Json, new_id
from fakes.tensorbay.refusals import TAKEN, WRONG, Refused


def user(call: Call) -> Json:
    """GetUser."""
    return call.state.user


def listed(call: Call) -> Json:
    """ListDataset."""
    there = [each for each in [*call.state.datasets.values()] if not each.hidden]
    return call.listed("datasets", call.fitting(there, lambda each: each.name), _row)


def shown(call: Call) -> Json:
    """GetDataset: no id, no counts."""
    dataset = call.dataset
    return {**_told(dataset), "isPublic": dataset.public, "configName": dataset.config}


def created(call: Call) -> Created:
    """CreateDataset."""
    body = call.body
    name = _free(call, body.named("name"))
    kind = body.of("type", int, must=False) or 0
    if kind not in (0, 1):
        raise Refused(WRONG, "the value of type is invalid")
    dataset = Dataset(new_id(), name, body.text("alias", ""), kind, owner=call.state.nickname)
    dataset.public = bool(body.of("isPublic", bool, must=False))
    if config := body.text("configName", ""):
        dataset.config = call.state.config(config).name
    call.state.datasets[dataset.id] = dataset
    return Created({"id": dataset.id})


def updated(call: Call) -> Json:
    """UpdateDataset."""
    dataset, body = call.dataset, call.body
    if "name" in body and body.named("name") != dataset.name:
        dataset.name = _free(call, body.named("name"))
    if "alias" in body:
        dataset.alias = body.text("alias")
    if "isPublic" in body:
        dataset.public = body.of("isPublic", bool)
    dataset.updated = int(time.time())
    return {}


def deleted(call: Call) -> Json:
    """DeleteDataset."""
    del call.state.datasets[call.dataset.id]
    return {}


def _free(call: Call, name: str) -> str:
    if call.state.named(name) is not None:
        raise Refused(TAKEN, "the dataset name already exists")
    return name


def _told(dataset: Dataset) -> Json:
    return {
        "name": dataset.name,
        "alias": dataset.alias,
        "type": dataset.type,
        "defaultBranch": "main",
        "updateTime": dataset.updated,
        "owner": dataset.owner,
        "commitId": dataset.branches.get("main", NO_COMMIT),
        "coverUrl": "",
    }


def _row(dataset: Dataset) -> Json:
    head = dataset.head
    counts = {"dataCount": head.count if head else 0, "dataSize": head.content.size if head else 0}
    return {"id": dataset.id, **_told(dataset), **counts, "tabs": dataset.tabs}
