"""What was dropped, typed or brought along can not be used."""

from collections.abc import Sequence

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


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


class Unfit(InputError):
    """`reasons` are sentences: everything that is missing, not only the first thing that was met."""

    message = QT_TRANSLATE_NOOP("errors", "{reason}")

    def __init__(self, *, reasons: Sequence[str] = (), details: str = "", **values: object) -> None:
        self.reasons = tuple(reasons)
        if reasons:
            values["reason"] = " ".join(reasons)
        super().__init__(details=details, **values)


class WorkflowUnfit(Unfit):
    title = QT_TRANSLATE_NOOP("errors", "The workflow “{workflow}” can not be used here")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another workflow.")


class ModelUnfit(Unfit):
    title = QT_TRANSLATE_NOOP("errors", "The model “{model}” can not be used here")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another model.")


class NotAWorkflow(InputError):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” is not a workflow")
    message = QT_TRANSLATE_NOOP(
        "errors", "A Workflow JSON has inputs, steps and outputs; this file has other things in it."
    )
    advice = QT_TRANSLATE_NOOP("errors", "Choose the JSON that the workflow editor of Roboflow shows.")


class BrokenJson(NotAWorkflow):
    message = QT_TRANSLATE_NOOP("errors", "It can not be read as JSON: something is wrong in line {line}.")


class TooLargeForAWorkflow(NotAWorkflow):
    message = QT_TRANSLATE_NOOP("errors", "It has {size} bytes; a workflow has {limit} at most.")


class NamesUnfit(InputError):
    title = QT_TRANSLATE_NOOP("errors", "“{name}” does not fit this model")
    message = QT_TRANSLATE_NOOP("errors", "Names in it: {found}. Classes of the model: {wanted}.")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Choose the list that belongs to the model: one name a line, or a YAML with names."
    )


class BadIdentifier(InputError):
    title = QT_TRANSLATE_NOOP("errors", "“{identifier}” can not be used as an id")
    message = QT_TRANSLATE_NOOP("errors", "Ids have small letters, digits and hyphens, and at most {limit} characters.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another id; the name may stay as it is.")
