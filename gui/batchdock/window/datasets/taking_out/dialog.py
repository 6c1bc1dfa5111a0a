"""Take out: which versions of which datasets, what for, and where to."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.datasets.dataset import Dataset
from batchdock.core.errors import BatchdockError
from batchdock.flows.datasets.taking_out import DatasetWish, TakingOut, Weight, Which
from batchdock.flows.intake.names import legal
from batchdock.window.context import Context
from batchdock.window.datasets.taking_out.versions_list import VersionsList
from batchdock.window.fitting import FittingDialog
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped, number_text, size_text

_LAST_PLACE = "datasets/last-taken-to"
_LAST_FORMS = "datasets/last-forms"
_FOLDER_STEPS = 58


class TakeOutDialog(FittingDialog):
    """Asks, and begins when it is accepted: open it with `bridge.dialogs.ask`, and `deleteLater` it.

    `datasets` are None for everything an account has. `chosen` is what somebody has picked of one dataset: a version,
    segments, files; then that is what is offered first.
    """

    def __init__(
        self,
        context: Context,
        account_id: str,
        datasets: Sequence[Dataset] | None,
        parent: QWidget | None = None,
        *,
        chosen: DatasetWish | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._account_id = context, account_id
        self._datasets = None if datasets is None else tuple(datasets)
        self._chosen = chosen
        self._weight: Weight | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._place = self._first_place()
        self.setWindowTitle(self._title())
        self._heading = QLabel(self._title(), wordWrap=True)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setFont(heading_font(self))
        whole = chosen is not None and chosen.segments is None and chosen.paths is None
        self.picked = QRadioButton(self.tr("O&nly this version") if whole else self.tr("O&nly what is selected"))
        self.newest = QRadioButton(self.tr("The ne&west one"))
        self.every = QRadioButton(self.tr("&All, with the history"))
        self.some = QRadioButton(self.tr("&Some of them"))
        self.versions = VersionsList()
        self.drafts = QCheckBox(self.tr("Open &drafts, too"))
        self.coco = QCheckBox(self.tr("C&OCO"))
        self.yolo = QCheckBox(self.tr("&YOLO"))
        self.where = QLabel(wordWrap=True)
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self.change = QPushButton(self.tr("C&hange…"))
        self.change.setAutoDefault(False)
        self.change.setAccessibleName(self.tr("Change where it goes"))
        self.room = TintedLabel()
        self.buttons = QDialogButtonBox()
        self.go = self.buttons.addButton(self.tr("Take out"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setAccessibleName(self.tr("Take out"))
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.go.setDefault(True)
        self._lay_out()
        self._show_first()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.change.clicked.connect(self._on_change)
        self._which.buttonToggled.connect(self._on_which)
        self.versions.changed.connect(self._weigh_again)
        self.drafts.toggled.connect(self._weigh_again)
        self.finished.connect(self._on_finished)
        self._write()
        self._weigh_again()

    def wishes(self) -> TakingOut:
        """Return what is chosen just now."""
        which = Which.NEWEST if self.newest.isChecked() else Which.ALL
        datasets: tuple[DatasetWish, ...] | None = None
        if self.picked.isChecked() and self._chosen is not None:
            datasets = (self._chosen,)
        elif self._datasets is not None:
            named = self.versions.chosen() if self.some.isChecked() else which
            datasets = tuple(DatasetWish(each.dataset_id, named) for each in self._datasets)
        return TakingOut(
            folder=self._place,
            datasets=datasets,
            versions=which,
            drafts=self.every.isChecked() and self.drafts.isChecked(),
            coco=self.coco.isChecked(),
            yolo=self.yolo.isChecked(),
        )

    # --- inside

    def _title(self) -> str:
        if self._datasets is None:
            return self.tr("Take out everything")
        if len(self._datasets) == 1:
            return self.tr("Take out “%1”").replace("%1", self._datasets[0].name)
        count = len(self._datasets)
        return grouped(self.tr("Take out %n dataset(s)", "", count), count)

    def _first_place(self) -> Path:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        last = str(self._context.settings.value(_LAST_PLACE, ""))
        return Path(last) if last else Path(documents) / legal(self.tr("Datasets"))

    def _lay_out(self) -> None:
        step = unit(self)
        self._which = QButtonGroup(self)
        which = QVBoxLayout()
        which.setSpacing(step * 2)
        for button in (self.picked, self.newest, self.every, self.some):
            self._which.addButton(button)
        which.addWidget(self.picked)
        which.addWidget(self.newest)
        every = QHBoxLayout()
        every.setSpacing(step * 4)
        every.addWidget(self.every)
        every.addWidget(self.drafts)
        every.addStretch()
        which.addLayout(every)
        which.addWidget(self.some)
        which.addWidget(self.versions)
        forms = QHBoxLayout()
        forms.setSpacing(step * 4)
        forms.addWidget(self.coco)
        forms.addWidget(self.yolo)
        forms.addStretch()
        asked = QGridLayout()
        asked.setHorizontalSpacing(step * 4)
        asked.setVerticalSpacing(step * 4)
        asked.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        asked.addWidget(TintedLabel(self.tr("Versions")), 0, 0, top)
        asked.addLayout(which, 0, 1, 1, 2)
        asked.addWidget(TintedLabel(self.tr("Labels also as")), 1, 0)
        asked.addLayout(forms, 1, 1, 1, 2)
        asked.addWidget(TintedLabel(self.tr("Where")), 2, 0)
        asked.addWidget(self.where, 2, 1)
        asked.addWidget(self.change, 2, 2)
        about = self.tr(
            "Files, labels, catalogs and history go into a folder of this computer, checked file by file, with a "
            "receipt. Nothing changes at the service."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self._heading)
        layout.addWidget(TintedLabel(about))
        layout.addSpacing(step)
        layout.addLayout(asked)
        layout.addSpacing(step)
        layout.addWidget(self.room)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 120)

    def _show_first(self) -> None:
        single = self._datasets is not None and len(self._datasets) == 1
        self.picked.setVisible(self._chosen is not None)
        self.some.setVisible(single)
        first = self.picked if self._chosen is not None else self.every
        first.setChecked(True)
        first.setFocus()
        self.drafts.setChecked(True)
        self.versions.setVisible(False)
        forms = str(self._context.settings.value(_LAST_FORMS, "")).split()
        self.coco.setChecked("coco" in forms)
        self.yolo.setChecked("yolo" in forms)

    def _on_which(self, _button: QRadioButton, checked: bool) -> None:
        if not checked:
            return
        self.drafts.setEnabled(self.every.isChecked())
        self.versions.setVisible(self.some.isChecked())
        if self.some.isChecked() and not self.versions.count():
            self._start("versions", self._read_versions())
        self._weigh_again()

    async def _read_versions(self) -> None:
        assert self._datasets is not None
        asked = self._context.desk.taking_out.versions(self._account_id, self._datasets[0].dataset_id)
        try:
            self.versions.show_versions(await self._context.background.run(asked))
        except BatchdockError as error:
            self._say(error.sentence(), Tint.BAD)

    def _weigh_again(self) -> None:
        """Ask how large it is; the newest question counts."""
        self._weight = None
        self._write()
        if not self.some.isChecked() or self.versions.chosen():
            self._start("weight", self._weigh())

    async def _weigh(self) -> None:
        asked = self._context.desk.taking_out.weigh(self._account_id, self.wishes())
        try:
            self._weight = await self._context.background.run(asked)
        except BatchdockError as error:
            self._say(error.sentence(), Tint.BAD)
        else:
            self._write()

    def _on_change(self, _checked: bool = False) -> None:
        if "place" not in self._tasks or self._tasks["place"].done():
            self._start("place", self._choose_place())

    async def _choose_place(self) -> None:
        dialog = QFileDialog(self, self.tr("Where to take it"), str(_there(self._place)))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, self.tr("Take it here"))
        chosen = await choose(dialog)
        if chosen:
            self._place = chosen[0]
            self._weigh_again()

    def _write(self) -> None:
        shown = self.fontMetrics().elidedText(
            str(self._place), Qt.TextElideMode.ElideMiddle, unit(self) * _FOLDER_STEPS
        )
        self.where.setText(shown)
        self.where.setToolTip("")
        self.where.setAccessibleName(str(self._place))
        self.go.setEnabled(not self.some.isChecked() or bool(self.versions.chosen()))
        if self._weight is None:
            self._say(self.tr("Looking how much there is…"), Tint.MUTED)
        else:
            self._say(*self._weight_text(self._weight))

    def _weight_text(self, weight: Weight) -> tuple[str, Tint]:
        versions = grouped(self.tr("%n version(s)", "", weight.versions), weight.versions)
        if not weight.complete and not weight.most:
            text = self.tr("%1. The service does not tell how large that is.").replace("%1", versions)
        elif weight.least == weight.most:
            text = self.tr("%1, %2.").replace("%1", versions).replace("%2", size_text(weight.most))
        else:
            text = self.tr("%1, between %2 and %3: what versions share is fetched and kept once.")
            text = text.replace("%1", versions).replace("%2", size_text(weight.least))
            text = text.replace("%3", size_text(weight.most))
        if weight.files:
            files = self.tr("Files in all versions: %1.").replace("%1", number_text(weight.files))
            text = f"{text} {files}"
        if not weight.complete and weight.most:
            text = f"{text} {self.tr('There is more, of which the service does not tell how large it is.')}"
        if weight.free is None:
            return text, Tint.MUTED
        free = size_text(weight.free)
        if weight.free < weight.least:
            return f"{text} {self.tr('Only %1 are free there. Choose another place.').replace('%1', free)}", Tint.BAD
        if weight.free < weight.most:
            said = self.tr("%1 are free there, which may not be enough.").replace("%1", free)
            return f"{text} {said}", Tint.WARNING
        return f"{text} {self.tr('%1 are free there.').replace('%1', free)}", Tint.MUTED

    def _say(self, text: str, tint: Tint) -> None:
        self.room.setText(text)
        self.room.set_tint(tint)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._tasks:
            self._tasks[name].cancel()
        self._tasks[name] = self._context.tasks.start(work)

    def _on_finished(self, code: int) -> None:
        for task in self._tasks.values():
            task.cancel()
        if code == self.DialogCode.Accepted:
            wishes = self.wishes()
            self._context.settings.setValue(_LAST_PLACE, str(self._place))
            forms = [name for name, box in (("coco", self.coco), ("yolo", self.yolo)) if box.isChecked()]
            self._context.settings.setValue(_LAST_FORMS, " ".join(forms))
            self._context.tasks.start(_begin(self._context, self._account_id, wishes, self._said()))

    def _said(self) -> str:
        return self.tr("Taking out has begun. It is shown under Transfers, and goes on after a restart.")


async def _begin(context: Context, account_id: str, wishes: TakingOut, said: str) -> None:
    await context.background.run(context.desk.taking_out.take(account_id, wishes))
    context.messages.info(said)


def _there(place: Path) -> Path:
    """Return the nearest folder that is there."""
    while not place.is_dir() and place != place.parent:
        place = place.parent
    return place
