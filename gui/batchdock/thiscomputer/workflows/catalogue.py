"""The list of built-in workflows."""

from batchdock.thiscomputer.workflows.blur_faces import BlurFaces
from batchdock.thiscomputer.workflows.built_in import BuiltIn
from batchdock.thiscomputer.workflows.count_in_video import CountInVideo
from batchdock.thiscomputer.workflows.find_copies import FindCopies
from batchdock.thiscomputer.workflows.find_objects import FindObjects
from batchdock.thiscomputer.workflows.picture_quality import PictureQuality
from batchdock.thiscomputer.workflows.read_codes import ReadCodes
from batchdock.thiscomputer.workflows.read_text import ReadText

_ALL: tuple[BuiltIn, ...] = (
    ReadCodes(),
    FindObjects(),
    ReadText(),
    BlurFaces(),
    CountInVideo(),
    PictureQuality(),
    FindCopies(),
)


def catalogue() -> tuple[BuiltIn, ...]:
    """Return every built-in workflow, in the order in which they are shown."""
    return _ALL


def built_in(workflow_id: str) -> BuiltIn | None:
    """Return the workflow with this id, or None."""
    return next((each for each in _ALL if each.workflow_id == workflow_id), None)
