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
    title = QT_TRANSLATE_NOOP("errors", "“{account}” costs money, so it does not work on watched folders")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was started: nobody would see what is spent.")
    advice = QT_TRANSLATE_NOOP("errors", "Use this computer for the folder, or run a job over its files.")
