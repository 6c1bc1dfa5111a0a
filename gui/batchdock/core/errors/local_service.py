"""The child process behind *This computer*."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class LocalServiceProblem(BatchdockError):
    """The child process behind *This computer*."""


class LocalServiceBusy(LocalServiceProblem):
    title = QT_TRANSLATE_NOOP("errors", "Batchdock is already working on this computer")
    message = QT_TRANSLATE_NOOP("errors", "Another Batchdock uses the folder {folder}.")
    advice = QT_TRANSLATE_NOOP("errors", "Use that window, or close it and try again.")


class LocalServiceStopped(LocalServiceProblem):
    title = QT_TRANSLATE_NOOP("errors", "The service of this computer stopped")
    message = QT_TRANSLATE_NOOP("errors", "Its jobs continue where they were when it starts again.")
    advice = QT_TRANSLATE_NOOP("errors", "Close Batchdock and open it again if it does not come back by itself.")
    retryable = True
