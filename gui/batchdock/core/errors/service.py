"""The service answered, but not with what was asked for."""

from collections.abc import Sequence

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class ServiceError(BatchdockError):
    """The service answered, but not with what was asked for. `retry_after`: the seconds it asked us to wait.

    `kind` is its word for programs and `reasons` are its sentences, where it says more than one thing.
    """

    def __init__(
        self,
        *,
        retry_after: float | None = None,
        kind: str = "",
        reasons: Sequence[str] = (),
        details: str = "",
        **values: object,
    ) -> None:
        self.retry_after = retry_after
        self.kind = kind
        self.reasons = tuple(reasons) or (str(values.get("reason", "")),)
        super().__init__(details=details, **values)


class BadRequest(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} did not accept the request")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Change what it names and try again.")


class NotAskedFor(BadRequest):
    title = QT_TRANSLATE_NOOP("errors", "{service} would not accept this")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was sent. {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Change it and try again.")


class ParameterMissing(BadRequest):
    title = QT_TRANSLATE_NOOP("errors", "{service} misses something in the request")
    advice = QT_TRANSLATE_NOOP("errors", "Fill in what it names and try again.")


class NotFound(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} does not know this any more")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "It may have expired or been removed. Refresh the list.")


class BatchGone(NotFound):
    title = QT_TRANSLATE_NOOP("errors", "{service} has deleted “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "Batches are kept for a week. What was saved before stays.")
    advice = QT_TRANSLATE_NOOP("errors", "Send the files again as a new batch.")


class AlreadyExists(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} already has something different under this id")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was changed. It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Start again under a new id.")


class NameTaken(AlreadyExists):
    title = QT_TRANSLATE_NOOP("errors", "{service} already has one of this name")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another name.")


class DraftOpen(AlreadyExists):
    title = QT_TRANSLATE_NOOP("errors", "The branch “{name}” has a draft already")
    advice = QT_TRANSLATE_NOOP("errors", "Go on with that draft, or commit or close it first.")


class MaybeCreated(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "Nobody knows whether {service} has made “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "Its answer was lost, and asking again could make it twice. {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Refresh the list: if it is not there, make it again.")


class StillUsed(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "A job that is not over needs this")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was removed. {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Wait until the job is done, or stop it, and remove it then.")


class UsagePaused(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} has paused this workspace")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the billing page of the workspace, then try again.")


class CreditsUsedUp(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "The credits of this {service} workspace are used up")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Nothing is asked again by itself. Add credits, then try again, or run the job on this computer."
    )


class TooManyRequests(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} asks us to slow down")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Try again in some minutes.")
    retryable = True


class ServiceTrouble(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} is in trouble ({status})")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Try again in some minutes.")
    retryable = True


class UnreadableAnswer(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "The answer of {service} can not be read")
    message = QT_TRANSLATE_NOOP("errors", "Something between this computer and the service may have changed it.")
    advice = QT_TRANSLATE_NOOP("errors", "Check the address of the account, and try again.")


class SettingsUnreadable(UnreadableAnswer):
    title = QT_TRANSLATE_NOOP("errors", "The settings of this job can not be read as {service} sent them")
    message = QT_TRANSLATE_NOOP("errors", "They are not written as its own rules say. The job is not affected.")
    advice = QT_TRANSLATE_NOOP("errors", "Look at it in the console of the service, and save its settings there anew.")


class NotAllArrived(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{arrived} of {total} files arrived")
    message = QT_TRANSLATE_NOOP("errors", "Missing at {service}: {names}.")
    advice = QT_TRANSLATE_NOOP("errors", "Send the missing files again; what arrived is not sent twice.")


class NotAllFilled(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "Not everything has arrived in “{name}”")
    message = QT_TRANSLATE_NOOP(
        "errors",
        "Not there: {count}. Each has its reason. All else is in draft {draft}, which was not committed.",
    )
    advice = QT_TRANSLATE_NOOP("errors", "Try again: only what is missing is sent. Or commit the draft as it is.")


class FilesNotTakenIn(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} has not taken in all of “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "It said: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the files it names, and send them again as others it takes.")


class NotAllowedNow(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} does not allow this now")
    message = QT_TRANSLATE_NOOP(
        "errors", "Nothing was changed, and it is not asked again by itself. It answered: {reason}"
    )
    advice = QT_TRANSLATE_NOOP("errors", "Look at its state, and at what uses it: some take no such command.")


class OverQuota(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} has no room for more of this")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was changed. It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Delete what is no longer needed, or ask the service for a higher limit.")


class NotOffered(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} can not do this")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was changed.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another account for it.")
