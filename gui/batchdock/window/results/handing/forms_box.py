"""The ticks for what to write: tables, pictures, and folded below, what other programs read."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QToolButton, QVBoxLayout, QWidget

from batchdock.flows.results.handing import DATASETS, FORM_NAMES, Form, Weight
from batchdock.window.theme import unit
from batchdock.window.wording import size_text

_FOLDED = (Form.PARQUET, Form.COCO, Form.YOLO, Form.YOLO_OUTLINES, Form.VOC, Form.LABEL_STUDIO)
_WEIGHED = (Form.DRAWN, Form.BY_CLASS)


class FormsBox(QWidget):
    """Shows a tick for each form. Sizes stand beside those that take room."""

    changed = Signal()

    def __init__(self, *, of_videos: bool, whole: bool, parent: QWidget | None = None) -> None:
        """`whole`: everything as the service made it can be had. Frames of videos can not be copied or drawn."""
        super().__init__(parent)
        self._of_videos = of_videos
        self.ticks = {form: QCheckBox(self._words(form)) for form in Form}
        self.report = QCheckBox(self.tr("&Report on one page (PDF)"))
        self.whole = QCheckBox(self.tr("E&verything as the service made it"))
        self.whole.setVisible(whole)
        self.copies = QCheckBox(self.tr("With copies of the pictures"))
        self.more = QToolButton()
        self.more.setText(self.tr("For other programs"))
        self.more.setAutoRaise(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._folded = QWidget()
        for form in _WEIGHED:
            self.ticks[form].setVisible(not of_videos)
        self.copies.setVisible(not of_videos)
        self._lay_out()
        self._fold(open_now=False)
        for tick in (*self.ticks.values(), self.report, self.whole, self.copies):
            tick.toggled.connect(self._on_toggled)
        self.more.clicked.connect(self._on_more)

    def show_choice(self, forms: Iterable[Form], *, pictures: bool, report: bool, whole: bool) -> None:
        """Tick what was chosen. What is folded away is unfolded where something in it is ticked."""
        wanted = set(forms)
        for form, tick in self.ticks.items():
            tick.setChecked(form in wanted)
        self.copies.setChecked(pictures)
        self.report.setChecked(report)
        self.whole.setChecked(whole)
        self._fold(open_now=any(self.ticks[form].isChecked() for form in _FOLDED))
        self._on_toggled()

    def show_weight(self, weight: Weight) -> None:
        """Say how large pictures get; what nobody can tell is not said."""
        for form in _WEIGHED:
            self.ticks[form].setText(_about(self._words(form), weight.forms.get(form, 0)))
        self.copies.setText(_about(self.tr("With copies of the pictures"), weight.pictures))

    def forms(self) -> frozenset[Form]:
        """Return what is ticked."""
        hidden = _WEIGHED if self._of_videos else ()
        return frozenset(form for form, tick in self.ticks.items() if tick.isChecked() and form not in hidden)

    def with_pictures(self) -> bool:
        """Tell whether data sets get copies of the pictures."""
        return self.copies.isChecked() and not self._of_videos

    def wants_whole(self) -> bool:
        """Tell whether everything is wanted as the service made it."""
        return self.whole.isChecked() and not self.whole.isHidden()

    def _lay_out(self) -> None:
        step = unit(self)
        inner = QVBoxLayout(self._folded)
        inner.setContentsMargins(step * 5, 0, 0, 0)
        inner.setSpacing(step)
        for form in _FOLDED:
            inner.addWidget(self.ticks[form])
        inner.addWidget(self.copies)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step)
        for form in (Form.XLSX, Form.CSV, Form.JSONL):
            layout.addWidget(self.ticks[form])
        layout.addWidget(self.report)
        layout.addSpacing(step * 2)
        for form in _WEIGHED:
            layout.addWidget(self.ticks[form])
        layout.addWidget(self.whole)
        layout.addSpacing(step)
        layout.addWidget(self.more)
        layout.addWidget(self._folded)

    def _on_more(self, _checked: bool = False) -> None:
        self._fold(open_now=self._folded.isHidden())

    def _fold(self, *, open_now: bool) -> None:
        self.more.setArrowType(Qt.ArrowType.DownArrow if open_now else Qt.ArrowType.RightArrow)
        self.more.setAccessibleDescription(self.tr("Shown below") if open_now else self.tr("Not shown"))
        self._folded.setVisible(open_now)

    def _on_toggled(self, _checked: bool = False) -> None:
        self.copies.setEnabled(any(self.ticks[form].isChecked() for form in DATASETS))
        self.changed.emit()

    def _words(self, form: Form) -> str:
        if form is Form.XLSX:
            return self.tr("&Table for Excel (.xlsx)")
        return QCoreApplication.translate("handing", FORM_NAMES[form])


def _about(words: str, size: int) -> str:
    if not size:
        return words
    return QCoreApplication.translate("handing", "%1 (about %2)").replace("%1", words).replace("%2", size_text(size))
