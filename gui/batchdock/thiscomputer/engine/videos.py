"""One video through one workflow: a row a frame, and the drawn frames as a video again, with its sound."""

import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

from batchdock.thiscomputer.engine.demuxing import opened
from batchdock.thiscomputer.engine.frames import Film, Frame, frames
from batchdock.thiscomputer.engine.options import Look, Options, Unwanted
from batchdock.thiscomputer.engine.picture import Found, NotProcessable
from batchdock.thiscomputer.engine.preview import Preview
from batchdock.thiscomputer.engine.rows import Input, Packed, Row
from batchdock.thiscomputer.engine.sound import add_sound
from batchdock.thiscomputer.workflows.built_in import BuiltIn

HELD_LIMIT_BYTES = 512 * 1024 * 1024
"""How large a drawn video may be that is handed over in memory, from a worker on another computer."""

_SILENT = "Some sound of the video can not be read here; the drawn video is without it."
_TOO_LARGE = (
    "The drawn video has more than 512 MB, too much to be sent by a worker on another computer. "
    "What was found is kept; run the workflow on this computer to get the video."
)


def process_video(item: Input, workflow: BuiltIn, options: Options, rows: list[Row], look: Look) -> None:
    """Append a row for every sampled frame; the first carries the drawn video, also when the video breaks off."""
    per_second = options.max_video_fps or workflow.usual_fps
    kept = options.kept(workflow.image_outputs)
    with _Drawings(item, options.folder, per_second) as drawings:
        try:
            for frame in frames(item, per_second, look):
                [found] = workflow.look([frame.picture], options.parameters, kept)
                drawings.add(found, frame)
                outputs = found.in_order(workflow.outputs, workflow.image_outputs)
                rows.append(Row(item.name, Packed(outputs), frame=frame.number, seconds=frame.seconds))
        except Unwanted:
            raise
        except NotProcessable as damage:
            remark = drawings.hand_over(rows, look)  # what was drawn before is kept
            raise NotProcessable(f"{damage} {remark}".rstrip()) from damage
        except Exception:
            drawings.hand_over(rows, look)
            raise
        remark = drawings.hand_over(rows, look)
        if remark:
            raise NotProcessable(remark)


class _Drawings:
    """The videos that are drawn of one video, in a folder of their own until they are whole."""

    def __init__(self, item: Input, folder: Path | None, per_second: float) -> None:
        self._item = item
        self._folder = folder
        self._per_second = per_second
        self._scratch = tempfile.TemporaryDirectory(dir=folder, prefix="video-", ignore_cleanup_errors=True)
        self._previews: dict[str, Preview] = {}
        self._film: Film | None = None
        self._refused = False

    def __enter__(self) -> "_Drawings":
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._previews.values():
            each.discard()
        self._scratch.cleanup()

    def add(self, found: Found, frame: Frame) -> None:
        """Take what was drawn of one frame. Raises `NotProcessable` where the disk refuses."""
        self._film = frame.film
        try:
            self._add(found, frame)
        except OSError as error:
            self._refused = True
            raise NotProcessable(_unwritten(error)) from error

    def _add(self, found: Found, frame: Frame) -> None:
        for name, drawing in found.drawings.items():
            if name not in self._previews:
                self._previews[name] = Preview(
                    self._path(f"{len(self._previews)}.mp4"),
                    drawing.size,
                    frame.film,
                    min(self._per_second, float(frame.film.rate)),
                    is_whole=drawing.size == frame.picture.image.size,
                )
            self._previews[name].add(drawing, frame.at)

    def hand_over(self, rows: list[Row], look: Look) -> str:
        """Finish the drawn videos and put them into the first row. Returns what is to be said of them, or nothing."""
        if not rows or self._film is None or self._refused:
            return ""
        whole, heard = {}, True
        try:
            for name, preview in self._previews.items():
                path, has_all = self._finished(preview, self._film, look)
                whole[name], heard = path, heard and has_all
            if self._folder is not None:
                left = {name: self._left_in(self._folder, path) for name, path in whole.items()}
                rows[0] = replace(rows[0], files=left)
            elif any(path.stat().st_size > HELD_LIMIT_BYTES for path in whole.values()):
                return _TOO_LARGE
            else:
                rows[0] = replace(rows[0], images={name: path.read_bytes() for name, path in whole.items()})
        except OSError as error:
            return _unwritten(error)
        return "" if heard else _SILENT

    def _finished(self, preview: Preview, film: Film, look: Look) -> tuple[Path, bool]:
        preview.finish()
        if not self._has_sound():
            return preview.path, True
        path = preview.path.with_suffix(".sound.mp4")
        has_all = add_sound(self._item, film, preview.path, path, look)
        if has_all is None:
            return preview.path, False
        preview.path.unlink()
        return path, has_all

    def _has_sound(self) -> bool:
        with opened(self._item) as source:
            return bool(source.streams.audio)

    def _left_in(self, folder: Path, path: Path) -> Path:
        return path.replace(folder / f"{uuid.uuid4().hex}.mp4")

    def _path(self, name: str) -> Path:
        return Path(self._scratch.name) / name


def _unwritten(error: OSError) -> str:
    return f"The drawn video can not be written: the computer answered “{error.strerror or error}”."
