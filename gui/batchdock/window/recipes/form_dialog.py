"""The form of a recipe: made from a job, changed, or taken over from a file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.batch import Content
from batchdock.core.recipe import FolderSource, Recipe, Source, place_of
from batchdock.core.watched import Patterns
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.recipes.words import content_words, settings_word, source_word
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel

_SEPARATORS = ",;\n"


class RecipeDialog(FittingDialog):
    """Whoever opened it reads `recipe()` when it was accepted, and may `say` why it can not be kept."""

    def __init__(self, context: Context, recipe: Recipe, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._recipe = context, recipe
        self._source, self._save_to = recipe.source, recipe.save_to
        self.setWindowTitle(title)
        self.name = QLineEdit(recipe.name)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.textChanged.connect(self._check)
        self.place = QLabel()
        self.results = QLabel()
        self.choose_place = QPushButton(self.tr("Choose folder…"))
        self.choose_place.clicked.connect(lambda _checked=False: self._ask(self.take_folder))
        self.choose_results = QPushButton(self.tr("Choose…"))
        self.choose_results.setAccessibleName(self.tr("Choose where results go…"))
        self.choose_results.clicked.connect(lambda _checked=False: self._ask(self.take_results))
        self.usual_results = QPushButton(self.tr("As for every job"))
        self.usual_results.clicked.connect(lambda _checked=False: self.take_results(None))
        self.content = QComboBox()
        self.content.setAccessibleName(self.tr("Files"))
        for content, word in content_words().items():
            self.content.addItem(word, content)
        self.content.setCurrentIndex(self.content.findData(recipe.content))
        patterns = recipe.source.patterns if isinstance(recipe.source, FolderSource) else Patterns()
        self.include = self._pattern_line(
            self.tr("Only these"), self.tr("all, or for example: *.jpg, plot-?/*"), patterns.include
        )
        self.exclude = self._pattern_line(
            self.tr("Leave out"), self.tr("none, or for example: old/*"), patterns.exclude
        )
        self.account = QComboBox()
        self.account.setAccessibleName(self.tr("Account"))
        accounts = context.desk.accounts
        for each in accounts.all():
            if accounts.capabilities(each.account_id).takes_files or each.account_id == recipe.account_id:
                self.account.addItem(each.name, each.account_id)
        self.account.setCurrentIndex(max(0, self.account.findData(recipe.account_id)))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.trouble = TintedLabel("", Tint.BAD)
        self.trouble.hide()
        self._lay_out()
        self._show()
        self.name.selectAll()

    def recipe(self) -> Recipe:
        """Return the recipe as it stands here."""
        return replace(
            self._recipe,
            name=self.name.text().strip(),
            source=self._told_source(),
            account_id=self.account.currentData(),
            content=Content(self.content.currentData()),
            save_to=self._save_to,
        )

    def say(self, text: str) -> None:
        """Say why it can not be kept like this."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def take_folder(self, folder: Path | None) -> None:
        """Have the files come from this folder."""
        if folder is not None:
            self._source = FolderSource((folder,))
            self._show()

    def take_results(self, folder: Path | None) -> None:
        """Have the results go to this folder; None: where those of every job go."""
        self._save_to = folder
        self._show()

    def _told_source(self) -> Source:
        if isinstance(self._source, FolderSource):
            return FolderSource(self._source.paths, Patterns(_patterns(self.include), _patterns(self.exclude)))
        return self._source

    def _ask(self, take: Callable[[Path | None], None]) -> None:
        async def ask() -> None:
            dialog = QFileDialog(self, self.tr("Choose a folder"))
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            if chosen := await choose(dialog):
                take(chosen[0])

        self._context.tasks.start(ask())

    def _show(self) -> None:
        source = self._source
        self.place.setText(
            "\n".join(map(str, source.paths)) if isinstance(source, FolderSource) else place_of(self._recipe)
        )
        usual = self._context.desk.autosave.folder
        self.results.setText(str(self._save_to or self.tr("Where those of every job go: %1").replace("%1", str(usual))))
        self.usual_results.setEnabled(self._save_to is not None)
        self._check()

    def _check(self) -> None:
        self.say("")
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(bool(self.name.text().strip()))

    def _pattern_line(self, name: str, example: str, patterns: tuple[str, ...]) -> QLineEdit:
        line = QLineEdit(", ".join(patterns))
        line.setAccessibleName(name)
        line.setPlaceholderText(example)
        return line

    def _lay_out(self) -> None:
        step = unit(self)
        folders = isinstance(self._source, FolderSource)
        form = QFormLayout()
        form.setVerticalSpacing(step * 2)
        form.setHorizontalSpacing(step * 4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(source_word(self._source), self._with(self.place, *([self.choose_place] if folders else [])))
        form.addRow(self.tr("&Files"), self.content)
        if folders:
            form.addRow(self.tr("&Only these"), self.include)
            form.addRow(self.tr("&Leave out"), self.exclude)
        form.addRow(self.tr("Workflow"), QLabel(self._recipe.workflow_id, textFormat=Qt.TextFormat.PlainText))
        if settings := settings_word(self._recipe):
            form.addRow(self.tr("Settings"), QLabel(settings, wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        form.addRow(self.tr("&Account"), self.account)
        form.addRow(self.tr("Results"), self._with(self.results, self.choose_results, self.usual_results))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 4)
        layout.addLayout(form)
        layout.addWidget(self.trouble)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 130)

    def _with(self, label: QLabel, *buttons: QPushButton) -> QVBoxLayout:
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        column, row = QVBoxLayout(), QHBoxLayout()
        column.setSpacing(unit(self))
        row.setSpacing(unit(self) * 2)
        column.addWidget(label)
        for button in buttons:
            button.setAutoDefault(False)
            row.addWidget(button)
        if buttons:
            row.addStretch()
            column.addLayout(row)
        return column


def _patterns(line: QLineEdit) -> tuple[str, ...]:
    text = line.text()
    for separator in _SEPARATORS:
        text = text.replace(separator, "\n")
    return tuple(filter(None, map(str.strip, text.split("\n"))))
