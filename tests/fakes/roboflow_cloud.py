"""A Roboflow cloud of our own: a real HTTP server on 127.0.0.1 that keeps the contract, and breaks it on request.

with RoboflowCloud() as cloud:
    cloud.url, cloud.key, cloud.workspace
    cloud.state.batches, cloud.state.jobs             what has arrived
    cloud.arrived("batch")["a.jpg"].times, .sha256    every file that came over the wire, counted, whatever it came in
    cloud.state.keep_bytes = 0                        keep size and hash of what arrives, not the bytes
    cloud.state.indexing_polls = 2                    shards get ready only after being asked for twice
    cloud.advance("job-1"); cloud.finish("job-1")     jobs move on demand, or `cloud.state.moves_by_itself`
    cloud.play("job-1", Played(job={"currentStage": "processing"}, stages=[…]))    word for word, until the next
    cloud.state.job_shape = "flat"
    cloud.seen                                        every request, in order

To be fetched: `cloud.stage("batch", {"a.zip": bytes or Repeated(unit, size)}, part=None)`.

One fault at a time (`fakes.faults.Kind`, `Fault`), until it happened `times` times or `heal()`:

    cloud.fail("GET .*/jobs", status=503, headers={"Retry-After": "1"})
    cloud.fail("PUT /storage", Kind.CUT, times=3, part=0.5)                 reset in the middle of the upload
    cloud.fail("GET /storage", Kind.TORN, keep=500_000)                     fewer bytes than Content-Length
    cloud.fail("GET /storage", Kind.SHORT, keep=500_000)                    the same, without Content-Length
    cloud.fail("GET /storage", Kind.PAUSED, part=0.5, seconds=90)           a stall, then it goes on
    cloud.fail("PUT /storage", Kind.DEAF)                                   reads nothing of the upload, says nothing
    cloud.fail("POST .*/upload", Kind.EARLY, status=413)                    answers before the body was read

Many, a share of all requests, the same again with the same seed (`fakes.weather.Weather` has all words):

    cloud.weather(seed=7, errors=0.2, drops=0.1, truncated=0.1, stalls=0.01, stall_seconds=2, expired=0.05)
    cloud.weather(seed=7, lost=0.1, only="PUT /storage")                    carried out, the answer lost
    cloud.struck                                                            how often each kind happened
    cloud.line(latency=0.05, bytes_per_second=5_000_000)                    length and width of the line
    cloud.heal()                                                            fine weather, no faults; the line stays

What happens to the whole place, while it runs:

    cloud.expire_addresses(status=403)      every signed address given out so far is refused; 400: as Google has it
    cloud.state.knows_ranges = False        downloads always from the start
    cloud.state.range_lie = RangeLie.…      If-Range ignored, a wrong Content-Range, or none
    cloud.state.says_sizes = False          downloads without Content-Length
    cloud.expire_batch("batch", 404)        or 410: the batch is no longer there
    cloud.revoke_key(); cloud.restore_key()
    cloud.go_away(); cloud.come_back()      the port is closed and every line cut; back on the same port, nothing lost
"""

import json
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fakes.faults import Fault, Faulty, Kind
from fakes.roboflow_answers import refusal
from fakes.roboflow_contents import Arrived, Contents
from fakes.roboflow_processing import Processing
from fakes.roboflow_staging import Staging
from fakes.roboflow_state import Pile, Played, State, StoredBatch
from fakes.roboflow_storage import Storage
from fakes.serving import Serving, bound
from fakes.weather import Link, Weather

Handler = Callable[[Request], Awaitable[Response]]

_DS = "/data-staging/v1/external/{workspace}"
_BP = "/batch-processing/v1/external/{workspace}"


@dataclass(frozen=True)
class Seen:
    """One request as it arrived. `query` is without the key."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class RoboflowCloud:
    """The server, its state and its switches. Use it as a context manager."""

    def __init__(self, *, key: str | None = None, workspace: str = "acme-ws") -> None:
        self.key = key or f"key{secrets.token_hex(12)}"
        self.workspace = workspace
        self.state = State()
        self.seen: list[Seen] = []
        self._revoked = self._running = False
        self._storage = Storage(self.state)
        self._faulty = Faulty(Starlette(routes=self._routes()))
        self._socket = bound(0)
        self._port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.state.url = self.url

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._running:
            self._stop()
        self._socket.close()

    def _start(self) -> None:
        self._serving = Serving(self._note, [self._socket], "roboflow-cloud")
        self._running = True

    def _stop(self) -> None:
        self._serving.stop()
        self._running = False

    def go_away(self) -> None:
        """Cut every line and close the port; nobody else gets it meanwhile."""
        self._stop()
        self._socket = bound(self._port)

    def come_back(self) -> None:
        """Be there again, on the same port, with everything that had arrived."""
        self._start()

    def stage(
        self, batch_id: str, files: Mapping[str, Contents], *, content: str = "archives", part: str | None = None
    ) -> None:
        """Put files into a batch, to be fetched: into its `part`, or into a simple batch."""
        kind = "simple-batch" if part is None else "multipart-batch"
        batch = self.state.batches.setdefault(batch_id, StoredBatch(batch_id, batch_id, kind, content))
        if part is None:
            batch.simple.update(files)
        else:
            batch.parts.setdefault(part, Pile(content, nested="images")).files.update(files)

    def arrived(self, batch_id: str) -> dict[str, Arrived]:
        """Return every file that came over the wire into a batch, by its name there."""
        found = self.state.batches.get(batch_id)
        return {} if found is None else dict(found.arrived)

    def weather(self, seed: int, **shares: Any) -> Weather:
        """Let a share of all requests go wrong. See `Weather`."""
        self._faulty.weather = Weather(seed, **shares)
        return self._faulty.weather

    @property
    def struck(self) -> Counter[str]:
        """How often the weather struck, by kind of fault."""
        return self._faulty.weather.struck

    def line(self, *, latency: float = 0.0, bytes_per_second: float | None = None) -> None:
        """Set seconds before each request is looked at, and bytes a second over all connections together."""
        self._faulty.link = Link(latency, bytes_per_second)

    def expire_addresses(self, status: int = 403) -> None:
        """Refuse every signed address that was given out so far."""
        self._storage.expire(status)

    def expire_batch(self, batch_id: str, status: int = 404) -> None:
        """Let the time of a batch be over."""
        self.state.batches.pop(batch_id, None)
        self.state.gone[batch_id] = status

    def revoke_key(self) -> None:
        """Refuse the key from now on."""
        self._revoked = True

    def restore_key(self) -> None:
        """Take the key again."""
        self._revoked = False

    def fail(self, pattern: str, kind: Kind = Kind.INSTEAD, **details: Any) -> Fault:
        """Switch a fault on; `pattern` is searched in `METHOD /path`. See `Fault` for the details."""
        fault = Fault(pattern, kind, **details)
        self._faulty.faults.append(fault)
        return fault

    def heal(self) -> None:
        """Switch all faults off, and the weather to fine."""
        self._faulty.faults.clear()
        self._faulty.weather = Weather(seed=0)

    def advance(self, job_id: str) -> None:
        """Move a job one phase on: queued, processing, export, done."""
        self.state.advance(job_id)

    def finish(self, job_id: str) -> None:
        """Move a job to its end."""
        while not self.state.jobs[job_id].over:
            self.advance(job_id)

    def play(self, job_id: str, played: Played | None) -> None:
        """Answer this about a job from now on, whatever it really does; None: the truth again."""
        self.state.jobs[job_id].played = played

    def requests(self, beginning: str) -> list[Seen]:
        """Return the requests whose `METHOD /path` has this in it."""
        return [each for each in self.seen if beginning in str(each)]

    # --- the server ---------------------------------------------------------------------------------------------

    async def _note(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        query = {name: value for name, value in request.query_params.items() if name != "api_key"}
        self.seen.append(Seen(request.method, request.url.path, query, dict(request.headers)))
        await self._faulty(scope, receive, send)

    def _routes(self) -> list[Route]:
        def mine(handler: Handler) -> Handler:
            async def checked(request: Request) -> Response:
                given = request.query_params.get("api_key") or request.headers.get("Authorization", "").removeprefix(
                    "Bearer "
                )
                if given != self.key or self._revoked:
                    return refusal(401, "This API key does not exist (or has been revoked).", key=given)
                if request.path_params.get("workspace", self.workspace) != self.workspace:
                    return refusal(404, "Workspace not found")
                if (gone := self.state.gone.get(request.path_params.get("batch", ""))) is not None:
                    return refusal(gone, "Batch not found")
                return await handler(request)

            return checked

        staging, processing = Staging(self.state, self._storage), Processing(self.state)
        batch = f"{_DS}/batches/{{batch}}"
        job = f"{_BP}/jobs/{{job}}"
        table: list[tuple[str, str, Handler]] = [
            ("GET POST", "/", self._who),
            ("GET", "/{workspace}/workflows", self._workflows),
            ("GET", "/{workspace}/workflows/{workflow}", self._workflow),
            ("GET", f"{_DS}/batches", staging.batches),
            ("GET", batch, staging.batch),
            ("GET", f"{batch}/count", staging.count),
            ("GET", f"{batch}/shards", staging.shards),
            ("GET", f"{batch}/parts", staging.parts),
            ("GET", f"{batch}/list", staging.list),
            ("POST", f"{batch}/upload/image", staging.upload_image),
            ("POST", f"{batch}/upload/video", staging.upload_video),
            ("POST", f"{batch}/bulk-upload/image-files", staging.upload_shard),
            ("POST", f"{batch}/bulk-upload/image-references", staging.references),
            ("POST", f"{batch}/bulk-upload/video-references", staging.references),
            ("POST", f"{batch}/roboql-ingest", staging.query),
            ("GET", f"{_BP}/jobs", processing.jobs),
            ("GET", job, processing.job),
            ("POST", job, processing.create),
            ("GET", f"{job}/stages", processing.stages),
            ("GET", f"{job}/stages/{{stage}}/tasks", processing.tasks),
            ("GET", f"{job}/logs", processing.logs),
            ("POST", f"{job}/abort", processing.abort),
            ("POST", f"{job}/restart", processing.restart),
        ]
        routes = [Route(path, mine(handler), methods=methods.split()) for methods, path, handler in table]
        routes.append(Route("/storage/put/{token}", self._storage.put, methods=["PUT"]))
        routes.append(Route("/storage/get/{token}", self._storage.get, methods=["GET"]))
        return routes

    # --- account ------------------------------------------------------------------------------------------------

    async def _who(self, request: Request) -> Response:
        return JSONResponse({"welcome": "Welcome to the Roboflow API.", "workspace": self.workspace})

    async def _workflows(self, request: Request) -> Response:
        shown = ({k: v for k, v in each.items() if k != "specification"} for each in self.state.workflows.values())
        return JSONResponse({"workflows": list(shown), "status": "ok"})

    async def _workflow(self, request: Request) -> Response:
        found = self.state.workflows.get(request.path_params["workflow"])
        if found is None:
            return refusal(404, "Workflow not found")
        config = json.dumps({"specification": found["specification"]})
        return JSONResponse({"workflow": {**found, "config": config}, "status": "ok"})
