"""Who has used more than they want is told, once a month, and no longer than it is so."""

from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.costs import Budget
from batchdock.core.errors import BudgetPassed, HardStopPassed
from batchdock.flows.costs.alarm import Alarm
from batchdock.flows.costs.ledger import local_now
from batchdock.flows.news import News
from batchdock.flows.problems import Problems
from batchdock.store import Journal

BUDGET = Budget(soft=5, hard=10)


def shown(problems: Problems) -> list[str]:
    return [each.error.sentence() for each in problems.all()]


def test_the_higher_stop_takes_the_place_of_the_lower_and_both_go(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    problems = Problems(journal, News())
    alarm = Alarm(problems)
    alarm.look("a", "Acme", BUDGET, 5)
    assert shown(problems) == []
    alarm.look("a", "Acme", BUDGET, 6)
    alarm.look("a", "Acme", BUDGET, 7)
    assert shown(problems) == [
        "“Acme” has used about 6.0 credits this month. That is more than the 5.0 you wanted to be asked at. Jobs go "
        "on. Stop jobs that can wait, or change the budget of the account."
    ]
    alarm.look("a", "Acme", BUDGET, 10.5)
    assert shown(problems) == [
        "“Acme” has used about 10.5 credits this month. That is the most it may use, 10.0. Jobs that run go on, and "
        "no other one is started. Stop jobs that can wait, or change the budget of the account."
    ]
    alarm.look("b", "Another", BUDGET, 6)
    alarm.look("a", "Acme", Budget(), 10.5)
    assert [each.about for each in problems.all()] == ["Another"]
    journal.close()


def test_what_a_person_has_dismissed_stays_away_this_month_and_last_months_problems_go(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    problems = Problems(journal, News())
    problems.report("budget:a:2020-01:hard", "Acme", HardStopPassed(), at=datetime.now(UTC))
    problems.report("budget:ab:2020-01:hard", "Another", HardStopPassed(), at=datetime.now(UTC))
    journal.dismiss(f"budget:a:{local_now():%Y-%m}:soft")
    Alarm(problems).look("a", "Acme", BUDGET, 6)
    assert [each.problem_id for each in problems.all()] == ["budget:ab:2020-01:hard"]
    journal.close()


def test_the_errors_can_be_made_without_values() -> None:
    assert "–" in BudgetPassed().sentence()
    assert "–" in HardStopPassed().sentence()
