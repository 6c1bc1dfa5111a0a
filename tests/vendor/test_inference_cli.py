"""The vendor's own client, unchanged, against the local service: every command ends with 0 and the results are right.

Slow, and wants a package index, so it is left out unless asked for: `pytest -m vendor`. The client is installed into an
environment of its own; `BATCHDOCK_INFERENCE_CLI` may name an `inference` that is there already.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from making.local_service import LocalService
from making.media import code_picture, picture, truncated_picture, video

pytestmark = [pytest.mark.vendor, pytest.mark.timeout(1800)]

CLIENT = "inference-cli==1.8.3"


class Client:
    """The `inference` executable, aimed at a local service."""

    def __init__(self, executable: Path, service: LocalService) -> None:
        self._executable = executable
        self._environment = {
            **os.environ,
            "API_BASE_URL": service.url,
            "ROBOFLOW_API_KEY": service.key,
            "NO_PROXY": "127.0.0.1",
            "DISABLE_VERSION_CHECK": "True",
            "COLUMNS": "200",
        }

    def __call__(self, command: str, *arguments: object) -> str:
        """Run a command of `rf-cloud`, which has to succeed, and return what it printed."""
        words = [str(self._executable), "rf-cloud", *command.split(), *map(str, arguments)]
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vendor's client."""
    known = os.environ.get("BATCHDOCK_INFERENCE_CLI")
    if known:
        return Path(known)
    home = tmp_path_factory.mktemp("client") / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", CLIENT], check=True)
    return programs / "inference"


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
