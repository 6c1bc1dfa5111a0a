"""The upper half of the sheet: how much there is, what is ready, and what stays out and why."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.intake import CloserLook, Item, Review
from batchdock.window.icons import icon
from batchdock.window.intake.closer_row import CloserRow
from batchdock.window.intake.gathered import Gathered
from batchdock.window.intake.left_out_model import NAME, NOTE, LeftOutModel
from batchdock.window.intake.ready_model import SIZE, ReadyModel
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import Tint, heading_font, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import (
    duration_text,
    files_text,
    grouped,
    number_text,
    pictures_text,
    size_text,
    videos_text,
)


class FilesPanel(QWidget):
    """Shows a `Gathered` while it grows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gathered = Gathered()
        self._finished = False
        self._passed_over = 0
        self._silent: tuple[str, ...] = ()
        self._damaged: list[Item] = []
        self._with_near_copies: Gathered | None = None
        self._ready_model = ReadyModel(self)
        self._left_out_model = LeftOutModel(self)
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setFont(heading_font(self))
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setMaximumHeight(unit(self))
        self._busy.setAccessibleName(self.tr("Counting files"))
        self._ready_picture, self.ready = QLabel(), QLabel()
        self._left_out_picture, self.left_out = QLabel(), QLabel()
        self.show_left_out = QPushButton(self.tr("Show"))
        self.show_left_out.setCheckable(True)
        self.show_left_out.toggled.connect(self._on_show_left_out)
        self.look_closer = QPushButton(self.tr("Look closer"))
        self.look_closer.setToolTip(
            self.tr("Decode every picture: finds damage inside, and pictures that look almost the same")
        )
        self.closer = CloserRow()
        self.note = TintedLabel()
        self.note.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_ready_table())
        self._stack.addWidget(self._make_left_out_page())
        self._stack.setMinimumHeight(unit(self) * 30)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.title)
        layout.addWidget(self._busy)
        layout.addLayout(self._make_summary())
        layout.addWidget(self.closer)
        layout.addWidget(self.note)
        layout.addWidget(self._stack, 1)
        self._tint()
        self._write()

    def begin(self) -> None:
        """Say that counting goes on. A closer look at fewer files than there will be is forgotten."""
        self._finished = False
        self.forget_look()

    def take(self, reviews: Sequence[Review]) -> None:
        """Add what some reviews have found."""
        ready, left_out = [], []
        for review in reviews:
            more_ready, more_left_out = self.gathered.take(review)
            ready += more_ready
            left_out += more_left_out
        self._ready_model.add(ready)
        self._left_out_model.add(left_out)
        if left_out:
            self._span_headings()
        self._silent = reviews[-1].silent
        # Each drop counts its own; of one that goes on only the last number is good.
        self._passed_over += sum(review.passed_over for review in reviews if review.finished)
        self._write()

    def finish(self) -> None:
        """Say that everything was counted."""
        self._finished = True
        self._silent = ()
        if self.gathered.left_out and not self.gathered.ready:
            self.show_left_out.setChecked(True)
        self._write()

    def take_look(self, looks: Sequence[CloserLook]) -> None:
        """Show a closer look; with its end what is damaged stays out."""
        for look in looks:
            self._damaged += look.damaged
            self.closer.show_look(look)
        if looks[-1].finished:
            self._leave_out_damaged()
        self._write()

    def show_only_best(self, best: Gathered) -> None:
        """Show these files, without near copies, until `show_all`."""
        self._with_near_copies = self.gathered
        self._show_gathered(best)

    def show_rest(self, rest: Gathered) -> None:
        """Show these files only, for good."""
        self._show_gathered(rest)

    def show_all(self) -> None:
        """Show near copies again, if they were left out."""
        before, self._with_near_copies = self._with_near_copies, None
        if before is not None:
            self._show_gathered(before)

    def forget_look(self) -> None:
        """Offer the closer look anew. What it has found damaged stays out, near copies come back."""
        self._leave_out_damaged()
        self.show_all()
        self.closer.clear()
        self._write()

    def _leave_out_damaged(self) -> None:
        damaged, self._damaged = self._damaged, []
        if damaged:
            self._show_gathered(self.gathered.without(damaged))

    def _show_gathered(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self._ready_model.put(gathered.ready)
        self._left_out_model.put(gathered.left_out)
        self._span_headings()
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.ApplicationPaletteChange:
            self._tint()
        super().changeEvent(event)

    def _make_summary(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(unit(self))
        row.addWidget(self._ready_picture)
        row.addWidget(self.ready)
        row.addSpacing(unit(self) * 4)
        row.addWidget(self._left_out_picture)
        row.addWidget(self.left_out)
        row.addSpacing(unit(self))
        row.addWidget(self.show_left_out)
        row.addStretch()
        row.addWidget(self.look_closer)
        return row

    def _make_ready_table(self) -> QWidget:
        self.ready_table = QuietTable(self.tr("Files that are ready"))
        self.ready_table.setModel(self._ready_model)
        self.ready_table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.ready_table.size_columns(0, {SIZE: "888.8 MB"})
        return self.ready_table

    def _make_left_out_page(self) -> QWidget:
        self.left_out_table = QuietTable(self.tr("Files that are left out, by reason"))
        self.left_out_table.setModel(self._left_out_model)
        self.left_out_table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.left_out_table.size_columns(NAME, {NOTE: "same as pictures/IMG_0001.JPG"})
        self._leave_out = QPushButton(self.tr("Leave these out"))
        self._leave_out.setToolTip(self.tr("Go on with the others. Nothing is deleted or changed."))
        self._leave_out.clicked.connect(lambda _checked=False: self.show_left_out.setChecked(False))
        self._open_folder = QPushButton(self.tr("Open folder"))
        self._open_folder.setToolTip(self.tr("Open the folder of the selected file"))
        self._open_folder.clicked.connect(self._on_open_folder)
        row = QHBoxLayout()
        row.addWidget(self._leave_out)
        row.addWidget(self._open_folder)
        row.addStretch()
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.left_out_table, 1)
        layout.addLayout(row)
        return page

    def _write(self) -> None:
        gathered = self.gathered
        self.title.setText(self._title())
        self._busy.setVisible(not self._finished)
        self.ready.setText(self.tr("%1 ready").replace("%1", number_text(len(gathered.ready))))
        self.left_out.setText(self._left_out_text())
        nothing_else = self._finished and not gathered.ready
        for widget in (self._left_out_picture, self.left_out, self.show_left_out):
            widget.setVisible(gathered.left_out_count > 0 and not nothing_else)
        for widget in (self._ready_picture, self.ready):
            widget.setVisible(not nothing_else)
        self._leave_out.setVisible(bool(gathered.ready))
        offered = self._finished and gathered.pictures > 0 and not self.closer.isVisibleTo(self)
        self.look_closer.setVisible(offered)
        self.show_left_out.setAccessibleName(f"{self.show_left_out.text()}: {self.left_out.text()}")
        self.note.setText(self._note())
        self.note.setVisible(bool(self.note.text()))

    def _title(self) -> str:
        gathered = self.gathered
        kinds = []
        if gathered.pictures:
            kinds.append(pictures_text(gathered.pictures))
        if gathered.videos:
            kinds.append(videos_text(gathered.videos))
        if not kinds:
            return self.tr("None of these files can be used") if self._finished else self.tr("Counting…")
        what = kinds[0] if len(kinds) == 1 else self.tr("%1 and %2").replace("%1", kinds[0]).replace("%2", kinds[1])
        parts = [what, size_text(gathered.size)]
        if gathered.seconds:
            length = duration_text(gathered.seconds)
            known = self.tr("at least %1").replace("%1", length) if gathered.lengths_unknown else length
            parts.insert(1, known)
        return " · ".join(parts)

    def _left_out_text(self) -> str:
        count = self.gathered.left_out_count
        return grouped(self.tr("%n to look at", "", count), count)

    def _note(self) -> str:
        gathered = self.gathered
        if self._finished and not gathered.ready:
            if not gathered.looked_at:
                return self.tr("There are no files in it. Drop pictures or videos, or a folder with some.")
            text = self.tr(
                "%1 looked at; the reason for each stands below. Drop pictures (JPEG, PNG, WebP, BMP) "
                "or videos (MP4, MOV, AVI, MKV)."
            )
            return text.replace("%1", files_text(gathered.looked_at))
        said = [self.tr("“%1” does not answer. Still waiting for it.").replace("%1", name) for name in self._silent[:1]]
        if gathered.pictures and gathered.videos:
            said.append(self.tr("Videos and pictures need separate jobs; both will be prepared."))
        if self._passed_over:
            passed = self.tr("%n hidden or system file(s) passed over.", "", self._passed_over)
            said.append(grouped(passed, self._passed_over))
        return "\n".join(said)

    def _span_headings(self) -> None:
        self.left_out_table.clearSpans()
        for row in self._left_out_model.heading_rows():
            self.left_out_table.setSpan(row, NAME, 1, 2)

    def _on_show_left_out(self, shown: bool) -> None:
        self._stack.setCurrentIndex(1 if shown else 0)
        self.show_left_out.setText(self.tr("Hide") if shown else self.tr("Show"))
        self._write()

    def _on_open_folder(self, _checked: bool = False) -> None:
        current = self.left_out_table.currentIndex()
        folder = self._left_out_model.folder_of(current.row() if current.isValid() else 0)
        if folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _tint(self) -> None:
        side = icon_size(self)
        self._ready_picture.setPixmap(icon("circle-check", Tint.GOOD).pixmap(side, side))
        self._left_out_picture.setPixmap(icon("triangle-alert", Tint.WARNING).pixmap(side, side))
