"""Results that can not be looked at."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class ResultsUnreadable(BatchdockError):
    """`name` is the folder's."""

    title = QT_TRANSLATE_NOOP("errors", "There are no results to look at in “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "It has no table of results, and nothing else that is known here.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose the folder in which results were saved.")


class ReadingEnded(ResultsUnreadable):
    """The process that reads has ended without a result: killed, or out of memory."""

    title = QT_TRANSLATE_NOOP("errors", "The results of “{name}” were not read to their end")
    message = QT_TRANSLATE_NOOP(
        "errors", "The part of Batchdock that reads them stopped: {reason} Nothing was changed."
    )
    advice = QT_TRANSLATE_NOOP("errors", "Close other programs to free memory, and try again.")
