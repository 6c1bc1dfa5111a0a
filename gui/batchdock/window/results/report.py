"""A report of results for people who get a page, not a program: one PDF."""

import asyncio
import importlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QCoreApplication, QLocale, QPoint
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.finding import Share, SortBy
from batchdock.flows.results.opening import LabelCount, Opened, Selection
from batchdock.flows.transfers.receipt import Delivery
from batchdock.flows.transfers.receive import in_thread
from batchdock.window.context import Context
from batchdock.window.results.charts.bars import Chart
from batchdock.window.results.charts.counting import BINS, class_chart, confidence_chart
from batchdock.window.results.drawing import prepare
from batchdock.window.results.report_facts import (
    Report,
    Sample,
    about_text,
    counts_of,
    foot_text,
    narrowed_text,
    receipt_lines,
    sample_about,
)
from batchdock.window.results.report_page import INK, QUIET, page_size, write_page

_tr = QCoreApplication.translate

CLASSES_SHOWN = 10
_CHART_WIDTH = 380
"""Pixels of a screen: what is written in a chart is as large on paper as in the rest of the page."""
_CHART_SHARPNESS = 5
_WORKFLOW_SECONDS = 5.0
_SAMPLE_EDGE = 900
"""Pixels: 40 mm at 570 dots an inch."""


async def write_report(context: Context, path: Path, opened: Opened, selection: Selection) -> None:
    """Write a page about `selection` to `path`: what it is of, counts, charts, sample pictures, and the receipt.

    Runs on the window's loop; what takes time is done elsewhere. The file appears finished, and takes the place of one
    that was there. Cancelling leaves nothing behind. Raise `FolderNotWritable` or `DiskFull`, `ResultsUnreadable`.
    """
    report = await _gathered(context, opened, selection)
    given_up = Event()
    work = partial(write_page, path, report, page_size(QLocale()), QGuiApplication.font(), given_up)
    await in_thread(work, given_up.set)


async def _gathered(context: Context, opened: Opened, selection: Selection) -> Report:
    job = opened.job
    accounts = {each.account_id: each for each in context.desk.accounts.all()}
    account = accounts.get(job.account_id) if job is not None else None
    workflow = await _workflow_name(context, opened)
    deliveries: tuple[Delivery, ...] = ()
    if job is not None and job.batch_id:
        deliveries = await context.background.run(context.desk.transfers.delivered(job.account_id, job.batch_id))
    sure = await context.background.run(opened.confidences(selection.filter, BINS))
    charts = [
        (_tr("report", "Findings per class"), class_chart(opened.labels, _counted(selection), CLASSES_SHOWN)),
        (_tr("report", "How sure the findings are"), confidence_chart(sure)),
    ]
    return Report(
        title=opened.name,
        about=about_text(job, workflow, account),
        narrowed=narrowed_text(selection.filter, opened.labels),
        counts=counts_of(opened, selection),
        charts=await _drawn([(title, chart) for title, chart in charts if chart.bars]),
        samples=await _samples(context, opened, selection),
        labels=opened.labels,
        receipt=receipt_lines(opened, deliveries, account, workflow),
        foot=foot_text(),
    )


def _counted(selection: Selection) -> dict[int, LabelCount]:
    """Return the counts of the classes that count: the selection tells those of all."""
    wanted = selection.filter.labels
    return {number: count for number, count in selection.labels.items() if wanted is None or number in wanted}


async def _workflow_name(context: Context, opened: Opened) -> str:
    """Return the name of the job's workflow, its id where the service can not be asked now."""
    job = opened.job
    if job is None or not job.workflow_id:
        return ""
    try:
        async with asyncio.timeout(_WORKFLOW_SECONDS):
            known = await context.background.run(context.desk.jobs.workflows(job.account_id))
    except (BatchdockError, TimeoutError):
        return job.workflow_id
    return next((each.name for each in known if each.workflow_id == job.workflow_id), job.workflow_id)


async def _drawn(charts: Sequence[tuple[str, Chart]]) -> tuple[tuple[str, QImage], ...]:
    """Return the charts as pictures: pyqtgraph's widgets draw on this thread only, one at a time."""
    plots = await asyncio.to_thread(importlib.import_module, "batchdock.window.results.charts.plot")
    drawn = []
    for title, chart in charts:
        plot = plots.BarPlot(chart.lies)
        plot.setPalette(_paper())
        plot.show_chart(chart, frozenset(), ())
        plot.resize(_CHART_WIDTH, plot.maximumHeight())
        image = QImage(plot.size() * _CHART_SHARPNESS, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_CHART_SHARPNESS)
        image.fill(QColor("white"))
        painter = QPainter(image)
        QWidget.render(plot, painter, QPoint(0, 0))
        painter.end()
        plot.deleteLater()
        drawn.append((title, image))
        await asyncio.sleep(0)
    return tuple(drawn)


def _paper() -> QPalette:
    """Return the colours of paper, whatever the window's are."""
    palette = QPalette(QColor("white"))
    for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
        palette.setColor(role, QColor("white"))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        palette.setColor(role, INK)
    palette.setColor(QPalette.ColorRole.Highlight, QGuiApplication.palette().highlight().color())
    palette.setColor(QPalette.ColorRole.PlaceholderText, QUIET)
    return palette


async def _samples(context: Context, opened: Opened, selection: Selection) -> tuple[Sample, ...]:
    """Return a picture of each kind: the surest, one from the middle, an unsure one, one with nothing found."""
    wished = [
        (_tr("report", "Surest"), Share.WITH_FINDINGS, 0.0),
        (_tr("report", "In the middle"), Share.WITH_FINDINGS, 0.5),
        (_tr("report", "Unsure"), Share.UNSURE, 0.0),
        (_tr("report", "Nothing found"), Share.NOTHING, 0.0),
    ]
    if selection.filter.labels is not None:
        wished.pop()  # A picture without any of the chosen classes is not among those the page is about.
    if selection.filter.share is not Share.ALL:
        wished = [("", selection.filter.share, place) for place in (0.0, 0.3, 0.6, 0.9)]
    found: list[Sample] = []
    taken: set[int] = set()
    for title, share, place in wished:
        asked = replace(selection.filter, share=share)
        some = await context.background.run(opened.select(asked, SortBy.BEST, descending=True))
        if not len(some.numbers):
            continue
        number = int(some.numbers[int(len(some.numbers) * place)])
        if number not in taken:
            taken.add(number)
            found.append(await _sample(context, opened, selection, number, title))
    return tuple(found)


async def _sample(context: Context, opened: Opened, selection: Selection, number: int, title: str) -> Sample:
    run = context.background.run
    (seen,) = await run(opened.seen([number], selection.filter))
    pixels = await run(context.desk.pictures.large(opened, number, _SAMPLE_EDGE))
    image = size = None
    if pixels is not None:
        size = (pixels.full_width, pixels.full_height)
        stride = pixels.width * 3
        image = QImage(pixels.data, pixels.width, pixels.height, stride, QImage.Format.Format_RGB888).copy()
    prepared = await asyncio.to_thread(prepare, seen, _SAMPLE_EDGE, size)
    name = seen.picture.name.rpartition("/")[2]
    return Sample(title, name, sample_about(seen), image, size, seen, prepared)
