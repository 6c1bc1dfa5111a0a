"""The question before a start that costs money: only where the person wants to be asked."""

import math
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.account import Account
from batchdock.core.costs import Estimate
from batchdock.flows.costs import Judgement, Why
from batchdock.window.context import Context
from batchdock.window.costs.wording import amount_text, credits_text, up_to_text

_tr = QCoreApplication.translate


async def ask_before_start(
    context: Context,
    account: Account,
    estimate: Estimate | None,
    judgement: Judgement,
    *,
    what: str,
    workflow: str,
    stops_at: float | None = None,
    parent: QWidget | None = None,
) -> bool:
    """Return whether to start; asks only where `judgement` says so.

    `what` is what it is over, as “12,782 pictures”; `workflow` the name of the workflow; `stops_at` the credits at
    which the job stops by itself, None for never.
    """
    if not judgement.ask:
        return True
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    title = _tr("costs", "Start on “%1”?").replace("%1", account.name)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(_sentences(context, account, estimate, judgement, what, workflow, stops_at))
    start = box.addButton(_tr("costs", "Start"), QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(start)
    box.setEscapeButton(cancel)
    below = _next_threshold(context, account, estimate, judgement)
    never_below = QCheckBox(_tr("costs", "&Do not ask again below %1 credits").replace("%1", amount_text(below or 0)))
    if below is not None:
        box.setCheckBox(never_below)
    try:
        await ask(box)
        agreed = box.clickedButton() is start
        if agreed and below is not None and never_below.isChecked():
            costs = context.desk.costs
            budget = replace(costs.budget(account.account_id), ask_above=below)
            await context.background.run(costs.set_budget(account.account_id, budget))
        return agreed
    finally:
        box.deleteLater()


def _sentences(
    context: Context,
    account: Account,
    estimate: Estimate | None,
    judgement: Judgement,
    what: str,
    workflow: str,
    stops_at: float | None,
) -> str:
    over = _tr("costs", "%1 with “%2”.").replace("%1", what).replace("%2", workflow)
    lines = [f"{over} {_expected(estimate, stops_at)}"]
    if judgement.why is Why.SOFT:
        costs = context.desk.costs
        told = _tr("costs", "About %1 are used this month. You wanted to be asked past %2.")
        soft = costs.budget(account.account_id).soft or 0.0
        lines.append(told.replace("%1", up_to_text(costs.spent(account.account_id))).replace("%2", up_to_text(soft)))
    if context.desk.accounts.capabilities(account.account_id).uploads_leave_the_computer:
        lines.append(_tr("costs", "The files are uploaded there, and deleted after 7 days."))
    return "\n\n".join(lines)


def _expected(estimate: Estimate | None, stops_at: float | None) -> str:
    if estimate is None or estimate.credits is None:
        known = _tr("costs", "What it costs is not known before a try.")
        if stops_at is None:
            return f"{known} {_tr('costs', 'Nothing stops it by itself.')}"
        return f"{known} {_tr('costs', 'It stops at about %1.').replace('%1', up_to_text(stops_at))}"
    if stops_at is None:
        return _tr("costs", "Expected: %1.").replace("%1", credits_text(estimate.credits))
    told = _tr("costs", "Expected: %1; it stops at about %2.").replace("%1", credits_text(estimate.credits))
    return told.replace("%2", up_to_text(stops_at))


def _next_threshold(
    context: Context, account: Account, estimate: Estimate | None, judgement: Judgement
) -> float | None:
    """Return the amount below which nobody would be asked any more, None where that would change nothing."""
    if estimate is None or estimate.credits is None or judgement.why is Why.SOFT:
        return None
    upper = estimate.credits[1]
    if upper <= context.desk.costs.budget(account.account_id).ask_above:
        return None
    step = 10.0 ** math.floor(math.log10(upper))
    return next(step * each for each in (1, 2, 5, 10) if step * each >= upper)
