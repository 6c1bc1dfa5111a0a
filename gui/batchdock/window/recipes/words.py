"""Recipes in words."""

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Content
from batchdock.core.recipe import BucketSource, FolderSource, ListSource, QuerySource, Recipe, Source, place_of
from batchdock.window.results.saving import place_text

_tr = QCoreApplication.translate


def source_word(source: Source) -> str:
    """Return what kind of source it is."""
    match source:
        case FolderSource():
            return _tr("recipes", "Folder")
        case ListSource():
            return _tr("recipes", "List of addresses")
        case BucketSource():
            return _tr("recipes", "Bucket")
        case QuerySource():
            return _tr("recipes", "RoboQL query")


def short_place(recipe: Recipe) -> str:
    """Return where its files come from, short enough for a row."""
    if isinstance(recipe.source, FolderSource):
        return ", ".join(map(place_text, recipe.source.paths))
    return place_of(recipe)


def content_words() -> dict[Content, str]:
    """Return what a recipe may be over, in the order in which that is offered."""
    return {
        Content.UNKNOWN: _tr("recipes", "Pictures and videos"),
        Content.IMAGES: _tr("recipes", "Pictures only"),
        Content.VIDEOS: _tr("recipes", "Videos only"),
    }


def files_word(recipe: Recipe) -> str:
    """Return which of the files of its source a recipe takes."""
    words = [content_words()[recipe.content]]
    if isinstance(recipe.source, FolderSource):
        patterns = recipe.source.patterns
        if patterns.include:
            words.append(_tr("recipes", "only %1").replace("%1", ", ".join(patterns.include)))
        if patterns.exclude:
            words.append(_tr("recipes", "not %1").replace("%1", ", ".join(patterns.exclude)))
    return "; ".join(words)


def settings_word(recipe: Recipe) -> str:
    """Return the settings of the workflow that differ from its own, empty where none does."""
    return ", ".join(f"{name} = {value}" for name, value in recipe.options.parameters.items())
