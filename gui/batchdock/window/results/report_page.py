"""Draws the page of a report. Everything here works in any thread: pictures, painters and fonts do."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from PySide6.QtCore import QLocale, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from batchdock.flows.transfers.receive import unwritable
from batchdock.window.results.drawing import paint_findings
from batchdock.window.results.report_facts import Count, Report, Sample
from batchdock.window.results.viewing import Looks

DOTS = 600
"""An inch."""
INK, QUIET, LINE = QColor("#1c1e21"), QColor("#5c6066"), QColor("#d5d7da")
_MARGIN = 16.0
"""Millimetres."""
_LETTER = frozenset(
    (
        QLocale.Country.UnitedStates,
        QLocale.Country.Canada,
        QLocale.Country.Mexico,
        QLocale.Country.Philippines,
        QLocale.Country.Chile,
        QLocale.Country.Colombia,
        QLocale.Country.Venezuela,
        QLocale.Country.PuertoRico,
    )
)
"""Where paper is Letter; it is A4 everywhere else."""


def page_size(locale: QLocale) -> QPageSize:
    """Return the paper that people there have."""
    return QPageSize(QPageSize.PageSizeId.Letter if locale.territory() in _LETTER else QPageSize.PageSizeId.A4)


def write_page(path: Path, report: Report, size: QPageSize, font: QFont, given_up: Event) -> None:
    """Write the page to `path`, which appears finished, or not at all once it is given up. Blocks.

    Raise `FolderNotWritable`, `DiskFull`.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb"):  # The writer of Qt does not say why it can not write.
            pass
        _write(fresh, report, size, font)
        with fresh.open("rb+") as file:
            whole = file.seek(-1024, os.SEEK_END) > 0 and b"%%EOF" in file.read()
            os.fsync(file.fileno())
        if not whole:
            raise OSError(28, os.strerror(28))  # It stops writing where the disk is full.
        if not given_up.is_set():
            fresh.replace(path)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    finally:
        fresh.unlink(missing_ok=True)


def _write(path: Path, report: Report, size: QPageSize, font: QFont) -> None:
    writer = QPdfWriter(str(path))
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    writer.setResolution(DOTS)
    writer.setTitle(report.title)
    writer.setCreator("Batchdock")
    painter = QPainter(writer)
    try:
        _Page(painter, writer.width(), writer.height(), font).draw(report)
    finally:
        painter.end()


class _Page:
    """Draws from top to bottom; `_y` is where the next thing goes. Lengths are dots."""

    def __init__(self, painter: QPainter, width: int, height: int, font: QFont) -> None:
        self._painter, self._font = painter, font
        edge = _mm(_MARGIN)
        self._left, self._right = edge, width - edge
        self._bottom = height - edge
        self._y = edge
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)

    @property
    def _width(self) -> float:
        return self._right - self._left

    def draw(self, report: Report) -> None:
        """Draw all of it. What stands at the foot is placed first: the samples take what is left."""
        self._text(report.title, 20, bold=True, lines=2)
        self._y += _mm(1)
        if report.about:
            self._text(report.about, 10, QUIET)
        if report.narrowed:
            self._y += _mm(1.5)
            self._text(report.narrowed, 10, bold=True, lines=3)
        self._y += _mm(6)
        self._counts(report.counts)
        self._y += _mm(7)
        below = self._receipt_height(report)
        self._charts(report.charts, self._bottom - below - _mm(60))
        self._y += _mm(6)
        self._samples(report, self._bottom - below - _mm(4))
        self._y = self._bottom - below
        self._receipt(report)

    # --- parts

    def _counts(self, counts: Sequence[Count]) -> None:
        column = self._width / max(4, len(counts))
        top = self._y
        for place, each in enumerate(counts):
            box = QRectF(self._left + place * column, top, column - _mm(2), 0)
            below = self._line(each.number, box, 15, INK, bold=True)
            below = self._line(each.what, box.translated(0, below), 9, INK) + below
            if each.share:
                below += self._line(each.share, box.translated(0, below), 9, QUIET)
            self._y = max(self._y, top + below)

    def _charts(self, charts: Sequence[tuple[str, object]], lowest: float) -> None:
        if not charts:
            return
        gap = _mm(8)
        width = (self._width - gap) / 2
        top, bottom = self._y, self._y
        for place, (title, image) in enumerate(charts):
            left = self._left + place * (width + gap)
            below = top + self._line(title, QRectF(left, top, width, 0), 11, INK, bold=True) + _mm(1.5)
            size = image.size()  # type: ignore[attr-defined]
            scale = min(width / size.width(), max(_mm(20), lowest - below) / size.height())
            self._painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering, True)
            self._painter.drawImage(QRectF(left, below, size.width() * scale, size.height() * scale), image)  # type: ignore[call-overload]
            self._painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering, False)
            bottom = max(bottom, below + size.height() * scale)
        self._y = bottom

    def _samples(self, report: Report, lowest: float) -> None:
        if not report.samples:
            return
        text = 3 * self._height(8.5) + _mm(6)
        # Two rows where there is room: what was found is seen better in large pictures.
        rows = 2 if len(report.samples) > 2 and lowest - self._y > _mm(95) else 1
        columns, gap = 4 // rows, _mm(5)
        width = (self._width - (columns - 1) * gap) / columns
        height = min(width * 0.75, (lowest - self._y + _mm(5)) / rows - text)
        if height < _mm(15):
            return
        for place, sample in enumerate(report.samples[:4]):
            left = self._left + place % columns * (width + gap)
            top = self._y + place // columns * (height + text)
            self._sample(sample, QRectF(left, top, width, height), report)

    def _sample(self, sample: Sample, box: QRectF, report: Report) -> None:
        painter = self._painter
        if sample.picture is None:
            painter.fillRect(box, QColor("#f0f1f2"))
        else:
            size = sample.picture.size()
            scale = min(box.width() / size.width(), box.height() / size.height())
            place = QRectF(0, 0, size.width() * scale, size.height() * scale)
            place.moveTopLeft(QPointF(box.left(), box.top()))
            box.setHeight(place.height())
            painter.drawImage(place, sample.picture)
            paint_findings(
                painter,
                sample.seen,
                place,
                Looks(),
                words=False,
                ratio=DOTS / 130,
                labels=report.labels,
                prepared=sample.prepared,
                size=sample.size,
            )
        under = QRectF(box.left(), box.bottom() + _mm(1), box.width(), 0)
        under.translate(0, self._line(sample.title, under, 8.5, INK, bold=True))
        under.translate(0, self._line(sample.name, under, 8.5, INK))
        self._line(sample.about, under, 8.5, QUIET)

    def _receipt_height(self, report: Report) -> float:
        return self._height(9) * len(report.receipt) + self._height(7.5) + _mm(7)

    def _receipt(self, report: Report) -> None:
        self._painter.setPen(QPen(LINE, _mm(0.25)))
        self._painter.drawLine(QPointF(self._left, self._y), QPointF(self._right, self._y))
        self._y += _mm(3)
        names = max((self._metrics(9).horizontalAdvance(name) for name, _ in report.receipt), default=0.0) + _mm(4)
        for name, value in report.receipt:
            height = self._line(name, QRectF(self._left, self._y, names, 0), 9, QUIET)
            self._line(value, QRectF(self._left + names, self._y, self._width - names, 0), 9, INK)
            self._y += height
        self._y += _mm(2)
        self._line(report.foot, QRectF(self._left, self._y, self._width, 0), 7.5, QUIET)

    # --- text, always as it is

    def _line(self, text: str, box: QRectF, points: float, ink: QColor, *, bold: bool = False) -> float:
        """Write one line, shortened in the middle where it is too long; return its height."""
        metrics = self._metrics(points, bold=bold)
        height = self._height(points)
        self._painter.setFont(self._sized(points, bold=bold))
        self._painter.setPen(ink)
        shown = metrics.elidedText(" ".join(text.split()), Qt.TextElideMode.ElideMiddle, box.width())
        place = QRectF(box.left(), box.top(), box.width(), height)
        self._painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine), shown)
        return height

    def _text(self, text: str, points: float, ink: QColor = INK, *, bold: bool = False, lines: int = 1) -> None:
        """Write some lines over the whole width, and go on below them."""
        flags = int(Qt.TextFlag.TextWrapAnywhere) if " " not in text else int(Qt.TextFlag.TextWordWrap)
        metrics = self._metrics(points, bold=bold)
        room = QRectF(self._left, self._y, self._width, metrics.lineSpacing() * lines)
        needed = min(room.height(), metrics.boundingRect(room, flags, text).height())
        self._painter.setFont(self._sized(points, bold=bold))
        self._painter.setPen(ink)
        self._painter.save()
        self._painter.setClipRect(QRectF(room.left(), room.top(), room.width(), room.height()))
        self._painter.drawText(room, flags, text)
        self._painter.restore()
        self._y += needed

    def _height(self, points: float) -> float:
        return self._metrics(points).height() * 1.15

    def _metrics(self, points: float, *, bold: bool = False) -> QFontMetricsF:
        return QFontMetricsF(self._sized(points, bold=bold))

    def _sized(self, points: float, *, bold: bool = False) -> QFont:
        font = QFont(self._font)
        font.setPixelSize(round(points * DOTS / 72))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


def _mm(length: float) -> float:
    return length * DOTS / 25.4
