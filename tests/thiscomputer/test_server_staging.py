"""Data staging over real HTTP (contract §3)."""

import json
import tarfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from making.local_service import LocalService, tar_of
from making.media import picture, picture_bytes

NAMES = [
    "수확 사진.jpg",
    "फ़ोटो.jpg",
    "照片.jpg",
    "🐟🐠.jpg",
    "two\nlines.jpg",
    "a b%2F&=?#.jpg",
    "x" * 200 + ".jpg",
    "’.jpg",
]


def _listed(service: LocalService, batch_id: str, **params: Any) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = []
    token = None
    while True:
        query = {**params, **({"nextPageToken": token} if token else {})}
        page = service.staging(f"/{batch_id}/list", params=query).json()
        files += page["filesMetadata"]
        token = page["nextPageToken"]
        if token is None:
            return files


def test_welcome_by_get_and_post(service: LocalService) -> None:
    for method in ("GET", "POST"):
        answer = service.ask(method, "/")
        assert answer.status_code == 200
        assert answer.json()["workspace"] == "this-computer"
    assert service.plain("GET", service.url, headers={"Authorization": f"Bearer {service.key}"}).status_code == 200


def test_workflows_have_a_specification_in_a_string(service: LocalService) -> None:
    listed = service.ask("GET", "/this-computer/workflows").json()["workflows"]
    assert {"read-codes", "picture-quality"} <= {each["url"] for each in listed}
    one = service.ask("GET", "/this-computer/workflows/read-codes").json()["workflow"]
    inputs = json.loads(one["config"])["specification"]["inputs"]
    assert [each["name"] for each in inputs if each["type"] in ("InferenceImage", "WorkflowImage")] == ["image"]
    assert service.ask("GET", "/this-computer/workflows/nothing").status_code == 404


def test_pictures_one_by_one(service: LocalService) -> None:
    data = {f"p{number}.jpg": picture_bytes(number) for number in range(3)}
    for name, each in data.items():
        assert service.upload("one-by-one", name, each).json() == {"status": "ok"}
    batch = service.staging("/one-by-one").json()["batch"]
    assert {key: batch[key] for key in ("displayName", "batchType", "batchContentType")} == {
        "displayName": "one-by-one",
        "batchType": "simple-batch",
        "batchContentType": "images",
    }
    created, expires = (datetime.fromisoformat(batch[key]) for key in ("createdDate", "expiryDate"))
    assert created.tzinfo is not None
    assert (expires - created).days > 3000
    assert service.staging("/one-by-one/count").json()["count"] == 3
    files = _listed(service, "one-by-one")
    assert {each["fileName"]: service.plain("GET", each["downloadURL"]).content for each in files} == data


def test_same_name_again_replaces(service: LocalService) -> None:
    for seed in (1, 2):
        assert service.upload("twice", "a.jpg", picture_bytes(seed)).status_code == 200
    (only,) = _listed(service, "twice")
    assert service.plain("GET", only["downloadURL"]).content == picture_bytes(2)


def test_every_name_comes_back(service: LocalService) -> None:
    for name in NAMES:
        assert service.upload("names", name, b"x").status_code == 200
    assert [each["fileName"] for each in _listed(service, "names")] == NAMES


@pytest.mark.parametrize("name", ["", ".", "..", "a/b.jpg", "../../etc/passwd", "nul\0.jpg", "x" * 513])
def test_names_that_are_none(service: LocalService, name: str) -> None:
    answer = service.upload("bad-names", name, b"x")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The ")
    assert service.staging("/bad-names").status_code == 404


@pytest.mark.parametrize("batch_id", ["UPPER", "a b", "a.b", "x" * 65, "%2e%2e", "ä"])
def test_ids_that_are_none(service: LocalService, batch_id: str) -> None:
    assert service.upload(batch_id, "a.jpg", b"x").status_code == 400


def test_picture_that_is_too_large(service: LocalService) -> None:
    answer = service.upload("large", "large.jpg", bytes(20 * 1024 * 1024 + 1))
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "file-size-limit-exceeded"
    assert service.upload("large", "fits.jpg", bytes(20 * 1024 * 1024)).status_code == 200
    assert [each["fileName"] for each in _listed(service, "large")] == ["fits.jpg"]


def test_upload_that_is_no_form(service: LocalService) -> None:
    path = "/no-form/upload/image"
    raw = service.staging(path, "POST", params={"fileName": "a.jpg"}, content=b"bytes")
    cut = service.staging(
        path,
        "POST",
        params={"fileName": "a.jpg"},
        content=b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nhalf',
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert (raw.status_code, cut.status_code) == (400, 400)
    assert service.staging("/no-form").status_code == 404


def test_video_by_signed_put(service: LocalService) -> None:
    longest = "🐟" * 508 + ".mp4"
    for name in ("v.mp4", "v.mp4", longest):
        details = service.staging("/videos/upload/video", "POST", params={"fileName": name, "displayName": "My videos"})
        target = details.json()["signedURLDetails"]
        assert target["method"] == "PUT"
        assert target["maxFileSize"] > 0
        assert service.plain("PUT", target["uploadURL"], content=name.encode()).status_code == 200
    batch = service.staging("/videos").json()["batch"]
    assert (batch["displayName"], batch["batchContentType"]) == ("My videos", "videos")
    assert [each["fileName"] for each in _listed(service, "videos")] == ["v.mp4", longest]


def test_batch_appears_with_its_first_file_only(service: LocalService) -> None:
    assert service.staging("/promised/upload/video", "POST", params={"fileName": "v.mp4"}).status_code == 200
    assert service.staging("/promised").status_code == 404


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_tar_becomes_a_shard(service: LocalService, format: int) -> None:
    batch_id = f"tar-{format}"
    files = [(name, f"{index}".encode()) for index, name in enumerate(NAMES)]
    tar = tar_of([*files, ("notification_config.json", b'{"ingestId": "x"}')], format)
    assert service.upload_tar(batch_id, tar).status_code == 200
    (shard,) = service.wait_for_shards(batch_id)
    assert (shard["statusType"], shard["shardObjectsCount"], shard["statusMetadata"]) == ("success", len(NAMES), None)
    assert service.staging(f"/{batch_id}").json()["batch"]["batchType"] == "sharded-batch"
    assert service.staging(f"/{batch_id}/count").json()["count"] == len(NAMES)
    found = _listed(service, batch_id)
    assert [(each["fileName"], service.plain("GET", each["downloadURL"]).content) for each in found] == files
    assert {each["shardId"] for each in found} == {shard["shardId"]}


def test_entries_of_a_tar_that_are_no_files_never_touch_the_disk(service: LocalService, tmp_path: Path) -> None:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w:") as tar:
        for name, kind, target in (
            ("link.jpg", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard.jpg", tarfile.LNKTYPE, "good.jpg"),
            ("pipe.jpg", tarfile.FIFOTYPE, ""),
            ("folder", tarfile.DIRTYPE, ""),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            tar.addfile(member)
        for name in (f"{tmp_path}/escaped.jpg", "../../escaped2.jpg", "good.jpg"):
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, BytesIO(b"data"))
    assert service.upload_tar("hostile-tar", out.getvalue()).status_code == 200
    (shard,) = service.wait_for_shards("hostile-tar")
    assert {each["fileName"] for each in shard["statusMetadata"]["failedFiles"]} == {"link.jpg", "hard.jpg", "pipe.jpg"}
    assert [each["fileName"] for each in _listed(service, "hostile-tar")] == ["escaped.jpg", "escaped2.jpg", "good.jpg"]
    assert not list(tmp_path.iterdir())
    assert not list(service.data.parent.rglob("escaped*"))


def test_damaged_tars_are_worded(service: LocalService) -> None:
    whole = tar_of([("a.jpg", bytes(3000)), ("b.jpg", bytes(3000))])
    between_members = 512 + 3072
    for tar in (b"", b"no tar at all", whole[:2000], whole[:between_members], tar_of([]), bytes(10240)):
        assert service.upload_tar("damaged-tar", tar).status_code == 200
    shards = service.wait_for_shards("damaged-tar")
    assert [each["statusType"] for each in shards] == ["error"] * 6
    assert all(each["statusMetadata"]["message"].endswith(".") for each in shards)
    assert service.staging("/damaged-tar/count").json()["count"] == 0


def test_references_stay_where_they_are(service: LocalService, tmp_path: Path) -> None:
    paths = {name: picture(tmp_path / f"{number}.jpg", number) for number, name in enumerate(NAMES)}
    paths["gone.jpg"] = tmp_path / "gone.jpg"
    before = sum(1 for each in service.data.rglob("*") if each.is_file())
    first = service.refer("refs", paths, ingestId="i-1").json()
    assert (first["ingestId"], first["duplicated"], len(first["shardIds"])) == ("i-1", False, 1)
    again = service.refer("refs", paths, ingestId="i-1").json()
    assert (again["duplicated"], again["shardIds"]) == (True, first["shardIds"])
    assert sum(1 for each in service.data.rglob("*") if each.is_file()) == before
    found = {each["fileName"]: each["downloadURL"] for each in _listed(service, "refs")}
    assert set(found) == set(paths)
    assert service.plain("GET", found[NAMES[0]]).content == paths[NAMES[0]].read_bytes()
    assert service.plain("GET", found["gone.jpg"]).status_code == 404


def test_references_are_cut_into_shards(service: LocalService, tmp_path: Path) -> None:
    service.refer("many", {f"{number:05}.jpg": tmp_path / "x.jpg" for number in range(600)})
    pages, token = [], None
    while True:
        query = {"pageSize": 2, **({"nextPageToken": token} if token else {})}
        page = service.staging("/many/shards", params=query).json()
        pages.append([each["shardObjectsCount"] for each in page["shards"]])
        token = page["nextPageToken"]
        if token is None:
            break
    assert pages == [[256, 256], [88]]
    assert len(_listed(service, "many", pageSize=100)) == 600


def test_references_that_are_refused(service: LocalService, tmp_path: Path) -> None:
    here = f"file://{tmp_path}/a.jpg"
    bodies: tuple[object, ...] = (
        {},
        {"imageReferences": []},
        {"imageReferences": [{"name": "a.jpg"}]},
        {"imageReferences": [{"name": "a.jpg", "url": "http://example.org/a.jpg"}]},
        {"imageReferences": [{"name": "a.jpg", "url": "file://server/a.jpg"}]},
        {"imageReferences": [{"name": "a.jpg", "url": "file:relative.jpg"}]},
        {"imageReferences": [{"name": "a.jpg", "url": "file:///a%00.jpg"}]},
        {"imageReferences": [{"name": "../a.jpg", "url": here}]},
        {"imageReferences": [{"name": "\ud800.jpg", "url": here}]},
        {"imageReferences": [{"name": "a.jpg", "url": here}] * 2},
        {"imageReferences": [{"name": f"{number}.jpg", "url": here} for number in range(20_001)]},
        {"imageReferencesURL": "http://example.org/list.jsonl"},
        [],
    )
    for body in bodies:
        sent = json.dumps(body).encode("ascii")
        answer = service.staging("/refused/bulk-upload/image-references", "POST", content=sent)
        assert answer.status_code == 400, body
        assert answer.json()["error"]["message"].endswith(".")
    assert service.staging("/refused").status_code == 404


def test_ways_of_filling_do_not_mix(service: LocalService, tmp_path: Path) -> None:
    service.upload("simple", "a.jpg", b"x")
    assert service.refer("simple", {"b.jpg": tmp_path / "b.jpg"}).status_code == 400
    assert service.staging("/simple/bulk-upload/image-files", "POST").status_code == 400
    assert service.staging("/simple/upload/video", "POST", params={"fileName": "v.mp4"}).status_code == 400
    service.refer("sharded", {"b.jpg": tmp_path / "b.jpg"})
    assert service.upload("sharded", "a.jpg", b"x").status_code == 400
    details = service.staging("/late/upload/video", "POST", params={"fileName": "v.mp4"}).json()["signedURLDetails"]
    service.upload("late", "a.jpg", b"x")
    assert service.plain("PUT", details["uploadURL"], content=b"v").status_code == 400


def test_batches_are_listed_newest_first_and_paged(service: LocalService) -> None:
    for number in range(3):
        service.upload(f"paged-{number}", "a.jpg", b"x")
    first = service.staging("", params={"pageSize": 2}).json()
    assert [each["batchId"] for each in first["batches"]] == ["paged-2", "paged-1"]
    second = service.staging("", params={"pageSize": 1, "nextPageToken": first["nextPageToken"]}).json()
    assert [each["batchId"] for each in second["batches"]] == ["paged-0"]
    for bad in ({"pageSize": 0}, {"pageSize": "many"}, {"nextPageToken": "made-up"}, {"nextPageToken": "é"}):
        assert service.staging("", params=bad).status_code == 400


def test_what_is_not_there(service: LocalService) -> None:
    for path in ("/nothing", "/nothing/count", "/nothing/shards", "/nothing/parts", "/nothing/list"):
        answer = service.staging(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["message"] == "There is no batch “nothing”."
    assert service.ask("GET", "/data-staging/v1/external/elsewhere/batches").status_code == 404
    assert service.ask("GET", "/what/ever/this/is").json()["error"]["status"] == 404
    assert service.ask("DELETE", "/").status_code == 405
    roboql = service.staging("/nothing/roboql-ingest", "POST", json={"query": "*"})
    assert (roboql.status_code, "RoboQL" in roboql.json()["error"]["message"]) == (400, True)


def test_download_in_ranges(service: LocalService) -> None:
    data = bytes(range(256)) * 4000
    service.upload("ranges", "a.bin", data)
    (only,) = _listed(service, "ranges")

    def get(**headers: str) -> Any:
        return service.plain("GET", only["downloadURL"], headers=headers)

    whole = get()
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, data, "bytes")
    middle = get(Range="bytes=1000-1999")
    assert (middle.status_code, middle.content) == (206, data[1000:2000])
    assert middle.headers["content-range"] == f"bytes 1000-1999/{len(data)}"
    assert get(Range="bytes=1023000-").content == data[1023000:]
    assert get(Range="bytes=-10").content == data[-10:]
    beyond = get(Range=f"bytes={len(data)}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(data)}")
    same = {"Range": "bytes=5-", "If-Range": whole.headers["etag"]}
    assert (get(**same).status_code, get(**same).content) == (206, data[5:])
    service.upload("ranges", "a.bin", data)
    assert get(**same).status_code == 206  # the same content is the same file
    service.upload("ranges", "a.bin", data[::-1])  # another of the same size, within the same second
    assert get(**same).status_code == 200
    assert service.plain("HEAD", only["downloadURL"]).headers["content-length"] == str(len(data))
