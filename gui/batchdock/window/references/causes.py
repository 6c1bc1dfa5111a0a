"""What is said of a line that is left out."""

from PySide6.QtCore import QCoreApplication

from batchdock.core.reference import LineCause, LineFinding
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate


def cause_title(cause: LineCause) -> str:
    """Return the cause, for a list of causes."""
    return {
        LineCause.NOT_JSON: _tr("references", "Not a JSON object"),
        LineCause.NO_NAME: _tr("references", "Without a name"),
        LineCause.NO_ADDRESS: _tr("references", "Without an address"),
        LineCause.NAME_UNFIT: _tr("references", "A name that no file can have"),
        LineCause.NO_EXTENSION: _tr("references", "A name without an extension"),
        LineCause.OTHER_KIND: _tr("references", "Neither picture nor video, by its name"),
        LineCause.NOT_AN_ADDRESS: _tr("references", "An address that can not be read"),
        LineCause.NOT_HTTPS: _tr("references", "An address that does not begin with https"),
        LineCause.PRIVATE: _tr("references", "An address of this computer or its network"),
        LineCause.EXPIRED: _tr("references", "An address that has expired"),
        LineCause.SAME_NAME: _tr("references", "A name that is there already"),
        LineCause.SAME_BUT_CASE: _tr("references", "A name that differs only by capital letters"),
    }[cause]


def finding_text(finding: LineFinding) -> str:
    """Return what is wrong with a line, with the line that was there before."""
    if not finding.first:
        return cause_title(finding.cause)
    text = _tr("references", "%1 (line %2)").replace("%1", cause_title(finding.cause))
    return text.replace("%2", number_text(finding.first))
