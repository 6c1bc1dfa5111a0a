"""The service knows us too little for what was asked."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


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
    advice = QT_TRANSLATE_NOOP(
        "errors", "Ask for a key with that permission, or ask whoever manages the account for it."
    )


class UnknownAccount(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "There is no account “{account}”")
    message = QT_TRANSLATE_NOOP("errors", "Known accounts: {known}.")
    advice = QT_TRANSLATE_NOOP("errors", "Connect it under Account, or choose another one.")


class SignInRefused(KeyRefused):
    title = QT_TRANSLATE_NOOP("errors", "{service} did not accept this sign-in")
    advice = QT_TRANSLATE_NOOP("errors", "Check user, password and domain, and enter them again. It said: {reason}")


class AccessKeyRefused(KeyRefused):
    title = QT_TRANSLATE_NOOP("errors", "{service} did not accept this access key")
    advice = QT_TRANSLATE_NOOP("errors", "Check the access key and its secret, and enter them again. It said: {reason}")


class TokenRunOut(KeyRefused):
    title = QT_TRANSLATE_NOOP("errors", "The token of “{account}” has run out")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Paste a fresh token under Account, or let the app sign in with user and password."
    )


class KeyLocked(KeyRefused):
    title = QT_TRANSLATE_NOOP("errors", "{service} has locked this sign-in for a while")
    message = QT_TRANSLATE_NOOP(
        "errors", "It was refused too often. The app asks no more for now. It answered: {reason}"
    )
    advice = QT_TRANSLATE_NOOP("errors", "Wait some minutes, check it, and try again.")


class ClockWrong(KeyRefused):
    title = QT_TRANSLATE_NOOP("errors", "The clock of this computer is wrong by {minutes} minutes")
    message = QT_TRANSLATE_NOOP("errors", "{service} takes no request whose time is that far off; nothing is lost.")
    advice = QT_TRANSLATE_NOOP("errors", "Set the clock, or let the system set it by itself, and try again.")


class ProjectUnknown(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "{service} knows no project “{project}” for this account")
    message = QT_TRANSLATE_NOOP("errors", "The sign-in itself is fine. Known projects: {known}.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose one of them, or another region.")


class InArrears(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "{service} has restricted this account")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason} Jobs there may be frozen until it is settled.")
    advice = QT_TRANSLATE_NOOP("errors", "Look at the bills of the account, or ask whoever pays them, then try again.")


class NotSubscribed(PlanMissing):
    title = QT_TRANSLATE_NOOP("errors", "This {service} account has not subscribed to that")
    message = QT_TRANSLATE_NOOP("errors", "The sign-in is fine. It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Subscribe to it in the console of the service, then try again.")


class AccountKeyRefused(KeyRefused):
    title = QT_TRANSLATE_NOOP("errors", "{service} did not accept this access key")
    advice = QT_TRANSLATE_NOOP("errors", "Check that you copied the whole access key, and that it is for this address.")


class AddressNeeded(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "This key does not tell which address it is for")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose the address and try again.")


class AddressUnusable(AccountError):
    title = QT_TRANSLATE_NOOP("errors", "“{address}” is no address that a key may be sent to")
    message = QT_TRANSLATE_NOOP("errors", "It has to begin with https:// and a host. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Correct the address and try again.")
