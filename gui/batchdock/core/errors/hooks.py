"""News of services can not be received."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class NotListening(BatchdockError):
    title = QT_TRANSLATE_NOOP("errors", "Batchdock can not listen at {address}, port {port}")
    message = QT_TRANSLATE_NOOP("errors", "The system said: {reason}. Jobs are watched as before, only less promptly.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another address or port in the preferences.")


class PortTaken(NotListening):
    title = QT_TRANSLATE_NOOP("errors", "Another program listens on port {port} already")
    message = QT_TRANSLATE_NOOP("errors", "News of services are not heard. Jobs are watched as before.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another port in the preferences, or end that program.")


class AddressNotHere(NotListening):
    title = QT_TRANSLATE_NOOP("errors", "This computer does not have the address {address}")
    message = QT_TRANSLATE_NOOP("errors", "News of services are not heard. Jobs are watched as before.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose one of its addresses in the preferences: 127.0.0.1 is always there.")
