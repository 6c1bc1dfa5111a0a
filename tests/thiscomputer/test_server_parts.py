"""Batches in parts, jobs over one of them, and metadata that gives every picture its own settings (§4.1, §5.3)."""

import json
from pathlib import Path
from typing import Any

import pytest

from making.local_service import LocalService, job_body, tar_of
from making.media import picture, picture_bytes

_MAPPED = {"imagesMetadataInputsMapping": {"blurred_below": "limit"}}


def _send(service: LocalService, batch_id: str, part: str, name: str, data: bytes) -> int:
    query = {"fileName": name, "partName": part}
    files = {"f": (name, data)}
    return service.staging(f"/{batch_id}/upload/image", "POST", params=query, files=files).status_code


def _start(service: LocalService, job_id: str, batch_id: str, **changes: Any) -> int:
    body = job_body(batch_id, **changes)
    body["jobInput"] |= {"partName": "pictures", "imagesMetadataPart": "about"}
    return service.jobs(f"/{job_id}", "POST", json=body).status_code


def _tables(service: LocalService, job_id: str) -> dict[str, dict[str, Any]]:
    (table,) = [data for name, data in service.results(job_id) if name.endswith("aggregated_results.jsonl")]
    return {row["image"]: row for row in map(json.loads, table.splitlines())}


def _parts(service: LocalService, batch_id: str) -> dict[str, tuple[str, str]]:
    listed = service.staging(f"/{batch_id}/parts").json()["batchParts"]
    return {each["partName"]: (each["partType"], each["contentType"]) for each in listed}


def test_a_batch_in_parts(service: LocalService, tmp_path: Path) -> None:
    assert _send(service, "b-parts", "pictures", "a.jpg", picture_bytes(1)) == 200
    batch = service.staging("/b-parts").json()["batch"]
    assert (batch["batchType"], batch["batchContentType"]) == ("multipart-batch", "images")
    assert _send(service, "b-parts", "about", "a.jpg.json", b"{}") == 200
    assert service.staging("/b-parts").json()["batch"]["batchContentType"] == "mixed"
    assert _send(service, "b-parts", "about", "b.jpg", b"a picture among metadata") == 400
    assert _send(service, "b-parts", "\n", "b.jpg", b"") == 400
    path = {"b.jpg": picture(tmp_path / "b.jpg", 2)}
    references = [{"name": name, "url": f"file://{each}"} for name, each in path.items()]
    query = {"partName": "referred"}
    body = {"imageReferences": references}
    answer = service.staging("/b-parts/bulk-upload/image-references", "POST", params=query, json=body)
    assert answer.status_code == 200
    kinds = {"pictures": "simple-batch", "about": "simple-batch", "referred": "sharded-batch"}
    assert {name: kind for name, (kind, _) in _parts(service, "b-parts").items()} == kinds
    for part, name in (("pictures", "a.jpg"), ("about", "a.jpg.json"), ("referred", "b.jpg")):
        assert service.staging("/b-parts/count", params={"partName": part}).json()["count"] == 1
        (file,) = service.staging("/b-parts/list", params={"partName": part}).json()["filesMetadata"]
        assert (file["fileName"], file["partName"]) == (name, part)
    assert service.upload("b-parts", "c.jpg", b"x").status_code == 400
    assert _send(service, "b-other", "p", "a.jpg", b"x") == 200
    assert service.staging("/b-parts/count", params={"partName": "nothing"}).status_code == 404


def test_tars_for_parts(service: LocalService) -> None:
    for part, names in (("pictures", ["a.jpg", "b.jpg"]), ("about", ["a.jpg.json"]), ("both", ["a.jpg", "a.jpg.json"])):
        path = "/b-tar-parts/bulk-upload/image-files"
        details = service.staging(path, "POST", params={"partName": part}).json()["signedURLDetails"]
        tar = tar_of((name, b"{}") for name in names)
        assert service.plain("PUT", details["uploadURL"], content=tar).status_code == 200
    shards = service.wait_for_shards("b-tar-parts")
    assert [each["statusType"] for each in shards] == ["success", "success", "error"]
    assert shards[2]["statusMetadata"]["message"] == "Pictures and their metadata need parts of their own."
    assert _parts(service, "b-tar-parts") == {
        "pictures": ("sharded-batch", "images"),
        "about": ("sharded-batch", "metadata"),
    }


def test_a_job_over_one_part(service: LocalService) -> None:
    for part, count in (("one", 3), ("two", 2)):
        for number in range(count):
            _send(service, "b-one", part, f"{number}.jpg", picture_bytes(number))
    body = job_body("b-one")
    answer = service.jobs("/one", "POST", json=body)
    assert answer.json()["error"]["message"].endswith("Say which one (jobInput.partName): one, two.")
    body["jobInput"]["partName"] = "three"
    assert service.jobs("/one", "POST", json=body).status_code == 404
    body["jobInput"]["partName"] = "two"
    assert service.jobs("/one", "POST", json=body).status_code == 200
    assert service.wait("one")["lastNotification"]["processed"] == 2


def test_every_picture_has_its_own_settings(service: LocalService) -> None:
    about = {"low": {"limit": 0}, "high": {"limit": 100_000}, "wrong": {"limit": "much"}, "other": {"else": 1}}
    for name in (*about, "none", "torn"):
        _send(service, "b-own", "pictures", f"{name}.jpg", picture_bytes(1))
    for name, said in about.items():
        _send(service, "b-own", "about", f"{name}.jpg.json", json.dumps(said).encode())
    _send(service, "b-own", "about", "torn.jpg.json", b"{")
    assert _start(service, "own", "b-own", specification=_MAPPED) == 200
    service.wait("own")
    rows = _tables(service, "own")
    assert {name: row["verdict"] for name, row in rows.items() if name in ("low.jpg", "high.jpg")} == {
        "low.jpg": "small",
        "high.jpg": "blurred",
    }
    assert set(rows) == {"low.jpg", "high.jpg", "other.jpg", "none.jpg"}
    failures = service.failures("own")
    assert set(failures) == {"wrong.jpg", "torn.jpg"}
    assert "“much”" in failures["wrong.jpg"]
    lines = service.jobs("/own/logs", params={"severity": "warning"}).json()["logs"]
    (said,) = [each["payload"]["message"] for each in lines if each["logType"] == "metadata-missing"]
    assert said == "1 of 6 have no metadata in “about”; the usual values are used for them."
    parameters = {**_MAPPED, "workflowParameters": {"blurred_below": 0}}
    assert _start(service, "own-2", "b-own", specification=parameters) == 200
    service.wait("own-2")
    assert _tables(service, "own-2")["high.jpg"]["verdict"] == "small"  # what the job says counts


@pytest.mark.parametrize("mapping", [[], {"nothing": "a"}, {"image": "a"}, {"blurred_below": 5}])
def test_mappings_that_are_refused(service: LocalService, mapping: object) -> None:
    _send(service, "b-mapping", "pictures", "a.jpg", picture_bytes(1))
    _send(service, "b-mapping", "about", "a.jpg.json", b"{}")
    changes = {"specification": {"imagesMetadataInputsMapping": mapping}}
    assert _start(service, "mapping", "b-mapping", **changes) == 400


def test_a_mapping_needs_a_part_with_metadata(service: LocalService) -> None:
    service.upload("b-no-part", "a.jpg", picture_bytes(1))
    assert service.start_job("no-part", "b-no-part", specification=_MAPPED).status_code == 400
