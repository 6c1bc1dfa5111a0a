"""Every field of a job can be given on the command line, and changed when a job is taken up again."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.roboflow_cloud import RoboflowCloud

COMMAND = (sys.executable, "-m", "batchdock")
EVERYTHING = [
    *("--parameter", "confidence=0.4", "--parameter", 'classes=["a"]', "--parameter", "word=plain text"),
    *("--keep-images", "--keep-output", "a", "--keep-output", "b", "--format", "jsonl"),
    *("--machine", "gpu", "--workers", "4", "--parallel-tasks", "3", "--stop-after", "3600"),
    *("--max-failure-rate", "0.1", "--metadata", "wf_in=meta_key", "--backend", "inference-models"),
    *("--notify", "https://example.org/done", "--part", "images", "--metadata-part", "metadata"),
]


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def ran(cloud: RoboflowCloud, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command at the cloud and check its exit code."""
    done = subprocess.run(
        [*COMMAND, *arguments, "--api-url", cloud.url],
        env=os.environ | {"BATCHDOCK_API_KEY": cloud.key},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def test_every_field_goes_out_and_stays_or_changes_when_a_job_is_taken_up_again(
    home: Path, cloud: RoboflowCloud
) -> None:
    for part in ("images", "metadata"):
        cloud.stage("lot-1", {"a.jpg": b"x"}, content="images", part=part)
    ran(cloud, "start", "lot-1", "--workflow", "find-things", "--job", "job-1", *EVERYTHING)
    body = cloud.state.jobs["job-1"].definition
    assert body["jobInput"] == {
        "type": "staging-batch-input-v1",
        "batchId": "lot-1",
        "partName": "images",
        "imagesMetadataPart": "metadata",
    }
    assert body["computeConfiguration"] == {
        "type": "compute-configuration-v2",
        "machineType": "gpu",
        "workersPerMachine": 4,
    }
    fields = ("processingTimeoutSeconds", "maxParallelTasks", "maxImageFailureRate", "inferenceBackend")
    assert [body[field] for field in fields] == [3600, 3, 0.1, "inference-models"]
    assert body["notificationsURL"] == "https://example.org/done"
    how = body["processingSpecification"]
    assert how["workflowParameters"] == {"confidence": 0.4, "classes": ["a"], "word": "plain text"}
    assert (how["persistImagesOutputs"], how["imagesOutputsToBePersisted"]) == (True, ["a", "b"])
    assert (how["aggregationFormat"], how["imagesMetadataInputsMapping"]) == ("jsonl", {"wf_in": "meta_key"})

    told = json.loads(ran(cloud, "again", "job-1", "--machine", "cpu", "--no-keep-images", "--json").stdout)
    again = cloud.state.jobs[told["job"]["job"]].definition
    assert again["computeConfiguration"]["machineType"] == "cpu"
    assert again["processingSpecification"]["persistImagesOutputs"] is False
    assert again["processingSpecification"]["workflowParameters"] == how["workflowParameters"]
    assert (again["jobInput"], again["maxParallelTasks"]) == (body["jobInput"], 3)

    cloud.state.jobs["job-1"].phase = "failed"
    ran(cloud, "jobs")
    restarted = ran(cloud, "restart", "job-1", "--stop-after", "60", "--max-failure-rate", "0")
    assert restarted.stdout.split() == ["job-1"]
    (override,) = cloud.state.jobs["job-1"].restarts
    assert (override["processingTimeoutSeconds"], override["maxImageFailureRate"]) == (60, 0)


def test_what_was_given_wrongly_is_said_before_anything_happens(home: Path, cloud: RoboflowCloud) -> None:
    for wrong, said in (
        (["--parameter", "confidence"], "not of the form NAME=VALUE"),
        (["--metadata", "=key"], "not of the form NAME=VALUE"),
        (["--workers", "3"], "'3' is not one of"),
        (["--stop-after", "0"], "'--stop-after'"),
    ):
        done = ran(cloud, "start", "lot-1", "--workflow", "find-things", *wrong, code=2)
        assert said in " ".join(done.stderr.split())
    assert cloud.seen == []


def test_a_job_of_another_program_is_taken_up_by_its_id(home: Path, cloud: RoboflowCloud) -> None:
    cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")
    ran(cloud, "start", "lot-1", "--workflow", "find-things", "--job", "job-1", "--machine", "gpu")
    (home / "journal.sqlite").unlink()
    (job_id,) = ran(cloud, "again", "job-1", "--name", "수확").stdout.split()
    made = cloud.state.jobs[job_id]
    assert (made.name, made.definition["computeConfiguration"]["machineType"]) == ("수확", "gpu")
