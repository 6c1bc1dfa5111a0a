"""There was no answer, or not a whole one."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class ConnectionProblem(BatchdockError):
    title = QT_TRANSLATE_NOOP("errors", "No connection to {host}")
    message = QT_TRANSLATE_NOOP("errors", "Work that needs it waits and continues by itself.")
    advice = QT_TRANSLATE_NOOP("errors", "Check the network of this computer.")
    retryable = True


class HostNotFound(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "The address {host} was not found")


class MaybeClosed(ConnectionProblem):
    """Of a service that nobody knows to be there still, and that has not answered yet."""

    title = QT_TRANSLATE_NOOP("errors", "No answer from {host}")
    message = QT_TRANSLATE_NOOP(
        "errors",
        "The public help pages were last changed about three years ago and the SDK in February 2023; "
        "the service may have been closed or moved.",
    )
    advice = QT_TRANSLATE_NOOP("errors", "Change the address of the account, or try again later.")


class NoNetwork(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "No internet")
    message = QT_TRANSLATE_NOOP("errors", "Waiting; everything continues by itself.")


class SignInNeeded(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "This network wants you to sign in first")
    message = QT_TRANSLATE_NOOP("errors", "Something else answered in place of {host}. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Open a web page in your browser and sign in; work continues by itself.")


class ProxyRefused(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "The proxy of this network does not let us through")
    message = QT_TRANSLATE_NOOP("errors", "{reason} Work that needs it waits and continues by itself.")
    advice = QT_TRANSLATE_NOOP("errors", "Ask IT, or look at the proxy settings of this computer.")


class CertificateRefused(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "The certificate of {host} is not trusted")
    message = QT_TRANSLATE_NOOP("errors", "Your network may replace the security certificate. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Ask IT to add its certificate to this computer; this app uses the computer's own list."
    )
    retryable = False


class TimedOut(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "{host} did not answer in time")


class VersionGone(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "A file at {host} has changed while it was fetched")
    message = QT_TRANSLATE_NOOP("errors", "It is fetched again from its beginning.")
    advice = QT_TRANSLATE_NOOP("errors", "Try again.")


class ConnectionClosed(ConnectionProblem):
    """Closed by this app. Another try needs the account's new client; the same one only refuses again."""

    title = QT_TRANSLATE_NOOP("errors", "The connection to {host} was closed")
    message = QT_TRANSLATE_NOOP("errors", "The account has changed meanwhile. Work that needs it continues by itself.")
    advice = QT_TRANSLATE_NOOP("errors", "Try again.")


class TransferStopped(BatchdockError):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” was stopped")
    message = QT_TRANSLATE_NOOP("errors", "What has arrived stays where it is.")
    advice = QT_TRANSLATE_NOOP("errors", "Start it again to go on from there.")
