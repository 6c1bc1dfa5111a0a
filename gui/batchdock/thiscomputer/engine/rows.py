"""What goes into the engine and what comes out: inputs, and rows of results."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

IMAGE_PLACEHOLDER = "<deducted_image>"
"""Stands in `Row.outputs` where an output is a picture (contract §5.3)."""


@dataclass(frozen=True, slots=True)
class Input:
    """One picture or video of a batch, as a file or as its bytes. `name` is flat and unique within the batch.

    `values` are its own for inputs of the workflow; `trouble` is a sentence where it can not be processed at all.
    """

    name: str
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    content: Literal["images", "videos"] = "images"
    values: Mapping[str, object] = field(default_factory=dict)
    trouble: str = ""


class Packed(Mapping[str, object]):
    """The outputs of one frame as text, compressed: an hour of video has a hundred thousand of them at once."""

    __slots__ = ("_data",)

    def __init__(self, outputs: Mapping[str, object]) -> None:
        self._data = zlib.compress(json.dumps(dict(outputs)).encode(), 1)

    @property
    def text(self) -> str:
        """The outputs as JSON."""
        return zlib.decompress(self._data).decode()

    def __getitem__(self, name: str) -> object:
        outputs: dict[str, object] = json.loads(self.text)
        return outputs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(json.loads(self.text))

    def __len__(self) -> int:
        return len(json.loads(self.text))


@dataclass(frozen=True, slots=True)
class Row:
    """What was found in one picture, or in one frame of a video.

    `outputs` is ready for JSON and has every output of the workflow; a picture is `IMAGE_PLACEHOLDER` there.
    `images` holds the drawn pictures that are to be kept: output name → JPEG. For a video the first row carries
    output name → MP4 of all its drawn frames instead; or in `files` the same as files in `Options.folder`, which
    belong to whoever gets the row.
    `cause` is a sentence for the person when the input (or the rest of a video) could not be processed.
    `frame` counts from 0 in the video as it was filmed, `seconds` is when the frame is shown. `pixels` are those of the
    whole picture.
    """

    name: str
    outputs: Mapping[str, object] = field(default_factory=dict)
    images: dict[str, bytes] = field(default_factory=dict, repr=False)
    files: dict[str, Path] = field(default_factory=dict)
    cause: str | None = None
    frame: int | None = None
    seconds: float | None = None
    pixels: int | None = None
