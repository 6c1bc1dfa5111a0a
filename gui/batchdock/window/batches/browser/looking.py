"""Turns the bytes of a file into something to look at. Runs off the window's thread, and knows no widget."""

import csv
import io
import json
from codecs import getincrementaldecoder
from dataclasses import dataclass, replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from batchdock.core.pixels import Pixels
from batchdock.window.batches.browser.entries import Kind, kind_of

ROWS_SHOWN = 200
TEXT_SHOWN = 200_000
"""Characters."""

PICTURE_WAS_HERE = "<deducted_image>"
"""What stands in a table for a picture that is a file of its own (contract §5.3)."""

_NAMES_THE_FILE = ("image", "file_path", "file")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture scaled to fit, the right way up; `full` is its real size in pixels."""

    image: QImage
    full: QSize
    is_frame: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a table."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    there_is_more: bool


@dataclass(frozen=True, slots=True)
class Text:
    """The beginning of a text."""

    text: str
    there_is_more: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """Bytes that can not be shown here."""


Sight = Picture | Table | Text | Nothing


def look_into(name: str, data: bytes, box: QSize, *, cut: bool = False) -> Sight:
    """Return what `data` looks like; `cut`: it is only the beginning. Pictures are decoded no larger than `box` (in
    device pixels)."""
    kind = kind_of(name)
    if kind is Kind.PICTURE:
        return _picture(data, box)
    if kind is Kind.VIDEO:
        return _first_frame(data)
    try:
        # Where it is cut, half a letter may be at its end.
        text = getincrementaldecoder("utf-8-sig")().decode(data, final=not cut)
    except UnicodeDecodeError:
        return Nothing()
    if cut and kind is Kind.TABLE and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    sight: Sight
    if name.lower().endswith(".csv"):
        sight = _csv(text)
    elif name.lower().endswith(".jsonl"):
        sight = _json_lines(text)
    else:
        text = _indented(text) if name.lower().endswith(".json") else text
        sight = Text(text[:TEXT_SHOWN], len(text) > TEXT_SHOWN)
    return replace(sight, there_is_more=True) if cut and isinstance(sight, Table | Text) else sight


def sight_of(pixels: Pixels) -> Picture:
    """Return the first frame of a video as it is shown."""
    row = pixels.width * 3
    image = QImage(pixels.data, pixels.width, pixels.height, row, QImage.Format.Format_RGB888).copy()
    return Picture(image, QSize(pixels.full_width, pixels.full_height), is_frame=True)


def _picture(data: bytes, box: QSize) -> Sight:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    stored = reader.size()
    turned = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
    if stored.isValid():
        # The scaled size is applied before the picture is turned.
        fitting = box.transposed() if turned else box
        if stored.width() > fitting.width() or stored.height() > fitting.height():
            reader.setScaledSize(stored.scaled(fitting, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return Nothing()
    full = stored if stored.isValid() else image.size()
    return Picture(image, full.transposed() if turned else full)


def _first_frame(data: bytes) -> Sight:
    import av  # Late: whoever looks at no video needs no decoder.

    try:
        with av.open(io.BytesIO(data), "r") as container:
            for frame in container.decode(video=0):
                pixels = frame.to_ndarray(format="rgb24")
                height, width, _ = pixels.shape
                image = QImage(pixels.tobytes(), width, height, width * 3, QImage.Format.Format_RGB888).copy()
                return Picture(image, QSize(width, height), is_frame=True)
    except (av.FFmpegError, IndexError):
        return Nothing()
    return Nothing()


def _csv(text: str) -> Sight:
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[tuple[str, ...]] = []
    try:
        for row in reader:
            rows.append(tuple(row))
            if len(rows) > ROWS_SHOWN + 1:
                break
    except csv.Error:
        return Text(text[:TEXT_SHOWN], len(text) > TEXT_SHOWN)
    if not rows:
        return Text("", False)
    width = len(rows[0])
    cells = [(row + ("",) * width)[:width] for row in rows[1 : ROWS_SHOWN + 1]]
    return _ordered(rows[0], cells, len(rows) > ROWS_SHOWN + 1)


def _json_lines(text: str) -> Sight:
    lines = [line for line in text.splitlines() if line.strip()]
    records = []
    for line in lines[:ROWS_SHOWN]:
        try:
            record = json.loads(line)
        except ValueError:
            return Text(text[:TEXT_SHOWN], len(text) > TEXT_SHOWN)
        records.append(record if isinstance(record, dict) else {"": record})
    headings = tuple(dict.fromkeys(key for record in records for key in record))
    cells = [tuple(_cell(record.get(key)) for key in headings) for record in records]
    return _ordered(headings, cells, len(lines) > ROWS_SHOWN)


def _ordered(headings: tuple[str, ...], rows: list[tuple[str, ...]], there_is_more: bool) -> Table:
    """Put the column that names the file first and nested values last; leave out what only says “a picture was here”.

    Services write the columns in the order of the workflow's outputs, with the file's name at the very end.
    """

    def rank(column: int) -> int:
        if headings[column] in _NAMES_THE_FILE:
            return 0
        return 2 if any(row[column].startswith(("{", "[")) for row in rows) else 1

    shown = [
        column for column in range(len(headings)) if not rows or any(row[column] != PICTURE_WAS_HERE for row in rows)
    ]
    shown.sort(key=rank)
    return Table(
        tuple(headings[column] for column in shown),
        tuple(tuple(row[column] for column in shown) for row in rows),
        there_is_more,
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text
