"""A setting that can not be what somebody wants it to be. The old one stays."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class PreferenceRefused(BatchdockError):
    """A setting that can not be what somebody wants it to be. The old one stays."""

    title = QT_TRANSLATE_NOOP("errors", "This setting stays as it was")
    message = QT_TRANSLATE_NOOP("errors", "It can not be “{value}”.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose something else.")


class OutOfRange(PreferenceRefused):
    title = QT_TRANSLATE_NOOP("errors", "{value} is too little or too much")
    message = QT_TRANSLATE_NOOP("errors", "The number stays as it was.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose one from {lowest} to {highest}.")


class NotAnAddress(PreferenceRefused):
    title = QT_TRANSLATE_NOOP("errors", "“{value}” is not the name of a computer")
    message = QT_TRANSLATE_NOOP("errors", "The address stays as it was.")
    advice = QT_TRANSLATE_NOOP("errors", "Write 127.0.0.1 for this computer only, or one of its addresses.")


class NotAFolder(PreferenceRefused):
    title = QT_TRANSLATE_NOOP("errors", "“{value}” is not a whole path to a folder")
    message = QT_TRANSLATE_NOOP("errors", "The folder stays as it was.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose a folder of this computer.")
