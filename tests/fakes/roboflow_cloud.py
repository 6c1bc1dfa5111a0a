"""A Roboflow cloud of our own: a real HTTP server on 127.0.0.1 that keeps the contract, and breaks it on request.

with RoboflowCloud() as cloud:
    cloud.url, cloud.key, cloud.workspace
    cloud.state.batches, cloud.state.jobs             what has arrived
    cloud.state.indexing_polls = 2                    shards get ready only after being asked for twice
    cloud.advance("job-1"); cloud.finish("job-1")     jobs move on demand, or `cloud.state.moves_by_itself`
    cloud.fail("GET .*/jobs", status=503, headers={"Retry-After": "1"})
    cloud.state.job_shape = "flat"
    cloud.seen                                        every request, in order
"""

import json
import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fakes.faults import Fault, Faulty, Kind
from fakes.roboflow_answers import refusal
from fakes.roboflow_processing import Processing
from fakes.roboflow_staging import Staging
from fakes.roboflow_state import State

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
        self._faulty = Faulty(Starlette(routes=self._routes()))
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.state.url = self.url
        config = uvicorn.Config(
            self._note,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=60,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="roboflow-cloud", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "The fake cloud did not start."
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
        assert not self._thread.is_alive(), "The fake cloud did not stop."

    def fail(self, pattern: str, kind: Kind = Kind.INSTEAD, **details: Any) -> Fault:
        """Switch a fault on; `pattern` is searched in `METHOD /path`. See `Fault` for the details."""
        fault = Fault(pattern, kind, **details)
        self._faulty.faults.append(fault)
        return fault

    def heal(self) -> None:
        """Switch all faults off."""
        self._faulty.faults.clear()

    def advance(self, job_id: str) -> None:
        """Move a job one phase on: queued, processing, export, done."""
        self.state.advance(job_id)

    def finish(self, job_id: str) -> None:
        """Move a job to its end."""
        while not self.state.jobs[job_id].over:
            self.advance(job_id)

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
                if given != self.key:
                    return refusal(401, "This API key does not exist (or has been revoked).", key=given)
                if request.path_params.get("workspace", self.workspace) != self.workspace:
                    return refusal(404, "Workspace not found")
                return await handler(request)

            return checked

        staging, processing = Staging(self.state), Processing(self.state)
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
        routes.append(Route("/storage/put/{token}", staging.put, methods=["PUT"]))
        routes.append(Route("/storage/get/{token}", staging.get, methods=["GET"]))
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
