"""What keeps a folder from being watched."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class WatchingProblem(BatchdockError):
    """A watched folder has to do with it."""


class FolderAway(WatchingProblem):
    title = QT_TRANSLATE_NOOP("errors", "The watched folder {folder} can not be read")
    message = QT_TRANSLATE_NOOP("errors", "It is looked for again. What was processed is known and stays.")
    advice = QT_TRANSLATE_NOOP("errors", "Connect its disk or network drive, or make the folder again.")


class WatchedElsewhere(WatchingProblem):
    title = QT_TRANSLATE_NOOP("errors", "Another Batchdock watches {folder}")
    message = QT_TRANSLATE_NOOP("errors", "Only one may, so that no file is processed twice.")
    advice = QT_TRANSLATE_NOOP("errors", "Leave it to that one, or end it first.")


class WatchingCostsMoney(WatchingProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{account}” costs money, so a watched folder needs a limit")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was started: nobody would see what is spent.")
    advice = QT_TRANSLATE_NOOP("errors", "Say how many credits a month it may use.")


class WatchingPriceUnknown(WatchingCostsMoney):
    title = QT_TRANSLATE_NOOP("errors", "Nobody knows what “{account}” costs, so no limit would hold")
    advice = QT_TRANSLATE_NOOP("errors", "Use this computer for the folder, or run a job over its files.")


class WatchLimitReached(WatchingProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” has used what it may this month")
    message = QT_TRANSLATE_NOOP(
        "errors", "Used: about {used} of {limit} credits. Files that wait: {waiting}. Nothing more is started."
    )
    advice = QT_TRANSLATE_NOOP("errors", "It goes on by itself next month, or at once when its limit is raised.")


class WatchBudgetReached(WatchingProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” waits: you want to be asked before “{account}” spends more")
    message = QT_TRANSLATE_NOOP("errors", "Files that wait: {waiting}. Nothing is started that nobody has agreed to.")
    advice = QT_TRANSLATE_NOOP("errors", "Raise the budget of the account, or run the recipe yourself.")


class ResultsInWatchedFolder(WatchingProblem):
    title = QT_TRANSLATE_NOOP("errors", "The results would go into the watched folder {folder}")
    message = QT_TRANSLATE_NOOP("errors", "Its own results would be taken for new files. Nothing is watched.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another folder for the results.")


class NoFolderToWatch(WatchingProblem):
    title = QT_TRANSLATE_NOOP("errors", "The folder {folder} is not there")
    message = QT_TRANSLATE_NOOP("errors", "Nothing is watched.")
    advice = QT_TRANSLATE_NOOP("errors", "Connect its disk or network drive, or choose another folder.")
