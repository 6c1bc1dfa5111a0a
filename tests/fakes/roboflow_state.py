"""What the fake Roboflow cloud knows: workflows, batches, jobs, and how they move on."""

import hashlib
import io
import itertools
import json
import secrets
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fakes.roboflow_contents import Arrived, Contents, Large, Upload

if TYPE_CHECKING:
    from fakes.roboflow_storage import RangeLie

WEEK = timedelta(days=7)


@dataclass
class Piece:
    """One shard of a sharded batch."""

    shard_id: str
    members: dict[str, Contents]
    polls_left: int = 0
    failed: bool = False
    metadata: Any = None


@dataclass
class Pile:
    """A part of a batch, or the whole of a simple one."""

    content: str
    files: dict[str, Contents] = field(default_factory=dict)
    nested: str | None = None


@dataclass
class StoredBatch:
    """A batch: files (simple), shards (sharded) or parts (multipart)."""

    batch_id: str
    name: str
    kind: str
    content: str
    simple: dict[str, Contents] = field(default_factory=dict)
    shards: list[Piece] = field(default_factory=list)
    parts: dict[str, Pile] = field(default_factory=dict)
    arrived: dict[str, Arrived] = field(default_factory=dict)
    """Every file that ever came over the wire, by its name there."""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def note(self, name: str, size: int, sha256: str) -> None:
        """Count a file that has arrived."""
        found = self.arrived.setdefault(name, Arrived())
        found.sizes.append(size)
        found.hashes.append(sha256)

    def files(self, part: str | None = None) -> dict[str, Contents]:
        """Return what can be listed now: shards that are not indexed yet are not there."""
        if self.kind == "multipart-batch":
            return dict(self.parts[part].files) if part in self.parts else {}
        ready = (piece for piece in self.shards if piece.polls_left <= 0 and not piece.failed)
        return dict(self.simple) | {name: data for piece in ready for name, data in piece.members.items()}

    def described(self) -> dict[str, Any]:
        """Return the six fields of the contract."""
        return {
            "displayName": self.name,
            "batchId": self.batch_id,
            "batchType": self.kind,
            "batchContentType": self.content,
            "createdDate": time_text(self.created),
            "expiryDate": time_text(self.created + WEEK),
        }


@dataclass
class Played:
    """What the cloud answers about one job, word for word, until the test says something else.

    `job`: its fields, over those it has anyhow; None: 404, and in no list. `listed` False: in no list, but there.
    `stages`, `tasks` by the id of their stage, and `logs` are the entries of those answers.
    """

    job: dict[str, Any] | None = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)
    listed: bool = True


@dataclass
class StoredJob:
    """A job and where it is: `queued`, `processing`, `export`, then `done`, `failed` or `aborted`."""

    job_id: str
    name: str
    definition: dict[str, Any]
    phase: str = "queued"
    failed_files: int = 0
    restarts: list[dict[str, Any]] = field(default_factory=list)
    played: Played | None = None
    """What is answered instead of all this."""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: dict[str, datetime] = field(default_factory=dict)
    """When each phase was seen first."""

    @property
    def over(self) -> bool:
        """True when it will not move by itself."""
        if self.played is not None:
            return bool((self.played.job or {}).get("isTerminal"))
        return self.phase in ("done", "failed", "aborted")

    @property
    def updated(self) -> datetime:
        """When it came to where it is."""
        return self.began.setdefault(self.phase, datetime.now(UTC))

    def start_again(self, override: dict[str, Any]) -> None:
        """Go back to the queue."""
        self.phase = "queued"
        self.began.clear()
        self.restarts.append(override)

    def nested(self) -> dict[str, Any]:
        """Return the shape the reference client reads."""
        return {
            "jobId": self.job_id,
            "name": self.name,
            "jobDefinition": self.definition,
            "currentStage": self.phase if self.phase in ("processing", "export") else None,
            "plannedStages": ["processing", "export"],
            "error": self.phase == "failed",
            "isTerminal": self.over,
            "lastNotification": self._notification(),
            "createdAt": time_text(self.created),
            "lastUpdate": time_text(self.updated),
            "restartParametersOverride": self.restarts,
        }

    def flat(self) -> dict[str, Any]:
        """Return the shape of the vendor's reference page."""
        words = {"queued": "pending", "export": "processing", "done": "completed"}
        fractions = {"queued": 0.0, "processing": 0.4, "export": 0.9}
        return {
            "jobId": self.job_id,
            "name": self.name,
            "status": words.get(self.phase, self.phase),
            "progress": fractions.get(self.phase, 1.0),
        }

    def _notification(self) -> dict[str, Any]:
        if self.phase == "done":
            batches = [f"{self.job_id}-processing", f"{self.job_id}-export"]
            return {"type": "finished", "message": "Done", "resultsBatches": batches, "failed": self.failed_files}
        return {"type": self.phase, "message": f"The job is {self.phase}"}


class State:
    """Everything in the workspace, and how it behaves.

    `indexing_polls`: how often a new shard is asked for before it is ready. `moves_by_itself`: how many phases jobs
    go on each time somebody looks. `job_shape`: nested, flat or both. `page`: entries on a page of any list.
    `limits`: the fields about limits in the answer with a signed address, whatever they are called; None for the usual.
    `knows_ranges`, `range_lie`, `says_sizes`: how the storage answers downloads. `keep_bytes`: of a larger file only
    size and hash are kept. `gone`: batches whose time is over, with the status they are answered with.
    """

    def __init__(self) -> None:
        self.url = ""
        self.page = 100
        self.moves_by_itself = 0
        self.job_shape = "nested"
        self.knows_ranges = True
        self.range_lie: RangeLie | None = None
        self.says_sizes = True
        self.keep_bytes = 16 * 1024 * 1024
        self.gone: dict[str, int] = {}
        self.video_limit = 10737418240
        self.limits: dict[str, object] | None = None
        self.workflows: dict[str, dict[str, Any]] = {"find-things": dict(WORKFLOW)}
        self.batches: dict[str, StoredBatch] = {}
        self.jobs: dict[str, StoredJob] = {}
        self.ingests: dict[str, str] = {}
        self.handed: list[tuple[str, list[str], str | None]] = []
        """Every request with references: the ingest id, the names, and the address of the list where it was one."""
        self.lists: dict[str, list[dict[str, str]]] = {}
        """What is at the addresses of lists."""
        self.refused: set[str] = set()
        """Names of references that are not taken in."""
        self.library: dict[str, dict[str, bytes]] = {}
        """The pictures that a query finds in the library of the workspace."""
        self.queries: list[dict[str, Any]] = []
        self.indexing_polls = 0
        self._numbers = itertools.count()

    def batch(self, batch_id: str, name: str, kind: str, content: str) -> StoredBatch | None:
        """Return the batch, made on first use; None where it was filled in another way before."""
        found = self.batches.setdefault(batch_id, StoredBatch(batch_id, name or batch_id, kind, content))
        return found if (found.kind, found.content) == (kind, content) else None

    def take(self, batch: StoredBatch, name: str, upload: Upload) -> None:
        """Take in one file. The same name again replaces it."""
        batch.note(name, upload.size, upload.sha256)
        batch.simple[name] = upload.contents(self.keep_bytes)

    def add_shard(self, batch: StoredBatch, upload: Upload) -> None:
        """Take in one tar. A broken one becomes a shard that failed."""
        shard_id = f"shard-{next(self._numbers)}"
        try:
            members: dict[str, Contents] = dict(self._members(upload))
        except tarfile.TarError:
            batch.shards.append(Piece(shard_id, {}, failed=True))
            return
        for name, contents in members.items():
            known = _known(contents) if isinstance(contents, bytes) else contents
            batch.note(name, known.size, known.sha256)
        batch.shards.append(Piece(shard_id, members, polls_left=self.indexing_polls))

    def _members(self, upload: Upload) -> Iterator[tuple[str, bytes | Large]]:
        upload.file.seek(0)
        with tarfile.open(fileobj=upload.file, mode="r:") as opened:
            for info in opened:
                file = opened.extractfile(info)
                if file is not None and info.name != "notification_config.json":
                    data = file.read()
                    yield info.name, data if len(data) <= self.keep_bytes else _known(data)

    def add_references(self, batch: StoredBatch, ingest_id: str, references: list[dict[str, str]]) -> bool:
        """Take in addresses; True when this ingest was seen before."""
        if ingest_id in self.ingests:
            return True
        self.ingests[ingest_id] = batch.batch_id
        members: dict[str, Contents] = {
            each["name"]: each["url"].encode() for each in references if each["name"] not in self.refused
        }
        batch.shards.append(Piece(f"shard-{next(self._numbers)}", members, polls_left=self.indexing_polls))
        return False

    def ask_library(self, batch: StoredBatch, body: dict[str, Any]) -> None:
        """Put what a query finds into the parts of a batch: the pictures, and what is known of each."""
        if (ingest_id := body.get("ingestId")) in self.ingests:
            return
        self.queries.append(body)
        if ingest_id:
            self.ingests[ingest_id] = batch.batch_id
        found = self.library.get(body["query"], {})
        batch.parts["images"] = Pile("images", dict(found))
        batch.parts["metadata"] = Pile(
            "metadata", {f"{name}.json": json.dumps({"name": name}).encode() for name in found}
        )

    def advance(self, job_id: str) -> None:
        """Move a job one phase on; at the end its results are there."""
        job = self.jobs[job_id]
        following = {"queued": "processing", "processing": "export", "export": "done"}
        job.phase = following.get(job.phase, job.phase)
        if job.phase == "done":
            self.add_results(job)

    def add_results(self, job: StoredJob) -> None:
        """Put down what a job makes of its batch."""
        source = self.batches.get(job.definition["jobInput"]["batchId"])
        names = sorted(source.files(job.definition["jobInput"].get("partName"))) if source is not None else []
        results = {f"{name}/results.json": json.dumps({"found": len(name)}).encode() for name in names}
        table = "".join([f'"{name}",{len(name)}\n' for name in names])
        results["aggregated_results.csv"] = f"image,found\n{table}".encode()
        drawn: dict[str, bytes] = {f"{name}/drawn.jpg": b"\xff\xd8 drawn" for name in names}
        for stage in ("processing", "export"):
            made = StoredBatch(f"{job.job_id}-{stage}", f"{job.name} ({stage})", "multipart-batch", "archives")
            made.parts["predictions"] = Pile("archives", {"predictions-0.tar.gz": archive(results)}, "metadata")
            if job.definition["processingSpecification"].get("persistImagesOutputs"):
                made.parts["images"] = Pile("archives", {"images-0.tar.gz": archive(drawn)}, "images")
            self.batches[made.batch_id] = made


WORKFLOW = {
    "id": "wf_abc123",
    "name": "Find things",
    "url": "find-things",
    "createdAt": "2026-04-12T17:05:33.000Z",
    "specification": {
        "version": "1.0",
        "inputs": [
            {"type": "InferenceImage", "name": "image"},
            {"type": "WorkflowParameter", "name": "confidence", "default_value": 0.4},
        ],
        "steps": [],
        "outputs": [{"type": "JsonField", "name": "predictions", "selector": "$steps.model.*"}],
    },
}


def time_text(time: datetime) -> str:
    """Return a time as the platform writes it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def archive(members: dict[str, bytes]) -> bytes:
    """Return a `.tar.gz` of these files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def signature() -> str:
    """Return something that must not be seen in any log."""
    return secrets.token_hex(16)


def _known(data: bytes) -> Large:
    return Large(len(data), hashlib.sha256(data).hexdigest())
