"""Inputs through one workflow: from files to rows, whatever the files are."""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from batchdock.thiscomputer.engine.opening import read_picture_bytes
from batchdock.thiscomputer.engine.options import Look, Options, Unwanted, unwatched
from batchdock.thiscomputer.engine.picture import Found, NotProcessable, Picture
from batchdock.thiscomputer.engine.reading import open_picture
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.engine.videos import process_video
from batchdock.thiscomputer.workflows.built_in import BuiltIn

_JPEG_QUALITY = 90
_PIXELS_TOGETHER = 2_500_000
"""Pixels of pictures that are decoded before the first is looked at: eight of a VGA camera, one of a telephone."""

_SECONDS_TOGETHER = 0.25
"""About how long pictures are looked at together: nobody waits longer until what he does not want any more is left."""


def video_rows(item: Input, workflow: BuiltIn, options: Options, look: Look = unwatched) -> list[Row]:
    """Return the rows of one video, at least one. Raises `Unwanted` where `look` did, and nothing else."""
    look(0.0)
    rows: list[Row] = []
    try:
        process_video(item, workflow, options, rows, look)
    except Unwanted:
        raise
    except Exception as error:  # one strange file must not take its neighbours along
        rows.append(_refused(item, workflow, error))
    return rows


def picture_rows(items: Sequence[Input], workflow: BuiltIn, options: Options, look: Look = unwatched) -> list[Row]:
    """Return one row for every picture. Raises `Unwanted` where `look` did, and nothing else."""
    rows: list[Row] = []
    pace = _pace(workflow.workflow_id)
    while len(rows) < len(items):
        look(len(rows) / len(items))
        begun = time.perf_counter()
        some = list(_together(items[len(rows) :], workflow, pace.most))
        rows += _rows_together(some, workflow, options)
        pace.note(len(some), time.perf_counter() - begun)
    return rows


_Opened = tuple[Input, Picture | Row]
"""A picture, or in its place the row that says why there is none."""


def _together(items: Sequence[Input], workflow: BuiltIn, most: int) -> Iterator[_Opened]:
    """Open the first of `items`, and after it as many as there is memory and time for."""
    pixels = 0
    for item in items[:most]:
        opened = _opened(item, workflow)
        yield item, opened
        if isinstance(opened, Picture):
            pixels += opened.image.width * opened.image.height
        if pixels >= _PIXELS_TOGETHER:
            return


def _opened(item: Input, workflow: BuiltIn) -> Picture | Row:
    try:
        return open_picture(read_picture_bytes(item), workflow.enough_side)
    except Exception as error:
        return _refused(item, workflow, error)


def _rows_together(some: Sequence[_Opened], workflow: BuiltIn, options: Options) -> list[Row]:
    pictures = [each for _, each in some if isinstance(each, Picture)]
    try:
        found = iter(_looked(pictures, workflow, options))
        return [each if isinstance(each, Row) else _row(item, each, next(found), workflow) for item, each in some]
    except Exception as error:  # one strange file must not take its neighbours along
        if len(some) == 1:
            return [_refused(some[0][0], workflow, error)]
        return [row for each in some for row in _rows_together([each], workflow, options)]


def _looked(pictures: Sequence[Picture], workflow: BuiltIn, options: Options) -> list[Found]:
    return workflow.look(pictures, options.parameters, options.kept(workflow.image_outputs)) if pictures else []


def _row(item: Input, picture: Picture, found: Found, workflow: BuiltIn) -> Row:
    return Row(
        item.name,
        found.in_order(workflow.outputs, workflow.image_outputs),
        {name: _jpeg(each) for name, each in found.drawings.items()},
        pixels=picture.width * picture.height,
    )


def _refused(item: Input, workflow: BuiltIn, error: Exception) -> Row:
    if isinstance(error, NotProcessable):
        return Row(item.name, cause=str(error))
    if isinstance(error, MemoryError):
        return Row(item.name, cause="This needs more memory than this computer has free.")
    return Row(item.name, cause=f"“{workflow.name}” stopped at this file ({type(error).__name__}: {error}).")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()


@dataclass(slots=True)
class _Pace:
    """How many pictures of a workflow are looked at together here; the first one alone, to see how long it takes."""

    most: int = 1

    def note(self, pictures: int, seconds: float) -> None:
        """Learn from some that were."""
        self.most = max(1, min(2 * self.most, int(_SECONDS_TOGETHER * pictures / max(seconds, 1e-6))))


@lru_cache(maxsize=16)
def _pace(workflow_id: str) -> _Pace:
    """Return the same one for every batch that this process gets."""
    return _Pace()
