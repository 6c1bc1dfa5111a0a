"""The refusals of the API, by code (contract §1.3)."""

DENIED = "AccessDenied"
WRONG = "InvalidParamsValue"
TAKEN = "NameConflict"
MISSING = "RequestParamsMissing"
ABSENT = "ResourceNotExist"
BROKEN = "InternalServerError"
FORBIDDEN = "Forbidden"
STRANGER = "Unauthorized"

STATUS = {
    DENIED: 403,
    WRONG: 400,
    TAKEN: 409,
    MISSING: 400,
    ABSENT: 404,
    "SystemError": 500,
    BROKEN: 500,
    FORBIDDEN: 403,
    STRANGER: 401,
}


class Refused(Exception):
    """The API says no."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.status = STATUS[code]


def absent(what: str) -> Refused:
    """Return the refusal of what is not there."""
    return Refused(ABSENT, f"{what} not exist!")
