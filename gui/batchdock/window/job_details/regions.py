"""The tab with the parts of the picture that a job looks at."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSizeF, Qt
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.facts import Region, RegionShape
from batchdock.core.pixels import Pixels
from batchdock.flows.jobs.board import JobKey
from batchdock.window.context import Context
from batchdock.window.icon_button import IconButton
from batchdock.window.job_details.regions_canvas import RegionsCanvas, swatch
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.large.layer import image_of
from batchdock.window.theme import Tint, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import exact_time, grouped

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
_EDGE = 1920
"""In pixels; a frame is never shown larger."""


class RegionsView(QWidget):
    """Regions drawn on a frame, and named in a list. The frame is the newest picture the job sent, or a chosen one."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._regions: tuple[Region, ...] = ()
        self._key: JobKey | None = None
        self._where = ""
        """Which picture it is."""
        self._loading: asyncio.Task[None] | None = None
        self.canvas = RegionsCanvas()
        self.canvas.setAccessibleName(self.tr("Regions on the frame"))
        self.canvas.chosen.connect(self._on_chosen)
        self.about = TintedLabel()
        self.outside = TintedLabel(tint=Tint.WARNING)
        self.outside.hide()
        self.frame_button = IconButton("image", self.tr("Show a frame…"))
        self.frame_button.setToolTip(
            self.tr("Choose a picture of the camera, or drop one here, to see the regions on it")
        )
        self.frame_button.clicked.connect(lambda _checked=False: self._start(self._ask_for_frame()))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Regions"))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(unit(self) * 16)
        self.list.itemSelectionChanged.connect(self._on_selected)
        step = unit(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 3, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.about)
        layout.addWidget(self.canvas)
        layout.addWidget(self.outside)
        layout.addWidget(self.frame_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.list, 1)

    def show_regions(self, key: JobKey, regions: Sequence[Region]) -> None:
        """Show the regions of a job, on the frame that is shown of it already, or on what it sent last."""
        another, same = key != self._key, tuple(regions) == self._regions
        self._key, self._regions = key, tuple(regions)
        if another:
            self.canvas.show_frame(QImage(), QSizeF())
        if another or not same:
            self._fill()
        if regions and not self.canvas.has_frame:
            self._start(self._look_for_frame(key))
        self._write()

    def forget(self) -> None:
        """Another job is shown."""
        self._key, self._regions = None, ()
        self._stop()
        self.canvas.show_frame(QImage(), QSizeF())
        self._fill()
        self._write()

    def show_file(self, path: Path) -> None:
        """Draw the regions on the picture in a file, in a moment."""
        self._start(self._show_file(path))

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Take a single picture as the frame; see `TakesFiles`."""
        if len(paths) != 1 or paths[0].suffix.lower() not in _PICTURES or self._key is None:
            return False
        self.show_file(paths[0])
        return True

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            for number in range(self.list.count()):
                self.list.item(number).setIcon(self._swatch(number))
        super().changeEvent(event)

    # --- inside

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._stop()
        self._loading = self._context.tasks.start(work)

    def _stop(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None

    async def _look_for_frame(self, key: JobKey) -> None:
        run, events = self._context.background.run, self._context.desk.events
        for event in await run(events.events(key, limit=1)):
            if event.pictures:
                pixels = await run(events.picture(event.pictures[0], _EDGE))
                self._take(key, pixels, self.tr("On the picture of %1.").replace("%1", exact_time(event.at)))

    async def _ask_for_frame(self) -> None:
        key = self._key
        dialog = QFileDialog(self, self.tr("Show a frame"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Pictures (%1)").replace("%1", " ".join(f"*{each}" for each in _PICTURES)))
        chosen = await choose(dialog)
        if chosen and key is not None and key == self._key:
            await self._show_file(chosen[0])

    async def _show_file(self, path: Path) -> None:
        key = self._key
        pixels = await self._context.background.run(self._context.desk.pictures.of_file(path, _EDGE))
        if key is None:
            return
        if pixels is None and key == self._key:
            self.outside.setText(
                self.tr("“%1” can not be read as a picture. Choose another one.").replace("%1", path.name)
            )
            self.outside.show()
            return
        self._take(key, pixels, self.tr("On “%1”.").replace("%1", path.name))

    def _take(self, key: JobKey, pixels: Pixels | None, where: str) -> None:
        if pixels is None or key != self._key:
            return
        self.canvas.show_frame(image_of(pixels), QSizeF(pixels.full_width, pixels.full_height))
        self._where = where
        self._write()

    def _fill(self) -> None:
        self.canvas.show_regions(self._regions)
        self.list.clear()
        for number, region in enumerate(self._regions):
            item = QListWidgetItem(self._swatch(number), self._text(number, region))
            item.setToolTip(tooltip_text(item.text()))
            self.list.addItem(item)

    def _text(self, number: int, region: Region) -> str:
        is_line = region.shape is RegionShape.LINE
        called = region.name or (self.tr("Line %1") if is_line else self.tr("Polygon %1")).replace(
            "%1", str(number + 1)
        )
        what = self.tr("line, %1") if is_line else self.tr("polygon, %1")
        return f"{called} · {what.replace('%1', self._points(len(region.points)))}"

    def _points(self, count: int) -> str:
        return grouped(self.tr("%n point(s)", "", count), count)

    def _swatch(self, number: int) -> QIcon:
        drawn = swatch(number, icon_size(self), self.devicePixelRatioF(), self.palette())
        found = QIcon(drawn)
        found.addPixmap(drawn, QIcon.Mode.Selected)  # Else Qt mixes the colour of the selection into it.
        return found

    def _write(self) -> None:
        lines = sum(region.shape is RegionShape.LINE for region in self._regions)
        polygons = len(self._regions) - lines
        told = [grouped(self.tr("%n polygon(s)", "", polygons), polygons)] if polygons else []
        told += [grouped(self.tr("%n line(s)", "", lines), lines)] if lines else []
        where = self._where
        if not self.canvas.has_frame:
            where = self.tr("No picture of it is known yet.")
        self.about.setText(" ".join(part for part in (", ".join(told) + ("." if told else ""), where) if part))
        self.canvas.setAccessibleDescription(", ".join(self._text(*each) for each in enumerate(self._regions)))
        outside = self.canvas.points_outside
        text = grouped(
            self.tr("%n point(s) lie outside this frame: the job may see one of another size.", "", outside), outside
        )
        self.outside.setText(text)
        self.outside.setVisible(bool(outside))

    def _on_chosen(self, number: int) -> None:
        self.list.setCurrentRow(number)
        if number < 0:
            self.list.clearSelection()

    def _on_selected(self) -> None:
        rows = [index.row() for index in self.list.selectedIndexes()]
        self.canvas.choose(rows[0] if rows else -1)
