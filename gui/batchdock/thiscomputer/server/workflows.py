"""Which workflows there are, and adding one of one's own (contract §2.2, §2.3).

Adding is this computer's own: `POST /{workspace}/workflows` with {"name", "description"?, "specification", "check"?}
answers as `GET` of the new workflow does, or 400 `workflow-unfit` with all `reasons` why it can not run here. With
“check” nothing is kept. `DELETE` takes one away.
"""

import asyncio
import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.refusal import bad_request, conflict, not_found, unfit
from batchdock.thiscomputer.server.answers import answering, ok
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.receiving import json_object, read_json
from batchdock.thiscomputer.store.use import jobs_that_use_workflow
from batchdock.thiscomputer.workflows.acceptance import Unfit, accepted
from batchdock.thiscomputer.workflows.built_in import BuiltIn
from batchdock.thiscomputer.workflows.catalogue import built_in, catalogue

_BODY_LIMIT = 4 * 1024 * 1024
_NAME_LIMIT = 200


class WorkflowRoutes:
    """The routes of workflows."""

    def __init__(self, parts: Parts) -> None:
        self._own = parts.workflows
        self._models = parts.models
        self._jobs = parts.jobs
        self._apart = parts.apart
        # Requests that wait for their turn hold no thread, of which all routes together have few.
        self._turn = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/{workspace}/workflows", answering(self._list), methods=["GET"]),
            Route("/{workspace}/workflows", answering(self._add), methods=["POST"]),
            Route("/{workspace}/workflows/{workflow_id}", answering(self._one), methods=["GET"]),
            Route("/{workspace}/workflows/{workflow_id}", answering(self._remove), methods=["DELETE"]),
        ]

    def _list(self, _: Request) -> Response:
        return ok(workflows=[_summary(each) for each in (*catalogue(), *self._own.all())])

    def _one(self, request: Request) -> Response:
        workflow_id = request.path_params["workflow_id"]
        found = built_in(workflow_id) or self._own.one(workflow_id)
        if found is None:
            raise not_found(f"There is no workflow “{workflow_id}” on this computer.")
        return ok(workflow=_whole(found))

    async def _add(self, request: Request) -> Response:
        body = await read_json(request, _BODY_LIMIT)
        async with self._turn:
            return await run_in_threadpool(self._take, body)

    def _take(self, body: bytes) -> Response:
        read = json_object(body)
        specification = read.get("specification")
        if not isinstance(specification, dict):
            raise bad_request("A workflow is added as {“name”, “specification”}; the specification is an object.")
        name = str(read.get("name") or "").strip()[:_NAME_LIMIT]
        if not name:
            raise bad_request("The workflow needs a name.")
        try:
            workflow = accepted(
                specification, name, str(read.get("description") or ""), self._models.all(), self._apart
            )
        except Unfit as trouble:
            raise unfit("workflow-unfit", trouble.reasons) from trouble
        if read.get("check") is not True:
            self._own.add(workflow)
        return ok(workflow=_whole(workflow))

    def _remove(self, request: Request) -> Response:
        workflow_id = request.path_params["workflow_id"]
        if jobs := jobs_that_use_workflow(workflow_id, self._jobs) if self._own.one(workflow_id) else []:
            raise conflict(f"The job “{jobs[0]}” runs this workflow. Wait for its end, or stop it first.")
        if not self._own.remove(workflow_id):
            raise not_found(f"There is no workflow “{workflow_id}” that could be taken away.")
        return ok(workflowId=workflow_id)


def _summary(workflow: BuiltIn) -> dict[str, object]:
    return {
        "id": workflow.workflow_id,
        "name": workflow.name,
        "url": workflow.workflow_id,
        "description": workflow.description,
        "createdAt": workflow.created,
        "builtIn": built_in(workflow.workflow_id) is not None,
    }


def _whole(workflow: BuiltIn) -> dict[str, object]:
    return {**_summary(workflow), "config": json.dumps({"specification": workflow.definition})}
