"""One input through one workflow: from file to rows, whatever the file is."""

import io
from dataclasses import replace

from PIL import Image

from batchdock.thiscomputer.engine.frames import frames
from batchdock.thiscomputer.engine.options import FRAMES_PER_SECOND, Look, Options, Unwanted, unwatched
from batchdock.thiscomputer.engine.picture import Found, NotProcessable, Picture
from batchdock.thiscomputer.engine.preview import Preview
from batchdock.thiscomputer.engine.reading import open_picture, read_picture_bytes
from batchdock.thiscomputer.engine.rows import IMAGE_PLACEHOLDER, Input, Row
from batchdock.thiscomputer.workflows.built_in import BuiltIn

_JPEG_QUALITY = 90


def rows_of(item: Input, workflow: BuiltIn, options: Options, look: Look = unwatched) -> list[Row]:
    """Return the rows of one picture or video, at least one. Raises `Unwanted` where `look` did, and nothing else."""
    rows: list[Row] = []
    try:
        if item.content == "videos":
            _process_video(item, workflow, options, rows, look)
        else:
            rows.append(_picture_row(item, workflow, options))
    except Unwanted:
        raise
    except NotProcessable as problem:
        rows.append(Row(item.name, cause=str(problem)))
    except MemoryError:
        rows.append(Row(item.name, cause="This needs more memory than this computer has free."))
    except Exception as error:  # one strange file must not take its neighbours along
        rows.append(Row(item.name, cause=f"“{workflow.name}” stopped at this file ({type(error).__name__}: {error})."))
    return rows


def _picture_row(item: Input, workflow: BuiltIn, options: Options) -> Row:
    picture = open_picture(read_picture_bytes(item), workflow.enough_side)
    found = _look(picture, workflow, options)
    return Row(item.name, _outputs(found, workflow), {name: _jpeg(each) for name, each in found.drawings.items()})


def _process_video(item: Input, workflow: BuiltIn, options: Options, rows: list[Row], look: Look) -> None:
    """Append a row for every sampled frame; the first carries the drawn video, also when the video breaks off."""
    per_second = options.max_video_fps or FRAMES_PER_SECOND
    previews: dict[str, Preview] = {}
    try:
        for frame in frames(item, per_second, look):
            found = _look(frame.picture, workflow, options)
            for name, drawing in found.drawings.items():
                if name not in previews:
                    previews[name] = Preview(drawing.size, per_second)
                previews[name].add(drawing, frame.seconds)
            rows.append(Row(item.name, _outputs(found, workflow), frame=frame.number, seconds=frame.seconds))
    finally:
        if previews and rows:
            rows[0] = replace(rows[0], images={name: preview.finish() for name, preview in previews.items()})


def _look(picture: Picture, workflow: BuiltIn, options: Options) -> Found:
    return workflow.look(picture, options.parameters, options.kept(workflow.image_outputs))


def _outputs(found: Found, workflow: BuiltIn) -> dict[str, object]:
    """Return every output in the workflow's order."""
    placeholders = dict.fromkeys(workflow.image_outputs, IMAGE_PLACEHOLDER)
    return {name: placeholders.get(name) or found.outputs[name] for name in workflow.outputs}


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
