"""Everything that can go wrong, as one tree.

    BatchdockError
    ├── InputError                what was dropped or typed
    │   ├── NothingUsable
    │   ├── FileUnreadable        vanished, locked, or changed while it was sent
    │   ├── FileTooLarge          larger than the service takes
    │   ├── ShardTooLarge         more files or bytes in one tar than the service takes: cut it smaller
    │   ├── SourceGone            the folder, drive or share that the files come from
    │   ├── OtherFolder           not the one that the files come from
    │   ├── WorkflowUnfit
    │   └── BadIdentifier
    ├── AccountError              key, plan, permission
    │   ├── KeyRefused            401
    │   │   └── PublishableKey
    │   ├── KeyMissing            not entered since the start, or the password store is locked
    │   ├── KeyOfAnotherWorkspace
    │   ├── PlanMissing           402
    │   ├── AccessDenied          403
    │   └── UnknownAccount
    ├── ServiceError              the service answered, but not with what was asked
    │   ├── BadRequest            400 and other 4xx
    │   ├── NotFound              404
    │   │   └── BatchGone         expired, or removed
    │   ├── AlreadyExists         409
    │   ├── UsagePaused           423
    │   ├── TooManyRequests       429
    │   ├── ServiceTrouble        5xx and 408
    │   ├── UnreadableAnswer      HTML, half an answer, another shape
    │   └── NotAllArrived         what was sent is not all there
    ├── ConnectionProblem         no answer at all
    │   ├── HostNotFound
    │   ├── NoNetwork             this computer has none at all
    │   ├── SignInNeeded          the network answered in the service's place
    │   ├── ProxyRefused          407, or the proxy itself can not be reached
    │   ├── CertificateRefused
    │   ├── TimedOut
    │   ├── VersionGone           what has arrived of a file is of no use: it is another one by now
    │   └── ConnectionClosed      by this app: the key was replaced, or the account forgotten
    ├── TransferStopped           by the person
    ├── JobProblem                a job ended, but not as it should
    │   ├── JobFailed
    │   └── FilesNotProcessed
    ├── KeystoreProblem
    │   ├── NoKeystore
    │   └── KeystoreSilent        locked, or waiting for a prompt
    ├── LocalServiceProblem       the child process behind *This computer*
    │   ├── LocalServiceBusy      another Batchdock holds the folder
    │   └── LocalServiceStopped
    └── StorageProblem
        ├── DiskFull
        ├── FolderNotWritable
        ├── MadeByNewerVersion
        ├── NothingToSave
        ├── NotSavedAsTheyCame    some are left out, or got another name
        └── ArchiveDamaged

Each class carries three templates: `title` (what happened), `message` (what the app does now or what it means) and
`advice` (what the person can do). They are English sources; the window translates the templates and then fills in
`values`. `details` is for people who ask for it; whoever fills it has taken every secret out first.
"""

from typing import ClassVar

from batchdock.core.text import QT_TRANSLATE_NOOP


class BatchdockError(Exception):
    """The root: an error with words for the person in front of the screen."""

    title: ClassVar[str] = QT_TRANSLATE_NOOP("errors", "Something unexpected happened")
    message: ClassVar[str] = QT_TRANSLATE_NOOP("errors", "Nothing was lost.")
    advice: ClassVar[str] = QT_TRANSLATE_NOOP(
        "errors", "Try again. If it happens again, copy the technical details for support."
    )
    retryable: ClassVar[bool] = False
    """True where the same request may well succeed a little later."""

    def __init__(self, *, details: str = "", **values: object) -> None:
        self.details = details
        self.values = values
        super().__init__(self.sentence())

    def filled(self, template: str) -> str:
        """Return `template` with this error's values; a template may name a value that is not known."""
        return template.format_map(_Missing(self.values))

    def sentence(self) -> str:
        """Return title, message and advice as English text."""
        parts = (self.title, self.message, self.advice)
        return " ".join(self._ended(self.filled(part)) for part in parts if part)

    @staticmethod
    def _ended(text: str) -> str:
        return text if text.endswith((".", "?", ".”", "?”")) else f"{text}."


class _Missing(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"


# --- input ------------------------------------------------------------------------------------------------------


class InputError(BatchdockError):
    """What was dropped, chosen or typed can not be worked with."""


class NothingUsable(InputError):
    title = QT_TRANSLATE_NOOP("errors", "None of these files can be used")
    message = QT_TRANSLATE_NOOP("errors", "Files looked at: {count}. Each has its reason.")
    advice = QT_TRANSLATE_NOOP("errors", "Drop pictures (JPEG, PNG, WebP, BMP) or videos (MP4, MOV, AVI, MKV).")


class FileUnreadable(InputError):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” can not be read")
    message = QT_TRANSLATE_NOOP("errors", "The computer answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Check that the file is still there and that you may open it.")


class FileTooLarge(InputError):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” is larger than {service} takes")
    message = QT_TRANSLATE_NOOP("errors", "It has {size} bytes; at most {limit} are taken.")
    advice = QT_TRANSLATE_NOOP("errors", "Use a smaller copy, or process it on this computer.")


class ShardTooLarge(InputError):
    """`files` and `bytes` are the most that one tar may hold, None where the service did not say."""

    title = QT_TRANSLATE_NOOP("errors", "{service} takes fewer files at once")
    message = QT_TRANSLATE_NOOP("errors", "The rest is sent in smaller portions.")
    advice = QT_TRANSLATE_NOOP("errors", "There is nothing you need to do.")

    def __init__(self, *, files: int | None = None, bytes: int | None = None, **values: object) -> None:
        self.files, self.bytes = files, bytes
        super().__init__(details="", **values)


class SourceGone(InputError):
    title = QT_TRANSLATE_NOOP("errors", "The folder {folder} can not be reached")
    message = QT_TRANSLATE_NOOP("errors", "What is not sent yet waits, and continues by itself when it is back.")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Connect the drive or share again, choose where the folder is now, or go on without these files."
    )


class OtherFolder(InputError):
    title = QT_TRANSLATE_NOOP("errors", "{folder} holds {found} of the {total} files that are still to be sent")
    message = QT_TRANSLATE_NOOP("errors", "They were looked for by their names and sizes. Nothing was changed.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose the folder in which they are now, or go on without them.")


class WorkflowUnfit(InputError):
    title = QT_TRANSLATE_NOOP("errors", "The workflow “{workflow}” can not be used here")
    message = QT_TRANSLATE_NOOP("errors", "{reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another workflow.")


class BadIdentifier(InputError):
    title = QT_TRANSLATE_NOOP("errors", "“{identifier}” can not be used as an id")
    message = QT_TRANSLATE_NOOP("errors", "Ids have small letters, digits and hyphens, and at most {limit} characters.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another id; the name may stay as it is.")


# --- accounts ---------------------------------------------------------------------------------------------------


class AccountError(BatchdockError):
    """The service knows us too little for what was asked."""


class KeyRefused(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "{service} did not accept this key")
    message = QT_TRANSLATE_NOOP("errors", "Work that needs it is paused; nothing is lost.")
    advice = QT_TRANSLATE_NOOP("errors", "Check that you copied the whole key, and that it is a private key.")


class PublishableKey(KeyRefused):
    message = QT_TRANSLATE_NOOP("errors", "This looks like a publishable key. Jobs need the private key.")
    advice = QT_TRANSLATE_NOOP("errors", "Copy the private key from the settings of the workspace.")


class KeyMissing(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "The key of “{account}” is not here")
    message = QT_TRANSLATE_NOOP(
        "errors", "It was kept until you quit, or the password store of this computer is locked."
    )
    advice = QT_TRANSLATE_NOOP(
        "errors", "Enter the key again under Account, or unlock the password store and try again."
    )


class KeyOfAnotherWorkspace(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "This key is for “{found}”, not for “{expected}”")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was changed.")
    advice = QT_TRANSLATE_NOOP("errors", "Add it as a second account instead, or paste the key of “{expected}”.")


class PlanMissing(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "This {service} plan does not include Batch Processing")
    message = QT_TRANSLATE_NOOP("errors", "The key is fine. Work on this computer goes on.")
    advice = QT_TRANSLATE_NOOP("errors", "Upgrade the plan, or run the job on this computer.")


class AccessDenied(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "This key may not do that")
    message = QT_TRANSLATE_NOOP("errors", "{service} answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Ask for a key with Batch Processing permissions.")


class UnknownAccount(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "There is no account “{account}”")
    message = QT_TRANSLATE_NOOP("errors", "Known accounts: {known}.")
    advice = QT_TRANSLATE_NOOP("errors", "Connect it under Account, or choose another one.")


# --- the service answered ---------------------------------------------------------------------------------------


class ServiceError(BatchdockError):
    """The service answered, but not with what was asked for. `retry_after`: the seconds it asked us to wait."""

    def __init__(self, *, retry_after: float | None = None, details: str = "", **values: object) -> None:
        self.retry_after = retry_after
        super().__init__(details=details, **values)


class BadRequest(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} did not accept the request")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Change what it names and try again.")


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


class UsagePaused(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} has paused this workspace")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the billing page of the workspace, then try again.")


class TooManyRequests(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{service} asks us to wait, or the credits are used up")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the credits of the workspace, or try again in some minutes.")
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


class NotAllArrived(ServiceError):
    title = QT_TRANSLATE_NOOP("errors", "{arrived} of {total} files arrived")
    message = QT_TRANSLATE_NOOP("errors", "Missing at {service}: {names}.")
    advice = QT_TRANSLATE_NOOP("errors", "Send the missing files again; what arrived is not sent twice.")


# --- no answer --------------------------------------------------------------------------------------------------


class ConnectionProblem(BatchdockError):
    title = QT_TRANSLATE_NOOP("errors", "No connection to {host}")
    message = QT_TRANSLATE_NOOP("errors", "Work that needs it waits and continues by itself.")
    advice = QT_TRANSLATE_NOOP("errors", "Check the network of this computer.")
    retryable = True


class HostNotFound(ConnectionProblem):
    title = QT_TRANSLATE_NOOP("errors", "The address {host} was not found")


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


# --- jobs -------------------------------------------------------------------------------------------------------


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


# --- keys -------------------------------------------------------------------------------------------------------


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


# --- this computer ----------------------------------------------------------------------------------------------


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


# --- disks ------------------------------------------------------------------------------------------------------


class StorageProblem(BatchdockError):
    """A disk or folder of this computer."""


class DiskFull(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "The disk is full")
    message = QT_TRANSLATE_NOOP("errors", "{folder} has no room for {needed}. No finished work is lost.")
    advice = QT_TRANSLATE_NOOP("errors", "Make room or choose another place.")


class FolderNotWritable(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "Nothing can be saved in {folder}")
    message = QT_TRANSLATE_NOOP("errors", "The computer answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another place.")


class MadeByNewerVersion(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "The {name} was written by a newer Batchdock")
    message = QT_TRANSLATE_NOOP("errors", "This version does not touch it, so that nothing is lost.")
    advice = QT_TRANSLATE_NOOP("errors", "Update Batchdock on this computer.")


class NothingToSave(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” has no results to save")
    message = QT_TRANSLATE_NOOP("errors", "The job has made none, or they have expired.")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the state of the job, or run it again.")


class NotSavedAsTheyCame(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "Not all of the results could be saved as they came")
    message = QT_TRANSLATE_NOOP("errors", "Left out, or saved under another name: {count}. Each has its reason.")
    advice = QT_TRANSLATE_NOOP("errors", "The list is with the results, in {folder}.")


class ArchiveDamaged(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "{name} can not be unpacked")
    message = QT_TRANSLATE_NOOP("errors", "{reason} The rest was saved.")
    advice = QT_TRANSLATE_NOOP("errors", "Save the results again.")
