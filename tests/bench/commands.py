"""The three that are compared, each as a whole command in a process of its own, and what such a process costs."""

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

KEY = "bench-key"
_HERE = Path(__file__).resolve().parent
_POLL = 0.02

# The reference client has no option for it: below this number of pictures it sends them one by one.
_ONE_BY_ONE = (
    "import sys\n"
    "from inference_cli.lib.roboflow_cloud import config\n"
    "from inference_cli.lib.roboflow_cloud.data_staging import api_operations\n"
    "config.MIN_IMAGES_TO_FORM_SHARD = api_operations.MIN_IMAGES_TO_FORM_SHARD = 10**9\n"
    "from inference_cli.main import app\n"
    "sys.argv[0] = 'inference'\n"
    "app()\n"
)


class Refused(Exception):
    """A command did not do what was asked."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds from start to end, seconds of computing, the most memory in MB, and pictures a second once they come.

    Of all processes of the command; the memory is that of each at its own peak. Computing says more than time on a
    machine that has other things to do.
    """

    seconds: float
    computing: float
    megabytes: float
    rate: float | None = None


def reference(executable: Path, what: str, url: str, batch: str, folder: Path) -> Cost:
    """Run the reference client. It leaves its log in the folder that it sends; that is taken away again."""
    staging = ("rf-cloud", "data-staging")
    arguments = {
        "bulk": ("create-batch-of-images", "--images-dir", str(folder)),
        "single": ("create-batch-of-images", "--images-dir", str(folder)),
        "video": ("create-batch-of-videos", "--videos-dir", str(folder)),
        "export": ("export-batch", "--target-dir", str(folder)),
    }[what]
    before = set(folder.iterdir())
    program = [str(executable)] if what != "single" else [str(executable.with_name("python")), "-c", _ONE_BY_ONE]
    try:
        return measured([*program, *staging, *arguments, "--batch-id", batch], API_BASE_URL=url, ROBOFLOW_API_KEY=KEY)
    finally:
        if what != "export":
            for left in set(folder.iterdir()) - before:
                left.unlink()


def httpx_loop(what: str, url: str, batch: str, folder: Path) -> Cost:
    """Run the plain loop."""
    return measured([sys.executable, str(_HERE / "httpx_loop.py"), what, url, batch, str(folder)])


def ours(what: str, url: str, batch: str, folder: Path, home: Path) -> Cost:
    """Run our command line with a home of its own."""
    saving = ("save", batch, "--to", str(folder), "--name", "results")
    sending = ("ingest", str(folder), "--batch", batch)
    arguments = saving if what == "export" else sending
    program = [sys.executable, "-m", "batchdock", *arguments, "--api-url", url, "--home", str(home)]
    return measured(program, BATCHDOCK_API_KEY=KEY)


def measured(program: list[str], **environment: str) -> Cost:
    """Run a program to its end. Raise `Refused` with its last words when it did not end well."""
    peaks: dict[int, int] = {}
    computed = _computed()
    with tempfile.TemporaryFile("w+", errors="replace") as words:
        began = time.perf_counter()
        process = subprocess.Popen(
            program,
            env=os.environ | {"NO_PROXY": "127.0.0.1"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
        while process.poll() is None:
            for pid in (process.pid, *_children(process.pid)):
                peaks[pid] = max(peaks.get(pid, 0), _peak(pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL)
        seconds = time.perf_counter() - began
        words.seek(0)
        said = words.read()
    if process.returncode:
        raise Refused(f"{' '.join(program[:6])} … ended with {process.returncode}: {said[-600:]}")
    return Cost(seconds, _computed() - computed, sum(peaks.values()) / 1024)


def _computed() -> float:
    """Return the seconds that all children that have ended computed, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_children(int(child))]
    return found


def _peak(pid: int) -> int:
    """Return VmHWM in kB, 0 for a process that is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0
