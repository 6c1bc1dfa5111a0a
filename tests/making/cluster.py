"""A Dask cluster as it really runs: a scheduler and workers, each a process of its own, speaking over TCP."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from making.certificates import Authority
from making.local_service import poll


class DaskCluster:
    """`dask scheduler`, which has no Batchdock, and, when asked for, `dask worker`s. As a context: nothing outlives it.

    With an `authority`, everybody has a certificate and everything is encrypted. `patience` is how many workers may
    die of a task, beside the first, before Dask gives it up.
    """

    def __init__(self, folder: Path, authority: Authority | None = None, *, patience: int = 3) -> None:
        self.address = ""
        self.workers: list[subprocess.Popen[bytes]] = []
        self._folder = folder
        tests = str(Path(__file__).parents[1])
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (tests, os.environ.get("PYTHONPATH")))),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(patience),
        }
        self._authority = authority
        self._scheduler: subprocess.Popen[bytes] | None = None
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        for each in self.workers:
            each.kill()
            each.wait()
        self.kill()

    @property
    def scheme(self) -> str:
        """tcp or tls."""
        return "tls" if self._authority else "tcp"

    def start(self) -> None:
        """Start the scheduler, at the same port as before if there was one, and wait until it listens."""
        log = self._folder / "scheduler.log"
        before = log.stat().st_size if log.exists() else 0
        options = ["--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard", "--protocol", self.scheme]
        options += self._preloaded("scheduler", "import sys; sys.modules['batchdock'] = None")
        self._scheduler = self._started(["scheduler", *options, *self._certificates("scheduler")], log)
        found = poll(
            lambda: re.search(rf"Scheduler at:\s+{self.scheme}://127\.0\.0\.1:(\d+)", log.read_text()[before:]), bool
        )
        self._port = int(found[1])
        self.address = f"{self.scheme}://127.0.0.1:{self._port}"

    def kill(self) -> None:
        """End the scheduler as a power cut does."""
        if self._scheduler is not None:
            self._scheduler.kill()
            self._scheduler.wait()
            self._scheduler = None

    def add_worker(self, threads: int = 1, preload: str = "") -> subprocess.Popen[bytes]:
        """Start one worker without a nanny, so that it is one process and stays dead when it is killed.

        `preload` is Python that it runs before.
        """
        number = len(self.workers)
        folder = self._folder / f"worker-{number}"
        options = ["--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
        if preload:
            options += self._preloaded(f"worker{number}", preload)
        log = self._folder / f"worker-{number}.log"
        worker = self._started(["worker", self.address, *options, *self._certificates("worker")], log)
        self.workers.append(worker)
        return worker

    def logs(self) -> str:
        """Return everything that scheduler and workers have said."""
        return "\n".join(each.read_text() for each in sorted(self._folder.glob("*.log")))

    def _started(self, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            # Python of its own: what these tests make of warnings is no matter of Dask's.
            line = [sys.executable, "-W", "ignore", "-m", "dask", *command]
            return subprocess.Popen(line, stdout=out, stderr=out, env=self._environment)

    def _preloaded(self, name: str, python: str) -> list[str]:
        script = self._folder / f"before_{name}.py"
        script.write_text(python)
        return ["--preload", str(script)]

    def _certificates(self, name: str) -> list[str]:
        if self._authority is None:
            return []
        path = self._authority.signed(name)
        return ["--tls-ca-file", str(self._authority.path), "--tls-cert", str(path), "--tls-key", str(path)]
