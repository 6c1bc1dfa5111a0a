"""Refusals, each family's in its own form (contract §1.1, §1.4, §6.1, §6.2)."""

import secrets
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

IAM, VIAS, IVA = "iam", "vias", "iva"

_VIAS = {
    "VIAS.00010001": (400, "Invalid parameter.", "Ensure that the entered parameter is valid."),
    "VIAS.00010002": (400, "The object does not exist.", "Check whether the object exists."),
    "VIAS.00010003": (400, "The object already exists.", "Use another name."),
    "VIAS.00010004": (400, "The object or parameter has a wrong format.", "Check the format."),
    "VIAS.00010005": (401, "Authorization failed.", "Check the token."),
    "VIAS.00010006": (500, "Internal error.", "Contact technical support."),
    "VIAS.00010007": (400, "The task ID does not exist.", "Check the task ID."),
    "VIAS.00010008": (400, "The ID does not exist.", "Check the ID."),
    "VIAS.00010009": (500, "A dependent service can not be reached.", "Try again later."),
    "VIAS.00010010": (400, "The video source name is taken.", "Use another name."),
    "VIAS.00010011": (400, "The job name is taken.", "Use another name."),
    "VIAS.00010012": (500, "The operation is not allowed.", "Check the state of the object."),
}
_IVA = {
    "IVA.0001": (401, "Invalid token."),
    "IVA.0002": (400, "Invalid project ID."),
    "IVA.0003": (400, "The request body is not in JSON format."),
    "IVA.0004": (400, "Invalid parameter."),
    "IVA.0005": (404, "Not found."),
    "IVA.0006": (500, "Internal server error."),
    "IVA.0007": (403, "The service is not subscribed."),
    "IVA.0008": (403, "The beta test was not applied for."),
    "IVA.0009": (403, "Forbidden."),
    "IVA.0010": (503, "A dependent service is not available."),
    "IVA.0011": (400, "Over specification."),
    "IVA.0012": (400, "Over quota."),
    "IVA.0013": (400, "Agency error."),
    "IVA.0014": (403, "The account is restricted."),
    "IVA.0015": (403, "The policy denies this."),
    "IVA.0102": (403, "No permission."),
    "IVA.6004": (403, "The sub-user lacks rights."),
}
_GATEWAY = {
    "APIGW.0101": (404, "The API does not exist or has not been published in the environment"),
    "APIGW.0301": (401, "Incorrect IAM authentication information: "),
    "APIGW.0308": (
        429,
        "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:1 minute",
    ),
}
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass
class Refused(Exception):
    """What a route raises: a code, and what is said besides the code's own words."""

    code: str
    message: str = ""
    param: str = ""
    status: int = 0


def refusal(
    family: str, code: str, message: str = "", *, param: str = "", status: int = 0, request_id: str = ""
) -> Response:
    """Return the answer to a code; an unknown one is a 500 unless `status` says otherwise."""
    shown, body = refusal_body(family, code, message, param=param, status=status, request_id=request_id)
    return JSONResponse(body, status_code=shown)


def refusal_body(
    family: str, code: str, message: str = "", *, param: str = "", status: int = 0, request_id: str = ""
) -> tuple[int, dict[str, Any]]:
    """Return status and body. IAM has no codes of its own: its status is the code."""
    if code.startswith("APIG"):
        usual, said = _GATEWAY.get(code.replace("APIG.", "APIGW."), (401, "The gateway refused this."))
        body: dict[str, Any] = {
            "error_msg": said + message if said.endswith(": ") else message or said,
            "error_code": code,
            "request_id": request_id or secrets.token_hex(16),
        }
        return status or usual, body
    if family == IAM:
        status = status or (int(code) if code.isdigit() else 500)
        title = _TITLES.get(status, "Error")
        return status, {"error": {"code": status, "message": message or title, "title": title}}
    if family == IVA:
        usual, said = _IVA.get(code, (500, "Something else."))
        return status or usual, {"error_code": code, "error_msg": message or said}
    usual, said, advice = _VIAS.get(code, (500, "Something else.", ""))
    six = {
        "error_code": code,
        "error_msg": message or said,
        "detail": message or f"{said} {param}".strip(),
        "params": [param] if param else [],
        "reason": said,
        "advice": advice,
    }
    return status or usual, six
