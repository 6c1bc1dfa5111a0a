"""Who am I, and which workflows are there, in the document (contract §2)."""

from batchdock.thiscomputer.server.openapi.elements import (
    ANYTHING,
    TEXT,
    WORD,
    WORKSPACE,
    Schema,
    answer,
    closed,
    either,
    given,
    in_path,
    listed,
    operation,
    refused,
)

_WELCOME = operation("Check the key, and find the workspace.", answer(welcome=TEXT, instructions=TEXT, workspace=WORD))

_SUMMARY = given({"id": WORD, "name": TEXT, "url": WORD, "description": TEXT, "createdAt": TEXT})
_WORKFLOW = given({"id": WORD, "name": TEXT, "url": WORD, "description": TEXT, "createdAt": TEXT, "config": TEXT})
_WORKFLOW_ID = in_path("workflow_id", WORD, "The id of the workflow.")
_NEW_WORKFLOW = given({"name": WORD, "specification": ANYTHING}, description=TEXT, check={"type": "boolean"})


def _never(summary: str, *parameters: Schema) -> Schema:
    return {"summary": summary, "parameters": [WORKSPACE, *parameters], "responses": refused(401, 403, 404)}


PATHS: dict[str, Schema] = {
    "/": {"get": _WELCOME, "post": _WELCOME},
    "/openapi.json": {"get": operation("This document.", ANYTHING)},
    "/{workspace}": {
        "get": operation(
            "The workspace.",
            answer(workspace=closed({"name": TEXT, "url": WORD, "projects": {"type": "array", "maxItems": 0}})),
            parameters=(WORKSPACE,),
            refusals=(404,),
        )
    },
    "/{workspace}/api-keys/publishable": {
        "get": operation(
            "The key that webhooks of this workspace carry. It opens nothing.",
            answer(publishableKey=either("rf_this-computer")),
            parameters=(WORKSPACE,),
            refusals=(404,),
        )
    },
    "/{workspace}/asynctasks/{task_id}": {
        "get": _never("Always refused: what asks for such tasks is refused.", in_path("task_id", WORD, "Any id."))
    },
    "/{workspace}/workflows": {
        "get": operation(
            "List workflows.", answer(workflows=listed(_SUMMARY)), parameters=(WORKSPACE,), refusals=(404,)
        ),
        "post": operation(
            "Add a workflow of one's own; with “check”, only look whether it can run here.",
            answer(workflow=_WORKFLOW),
            parameters=(WORKSPACE,),
            body=_NEW_WORKFLOW,
            refusals=(400, 404, 413, 507),
        ),
    },
    "/{workspace}/workflows/{workflow_id}": {
        "get": operation(
            "One workflow, with its definition as JSON in “config”.",
            answer(workflow=_WORKFLOW),
            parameters=(WORKSPACE, _WORKFLOW_ID),
            refusals=(404,),
        ),
        "delete": operation(
            "Take a workflow of one's own away.",
            answer(workflowId=WORD),
            parameters=(WORKSPACE, _WORKFLOW_ID),
            refusals=(404, 409),
        ),
    },
}
