"""The command line as people run it: a process of its own, with the real local service under it."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from batchdock.cli.session import Options, Session, carry_out
from batchdock.core.errors import BatchdockError, NoNetwork, NothingUsable
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import GOOD_NAMES, bad_drop, good_drop
from making.media import picture
from making.rights import like_anybody

COMMAND = (sys.executable, "-m", "batchdock")


def ran(*arguments: str | Path, code: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and check its exit code."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", timeout=150, **options
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_run_ends_with_saved_results_and_names_what_was_left_out(tmp_path: Path) -> None:
    drop = bad_drop(good_drop(tmp_path / "drop"))
    done = ran("run", drop, "--workflow", "read-codes", "--save-to", tmp_path / "out", "--name", "수확", "--json")
    told = json.loads(done.stdout)
    (job,) = told["jobs"]
    assert told["ok"] is True
    assert (job["job"]["name"], job["job"]["state"]) == ("수확", "done")
    assert job["job"]["items"] == {"total": 8, "done": 8, "problems": 0}
    assert {each["file"]: each["finding"] for each in told["left_out"]} == {
        "broken.jpg": "broken-link",
        "cut.jpg": "damaged",
        "empty.jpg": "empty",
        "huge.png": "too-many-pixels",
        "text.jpg": "not-a-picture",
    }
    for name in ("broken.jpg", "cut.jpg", "empty.jpg", "huge.png", "text.jpg"):
        assert f"Left out: {name}:" in done.stderr
    folder = tmp_path / "out" / "수확"
    assert job["saved"]["folder"] == str(folder)
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["image"] for row in csv.DictReader(file)} == {*GOOD_NAMES, "code.png"}


def test_run_without_drawn_pictures_as_json_lines(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg")
    arguments = ("run", tmp_path / "a.jpg", "--workflow", "picture-quality", "--save-to", tmp_path / "out")
    done = ran(*arguments, "--no-keep-images", "--format", "jsonl")
    assert "1 picture, 0 videos, 0 left out" in " ".join(done.stderr.split())
    folder = tmp_path / "out" / "a.jpg"
    (row,) = (json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines())
    assert row["image"] == "a.jpg"
    assert not (folder / "pictures").exists()


def test_nothing_usable_is_said_with_every_reason(tmp_path: Path) -> None:
    drop = bad_drop(tmp_path / "drop")
    done = ran("run", drop, "--workflow", "read-codes", "--save-to", tmp_path / "out", "--json", code=1)
    told = json.loads(done.stdout)
    assert (told["ok"], told["error"]["kind"], len(told["left_out"])) == (False, "NothingUsable", 5)
    assert "None of these files can be used." in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_workflow_that_is_not_there(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg")
    done = ran("run", tmp_path / "a.jpg", "--workflow", "nope", "--save-to", tmp_path / "out", "--json", code=1)
    told = json.loads(done.stdout)
    assert (told["ok"], told["jobs"][0]["job"]["state"]) == (False, "failed")
    assert "did not work" in done.stderr


@pytest.mark.long
def test_the_steps_one_by_one(tmp_path: Path) -> None:
    picture(tmp_path / "drop" / "수확" / "a.jpg")
    ingested = json.loads(ran("ingest", tmp_path / "drop", "--batch", "lot-1", "--json").stdout)
    assert [batch["batch"] for batch in ingested["batches"]] == ["lot-1"]
    (receipt,) = ingested["batches"][0]["receipts"]
    assert "lot-1" in Path(receipt).read_text(encoding="utf-8")
    started = json.loads(ran("start", "lot-1", "--workflow", "read-codes", "--job", "job-1", "--json").stdout)
    assert started["job"]["job"] == "job-1"
    watched = json.loads(ran("watch", "job-1", "--json").stdout)
    assert (watched["ok"], watched["job"]["state"]) == (True, "done")
    (results,) = watched["job"]["results"]
    saved = json.loads(ran("save", results, "--to", tmp_path / "out", "--json").stdout)
    assert saved["saved"]["originals"] == 1
    assert (Path(saved["saved"]["folder"]) / "details" / "수확" / "a.jpg" / "results.json").exists()
    listed = json.loads(ran("jobs", "--json").stdout)
    assert [(job["job"], job["state"]) for job in listed["jobs"]] == [("job-1", "done")]
    batches = json.loads(ran("batches", "--json").stdout)
    assert {batch["batch"] for batch in batches["batches"]} == {"lot-1", results}
    assert "job-1" in ran("jobs").stdout
    assert "lot-1" in ran("batches").stdout


@pytest.mark.long
def test_a_cloud_is_reached_by_its_address_and_a_key_nobody_sees(home: Path, tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg")
    with RoboflowCloud() as cloud:
        cloud.state.moves_by_itself = 2
        environment = os.environ | {"BATCHDOCK_API_KEY": cloud.key}
        arguments = ("run", tmp_path / "a.jpg", "--workflow", "find-things", "--save-to", tmp_path / "out")
        done = ran(*arguments, "--api-url", cloud.url, "--json", env=environment)
        assert json.loads(done.stdout)["ok"] is True
        assert cloud.key not in done.stdout + done.stderr
        refused = ran("jobs", "--api-url", cloud.url, "--json", env=environment | {"BATCHDOCK_API_KEY": "no"}, code=1)
        assert json.loads(refused.stdout)["error"]["kind"] == "KeyRefused"
        written = [path for path in home.rglob("*") if path.is_file()]
        assert written
        assert not [path for path in written if cloud.key.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "Missing"),
        (["run", "x", "--workflow", "w"], "save-to"),
        (["jobs", "--api-url", "http://127.0.0.1:1"], "BATCHDOCK_API_KEY"),
        (["jobs", "--api-url", "http://x", "--account", "y"], "not both"),
        (["nonsense"], "nonsense"),
    ],
)
def test_commands_that_can_not_be_understood(arguments: list[str], said: str) -> None:
    assert said in ran(*arguments, code=2).stderr


def test_an_account_nobody_knows_is_said(tmp_path: Path) -> None:
    assert "There is no account “acme”." in ran("jobs", "--account", "acme", code=1).stderr


def test_help_names_every_command() -> None:
    told = ran("--help").stdout
    for command in ("run", "ingest", "start", "again", "restart", "watch", "save", "jobs", "batches", "serve", "demo"):
        assert f"  {command} " in told


def test_a_second_batchdock_is_told_who_is_at_work(home: Path) -> None:
    data = home / "this-computer"
    with subprocess.Popen([*COMMAND, "serve", "--data", str(data)], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert json.loads(first.stdout.readline())["url"]
        done = ran("jobs", "--json", code=1)
        first.send_signal(signal.SIGINT)
        first.wait(20)
    assert json.loads(done.stdout)["error"]["kind"] == "LocalServiceBusy"
    assert f"Another Batchdock uses the folder {data}." in done.stderr


def test_an_interrupted_run_says_how_to_go_on_and_goes_on(tmp_path: Path) -> None:
    for number in range(300):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(400, 300))
    paths = [str(tmp_path / "drop"), "--save-to", str(tmp_path / "out")]
    command = [*COMMAND, "run", *paths, "--workflow", "read-codes"]
    # Whatever started the tests may have told its children to ignore Ctrl-C, as a shell does in the background.
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=hear) as run:
        deadline = time.monotonic() + 60
        written = Path(os.environ["BATCHDOCK_HOME"]) / "journal.sqlite-wal"
        while not (written.exists() and b"read-codes" in written.read_bytes()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        _, words = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in words
    said = words.strip().splitlines()[-1]
    assert said.startswith("Stopped. What arrived and was processed is kept; go on with: batchdock watch j-")
    watched = json.loads(ran("watch", said.rsplit(" ", 1)[-1], "--json").stdout)
    assert (watched["ok"], watched["job"]["items"]["done"]) == (True, 300)


@pytest.mark.skipif(sys.platform != "linux", reason="the way to give up rights is Linux's")
def test_a_folder_without_read_permission_is_named(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    for number, name in enumerate(("good.jpg", "closed/a.jpg", "unreadable.jpg")):
        picture(drop / name, seed=number)
    (drop / "closed").chmod(0)
    (drop / "unreadable.jpg").chmod(0)
    arguments = ("run", drop, "--workflow", "read-codes", "--save-to", tmp_path / "out", "--json")
    told = json.loads(ran(*arguments, preexec_fn=like_anybody).stdout)
    (drop / "closed").chmod(0o700)
    assert {each["file"]: each["finding"] for each in told["left_out"]} == {
        "closed": "no-permission",
        "unreadable.jpg": "no-permission",
    }
    assert told["jobs"][0]["saved"]["originals"] == 1


@pytest.mark.parametrize(("error", "goes_on"), [(NoNetwork(), True), (NothingUsable(count=1), False)])
def test_what_may_work_later_says_how_to_go_on(
    home: Path, capsys: pytest.CaptureFixture[str], error: BatchdockError, goes_on: bool
) -> None:
    async def work(session: Session) -> int:
        session.later.append("The same command sends the rest.")
        raise error

    assert carry_out(Options(home=home), work) == 1
    assert ("The same command sends the rest." in " ".join(capsys.readouterr().err.split())) is goes_on
