"""What goes into the engine and what comes out: inputs, and rows of results."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

IMAGE_PLACEHOLDER = "<deducted_image>"
"""Stands in `Row.outputs` where an output is a picture (contract §5.3)."""


@dataclass(frozen=True, slots=True)
class Input:
    """One picture or video of a batch, as a file or as its bytes. `name` is flat and unique within the batch."""

    name: str
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    content: Literal["images", "videos"] = "images"


@dataclass(frozen=True, slots=True)
class Row:
    """What was found in one picture, or in one frame of a video.

    `outputs` is ready for JSON and has every output of the workflow; a picture is `IMAGE_PLACEHOLDER` there.
    `images` holds the drawn pictures that are to be kept: output name → JPEG. For a video the first row carries
    output name → MP4 of all its drawn frames instead.
    `cause` is a sentence for the person when the input (or the rest of a video) could not be processed.
    `frame` counts from 0 in the video as it was filmed, `seconds` is when the frame is shown.
    """

    name: str
    outputs: dict[str, object] = field(default_factory=dict)
    images: dict[str, bytes] = field(default_factory=dict, repr=False)
    cause: str | None = None
    frame: int | None = None
    seconds: float | None = None
