"""The password store of the system does not give keys or take them."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class KeystoreProblem(BatchdockError):
    """The key can not be kept in, or read from, the password store of this computer."""


class NoKeystore(KeystoreProblem):
    title = QT_TRANSLATE_NOOP("errors", "This computer has no password store")
    message = QT_TRANSLATE_NOOP("errors", "The key is kept until you quit, and never written to a file.")
    advice = QT_TRANSLATE_NOOP("errors", "You will be asked for the key again next time.")


class KeystoreSilent(KeystoreProblem):
    title = QT_TRANSLATE_NOOP("errors", "The password store of this computer does not answer")
    message = QT_TRANSLATE_NOOP("errors", "It may be locked. Keys entered now are kept until you quit.")
    advice = QT_TRANSLATE_NOOP("errors", "Unlock it, then try again.")
