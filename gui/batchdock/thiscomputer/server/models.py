"""Models of one's own: looked at, tried on a picture, kept, removed. This computer's own, not the contract's.

`POST /{workspace}/models/looks` with {"path"} says what a file is; `POST …/looks/{lookId}/trials` runs it over one
picture; `POST /{workspace}/models` keeps a copy, and a workflow that runs it. What is wrong with a model is told as
400 `model-unfit` with `reasons`.
"""

import asyncio
import base64
import os
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.own.aside import look_aside, try_aside
from batchdock.thiscomputer.engine.own.form import PREFIX, Look, ModelUnfit, OwnModel
from batchdock.thiscomputer.engine.vendor.shelf import BUILT_IN, Shipped
from batchdock.thiscomputer.refusal import bad_request, conflict, not_found, unfit
from batchdock.thiscomputer.server.answers import answering, ok
from batchdock.thiscomputer.server.looks import Looks
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.receiving import json_object, read_json
from batchdock.thiscomputer.store.use import jobs_that_use_model
from batchdock.thiscomputer.workflows.for_models import workflow_for

_BODY_LIMIT = 4 * 1024 * 1024
_NAME_LIMIT = 200
_SIDE_LIMITS = range(32, 4097)


class ModelRoutes:
    """The routes of models."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._models = parts.models
        self._looks = Looks()
        # Requests that wait for their turn hold no thread, of which all routes together have few.
        self._turn = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/{workspace}/models", answering(self._list), methods=["GET"]),
            Route("/{workspace}/models", answering(self._add), methods=["POST"]),
            Route("/{workspace}/models/looks", answering(self._look), methods=["POST"]),
            Route("/{workspace}/models/looks/{look_id}/trials", answering(self._try), methods=["POST"]),
            Route("/{workspace}/models/own/{digest}", answering(self._remove), methods=["DELETE"]),
        ]

    def _list(self, _: Request) -> Response:
        return ok(models=[*(_shipped(each) for each in BUILT_IN), *(self._own(each) for each in self._models.all())])

    async def _look(self, request: Request) -> Response:
        body = json_object(await read_json(request, _BODY_LIMIT))
        path = _file(body, "path")
        async with self._turn:
            return await run_in_threadpool(self._look_at, path)

    def _look_at(self, path: Path) -> Response:
        try:
            look = look_aside(self._parts.apart, path)
        except ModelUnfit as trouble:
            raise unfit("model-unfit", trouble.reasons) from trouble
        return ok(look={"lookId": self._looks.keep(path, look), **_seen(look)})

    async def _try(self, request: Request) -> Response:
        body = json_object(await read_json(request, _BODY_LIMIT))
        async with self._turn:
            return await run_in_threadpool(self._try_on, request.path_params["look_id"], body)

    def _try_on(self, look_id: str, body: dict[str, object]) -> Response:
        path, _ = self._looks.one(look_id)
        try:
            tried = try_aside(self._parts.apart, path, _names(body), _side(body), _file(body, "picture"))
        except ModelUnfit as trouble:
            raise unfit("model-unfit", trouble.reasons) from trouble
        picture = base64.b64encode(tried.picture).decode("ascii")
        return ok(trial={"findings": tried.findings, "picture": picture, "seconds": round(tried.seconds, 4)})

    async def _add(self, request: Request) -> Response:
        body = json_object(await read_json(request, _BODY_LIMIT))
        async with self._turn:
            return await run_in_threadpool(self._keep, body)

    def _keep(self, body: dict[str, object]) -> Response:
        path, look = self._looks.one(str(body.get("lookId") or ""))
        name = _line(str(body.get("name") or ""))
        if not name:
            raise bad_request("The model needs a name.")
        try:
            side = _side(body)
            if side not in (None, look.form.side):
                look = look_aside(self._parts.apart, path, look.form.answered((), side).side)
            model = self._models.add(path, look, look.form.answered(_names(body), side), name)
        except ModelUnfit as trouble:
            raise unfit("model-unfit", trouble.reasons) from trouble
        self._parts.workflows.add(workflow_for(model))
        return ok(model=self._own(model))

    def _remove(self, request: Request) -> Response:
        model_id = f"{PREFIX}{request.path_params['digest']}"
        model = self._models.one(model_id)
        if model is None:
            raise not_found(f"There is no model “{model_id}” that could be removed.")
        if jobs := jobs_that_use_model(model_id, self._parts.jobs, self._parts.workflows):
            raise conflict(f"The job “{jobs[0]}” uses the model “{model.name}”. Wait for its end, or stop it first.")
        self._parts.workflows.remove(workflow_for(model).workflow_id)
        self._models.remove(model_id)
        return ok(modelId=model_id)

    def _own(self, model: OwnModel) -> dict[str, object]:
        workflow_id = workflow_for(model).workflow_id
        return {
            "id": model.model_id,
            "name": model.name,
            "kind": model.form.kind,
            "classNames": model.form.class_names,
            "bytes": model.size,
            "workflowId": workflow_id if self._parts.workflows.one(workflow_id) else None,
            "builtIn": False,
            "createdAt": model.created,
        }


def _shipped(model: Shipped) -> dict[str, object]:
    return {
        "id": model.model_id,
        "name": model.name,
        "kind": model.task,
        "classNames": model.names(),
        "bytes": sum(resource("models", each).stat().st_size for each in model.files),
        "workflowId": model.workflow_id,
        "builtIn": True,
        "createdAt": model.created,
    }


def _seen(look: Look) -> dict[str, object]:
    form = look.form
    return {
        "kind": form.kind,
        "family": form.title,
        "classCount": len(form.class_names),
        "classNames": form.class_names,
        "named": form.named,
        "side": None if form.any_side else form.side,
        "bytes": look.size,
    }


def _file(body: dict[str, object], key: str) -> Path:
    given = body.get(key)
    if not isinstance(given, str) or not _is_text(given) or not Path(given).is_absolute():
        raise bad_request(f"“{key}” is the whole path of a file on this computer.")
    return Path(given)


def _names(body: dict[str, object]) -> tuple[str, ...]:
    given = body.get("classNames") or []
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise bad_request("“classNames” is a list of names.")
    return tuple(_line(each) for each in given)


def _line(text: str) -> str:
    """Return a name on one line, without halves of letters."""
    return " ".join(text.encode("utf-8", "replace").decode().split())[:_NAME_LIMIT]


def _is_text(path: str) -> bool:
    try:
        return b"\x00" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _side(body: dict[str, object]) -> tuple[int, int] | None:
    given = body.get("side")
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != 2 or not all(type(each) is int for each in given):
        raise bad_request("“side” is a list of two whole numbers: width and height in pixels.")
    if not all(each in _SIDE_LIMITS for each in given):
        raise bad_request(f"A model takes from {_SIDE_LIMITS.start} to {_SIDE_LIMITS.stop - 1} pixels across and down.")
    return (given[0], given[1])
