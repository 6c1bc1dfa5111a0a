"""Turns the bytes of a file into something to look at. Runs off the window's thread, and knows no widget."""

import csv
import io
import json
from dataclasses import dataclass

import av
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from batchdock.window.results.entries import Kind, kind_of

ROWS_SHOWN = 200
TEXT_SHOWN = 200_000
"""Characters."""


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


def look_into(name: str, data: bytes, box: QSize) -> Sight:
    """Return what `data` looks like. Pictures are decoded no larger than `box` (in device pixels)."""
    kind = kind_of(name)
    if kind is Kind.PICTURE:
        return _picture(data, box)
    if kind is Kind.VIDEO:
        return _first_frame(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Nothing()
    if name.lower().endswith(".csv"):
        return _csv(text)
    if name.lower().endswith(".jsonl"):
        return _json_lines(text)
    if name.lower().endswith(".json"):
        text = _indented(text)
    return Text(text[:TEXT_SHOWN], len(text) > TEXT_SHOWN)


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
    return Table(rows[0], tuple(rows[1 : ROWS_SHOWN + 1]), len(rows) > ROWS_SHOWN + 1)


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
    rows = tuple(tuple(_cell(record.get(key)) for key in headings) for record in records)
    return Table(headings, rows, len(lines) > ROWS_SHOWN)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text
