"""Tells the person, among the problems, when an account has used more this month than they want."""

from datetime import UTC, datetime

from batchdock.core.costs import Budget
from batchdock.core.errors import BudgetPassed, HardStopPassed
from batchdock.flows.costs.amounts import said
from batchdock.flows.costs.ledger import local_now
from batchdock.flows.problems import Problems


class Alarm:
    """One problem an account, while it is so: past the soft stop, or past the hard one."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def look(self, account_id: str, name: str, budget: Budget, spent: float) -> None:
        """Report what is passed now, and settle what no longer is."""
        past_hard = budget.hard is not None and spent > budget.hard
        past_soft = budget.soft is not None and spent > budget.soft
        values = {"account": name, "spent": said(spent), "soft": said(budget.soft or 0), "hard": said(budget.hard or 0)}
        self._show("hard", account_id, HardStopPassed(**values) if past_hard else None)
        self._show("soft", account_id, BudgetPassed(**values) if past_soft and not past_hard else None)

    def _show(self, stop: str, account_id: str, error: BudgetPassed | None) -> None:
        # Of this month: who has dismissed it is told again in the next.
        about, month = f"budget:{account_id}:", f"{local_now():%Y-%m}"
        problem_id = f"{about}{month}:{stop}"
        shown = [each.problem_id for each in self._problems.all() if each.problem_id.startswith(about)]
        for each in shown:
            is_over = not each.startswith(about + month)
            if is_over or (each == problem_id and error is None):
                self._problems.settle(each)
        if error is not None and problem_id not in shown:
            self._problems.report(problem_id, str(error.values["account"]), error, at=datetime.now(UTC))
