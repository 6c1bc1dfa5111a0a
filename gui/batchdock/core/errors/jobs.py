"""A job did not do what it was to do."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class JobProblem(BatchdockError):
    """A job ended, but not as it should."""


class JobFailed(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” did not work")
    message = QT_TRANSLATE_NOOP("errors", "The service said: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the log of the job, or start it again.")


class FilesNotProcessed(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” is done with problems")
    message = QT_TRANSLATE_NOOP("errors", "{reason} The results of the others are there.")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the reasons, file by file, and run those files again.")


class NotAllTakenIn(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "{failed} of {total} packages could not be taken in")
    message = QT_TRANSLATE_NOOP("errors", "{service} has {count} files of this batch. Nothing was started.")
    advice = QT_TRANSLATE_NOOP("errors", "Go on without them, or send the files again as a new batch.")


class StartedAlready(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” has started already")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was changed.")
    advice = QT_TRANSLATE_NOOP("errors", "Stop it, or duplicate it and change the copy.")


class NotKnownHowStarted(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "Nobody here knows how “{name}” was started")
    message = QT_TRANSLATE_NOOP("errors", "Another program started it, and the service does not say from what.")
    advice = QT_TRANSLATE_NOOP("errors", "Start a new job on its batch.")


class FilesGone(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "The files of “{name}” are neither at the service nor where they were")
    message = QT_TRANSLATE_NOOP("errors", "Not there: {names}.")
    advice = QT_TRANSLATE_NOOP("errors", "Bring them back and try again, or drop them as a new job.")


class WorkedOnElsewhere(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "Another Batchdock works on “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was changed.")
    advice = QT_TRANSLATE_NOOP("errors", "Do it there, or try again when that one is closed.")


class WaitsForYou(JobProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” waits for you")
    message = QT_TRANSLATE_NOOP("errors", "{reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Try again when that is settled.")
