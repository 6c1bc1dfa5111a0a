"""Recipes on the command line, with the real service of this computer under it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from making.media import picture

COMMAND = (sys.executable, "-m", "batchdock")


def ran(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and check its exit code."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=150,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    return done


def drop(folder: Path, *names: str) -> Path:
    for name in names:
        picture(folder / name, seed=sum(map(ord, name)), size=(16, 16))
    return folder


@pytest.mark.long
def test_a_recipe_is_made_of_a_job_run_given_away_and_removed(tmp_path: Path) -> None:
    folder, saved = drop(tmp_path / "수확", "a.jpg", "b.jpg"), tmp_path / "results"
    wish = (folder, "--workflow", "read-codes", "--save-to", saved, "--name", "Lot")
    job = json.loads(ran("run", *wish, "--json").stdout)["jobs"][0]["job"]["job"]
    kept = json.loads(ran("recipes", "add", job, "--name", "Codes", "--json").stdout)["recipe"]
    assert (kept["source"]["paths"], kept["workflow"], kept["save_to"]) == ([str(folder)], "read-codes", str(saved))
    assert "already" in ran("recipes", "add", job, "--name", "Codes", code=1).stderr

    assert "nothing new" in ran("recipes", "run", "Codes", "--new-only").stderr
    drop(folder, "c.jpg")
    told = json.loads(ran("recipes", "run", "Codes", "--new-only", "--json").stdout)
    assert (told["ok"], told["had_before"], [each["job"]["items"]["total"] for each in told["jobs"]]) == (True, 2, [1])
    assert Path(told["jobs"][0]["saved"]["folder"]).parent == saved

    listed = [line.split() for line in ran("recipes", "list").stdout.splitlines()]
    assert ["Codes", str(folder), "read-codes", str(saved), "2"] in listed
    file = tmp_path / "codes.recipe.json"
    ran("recipes", "export", "Codes", file)
    assert "Codes 2" in ran("recipes", "import", file, "--name", "Codes 2", "--save-to", tmp_path).stdout
    assert "It was removed." in ran("recipes", "remove", "Codes").stderr
    assert "no recipe “Codes”" in ran("recipes", "run", "Codes", code=1).stderr
    assert ran("recipes", "list").stdout.count("Codes 2") == 1


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_a_run_that_was_killed_is_gone_on_with_by_the_next(tmp_path: Path) -> None:
    folder, saved = tmp_path / "lot", tmp_path / "results"
    for number in range(40):
        picture(folder / f"{number}.jpg", seed=number, size=(64, 64))
    file = tmp_path / "a.recipe.json"
    document = {
        "batchdock-recipe": 1,
        "account": {"service": "this-computer"},
        "name": "Lot",
        "source": {"kind": "folder", "paths": [str(folder)]},
        "workflow": "picture-quality",
        "content": "images",
        "options": {"table_format": "csv"},
    }
    file.write_text(json.dumps(document), encoding="utf-8")
    ran("recipes", "import", file)
    assert "does not say where results go" in ran("recipes", "run", "Lot", code=2).stderr
    going = subprocess.Popen([*COMMAND, "recipes", "run", "Lot", "--new-only", "--save-to", str(saved)])
    home = Path(os.environ["BATCHDOCK_HOME"])
    deadline = time.monotonic() + 60
    while not any(home.glob("this-computer/files/*")) and going.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert going.poll() is None, "It was to be killed before its end."
    going.send_signal(signal.SIGKILL)
    going.wait(60)
    told = json.loads(ran("recipes", "run", "Lot", "--new-only", "--save-to", saved, "--json").stdout)
    assert told["ok"]
    assert sum(each["job"]["items"]["total"] for each in told["jobs"]) == 40
    tables = list(saved.rglob("*.csv"))
    assert len(tables) == 1
    assert len(tables[0].read_text(encoding="utf-8").splitlines()) == 41
