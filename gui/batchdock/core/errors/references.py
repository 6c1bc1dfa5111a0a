"""Lists of references, and what services make of them."""

from batchdock.core.errors.brought import InputError
from batchdock.core.text import QT_TRANSLATE_NOOP


class ReferencesProblem(InputError):
    """A list of references, or what became of it."""


class NoReferences(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” has no address that can be used")
    message = QT_TRANSLATE_NOOP("errors", "Lines looked at: {count}. Each has its reason. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "A line reads like this: {example}")


class ListChanged(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” is not the list any more that was looked at")
    message = QT_TRANSLATE_NOOP("errors", "What is not handed over yet stays here: no file is to take another's place.")
    advice = QT_TRANSLATE_NOOP("errors", "Put the old list back and try again, or send the new one as a new batch.")


class ListAddressForgotten(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "The address of the list “{name}” is needed again")
    message = QT_TRANSLATE_NOOP(
        "errors", "It holds a secret, and no password store on this computer kept it. What was handed over stays."
    )
    advice = QT_TRANSLATE_NOOP("errors", "Paste the address again as a new batch.")


class ListNotHttps(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "The address of a list begins with https://")
    message = QT_TRANSLATE_NOOP("errors", "Anybody on the way could change the list otherwise. Nothing was fetched.")
    advice = QT_TRANSLATE_NOOP("errors", "Paste an https address, or choose the list as a file.")


class ListTooLarge(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "The list “{name}” is too large")
    message = QT_TRANSLATE_NOOP("errors", "At most {limit} are fetched from an address. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Save it as a file and choose that: a file can have any size.")


class ListNotFetched(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "The list “{name}” can not be fetched")
    message = QT_TRANSLATE_NOOP("errors", "{host} answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Check the address, and whether it is still good.")


class NotAllReferencesTakenIn(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "{service} has not taken in all of “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "There: {count} of {total}. What is not has its reason.")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Check whether the addresses are still good, and send those files again as a new batch."
    )


class QueryEmpty(ReferencesProblem):
    title = QT_TRANSLATE_NOOP("errors", "The search in the workspace found nothing")
    message = QT_TRANSLATE_NOOP("errors", "{service} has put no picture into the batch. Nothing was started.")
    advice = QT_TRANSLATE_NOOP("errors", "Check the query in the workspace and try again.")
