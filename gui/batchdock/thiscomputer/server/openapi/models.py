"""Models of one's own, in the document."""

from batchdock.thiscomputer.server.openapi.elements import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
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
    optional,
    or_null,
)

_OWN = ("object-detection", "classification", "instance-segmentation")
_KIND = either(*_OWN)
_SIDE: Schema = {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}
_SAID = optional(classNames=listed(TEXT), side=_SIDE)
_LOOK = closed(
    {
        "lookId": WORD,
        "kind": _KIND,
        "family": WORD,
        "classCount": WHOLE,
        "classNames": listed(TEXT),
        "named": FLAG,
        "side": or_null(_SIDE),
        "bytes": WHOLE,
    }
)
_MODEL = closed(
    {
        "id": WORD,
        "name": WORD,
        "kind": either(*_OWN, "text-recognition"),
        "classNames": listed(TEXT),
        "bytes": WHOLE,
        "workflowId": or_null(WORD),
        "builtIn": FLAG,
        "createdAt": {"type": "string", "format": "date-time"},
    }
)
_TRIAL = closed(
    {"findings": listed(TEXT), "picture": {"type": "string", "contentEncoding": "base64"}, "seconds": NUMBER}
)

PATHS: dict[str, Schema] = {
    "/{workspace}/models": {
        "get": operation(
            "List models, those that came with the app first.",
            answer(models=listed(_MODEL)),
            parameters=(WORKSPACE,),
            refusals=(404,),
        ),
        "post": operation(
            "Keep a copy of a model that was looked at, and a workflow that runs it.",
            answer(model=_MODEL),
            parameters=(WORKSPACE,),
            body=given({"lookId": WORD, "name": WORD}, **_SAID),
            refusals=(400, 404, 413, 507),
        ),
    },
    "/{workspace}/models/looks": {
        "post": operation(
            "Look into an ONNX file of this computer: what it finds, and what it takes.",
            answer(look=_LOOK),
            parameters=(WORKSPACE,),
            body=given({"path": WORD}),
            refusals=(400, 404, 413, 507),
        ),
    },
    "/{workspace}/models/looks/{look_id}/trials": {
        "post": operation(
            "Run a model that was looked at over one picture.",
            answer(trial=_TRIAL),
            parameters=(WORKSPACE, in_path("look_id", WORD, "What the look gave.")),
            body=given({"picture": WORD}, **_SAID),
            refusals=(400, 404, 413, 507),
        ),
    },
    "/{workspace}/models/own/{digest}": {
        "delete": operation(
            "Remove a model of one's own, and the workflow that was made for it.",
            answer(modelId=WORD),
            parameters=(WORKSPACE, in_path("digest", WORD, "What follows “own/” in the model's id.")),
            refusals=(404, 409, 507),
        ),
    },
}
