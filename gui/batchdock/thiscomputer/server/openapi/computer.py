"""What this computer alone can do, in the document."""

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
    listed,
    operation,
    or_null,
)

_SETTINGS: dict[str, Schema] = {
    "workers": or_null({"type": "integer", "minimum": 1, "maximum": 256}),
    "gentle": FLAG,
    "scheduler": TEXT,
    "tls_authority": TEXT,
    "tls_certificate": TEXT,
    "tls_key": TEXT,
    "disk_limit_gb": or_null({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e9}),
    "keep": FLAG,
}
_SHOWN = answer(settings=closed(_SETTINGS), computing=closed({"device": TEXT, "workers": WHOLE, "trouble": TEXT}))

_STORAGE = answer(
    storage=closed(
        {
            "inputs": WHOLE,
            "results": WHOLE,
            "models": WHOLE,
            "expired": WHOLE,
            "free": WHOLE,
            "limit": or_null(WHOLE),
        }
    )
)
_RATE = closed(
    {
        "workflowId": WORD,
        "content": either("images", "videos"),
        "megapixels": or_null(NUMBER),
        "itemsPerSecond": NUMBER,
        "items": WHOLE,
    }
)

PATHS: dict[str, Schema] = {
    "/{workspace}/storage": {
        "get": operation("How many bytes are held.", _STORAGE, parameters=(WORKSPACE,), refusals=(404, 507))
    },
    "/{workspace}/storage/clean-up": {
        "post": operation(
            "Remove what has expired, and what nothing refers to.",
            _STORAGE,
            parameters=(WORKSPACE,),
            refusals=(404, 507),
        )
    },
    "/{workspace}/rates": {
        "get": operation(
            "How fast earlier runs were.", answer(rates=listed(_RATE)), parameters=(WORKSPACE,), refusals=(404, 507)
        )
    },
    "/{workspace}/settings": {
        "get": operation(
            "What the person decided about this computer.",
            _SHOWN,
            parameters=(WORKSPACE,),
            refusals=(404,),
        ),
        "patch": operation(
            "Change some of the settings.",
            _SHOWN,
            parameters=(WORKSPACE,),
            body=closed({}, **_SETTINGS),
            body_required=False,
            refusals=(400, 404, 413, 507),
        ),
    },
}
