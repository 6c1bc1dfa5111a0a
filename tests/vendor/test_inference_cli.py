"""The vendor's own client, unchanged, against the local service: every command ends with 0 and the results are right.

Slow, and wants a package index, so it is left out unless asked for: `pytest -m vendor`. The client is installed into an
environment of its own.
"""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from making.listening import Listener
from making.local_service import LocalService, poll
from making.media import code_picture, picture, picture_bytes, truncated_picture, video
from making.vendor_client import Client

pytestmark = [pytest.mark.vendor, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    """A local service."""
    with LocalService(tmp_path_factory.mktemp("service") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def client(executable: Path, service: LocalService) -> Client:
    """The client, aimed at the service."""
    return Client(executable, service)


def _texts(folder: Path, pattern: str) -> list[str]:
    return [each.read_text() for each in sorted(folder.rglob(pattern))]


def test_twenty_pictures(client: Client, service: LocalService, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    for number in range(18):
        picture(pictures / f"사진 {number:02}.jpg", number)
    code_picture(pictures / "code.png", "read me")
    truncated_picture(pictures / "half.jpg")
    assert "No batches found" in client("data-staging list-batches")
    client("data-staging create-batch-of-images", "-b", "twenty", "--images-dir", pictures, "-bn", "Twenty pictures")
    assert "Twenty pictures" in client("data-staging list-batches", "--pages", 5, "--page-size", 1)
    assert "20" in client("data-staging show-batch-details", "-b", "twenty")
    client("data-staging list-ingest-details", "-b", "twenty")
    assert len(client("data-staging list-batch-content", "-b", "twenty").splitlines()) >= 20
    client(
        "batch-processing process-images-with-workflow",
        *("-b", "twenty", "-w", "read-codes", "-j", "twenty-job", "-jn", "Read them"),
        *("--save-image-outputs", "--aggregation-format", "csv", "--max-image-failure-rate", "0.5"),
    )
    assert service.wait("twenty-job")["error"] is False
    assert "processing" in client("batch-processing show-job-details", "-j", "twenty-job")
    assert "Read them" in client("batch-processing list-jobs")
    assert "half.jpg" in client("batch-processing fetch-logs", "-j", "twenty-job", "--log-severity", "warning")
    assert "twenty-job-export" in client("data-staging list-batches")
    client("data-staging show-batch-details", "-b", "twenty-job-export")

    client("data-staging export-batch", "-b", "twenty-job-export", "-t", tmp_path / "out")
    (table,) = _texts(tmp_path / "out", "aggregated_results.csv")
    rows = {row["image"]: row for row in csv.DictReader(StringIO(table))}
    assert set(rows) == {each.name for each in pictures.iterdir() if not each.name.startswith(".")} - {"half.jpg"}
    assert "read me" in json.dumps(rows["code.png"])
    assert len(list((tmp_path / "out").rglob("results.json"))) == 19
    assert len(list((tmp_path / "out" / "images").rglob("*.jpg"))) >= 19
    (failed,) = _texts(tmp_path / "out", "failed_files_processing_*.jsonl")
    assert "half.jpg" in failed
    again = client("data-staging export-batch", "-b", "twenty-job-export", "-t", tmp_path / "out")
    assert "Traceback" not in again

    client("data-staging export-batch", "-b", "twenty", "-t", tmp_path / "originals")
    for each in pictures.glob("*.*g"):
        assert (tmp_path / "originals" / each.name).read_bytes() == each.read_bytes()


def test_six_hundred_pictures_in_shards(client: Client, service: LocalService, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    for number in range(600):
        picture(pictures / f"{number:04}.jpg", number)
    client("data-staging create-batch-of-images", "-b", "six-hundred", "--images-dir", pictures)
    service.wait_for_shards("six-hundred")
    details = client("data-staging list-ingest-details", "-b", "six-hundred", "-o", tmp_path / "shards.jsonl")
    assert "Traceback" not in details
    shards = [json.loads(line) for line in (tmp_path / "shards.jsonl").read_text().splitlines()]
    assert sorted(each["shard_objects_count"] for each in shards) == [88, 256, 256]
    assert "600" in client("data-staging show-batch-details", "-b", "six-hundred")
    client(
        "batch-processing process-images-with-workflow",
        *("-b", "six-hundred", "-w", "picture-quality", "-j", "six-hundred-job"),
        *("--aggregation-format", "jsonl", "--max-parallel-tasks", 2, "-mt", "cpu", "--workers-per-machine", 2),
    )
    assert service.wait("six-hundred-job")["lastNotification"]["processed"] == 600
    assert len(service.tasks("six-hundred-job")) == 3
    client("data-staging export-batch", "-b", "six-hundred-job-export", "-t", tmp_path / "out")
    (table,) = _texts(tmp_path / "out", "aggregated_results.jsonl")
    names = [json.loads(line)["image"] for line in table.splitlines()]
    assert sorted(names) == sorted(each.name for each in pictures.glob("*.jpg"))


def test_videos(client: Client, service: LocalService, tmp_path: Path) -> None:
    for number in range(3):
        video(tmp_path / "videos" / f"v{number}.mp4", frames=40, fps=10)
    client("data-staging create-batch-of-videos", "-b", "films", "--videos-dir", tmp_path / "videos")
    assert "3" in client("data-staging show-batch-details", "-b", "films")
    client("data-staging list-ingest-details", "-b", "films")
    client(
        "batch-processing process-videos-with-workflow",
        *("-b", "films", "-w", "picture-quality", "-j", "films-job", "--max-video-fps", 2),
        *("--save-image-outputs", "--aggregation-format", "csv"),
    )
    assert service.wait("films-job")["lastNotification"]["processed"] == 3
    client("batch-processing show-job-details", "-j", "films-job")
    client("data-staging export-batch", "-b", "films-job-export", "-t", tmp_path / "out")
    tables = sorted((tmp_path / "out").rglob("workflow_results_source_0.csv"))
    assert [each.parent.name for each in tables] == ["v0.mp4", "v1.mp4", "v2.mp4"]
    assert [len(list(csv.DictReader(StringIO(each.read_text())))) for each in tables] == [8, 8, 8]


def test_stop_and_start_again(client: Client, service: LocalService, tmp_path: Path) -> None:
    file = picture(tmp_path / "one.jpg", 1, (1600, 1200))
    lines = [json.dumps({"name": f"{number:05}.jpg", "url": file.as_uri()}) for number in range(1500)]
    (tmp_path / "references.jsonl").write_text("\n".join(lines))
    client(
        "data-staging create-batch-of-images",
        *("-b", "referred", "-ds", "references-file", "-r", tmp_path / "references.jsonl"),
    )
    assert "1500" in client("data-staging show-batch-details", "-b", "referred")
    client("batch-processing process-images-with-workflow", "-b", "referred", "-w", "read-codes", "-j", "long-job")
    client("batch-processing abort-job", "-j", "long-job")
    job = service.job("long-job")
    assert (job["isTerminal"], job["lastNotification"]["type"]) == (True, "aborted")
    assert 0 < job["lastNotification"]["processed"] < 1500
    client("batch-processing show-job-details", "-j", "long-job")
    client("batch-processing restart-job", "-j", "long-job", "--max-parallel-tasks", 4)
    assert service.wait("long-job", patience=600)["lastNotification"]["processed"] == 1500
    client("batch-processing list-jobs", "--max-pages", 2)
    client("data-staging export-batch", "-b", "long-job-export", "-t", tmp_path / "out")
    (table,) = _texts(tmp_path / "out", "aggregated_results.jsonl")
    assert len({json.loads(line)["image"] for line in table.splitlines()}) == len(table.splitlines()) == 1500


def test_stop_and_start_again_what_is_over(client: Client, service: LocalService, tmp_path: Path) -> None:
    picture(tmp_path / "pictures" / "one.jpg")
    client("data-staging create-batch-of-images", "-b", "one", "--images-dir", tmp_path / "pictures")
    client("batch-processing process-images-with-workflow", "-b", "one", "-w", "read-codes", "-j", "short-job")
    service.wait("short-job")
    client("batch-processing abort-job", "-j", "short-job")
    client("batch-processing restart-job", "-j", "short-job")
    assert service.wait("short-job")["lastNotification"]["type"] == "finished"


def test_parts_metadata_and_notifications(client: Client, service: LocalService, tmp_path: Path) -> None:
    for name, limit in (("low", 0), ("high", 100_000)):
        about = json.dumps({"limit": limit}).encode()
        for part, file, data in (("pictures", f"{name}.jpg", picture_bytes(1)), ("about", f"{name}.jpg.json", about)):
            query = {"fileName": file, "partName": part}
            service.staging("/parts/upload/image", "POST", params=query, files={file: (file, data)})
    assert "about" in client("data-staging show-batch-details", "-b", "parts")
    client("data-staging export-batch", "-b", "parts", "-t", tmp_path / "parts", "-pn", "about")
    assert json.loads((tmp_path / "parts" / "about" / "low.jpg.json").read_text()) == {"limit": 0}
    with Listener() as listener:
        client(
            "batch-processing process-images-with-workflow",
            *("-b", "parts", "-w", "picture-quality", "-j", "parts-job", "--part-name", "pictures"),
            *("--images-metadata-part-name", "about", "--metadata-mapping", "blurred_below=limit"),
            *("--notifications-url", listener.url, "--max-runtime-seconds", 600, "--aggregation-format", "jsonl"),
        )
        (told,) = poll(lambda: list(listener.heard), bool)
        assert (told["job_id"], told["job_state"]) == ("parts-job", "success")
    client("data-staging export-batch", "-b", "parts-job-export", "-t", tmp_path / "out")
    (table,) = _texts(tmp_path / "out", "aggregated_results.jsonl")
    verdicts = {row["image"]: row["verdict"] for row in map(json.loads, table.splitlines())}
    assert verdicts["high.jpg"] == "blurred" != verdicts["low.jpg"]


def test_tars_that_say_who_wants_to_know(client: Client, tmp_path: Path) -> None:
    for number in range(40):
        picture(tmp_path / "pictures" / f"{number:02}.jpg", number)
    with Listener() as listener:
        client(
            "data-staging create-batch-of-images",
            *("-b", "told", "--images-dir", tmp_path / "pictures", "--notifications-url", listener.url, "-i", "in-7"),
        )
        (told,) = poll(lambda: list(listener.heard), bool)
    assert (told["ingest_id"], told["batch_id"], told["notification"]["success"]) == ("in-7", "told", True)
