"""Data staging in the document (contract §3)."""

from batchdock.thiscomputer.server.openapi.elements import (
    BATCH_ID,
    FLAG,
    PAGING,
    TEXT,
    TIME,
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
    page,
    parameter,
    refused,
)

_CONTENTS = either("images", "videos", "metadata", "archives", "mixed")
_ONE = (WORKSPACE, in_path("batch_id", BATCH_ID, "The id of the batch; the first file makes the batch."))
_PART = parameter("partName", {**WORD, "maxLength": 128}, "Which part of a multipart batch.")
_DISPLAY = parameter("displayName", TEXT, "What people call the batch.")
_NAME = parameter("fileName", {**WORD, "maxLength": 512}, "The name of the file, without folders.", required=True)

_BATCH = closed(
    {
        "displayName": TEXT,
        "batchId": BATCH_ID,
        "batchType": either("simple-batch", "sharded-batch", "multipart-batch"),
        "batchContentType": _CONTENTS,
        "createdDate": TIME,
        "expiryDate": TIME,
    }
)
_SHARD = closed(
    {
        "shardId": WORD,
        "statusName": TEXT,
        "statusType": either("info", "success", "error"),
        "eventTimestamp": TIME,
        "shardObjectsCount": WHOLE,
        "statusMetadata": or_null({"type": "object"}),
    }
)
_BATCH_PART = closed(
    {
        "partName": WORD,
        "partType": either("simple-batch", "sharded-batch"),
        "contentType": _CONTENTS,
        "partDescription": or_null(TEXT),
        "nestedContentType": or_null(_CONTENTS),
    }
)
_FILE = closed(
    {
        "downloadURL": {"type": "string", "format": "uri"},
        "fileName": WORD,
        "partName": or_null(WORD),
        "shardId": or_null(WORD),
        "contentType": _CONTENTS,
        "nestedContentType": or_null(_CONTENTS),
    }
)
_TARGET = answer(
    signedURLDetails=closed(
        {
            "uploadURL": {"type": "string", "format": "uri"},
            "method": either("PUT"),
            "extensionHeaders": {"type": "object", "additionalProperties": TEXT},
            "maxFileSize": WHOLE,
        },
        maxFilesNumber=WHOLE,
    )
)
_BINARY: Schema = {"type": "string", "format": "binary"}
_INGEST_ID: Schema = {**WORD, "maxLength": 128}


def _references(kind: str) -> Schema:
    reference = given({"name": {**WORD, "maxLength": 512}, "url": WORD})
    return given(
        {},
        **optional(
            **{
                f"{kind}References": {**listed(reference), "minItems": 1, "maxItems": 20_000},
                f"{kind}ReferencesURL": WORD,
            },
            ingestId=_INGEST_ID,
            notificationsURL=WORD,
            notificationCategories=listed(either("ingest-status", "files-status")),
        ),
    )


def _bulk(what: str, **shards: Schema) -> Schema:
    return operation(
        f"Refer to {what} of this computer (file:///…), which stay where they are, or by https: those are fetched, "
        "from the world only. Either as a list or as the https address of one (…ReferencesURL).",
        answer(ingestId=WORD, duplicated=FLAG, **shards),
        parameters=(*_ONE, _DISPLAY, _PART),
        body=_references(what[:-1].replace("picture", "image")),
        refusals=(400, 404, 413, 507),
    )


_READ = (400, 404)
_WRITE = (400, 404, 507)

PATHS: dict[str, Schema] = {
    "": {"get": operation("List batches.", page("batches", _BATCH), parameters=(WORKSPACE, *PAGING), refusals=_READ)},
    "/{batch_id}": {
        "get": operation("One batch.", answer(batch=_BATCH), parameters=_ONE, refusals=_READ),
        "delete": operation(
            "Remove a batch and what is held for it alone. This computer's own.",
            answer(),
            parameters=_ONE,
            refusals=(*_READ, 409, 507),
        ),
    },
    "/{batch_id}/count": {
        "get": operation("Count files.", answer(count=WHOLE), parameters=(*_ONE, _PART), refusals=_READ)
    },
    "/{batch_id}/shards": {
        "get": operation("List shards.", page("shards", _SHARD), parameters=(*_ONE, *PAGING), refusals=_READ)
    },
    "/{batch_id}/parts": {
        "get": operation("List parts.", answer(batchParts=listed(_BATCH_PART)), parameters=_ONE, refusals=_READ)
    },
    "/{batch_id}/list": {
        "get": operation(
            "List files, with addresses to fetch them from.",
            page("filesMetadata", _FILE),
            parameters=(*_ONE, _PART, *PAGING),
            refusals=_READ,
        )
    },
    "/{batch_id}/upload/image": {
        "post": operation(
            "Send one picture. The field of the form may have any name.",
            answer(),
            parameters=(*_ONE, _NAME, _DISPLAY, _PART),
            form={"type": "object", "minProperties": 1, "additionalProperties": _BINARY},
            refusals=(*_WRITE, 413),
        )
    },
    "/{batch_id}/upload/video": {
        "post": operation(
            "Ask where to send one video.", _TARGET, parameters=(*_ONE, _NAME, _DISPLAY, _PART), refusals=_READ
        )
    },
    "/{batch_id}/bulk-upload/image-files": {
        "post": operation(
            "Ask where to send a tar of pictures.", _TARGET, parameters=(*_ONE, _DISPLAY, _PART), refusals=_READ
        )
    },
    "/{batch_id}/bulk-upload/image-references": {"post": _bulk("pictures", shardIds=listed(WORD))},
    "/{batch_id}/bulk-upload/video-references": {"post": _bulk("videos")},
    "/{batch_id}/roboql-ingest": {
        "post": {
            "summary": "Always refused: this computer has no asset library.",
            "parameters": list(_ONE),
            "responses": refused(400, 401, 403, 404),
        }
    },
}

_TOKEN = in_path("token", WORD, "What the signed address carries.")
_BYTES: Schema = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_ARRIVED: Schema = {"200": {"description": "It has arrived."}}
_PLAIN: Schema = {"text/plain": {"schema": TEXT}}
_PIECES: Schema = {
    "200": {"description": "The file.", "content": _BYTES},
    "206": {
        "description": "A piece of the file, or several.",
        "content": {**_BYTES, "multipart/byteranges": {"schema": TEXT}},
    },
    "400": {"description": "The range can not be read.", "content": _PLAIN},
    "416": {"description": "The file has no such bytes.", "content": _PLAIN},
}

SIGNED: Schema = {
    "get": {
        "summary": "Fetch a file by its signed address. Takes Range.",
        "security": [],
        "parameters": [_TOKEN, parameter("Range", TEXT, "Which bytes.", place="header")],
        "responses": _PIECES | refused(403, 404),
    },
    "put": {
        "summary": "Send a video, or a tar of pictures, to a signed address.",
        "security": [],
        "parameters": [_TOKEN],
        "requestBody": {"required": True, "content": _BYTES},
        "responses": _ARRIVED | refused(400, 403, 404, 413, 507),
    },
}
