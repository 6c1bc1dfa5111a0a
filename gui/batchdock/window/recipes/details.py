"""One recipe: what it does, what it did last, and its buttons."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from batchdock.core.recipe import FolderSource, QuerySource, place_of
from batchdock.flows.recipes import Known
from batchdock.window.icon_button import IconButton
from batchdock.window.recipes.watch_box import WatchBox
from batchdock.window.recipes.words import files_word, settings_word, source_word
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import jobs_text, relative_time, state_word

_LINES = 8


class RecipeDetails(QWidget):
    """Shows a recipe and says which button was pressed."""

    run_wanted = Signal(bool)
    """True: on new files only."""
    change_wanted = Signal()
    export_wanted = Signal()
    remove_wanted = Signal()
    job_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLabel()
        self.name.setFont(heading_font(self))
        self.name.setWordWrap(True)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.run_new = IconButton("folder-plus", self.tr("Run on new files"))
        self.run_new.setToolTip(self.tr("Files that no run of this recipe had, or that have changed since."))
        self.run_new.clicked.connect(lambda _checked=False: self.run_wanted.emit(True))
        self.run_all = IconButton("circle-play", self.tr("Run on all files"))
        self.run_all.clicked.connect(lambda _checked=False: self.run_wanted.emit(False))
        self.change = self._button("pencil", self.tr("Change…"), self.change_wanted)
        self.export = self._button("save", self.tr("Export…"), self.export_wanted)
        self.remove = self._button("trash-2", self.tr("Remove"), self.remove_wanted)
        self.show_job = self._button("list", self.tr("Show the last job"), self.job_wanted)
        self.looking = TintedLabel(self.tr("Looking at the files…"))
        self.looking.hide()
        self.watch = WatchBox()
        self._facts = [(TintedLabel(), QLabel()) for _ in range(_LINES)]
        self._lay_out()

    def show_recipe(self, known: Known, account: str) -> None:
        """Show a recipe that runs at the account with this name."""
        recipe = known.recipe
        self.name.setText(recipe.name)
        folders = isinstance(recipe.source, FolderSource)
        query = isinstance(recipe.source, QuerySource)
        self.run_new.setVisible(not query)
        self.watch.setVisible(folders)
        self.run_all.setText(self.tr("Run") if query else self.tr("Run on all files"))
        self.run_all.setAccessibleName(self.run_all.text())
        place = (
            "\n".join(map(str, recipe.source.paths)) if isinstance(recipe.source, FolderSource) else place_of(recipe)
        )
        last = known.last
        facts = [
            (source_word(recipe.source), place),
            (self.tr("Files"), files_word(recipe)),
            (self.tr("Workflow"), recipe.workflow_id),
            (self.tr("Settings"), settings_word(recipe)),
            (self.tr("Account"), account),
            (self.tr("Results go to"), str(recipe.save_to or self.tr("where those of every job go"))),
            (self.tr("Last run"), self._last_run(known)),
        ]
        shown = [(name, value) for name, value in facts if value]
        for number, (name, value) in enumerate(self._facts):
            there = number < len(shown)
            for label, text in zip((name, value), shown[number] if there else ("", ""), strict=True):
                label.setText(text)
                label.setVisible(there)
        self.show_job.setVisible(last is not None)

    def set_looking(self, looking: bool) -> None:
        """Say that the files are being looked at, or no longer."""
        self.looking.setVisible(looking)
        for button in (self.run_new, self.run_all):
            button.setEnabled(not looking)

    def _last_run(self, known: Known) -> str:
        if known.last is None:
            return self.tr("never")
        when = relative_time(known.last.created) if known.last.created is not None else ""
        return " · ".join(filter(None, (when, state_word(known.last.state), jobs_text(known.jobs))))

    def _lay_out(self) -> None:
        step = unit(self)
        runs, acts = QHBoxLayout(), QHBoxLayout()
        for row, buttons in ((runs, (self.run_new, self.run_all)), (acts, (self.change, self.export, self.remove))):
            row.setSpacing(step * 2)
            for button in buttons:
                row.addWidget(button)
        runs.addWidget(self.looking, 1)
        runs.addStretch()
        acts.addWidget(self.show_job)
        acts.addStretch()
        grid = QGridLayout()
        grid.setHorizontalSpacing(step * 4)
        grid.setVerticalSpacing(step * 2)
        grid.setColumnStretch(1, 1)
        for number, (name, value) in enumerate(self._facts):
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            name.setWordWrap(False)
            grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, number, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(step * 2, 0, 0, 0)
        self._layout.setSpacing(step * 3)
        self._layout.addWidget(self.name)
        self._layout.addLayout(runs)
        self._layout.addLayout(grid)
        self._layout.addLayout(acts)
        self._layout.addWidget(self.watch)
        self._layout.addStretch()

    @staticmethod
    def _button(icon_name: str, text: str, signal: Any) -> QPushButton:
        button = IconButton(icon_name, text)
        button.clicked.connect(lambda _checked=False: signal.emit())
        return button
