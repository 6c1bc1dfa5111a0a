"""One picture of the grid, made ready in a thread: as large as its place, with what was found drawn on it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from batchdock.core.finding import Label
from batchdock.core.pixels import Pixels
from batchdock.flows.results.opening import Seen
from batchdock.window.results.drawing import paint_findings, prepare
from batchdock.window.results.viewing import Looks

_BLANK = QColor(128, 128, 128, 48)
"""Stands for a picture that is not there; what was found in it is still drawn."""

_FLATTEST = 20
"""So many times wider than high, or higher than wide, a picture is shown; the rest of it is cut off."""


def composed(
    pixels: Pixels | None, seen: Seen, room: QSize, ratio: float, looks: Looks, labels: tuple[Label, ...]
) -> QImage | None:
    """Return the picture with its findings, fitted into `room` (device pixels); None where there is nothing to draw.

    Blocks: call it in a thread. Without `pixels` the findings are drawn on an empty sheet of the picture's shape.
    """
    full = _full_size(pixels, seen)
    if full is None:
        return None
    fitted = full.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    if fitted.width() > full.width() * ratio:
        fitted = full * ratio
    whole = _drawn(pixels, fitted)
    if looks.boxes and seen.findings:
        size = (full.width(), full.height())
        prepared = prepare(seen, max(fitted.width(), fitted.height()), size)
        painter = QPainter(whole)
        paint_findings(
            painter,
            seen,
            QRectF(whole.rect()),
            looks,
            words=False,
            ratio=ratio,
            labels=labels,
            prepared=prepared,
            size=size,
        )
        painter.end()
    whole.setDevicePixelRatio(ratio)
    return whole


def _full_size(pixels: Pixels | None, seen: Seen) -> QSize | None:
    width, height = (seen.picture.width or 0), (seen.picture.height or 0)
    if pixels is not None:
        width, height = pixels.full_width, pixels.full_height
    if width < 1 or height < 1:
        return None
    return QSize(min(width, height * _FLATTEST), min(height, width * _FLATTEST))


def _drawn(pixels: Pixels | None, fitted: QSize) -> QImage:
    if pixels is None:
        blank = QImage(fitted, QImage.Format.Format_ARGB32_Premultiplied)
        blank.fill(_BLANK)
        return blank
    source = QImage(pixels.data, pixels.width, pixels.height, pixels.width * 3, QImage.Format.Format_RGB888)
    scaled = source.scaled(fitted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return scaled.convertToFormat(QImage.Format.Format_RGB32)
