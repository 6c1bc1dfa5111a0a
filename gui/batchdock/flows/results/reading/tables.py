"""Turns tables and single files into rows: which picture each is about, and when in a video."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from batchdock.flows.results.reading.documents import document, rows_in
from batchdock.flows.results.reading.encodings import encoding_of, is_narrow
from batchdock.flows.results.reading.lines import Told, json_lines
from batchdock.flows.results.reading.naming import name_key, safe, take_name
from batchdock.flows.results.reading.plain import NAN, number, whole
from batchdock.flows.results.reading.row import Row
from batchdock.flows.results.reading.sheets import sheet_rows
from batchdock.flows.results.reading.texts import outputs_of_texts
from batchdock.flows.results.reading.troubles import Troubles
from batchdock.flows.results.reading.walking import of_video, within
from batchdock.store.findings.writing import NONE

_JUDGED = 200
"""So many rows tell what a table is about."""
_VIDEOS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v")
_FRAMES = ("frame", "frame_number", "frame_index")
_SECONDS = ("seconds", "frame_seconds", "timestamp_seconds")


class Table:
    """One table. `known` says whether its name is one that such tables have."""

    def __init__(self, folder: Path, path: str, troubles: Troubles, *, known: bool) -> None:
        """Read the first rows. Raises `OSError`."""
        self._path = path
        self._troubles = troubles
        whole_path = folder / path
        told = whole_path.stat()
        with whole_path.open("rb") as file:
            # Where a row stands is only told where it can be read again from there as it is.
            self._is_narrow = is_narrow(encoding_of(file)[0])
        self.source = (path, told.st_size, told.st_mtime)
        told_rows = (json_lines if path.lower().endswith("l") or path.endswith(".ndjson") else sheet_rows)(
            whole_path, path, troubles
        )
        first = list(islice(told_rows, _JUDGED))
        self._rows: Iterator[Told] = chain(first, told_rows)
        self._of_video = of_video(path)
        columns = dict.fromkeys(column for row in first for column in row[1])
        self._key = None if self._of_video else name_key(list(columns), known=known)
        samples = [row[1] for row in first]
        self.outputs_of_texts = outputs_of_texts(samples)
        self.is_of_results = bool(first) and (known or self._key is not None or any(map(has_predictions, samples)))

    def rows(self, source: int) -> Iterator[tuple[Row, int]]:
        """Yield each row and how many bytes are read."""
        key, video = self._key, self._of_video
        key_is_video = key is not None and key.lower() == "video"
        frames: dict[str, int] = {}
        if key is None and not video:
            self._troubles.add(self._path, "No column names the pictures. They are shown by the number of their row.")
        for place, outputs, begin, size in self._rows:
            start, length = (begin, size) if self._is_narrow else (NONE, NONE)
            name = video or take_name(outputs, key) or f"{self._path.rpartition('/')[2]}, {place:,}"
            if video is not None or key_is_video or name.lower().endswith(_VIDEOS):
                frame = frames.get(name, 0)
                told, seconds = _frame(outputs), _seconds(outputs)
                frames[name] = frame + 1
                row = Row(name, outputs, source, start, length, frame if told is None else told, seconds)
            else:
                row = Row(name, outputs, source, start, length)
            yield row, begin + size


class Single:
    """The result of one picture, or a few, as a file of its own."""

    def __init__(self, folder: Path, path: str, troubles: Troubles, *, known: bool) -> None:
        """Read it."""
        whole_path = folder / path
        told = whole_path.stat()
        self.source = (path, told.st_size, told.st_mtime)
        self._said = list(islice(rows_in(document(whole_path, path, troubles)), 100_000))
        self._name = name_of_single(path)
        self.is_of_results = bool(self._said) and (known or any(map(has_predictions, self._said[:_JUDGED])))

    def rows(self, source: int) -> Iterator[tuple[Row, int]]:
        """Yield each row and how many bytes are read."""
        size = self.source[1]
        for place, outputs in enumerate(self._said):
            name = take_name(outputs, "image") or (
                self._name if len(self._said) == 1 else f"{self._name}, {place + 1:,}"
            )
            yield Row(name, outputs, source, 0, size), size


def outputs_of_texts_in(folder: Path, singles: Sequence[str]) -> set[str]:
    """Return the same of single files as of the rows of a table, judged by the first ones."""
    said = (document(folder / path, path, Troubles()) for path in singles[:_JUDGED])
    return outputs_of_texts([row for each in said for row in islice(rows_in(each), _JUDGED)])


def name_of_single(path: str) -> str:
    """Return the picture that a single file is about: its folder's, or `a.jpg` for `a.jpg.json`."""
    below, _, name = path.rpartition("/")
    if name == "results.json":
        return safe(within(below)) if below else name
    return safe(path.removesuffix(".json"))


def has_predictions(outputs: dict[str, Any]) -> bool:
    """Tell whether a row has something that looks like findings."""
    values = (outputs, *outputs.values())
    return any(isinstance(value, dict) and isinstance(value.get("predictions"), list | dict) for value in values)


def _frame(outputs: dict[str, Any]) -> int | None:
    for key in _FRAMES:
        if key in outputs and (told := whole(outputs[key])) is not None:
            del outputs[key]
            return told
    return None


def _seconds(outputs: dict[str, Any]) -> float:
    for key in _SECONDS:
        if key in outputs and 0 <= (told := number(outputs[key])) < 1e9:
            del outputs[key]
            return told
    return NAN
