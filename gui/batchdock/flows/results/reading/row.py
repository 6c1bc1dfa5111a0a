"""One row of results, whatever file it stood in."""

from typing import Any, NamedTuple

from batchdock.flows.results.reading.plain import NAN
from batchdock.store.findings.writing import NONE


class Row(NamedTuple):
    """What a workflow has given for one picture, or one frame of a video.

    `start` and `length` are where it stands in its file, in bytes; NONE where it is not there by itself.
    """

    name: str
    outputs: dict[str, Any]
    source: int
    start: int = NONE
    length: int = NONE
    frame: int = NONE
    seconds: float = NAN
    width: int = NONE
    height: int = NONE
