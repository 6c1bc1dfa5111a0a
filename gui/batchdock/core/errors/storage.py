"""A disk or folder of this computer."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


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


class LargeResults(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "The results of “{name}” are large")
    message = QT_TRANSLATE_NOOP("errors", "They need about {needed}, so they are not saved without asking you.")
    advice = QT_TRANSLATE_NOOP("errors", "Save them all the same, or only what you need, under Results.")


class NoRoomForResults(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "There is no room for the results of “{name}”")
    message = QT_TRANSLATE_NOOP("errors", "They need about {needed}, and {folder} has {free} left.")
    advice = QT_TRANSLATE_NOOP("errors", "Make room and try again, or save them in another place, under Results.")


class NotSavedAsTheyCame(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "Not all of the results could be saved as they came")
    message = QT_TRANSLATE_NOOP("errors", "Left out, or saved under another name: {count}. Each has its reason.")
    advice = QT_TRANSLATE_NOOP("errors", "The list is with the results, in {folder}.")


class NotAllHandedOn(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "Not everything could be handed on")
    message = QT_TRANSLATE_NOOP("errors", "Left out, or not as it was: {count}. Each has its reason.")
    advice = QT_TRANSLATE_NOOP("errors", "The list is with the rest, in {folder}.")


class NotAllTakenOut(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "Not everything could be taken out")
    message = QT_TRANSLATE_NOOP("errors", "Not here: {count}. Each has its reason; everything else is here.")
    advice = QT_TRANSLATE_NOOP("errors", "Try again: only what is missing is fetched. The receipt is in {folder}.")


class EventsWithoutPictures(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "There is no room for pictures that jobs send")
    message = QT_TRANSLATE_NOOP(
        "errors", "Events are kept without them: {count} of the last ones. The disk of {folder} is full."
    )
    advice = QT_TRANSLATE_NOOP("errors", "Make room, or let older events go under Events.")


class EventsLetGo(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "The oldest events were let go of")
    message = QT_TRANSLATE_NOOP("errors", "What jobs send is kept for {days} days, and up to {most} GB of pictures.")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Save events that you want to keep, or choose other limits in the preferences."
    )


class ArchiveDamaged(StorageProblem):
    title = QT_TRANSLATE_NOOP("errors", "{name} can not be unpacked")
    message = QT_TRANSLATE_NOOP("errors", "{reason} The rest was saved.")
    advice = QT_TRANSLATE_NOOP("errors", "Save the results again.")
