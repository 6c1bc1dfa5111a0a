"""The vendor's own client, unchanged, as a program aimed at a local service."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from making.local_service import LocalService

PACKAGE = "inference-cli==1.8.3"

_STAGE = re.compile(r"Stage: (\S+) \[(\S+)\]")
_TASKS = re.compile(r"⏳️?: (\d+), 🏃: (\d+), 🏁: (\d+) \(out of (\d+)\)")
_ENDED = re.compile(r"✅: (\d+), ❌: (\d+)")
_PERCENT = re.compile(r"Progress\s*│.*?(\d+)%")
_OUTPUTS = re.compile(r"Output Batches\s*│ (.*?)\s*│")
_STATUS = re.compile(r"Status\s*│ Errors: (\S+) Is Running: (🏁|🏃)")
_NAME = re.compile(r"Name\s*│ (.*?)\s*│")


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

    def job(self, job_id: str) -> "SaidOfJob":
        """Return what it shows of a job, read off its tables."""
        return _read_job(self("batch-processing show-job-details", "-j", job_id))


@dataclass(frozen=True)
class SaidOfStage:
    """What a client says of a stage: `percent` as it is shown, tasks as waiting, running, done and gone wrong."""

    name: str
    stage_id: str
    over: bool
    percent: int
    tasks: tuple[int, int, int, int]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class SaidOfJob:
    """What a client says of a job."""

    name: str
    over: bool
    failed: bool
    stages: tuple[SaidOfStage, ...]


def _read_job(printed: str) -> SaidOfJob:
    first, *blocks = re.split(r"(?=│\s+Stage: )", printed)
    errors, running = _found(_STATUS, first)
    return SaidOfJob(_found(_NAME, first)[0], running == "🏁", errors != "🟢", tuple(map(_read_stage, blocks)))


def _read_stage(block: str) -> SaidOfStage:
    waiting, running, ended, number = map(int, _found(_TASKS, block))
    done, problems = map(int, _found(_ENDED, block))
    assert (waiting + running + ended, done + problems) == (number, ended), block
    outputs = _found(_OUTPUTS, block)[0]
    name, stage_id = _found(_STAGE, block)
    return SaidOfStage(
        name=name,
        stage_id=stage_id,
        over=_found(_STATUS, block)[1] == "🏁",
        percent=int(_found(_PERCENT, block)[0]),
        tasks=(waiting, running, done, problems),
        outputs=() if outputs.startswith("⚪") else tuple(outputs.split(", ")),
    )


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.search(text)
    assert found is not None, f"{pattern.pattern}: {text}"
    return found.groups()
