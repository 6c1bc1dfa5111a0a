"""The question before jobs are stopped."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.window.wording import grouped

_tr = QCoreApplication.translate


async def may_stop(jobs: Sequence[Job], *, costs: bool, window: QWidget) -> bool:
    """Ask whether to stop these jobs, and say what stays. `costs`: some of it was or will be billed."""
    if len(jobs) == 1:
        question = _tr("stopping", "Stop “%1”?").replace("%1", jobs[0].name)
    else:
        question = grouped(_tr("stopping", "Stop %n jobs?", None, len(jobs)), len(jobs))
    consequence = _tr("stopping", "What is processed already is kept. You can start it again later.")
    if any(job.content is Content.STREAM for job in jobs):
        consequence = _tr("stopping", "What it has sent so far stays where it is. You can start it again later.")
    elif any(job.kind for job in jobs):
        consequence = _tr("stopping", "The service does not say what becomes of what it has done so far.")
    elif costs:
        consequence = _tr(
            "stopping", "What is processed already is kept, and may have been billed. You can start it again later."
        )
    stop = _tr("stopping", "Stop")
    box = QMessageBox(QMessageBox.Icon.Question, stop, question, parent=window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(consequence)
    go = box.addButton(stop, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(_tr("stopping", "Keep running"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(go)
    try:
        await ask(box)
        return box.clickedButton() is go
    finally:
        box.deleteLater()
