"""What keeps a recipe from being made, kept or run."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class RecipeProblem(BatchdockError):
    """A recipe has to do with it."""


class RecipeNameTaken(RecipeProblem):
    title = QT_TRANSLATE_NOOP("errors", "There is a recipe called “{name}” already")
    message = QT_TRANSLATE_NOOP("errors", "It stays as it is. Nothing was kept.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another name.")


class RecipeGone(RecipeProblem):
    title = QT_TRANSLATE_NOOP("errors", "There is no recipe “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was started.")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the list of recipes; it may have another name by now.")


class NoRecipeOfThis(RecipeProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” can not become a recipe")
    message = QT_TRANSLATE_NOOP("errors", "Its files were not sent from here, so nobody knows where they come from.")
    advice = QT_TRANSLATE_NOOP("errors", "Run the job once over a folder, a list or a bucket from here.")


class NothingNew(RecipeProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” finds nothing new")
    message = QT_TRANSLATE_NOOP("errors", "Files looked at: {count}. It had all of them before. Nothing was started.")
    advice = QT_TRANSLATE_NOOP("errors", "Run it on all files to do them once more.")


class NewOnlyOfFiles(RecipeProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” can not tell what is new")
    message = QT_TRANSLATE_NOOP("errors", "Only the service knows what a query finds. Nothing was started.")
    advice = QT_TRANSLATE_NOOP("errors", "Run it on everything, or let the query itself ask for what is new.")


class NotARecipe(RecipeProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” holds no recipe of Batchdock")
    message = QT_TRANSLATE_NOOP("errors", "What does not fit: {reason}. Nothing was kept.")
    advice = QT_TRANSLATE_NOOP("errors", "Ask whoever sent it to export the recipe once more.")


class RecipeOfNewerVersion(NotARecipe):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” was made by a newer Batchdock")
    message = QT_TRANSLATE_NOOP("errors", "This one does not know how to read it. Nothing was kept.")
    advice = QT_TRANSLATE_NOOP("errors", "Install the newer version.")
