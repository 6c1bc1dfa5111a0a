"""The local service as it really runs: a child process, and plain HTTP to it."""

import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

KEY = "key-of-the-tests-7Yq2"
PATIENCE = 150.0


class LocalService:
    """`python -m batchdock serve` over `data`. Use as a context: started, and ended by closing its stdin."""

    def __init__(self, data: Path, *, key: str = KEY, log: Path | None = None) -> None:
        self.data = data
        self.key = key
        self.url = ""
        self._log = log or data.parent / f"{data.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        # A pool that closes surplus connections may close one that another thread has just been given.
        pool = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=None)
        self._client = httpx.Client(trust_env=False, timeout=PATIENCE, limits=pool)

    def __enter__(self) -> "LocalService":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.hang_up()

    def start(self) -> None:
        """Start the child and wait for its ready line."""
        said = self.launch()
        self.url = said["url"]

    def launch(self) -> dict[str, Any]:
        """Start the child and return its first line, whatever it says."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "batchdock", "serve", "--data", str(self.data), "--key-on-stdin"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self.key}\n".encode())
        self._process.stdin.flush()
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The child."""
        assert self._process is not None
        return self._process

    def stop(self) -> int:
        """Close stdin and return the exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.stop()

    def hang_up(self) -> None:
        """Close the connections; nothing can be asked any more."""
        self._client.close()

    def log(self) -> str:
        """What it said on stderr so far."""
        return self._log.read_text()

    # --- requests -----------------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request with the key."""
        params = {"api_key": self.key, **options.pop("params", {})}
        return self._client.request(method, f"{self.url}{path}", params=params, **options)

    def plain(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send a request without the key, to a whole address."""
        return self._client.request(method, url, **options)

    def staging(self, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        """Ask data staging: `path` is what follows `/batches`."""
        return self.ask(method, f"/data-staging/v1/external/this-computer/batches{path}", **options)

    def jobs(self, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        """Ask batch processing: `path` is what follows `/jobs`."""
        return self.ask(method, f"/batch-processing/v1/external/this-computer/jobs{path}", **options)

    # --- things to do -------------------------------------------------------------------------------------------

    def upload(self, batch_id: str, name: str, data: bytes) -> httpx.Response:
        """Send one picture as the reference client does: the form field is called like the file."""
        return self.staging(
            f"/{batch_id}/upload/image", "POST", params={"fileName": name}, files={"a field": ("a file", data)}
        )

    def upload_tar(self, batch_id: str, tar: bytes) -> httpx.Response:
        """Send one tar."""
        details = self.staging(f"/{batch_id}/bulk-upload/image-files", "POST").json()["signedURLDetails"]
        return self.plain("PUT", details["uploadURL"], content=tar, headers=details["extensionHeaders"])

    def refer(self, batch_id: str, paths: Mapping[str, Path], *, kind: str = "image", **more: object) -> httpx.Response:
        """Hand over references to files."""
        references = [{"name": name, "url": f"file://{quote(os.fsencode(path))}"} for name, path in paths.items()]
        body = {f"{kind}References": references, **more}
        return self.staging(f"/{batch_id}/bulk-upload/{kind}-references", "POST", json=body)

    def start_job(
        self, job_id: str, batch_id: str, workflow: str = "picture-quality", **changes: Any
    ) -> httpx.Response:
        """Create a job; `specification` changes its processing specification, the rest the body."""
        return self.jobs(f"/{job_id}", "POST", json=job_body(batch_id, workflow, **changes))

    def job(self, job_id: str) -> dict[str, Any]:
        """Return a job."""
        found: dict[str, Any] = self.jobs(f"/{job_id}").json()["job"]
        return found

    def wait(
        self,
        job_id: str,
        until: Callable[[dict[str, Any]], bool] = lambda job: bool(job["isTerminal"]),
        patience: float = PATIENCE,
        pause: float = 0.01,
    ) -> Any:
        """Poll a job until it is over, or until something else holds; return it."""
        return poll(lambda: self.job(job_id), until, pause=pause, patience=patience)

    def wait_for_shards(self, batch_id: str) -> list[dict[str, Any]]:
        """Poll the shards of a batch until none moves; return them."""
        shards: list[dict[str, Any]] = poll(
            lambda: self.staging(f"/{batch_id}/shards").json()["shards"],
            lambda shards: bool(shards) and all(each["statusType"] != "info" for each in shards),
        )
        return shards

    def tasks(self, job_id: str, stage: str = "processing") -> list[dict[str, Any]]:
        """Return the tasks of a stage."""
        stages = self.jobs(f"/{job_id}/stages").json()["stages"]
        stage_id = next(each["processingStageId"] for each in stages if each["processingStageName"] == stage)
        tasks: list[dict[str, Any]] = self.jobs(f"/{job_id}/stages/{stage_id}/tasks").json()["tasks"]
        return tasks

    def failures(self, job_id: str) -> dict[str, str]:
        """Return file → cause, from the log."""
        logs = self.jobs(f"/{job_id}/logs", params={"severity": "warning", "pageSize": 1000}).json()["logs"]
        return {each["payload"]["file"]: each["payload"]["cause"] for each in logs if "file" in each["payload"]}

    def results(self, job_id: str) -> list[tuple[str, bytes]]:
        """Return every member of every archive that a job put out, as (name, bytes); duplicates would show."""
        found = []
        for batch_id in self.job(job_id)["lastNotification"]["resultsBatches"]:
            for part in self.staging(f"/{batch_id}/parts").json()["batchParts"]:
                files = self.staging(f"/{batch_id}/list", params={"partName": part["partName"]}).json()["filesMetadata"]
                for each in files:
                    found += members(self.plain("GET", each["downloadURL"]).content)
        return found


def job_body(batch_id: str, workflow: str = "picture-quality", **changes: Any) -> dict[str, Any]:
    """Return the body of a job with pictures."""
    specification = {
        "type": "workflows-processing-specification-v1",
        "workspace": "this-computer",
        "workflowId": workflow,
        "persistImagesOutputs": False,
        "aggregationFormat": "jsonl",
        **changes.pop("specification", {}),
    }
    return {
        "type": "simple-image-processing-v1",
        "jobInput": {"type": "staging-batch-input-v1", "batchId": batch_id},
        "computeConfiguration": {"type": "compute-configuration-v2"},
        "processingSpecification": specification,
        **changes,
    }


def poll(look: Callable[[], Any], until: Callable[[Any], bool], pause: float = 0.01, patience: float = PATIENCE) -> Any:
    """Look again and again until what is seen is what is wanted; return it."""
    deadline = time.monotonic() + patience
    while True:
        seen = look()
        if until(seen):
            return seen
        assert time.monotonic() < deadline, f"waited too long, last seen: {seen}"
        time.sleep(pause)


def tar_of(files: Iterable[tuple[str, bytes]], format: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a plain tar."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w:", format=format) as tar:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, BytesIO(data))
    return out.getvalue()


def members(archive: bytes) -> list[tuple[str, bytes]]:
    """Return the files in a `.tar.gz`."""
    with tarfile.open(fileobj=BytesIO(archive), mode="r:gz") as tar:
        return [(each.name, read.read()) for each in tar if (read := tar.extractfile(each)) is not None]
