"""The command line over references: a list, its address, or what a query finds; killed in between, nothing is lost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.reference_lists import OLD, SECRET, address, line, write_list

COMMAND = (sys.executable, "-m", "batchdock")
PATIENCE = 120.0


def ran(cloud: RoboflowCloud, *arguments: str, code: int = 0) -> dict[str, Any]:
    """Run a command to its end and return what it says."""
    done = subprocess.run(
        [*COMMAND, *arguments, "--api-url", cloud.url, "--json"],
        env=os.environ | {"BATCHDOCK_API_KEY": cloud.key},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert SECRET not in done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return {**said, "stderr": done.stderr}


def names_at(cloud: RoboflowCloud) -> list[str]:
    return [name for batch in cloud.state.batches.values() for shard in batch.shards for name in shard.members]


def test_a_list_is_handed_over_and_every_line_left_out_is_named(home: Path, tmp_path: Path) -> None:
    lines = [line(f"{n}.jpg") for n in range(5)] + ["{", line("old.jpg", address("old.jpg", OLD)), line("0.JPG")]
    path = write_list(tmp_path / "list.jsonl", lines)
    with RoboflowCloud() as cloud:
        left_out = tmp_path / "left-out.jsonl"
        said = ran(cloud, "ingest", "--references", str(path), "--left-out", str(left_out), "--batch", "lot-1")
        assert said["ok"] is True
        assert [(each["batch"], each["count"]) for each in said["batches"]] == [("lot-1", 5)]
        assert said["left_out_count"] == 3
        assert {each["line"]: each["cause"] for each in said["left_out"]} == {
            6: "not-json",
            7: "expired",
            8: "same-but-case",
        }
        assert [json.loads(each)["line"] for each in left_out.read_text().splitlines()] == [6, 7, 8]
        assert "line 8: 0.JPG: line 1 has this name already" in said["stderr"]


@pytest.mark.long
def test_a_job_runs_over_a_list(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line(f"{n}.jpg") for n in range(5)])
    with RoboflowCloud() as cloud:
        cloud.state.moves_by_itself = 2
        wanted = ["--references", str(path), "--workflow", "find-things", "--save-to", str(tmp_path / "results")]
        said = ran(cloud, "run", *wanted)
        assert said["ok"] is True
        (job,) = said["jobs"]
        assert job["job"]["state"] == "done"
        assert Path(job["saved"]["folder"]).is_dir()


def test_what_a_query_finds_becomes_a_batch(home: Path) -> None:
    with RoboflowCloud() as cloud:
        cloud.state.library["tag:boat"] = {f"{n}.jpg": b"x" for n in range(4)}
        said = ran(cloud, "ingest", "--query", "tag:boat", "--batch", "boats")
        assert [(each["batch"], each["count"]) for each in said["batches"]] == [("boats", 4)]
        assert [each["query"] for each in cloud.state.queries] == ["tag:boat"]


def test_one_source_and_only_one(home: Path, tmp_path: Path) -> None:
    for arguments in ([], [str(tmp_path), "--query", "a"], ["--references", "a.jsonl", "--query", "a"]):
        done = subprocess.run(
            [*COMMAND, "ingest", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 2
        assert "--references" in done.stderr


def killed(arguments: list[str], environment: dict[str, str], when: Callable[[], object]) -> None:
    """Run a command and kill it as soon as something is so."""
    with subprocess.Popen(
        [*COMMAND, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        deadline = time.monotonic() + PATIENCE
        while not when():
            assert run.poll() is None, "It ended by itself."
            assert time.monotonic() < deadline
            time.sleep(0.005)
        run.kill()


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_killed_three_times_each_reference_arrives_once(home: Path, tmp_path: Path) -> None:
    names = [f"{n:06}.jpg" for n in range(70_000)]
    path = write_list(tmp_path / "list.jsonl", map(line, names))
    with RoboflowCloud() as cloud:
        environment = os.environ | {"BATCHDOCK_API_KEY": cloud.key}
        command = ["ingest", "--references", str(path), "--api-url", cloud.url]
        for chunk in (1, 2, 3):
            # Taken, and the answer never comes: whoever goes on does not know.
            cloud.fail("POST .*/image-references", Kind.STALLED, times=1)

            def taken(before: int = len(cloud.state.handed)) -> bool:
                return len(cloud.state.handed) > before

            killed(command, environment, taken)
            cloud.heal()
            assert len(names_at(cloud)) <= 20_000 * chunk
        said = ran(cloud, *command[:3])
        assert said["batches"][0]["count"] == 70_000
        assert len(said["batches"]) == 1
        assert sorted(names_at(cloud)) == names
        assert len(cloud.state.batches) == 1
        for each in home.rglob("*"):
            assert not each.is_file() or SECRET.encode() not in each.read_bytes(), each
