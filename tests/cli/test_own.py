"""Workflows and models of one's own on the command line, with the real service and engine under it.

Long: a dozen commands, each with a service of its own, and the engine started behind most of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from batchdock.core.resources import resource
from making.onnx_models import real_yolov8
from making.workflows import CUT, UNFIT, written

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.version_info >= (3, 14), reason="the engine is not there"),
]

COMMAND = (sys.executable, "-m", "batchdock")


def ran(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and check its exit code."""
    wide = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", timeout=150, env=wide
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    return done


@pytest.mark.long
def test_a_workflow_is_added_listed_and_removed(tmp_path: Path) -> None:
    file = written(tmp_path / "밤.json", CUT)
    done = ran("workflows", "add", file)
    workflow_id = done.stdout.strip()
    assert f"“밤” was added. Run it with: batchdock run PATH --workflow {workflow_id}" in done.stderr
    listed = [line.split() for line in ran("workflows", "list").stdout.splitlines()]
    assert [workflow_id, "밤", "yes", "coco/yolox-nano"] in listed
    assert "It was removed." in ran("workflows", "remove", workflow_id).stderr
    told = json.loads(ran("workflows", "list", "--json").stdout)
    assert all(each["built_in"] for each in told["workflows"])
    assert json.loads(ran("workflows", "remove", workflow_id, "--json", code=1).stdout)["error"]["kind"] == "NotFound"


@pytest.mark.long
def test_what_can_not_be_added_is_told_with_every_reason(tmp_path: Path) -> None:
    told = json.loads(ran("workflows", "add", written(tmp_path / "team.json", UNFIT), "--json", code=1).stdout)
    assert told["error"]["kind"] == "WorkflowUnfit"
    assert len(told["error"]["reasons"]) == 2
    done = ran("workflows", "add", written(tmp_path / "coco.json", {"images": []}), code=1)
    assert "“coco.json” is not a workflow." in done.stderr
    ran("workflows", "add", code=2)


@pytest.mark.long
def test_a_model_is_looked_at_added_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "cranes.onnx"
    file.write_bytes(real_yolov8())
    names = resource("models", "coco_80.txt").read_text(encoding="utf-8").split("\n")[:80]
    (tmp_path / "names.txt").write_text("\n".join(names), encoding="utf-8")
    (tmp_path / "few.txt").write_text("crane\n", encoding="utf-8")

    look = json.loads(ran("models", "look", file, "--json").stdout)["look"]
    assert (look["kind"], look["classes"], look["names"], look["side"]) == ("object-detection", 80, None, [416, 416])
    assert "80 classes without names" in ran("models", "look", os.path.relpath(file)).stdout
    few = ran("models", "add", file, "--names", tmp_path / "few.txt", "--json", code=1)
    assert json.loads(few.stdout)["error"]["kind"] == "NamesUnfit"

    added = ran("models", "add", file, "--name", "Harbour", "--names", tmp_path / "names.txt", "--json")
    model = json.loads(added.stdout)["model"]
    assert (model["name"], model["names"], model["built_in"]) == ("Harbour", names, False)
    assert model["workflow"]
    listed = [line.split() for line in ran("models", "list").stdout.splitlines()]
    assert [model["model"], "Harbour", "yes", "object-detection"] in listed
    ran("models", "remove", model["model"])
    assert all(each["built_in"] for each in json.loads(ran("models", "list", "--json").stdout)["models"])
