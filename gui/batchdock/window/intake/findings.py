"""What is said of a file that is left out."""

from PySide6.QtCore import QCoreApplication

from batchdock.core.intake import PICTURE_LIMIT_BYTES, PICTURE_LIMIT_PIXELS, Finding
from batchdock.window.wording import number_text, size_text

_tr = QCoreApplication.translate


def finding_title(finding: Finding) -> str:
    """Return the reason as a heading over the files it is true of."""
    titles = {
        Finding.DAMAGED: _tr("findings", "Damaged or cut off"),
        Finding.EMPTY: _tr("findings", "Empty (0 bytes)"),
        Finding.CHANGING: _tr("findings", "Still being written"),
        Finding.NOT_A_PICTURE: _tr("findings", "Named like a picture, but something else"),
        Finding.OTHER_FORMAT: _tr("findings", "Picture in a format that can not be processed"),
        Finding.TOO_MANY_BYTES: _tr("findings", "Picture larger than %1"),
        Finding.TOO_MANY_PIXELS: _tr("findings", "Picture with more than %1 pixels"),
        Finding.EXACT_COPY: _tr("findings", "Exact copy of another file"),
        Finding.NEAR_COPY: _tr("findings", "Looks almost the same as another picture"),
        Finding.HAD_ALREADY: _tr("findings", "The earlier job had it already"),
        Finding.NO_PERMISSION: _tr("findings", "No permission to read"),
        Finding.BROKEN_LINK: _tr("findings", "Link that leads nowhere"),
        Finding.NOT_REACHABLE: _tr("findings", "Drive or network folder does not answer"),
        Finding.VANISHED: _tr("findings", "Moved or deleted meanwhile"),
        Finding.UNSUPPORTED: _tr("findings", "Neither picture nor video"),
    }
    limits = {
        Finding.TOO_MANY_BYTES: size_text(PICTURE_LIMIT_BYTES),
        Finding.TOO_MANY_PIXELS: number_text(PICTURE_LIMIT_PIXELS),
    }
    return titles[finding].replace("%1", limits.get(finding, ""))


def finding_advice(finding: Finding) -> str:
    """Return what a person can do about it."""
    advice = {
        Finding.DAMAGED: _tr("findings", "Copy it again from the camera or card, then add it once more."),
        Finding.EMPTY: _tr("findings", "The file has no content. Copy it again from where it came."),
        Finding.CHANGING: _tr("findings", "Wait until it is copied or recorded, then add it once more."),
        Finding.NOT_A_PICTURE: _tr("findings", "Open it in the program that made it and save it as JPEG or PNG."),
        Finding.OTHER_FORMAT: _tr(
            "findings",
            "Save a copy as JPEG or PNG and add that. On an iPhone: Settings, Camera, Formats, Most Compatible.",
        ),
        Finding.TOO_MANY_BYTES: _tr("findings", "Save a smaller copy, for example as JPEG, and add that."),
        Finding.TOO_MANY_PIXELS: _tr("findings", "Save a smaller copy, or cut it into parts, and add those."),
        Finding.EXACT_COPY: _tr("findings", "One of them is used. The results are the same for all."),
        Finding.NEAR_COPY: _tr("findings", "The best of each is used: the one with the most pixels."),
        Finding.HAD_ALREADY: _tr("findings", "Its results are with that job. To do all again, add the folder anew."),
        Finding.NO_PERMISSION: _tr("findings", "Ask its owner, or change who may read it, then add it once more."),
        Finding.BROKEN_LINK: _tr("findings", "Add the file it should lead to."),
        Finding.NOT_REACHABLE: _tr("findings", "Connect the drive or the network, then add the folder once more."),
        Finding.VANISHED: _tr("findings", "Add it from where it is now."),
        Finding.UNSUPPORTED: _tr("findings", "Pictures: JPEG, PNG, WebP, BMP. Videos: MP4, MOV, AVI, MKV."),
    }
    return advice[finding]
