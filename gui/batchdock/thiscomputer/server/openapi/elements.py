"""What the document is made of: schemas, parameters, and operations with all their answers."""

from collections.abc import Mapping, Sequence

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
WORD: Schema = {"type": "string", "minLength": 1}
WHOLE: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
ANYTHING: Schema = {"type": "object"}
BATCH_ID: Schema = {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$"}
JOB_ID: Schema = {"type": "string", "pattern": "^[a-z0-9_-]{1,20}$"}

_REASONS = {
    400: "The request itself is at fault; the message says why.",
    401: "The key is missing or is another one.",
    403: "The request comes from a web page, from another computer, or with an address that was not signed here.",
    404: "What the address names is not here.",
    409: "Something else has this id already, or uses it.",
    413: "The body of the request is too large.",
    416: "The file has no such bytes.",
    507: "The disk of this computer is full, or can not be written to.",
}


def listed(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def either(*words: str) -> Schema:
    """Return the schema of one of some words."""
    return {"type": "string", "enum": list(words)}


def or_null(schema: Schema) -> Schema:
    """Return a schema that takes null as well."""
    return {"anyOf": [schema, {"type": "null"}]}


def closed(fields: Mapping[str, Schema], **optional: Schema) -> Schema:
    """Return the schema of an object that has all of `fields`, perhaps those of `optional`, and nothing else."""
    return {**given(fields, **optional), "additionalProperties": False}


def given(fields: Mapping[str, Schema], **optional: Schema) -> Schema:
    """Return the schema of an object that has all of `fields`, perhaps those of `optional`, and whatever else."""
    return {"type": "object", "properties": {**fields, **optional}, "required": list(fields)}


def optional(**fields: Schema) -> dict[str, Schema]:
    """Return fields that a request may have; null counts as not there (contract §4.1)."""
    return {name: or_null(schema) for name, schema in fields.items()}


def answer(**payload: Schema) -> Schema:
    """Return the schema of a success: `status` beside the payload (contract §1.3)."""
    return closed({"status": either("ok"), **payload})


def page(name: str, entry: Schema) -> Schema:
    """Return the schema of one page of a list (contract §1.6)."""
    return answer(**{name: listed(entry), "nextPageToken": or_null(WORD)})


def parameter(name: str, schema: Schema, description: str, *, place: str = "query", required: bool = False) -> Schema:
    """Return one parameter of an operation."""
    return {"name": name, "in": place, "schema": schema, "description": description, "required": required}


def in_path(name: str, schema: Schema, description: str) -> Schema:
    """Return a parameter that is part of the address."""
    return parameter(name, schema, description, place="path", required=True)


WORKSPACE = in_path("workspace", either("this-computer"), "There is one workspace on this computer.")
PAGING = (
    parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}, "The most entries of one page."),
    parameter("nextPageToken", TEXT, "What the page before gave; empty for the first."),
)


def operation(
    summary: str,
    success: Schema,
    *,
    parameters: Sequence[Schema] = (),
    body: Schema | None = None,
    form: Schema | None = None,
    body_required: bool = True,
    refusals: Sequence[int] = (),
) -> Schema:
    """Return an operation that answers with JSON, and asks for the key.

    `refusals` are the statuses beside 401 and 403, which every operation has.
    """
    content = {"application/json": {"schema": body}} if body else {"multipart/form-data": {"schema": form}}
    return {
        "summary": summary,
        "parameters": list(parameters),
        **({"requestBody": {"required": body_required, "content": content}} if body or form else {}),
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": success}}},
            **refused(401, 403, *refusals),
        },
    }


def refused(*statuses: int) -> Schema:
    """Return the answers that are refusals, in the platform's shape (contract §1.4)."""
    schema = {"$ref": "#/components/schemas/Refusal"}
    content = {"application/json": {"schema": schema}}
    return {str(status): {"description": _REASONS[status], "content": content} for status in sorted(statuses)}
