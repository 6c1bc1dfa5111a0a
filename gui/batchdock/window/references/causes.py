"""What is said of a line that is left out."""

from PySide6.QtCore import QCoreApplication

from batchdock.core.reference import LineCause, LineFinding
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate

EXAMPLE = '{"name": "photo1.jpg", "url": "https://…"}'


def cause_title(cause: LineCause) -> str:
    """Return the cause in a few words, for a list of causes."""
    return {
        LineCause.NOT_JSON: _tr("references", "No JSON object"),
        LineCause.NO_NAME: _tr("references", "No name"),
        LineCause.NO_ADDRESS: _tr("references", "No address"),
        LineCause.NAME_UNFIT: _tr("references", "Name not possible"),
        LineCause.NO_EXTENSION: _tr("references", "Name without extension"),
        LineCause.OTHER_KIND: _tr("references", "No picture, no video"),
        LineCause.NOT_AN_ADDRESS: _tr("references", "Address not readable"),
        LineCause.NOT_HTTPS: _tr("references", "Address without https"),
        LineCause.PRIVATE: _tr("references", "Private address"),
        LineCause.EXPIRED: _tr("references", "Address has expired"),
        LineCause.SAME_NAME: _tr("references", "Name is there already"),
        LineCause.SAME_BUT_CASE: _tr("references", "Name differs by capitals only"),
        LineCause.HAD_ALREADY: _tr("references", "An earlier run had it"),
    }[cause]


def cause_sentence(cause: LineCause) -> str:
    """Return what that means, and what can be done."""
    return {
        LineCause.NOT_JSON: _tr("references", "A line reads like this: %1").replace("%1", EXAMPLE),
        LineCause.NO_NAME: _tr("references", "Every line needs the name that the file is to have."),
        LineCause.NO_ADDRESS: _tr("references", "Every line needs the url of its file."),
        LineCause.NAME_UNFIT: _tr("references", "A name has no slash and no line break, and at most 255 bytes."),
        LineCause.NO_EXTENSION: _tr("references", "A name ends with .jpg, .mp4 or the like: that tells what it is."),
        LineCause.OTHER_KIND: _tr("references", "By its name it is a file that no service takes."),
        LineCause.NOT_AN_ADDRESS: _tr("references", "Copy the address again, whole."),
        LineCause.NOT_HTTPS: _tr("references", "Services fetch over https only."),
        LineCause.PRIVATE: _tr("references", "It leads to this computer or its own network, which no service reaches."),
        LineCause.EXPIRED: _tr("references", "It was signed for a time that is over. Have the list made anew."),
        LineCause.SAME_NAME: _tr("references", "Names tell the files of a batch apart. The first one stays."),
        LineCause.SAME_BUT_CASE: _tr(
            "references", "On many disks the results of both would be one file. The first one stays."
        ),
        LineCause.HAD_ALREADY: _tr("references", "Its results are with that run."),
    }[cause]


def finding_text(finding: LineFinding) -> str:
    """Return what is wrong with a line, with the line that was there before."""
    if not finding.first:
        return cause_title(finding.cause)
    text = _tr("references", "%1 (line %2)").replace("%1", cause_title(finding.cause))
    return text.replace("%2", number_text(finding.first))
