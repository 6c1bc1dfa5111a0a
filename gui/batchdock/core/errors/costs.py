"""What a person lets an account spend does not allow it."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class BudgetProblem(BatchdockError):
    """A budget of a person has to do with it. Amounts are in credits, as texts."""


class BudgetReached(BudgetProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{account}” would go past its budget")
    message = QT_TRANSLATE_NOOP(
        "errors", "Nothing was started. This may use up to {upper} credits, and {left} of {hard} are left this month."
    )
    advice = QT_TRANSLATE_NOOP("errors", "Take fewer files, raise the budget, or start it next month.")


class BudgetUsedUp(BudgetReached):
    message = QT_TRANSLATE_NOOP("errors", "Nothing was started. All {hard} credits of this month are used or promised.")
    advice = QT_TRANSLATE_NOOP("errors", "Raise the budget, or start it next month.")


class BudgetPassed(BudgetProblem):
    """What runs goes on; nobody is to learn of it from a bill."""

    title = QT_TRANSLATE_NOOP("errors", "“{account}” has used about {spent} credits this month")
    message = QT_TRANSLATE_NOOP("errors", "That is more than the {soft} you wanted to be asked at. Jobs go on.")
    advice = QT_TRANSLATE_NOOP("errors", "Stop jobs that can wait, or change the budget of the account.")


class HardStopPassed(BudgetPassed):
    message = QT_TRANSLATE_NOOP(
        "errors", "That is the most it may use, {hard}. Jobs that run go on, and no other one is started."
    )
