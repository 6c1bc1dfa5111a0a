"""What is said of a version as a whole (contract §4.8)."""

from fakes.tensorbay.call import Call
from fakes.tensorbay.records import Json
from fakes.tensorbay.refusals import WRONG, Refused

FIELDS = "binPointCloudFields"


def shown(call: Call) -> Json:
    """GetNote."""
    return call.version().notes


def updated(call: Call) -> Json:
    """UpdateNote: null takes the fields away."""
    content, body = call.draft().content, call.body
    if "isContinuous" in body:
        content.notes["isContinuous"] = body.of("isContinuous", bool)
    if FIELDS in body:
        fields = body.of(FIELDS, list, must=False)
        if fields is not None and not all(isinstance(each, str) for each in fields):
            raise Refused(WRONG, f"the value of {FIELDS} is invalid")
        content.notes[FIELDS] = fields
    return {}
