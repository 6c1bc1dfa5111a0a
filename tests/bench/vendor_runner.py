"""The vendor's own directory runner beside ours: one workflow of classical blocks, from the start of the program to
results on the disk.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.through_service import job_of
from making.local_service import LocalService

_TIMEOUT = 3600

CLASSICAL: dict[str, Any] = {
    "version": "1.0",
    "inputs": [{"type": "WorkflowImage", "name": "image"}],
    "steps": [
        {"type": "roboflow_core/convert_grayscale@v1", "name": "grey", "image": "$inputs.image"},
        {
            "type": "roboflow_core/image_blur@v1",
            "name": "blur",
            "image": "$steps.grey.image",
            "blur_type": "gaussian",
            "kernel_size": 5,
        },
        {
            "type": "roboflow_core/threshold@v1",
            "name": "black",
            "image": "$steps.blur.image",
            "threshold_type": "binary",
            "thresh_value": 127,
            "max_value": 255,
        },
        {
            "type": "roboflow_core/contours_detection@v1",
            "name": "shapes",
            "image": "$steps.black.image",
            "line_thickness": 3,
        },
    ],
    "outputs": [{"type": "JsonField", "name": "shapes", "selector": "$steps.shapes.number_contours"}],
}


def beside_vendor(executable: Path, paths: Sequence[Path], folder: Path) -> None:
    """Print the seconds of both, from starting the program to results on the disk."""
    before = sum(os.times()[2:4])
    ours = _ours(paths, folder)
    between = sum(os.times()[2:4])
    theirs = _theirs(executable, paths, folder)
    after = sum(os.times()[2:4])
    print(f"{len(paths)} pictures through classical blocks:")
    print(f"    ours   {ours:6.1f} s, {between - before:6.1f} s of a processor")
    print(f"    theirs {theirs:6.1f} s, {after - between:6.1f} s of a processor; {theirs / ours:.1f} × as long")


def _ours(paths: Sequence[Path], folder: Path) -> float:
    begun = time.perf_counter()
    with LocalService(folder / "service") as service:
        body = {"name": "Shapes", "specification": CLASSICAL}
        answer = service.ask("POST", "/this-computer/workflows", json=body)
        assert answer.status_code == 200, answer.text
        cost = job_of(service, "job", answer.json()["workflow"]["id"], paths)
        seconds = time.perf_counter() - begun
    print(f"our job, once the service runs and has taken the workflow: {cost}", flush=True)
    return seconds


def _theirs(executable: Path, paths: Sequence[Path], folder: Path) -> float:
    pictures, results, definition = folder / "their-pictures", folder / "their-results", folder / "workflow.json"
    pictures.mkdir()
    for path in paths:
        shutil.copyfile(path, pictures / path.name)
    definition.write_text(json.dumps(CLASSICAL))
    # With the priority that our workers have: other work on the computer slows both alike.
    program = ["nice", "-n", "10", str(executable)] if os.name == "posix" else [str(executable)]
    command = [*program, "workflows", "process-images-directory", "-i", str(pictures), "-o", str(results)]
    begun = time.perf_counter()
    ended = subprocess.run(
        [*command, "-pt", "inference_package", "-ws", str(definition)],
        env={**os.environ, "OFFLINE_MODE": "True"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    seconds = time.perf_counter() - begun
    found = len(list(results.glob("*/results.json")))
    assert found == len(paths), f"{found} results of {len(paths)}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"
    return seconds
