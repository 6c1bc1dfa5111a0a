"""What is said when jobs end, when results were saved by themselves, and when something new needs a person."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import JobFailed, NoKeystore
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.news import Event, JobEnded, JobsChanged, JobsRemoved, ResultsSaved
from batchdock.flows.preferences import AUTOSAVE, AUTOSAVE_FOLDER, Level
from batchdock.window.announcing import saved_text
from batchdock.window.main_window import MainWindow
from batchdock.window.messages import Notice
from batchdock.window.notifying import Gathered, Told, Weight, is_wanted, merged
from batchdock.window.settings.dialog import PreferencesDialog
from batchdock.window.sidebar import Page
from batchdock.window.tray_badge import Badge, badged
from making.desks import order, reviewed
from making.jobs import job, many_jobs
from making.media import code_picture


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.messages.notices]


def button(notice: Notice, text: str) -> QPushButton:
    return next(each for each in notice.findChildren(QPushButton) if each.text() == text)


async def tell(window: MainWindow, *events: Event) -> None:
    async def publish() -> None:
        for event in events:
            window.desk.news.publish(event)

    await window._context.background.run(publish())


@pytest.fixture
def told(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """What the tray was asked to tell: off screen there is none that would."""
    heard: list[Told] = []
    monkeypatch.setattr(window.tray, "tell", heard.append)
    return heard


def ended(number: int, state: JobState = JobState.DONE, **more: Any) -> JobEnded:
    return JobEnded(job(number, state, items_total=12780, **more))


def test_the_title_says_it_alone_and_the_text_how_many_and_where(
    window: MainWindow, told: list[Told], play: Any, eventually: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.desk.autosave, "saves", lambda key: True)

    async def scenario() -> None:
        await window.desk.preferences.set(AUTOSAVE_FOLDER, str(tmp_path / "Pictures" / "Batchdock"))
        await tell(window, ended(1, problems=2, output_batches=("b-1-export",)))
        await eventually(lambda: told)
        (one,) = told
        assert one.title == "“Lot 1” is done"
        assert one.text == "12,780 pictures, 2 could not be processed. The results go to “Pictures › Batchdock”."
        assert (one.weight, one.job) == (Weight.ENDED, (THIS_COMPUTER_ID, "j-00001"))
        told.clear()
        await tell(window, ended(2, JobState.FAILED, message="The machine is gone."))
        await eventually(lambda: told)
        assert (told[0].title, told[0].weight) == ("“Lot 2” ended before it was finished", Weight.PROBLEM)
        window.messages.clear()

    play(scenario())


def test_many_ends_are_one_message(window: MainWindow, told: list[Told], play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        await tell(window, *(ended(number, JobState.FAILED) for number in range(500)))
        await eventually(lambda: len(told) == 500)
        assert said(window) == ["500 jobs have ended. 500 to look at."]
        window.messages.clear()

    play(scenario())


def test_new_problems_are_told_once_and_not_those_of_transfers(
    window: MainWindow, told: list[Told], play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        problems = window.desk.problems

        async def report() -> None:
            problems.report("transfer:t-1", "Lot", NoKeystore())
            problems.report("job:1", "Lot 1", JobFailed(name="Lot 1", reason="Out of memory."), job=("a", "j-1"))

        for _ in range(2):
            await window._context.background.run(report())
        await tell(window, ended(9))  # Heard of, everything before it was.
        await eventually(lambda: told and told[-1].ended)
        one, _ = told
        assert "Lot 1" in one.title
        assert (one.weight, one.job, one.ended) == (Weight.PROBLEM, ("a", "j-1"), False)

        async def settle() -> None:
            for problem in problems.all():
                problems.settle(problem.problem_id)

        await window._context.background.run(settle())
        window.messages.clear()

    play(scenario())


def test_where_results_were_saved_can_be_opened_and_changed(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))

    def saved(number: int) -> ResultsSaved:
        folder = Path("/home/anna/Pictures/Batchdock") / f"Lot {number}"
        return ResultsSaved(((THIS_COMPUTER_ID, f"j-{number}"),), folder, 12, 0, unasked=True)

    async def scenario() -> None:
        await tell(window, ResultsSaved((), tmp_path, 1, 0, unasked=False), saved(1))
        await eventually(lambda: said(window))
        assert said(window) == ["12 files saved in “Pictures › Batchdock › Lot 1”."]
        button(window.messages.notices[0], "Open folder").click()
        assert opened == ["/home/anna/Pictures/Batchdock/Lot 1"]
        await tell(window, saved(2), saved(3))
        await eventually(lambda: said(window))
        assert said(window) == ["The results of 2 jobs are saved in “Pictures › Batchdock”."]
        await tell(window, saved(4))
        await eventually(lambda: "3 jobs" in said(window)[0])
        button(window.messages.notices[0], "Change…").click()
        dialog = window.findChild(PreferencesDialog)
        assert dialog is not None
        assert not said(window)
        dialog.reject()
        await eventually(lambda: window.findChild(PreferencesDialog) is None)

    play(scenario())


def test_problems_of_saving_are_counted() -> None:
    event = ResultsSaved((("a", "j"),), Path("/p/q/r"), 3, 2, unasked=True)
    assert saved_text([event]).endswith("2 files could not be saved or processed.")


def test_a_job_of_this_computer_is_saved_by_itself_and_the_window_says_so(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    code_picture(tmp_path / "drop" / "code.png", "harvest")
    place = tmp_path / "Pictures" / "Batchdock"

    async def begin() -> Job:
        items = await reviewed(window.desk, tmp_path / "drop")
        (started,) = await window.desk.jobs.start(order(items))
        return started

    async def scenario() -> None:
        await window.desk.preferences.set(AUTOSAVE, True)
        started = await window._context.background.run(begin())
        await eventually(lambda: any("saved in" in text for text in said(window)))
        assert (place / "Lot 17" / "results.csv").exists()
        window.show_results(started.key)
        await eventually(window.results.open_saved.isVisible)
        assert window.sidebar.place().page is Page.RESULTS
        window.messages.clear()

    play(scenario())


def test_levels() -> None:
    other, end, problem = (Told("t", weight=weight) for weight in Weight)
    wanted = {level: [is_wanted(told, level) for told in (other, end, problem)] for level in Level}
    assert wanted == {
        Level.ALL: [True, True, True],
        Level.ENDED_AND_PROBLEMS: [False, True, True],
        Level.PROBLEMS: [False, False, True],
        Level.NONE: [False, False, False],
    }


def test_several_become_one_whose_title_counts() -> None:
    def end(number: int, weight: Weight = Weight.ENDED) -> Told:
        return Told(f"“Lot {number}” is done", "", weight, ("a", f"j-{number}"), ended=True)

    problem = Told("A key is missing", "Enter it.", Weight.PROBLEM, page="problems")
    assert merged([problem]) == problem
    assert merged([end(1), end(2)]).title == "2 jobs done"
    assert merged([end(1), end(2, Weight.PROBLEM)]).title == "2 jobs ended, 1 to look at"
    both = merged([end(1), problem, end(2)])
    assert (both.title, both.page) == ("2 jobs done, 1 problem", "jobs")
    assert both.text.splitlines()[0] == "A key is missing"
    assert merged([problem, Told("Another", weight=Weight.PROBLEM)]).title == "2 problems need you"
    arrived = [Told(f"“Lot {number}” has arrived") for number in range(6)]
    assert merged(arrived).title == "“Lot 0” has arrived"
    assert merged(arrived).text.splitlines()[-1] == "and 2 more"


def test_the_end_of_a_job_says_more_than_its_problem() -> None:
    gathered = Gathered()
    problem = Told("The job stopped", "", Weight.PROBLEM, ("a", "j"))
    end = Told("“Lot” is done", "", Weight.PROBLEM, ("a", "j"), ended=True)
    for told in (problem, end, problem, problem):
        gathered.add(told)
    assert gathered.take() == [end]
    assert not gathered


def test_the_tray_knows_the_newest_jobs_and_what_goes_on(window: MainWindow, play: Any, eventually: Any) -> None:
    def lines() -> list[str]:
        return [action.text() for action in window.tray.job_actions]

    async def scenario() -> None:
        assert (window.tray.badge, lines()) == (Badge.IDLE, [])
        assert window.tray.tool_tip == "Batchdock: nothing to do"
        jobs = [job(number, JobState.DONE) for number in range(2, 6)]
        await tell(window, JobsChanged((*jobs, job(1, JobState.RUNNING, name="This & that", progress=0.38))))
        await eventually(lambda: window.tray.badge is Badge.WORKING)
        assert lines() == ["This && that: Running, 38 %", "Lot 2: Done", "Lot 3: Done"]
        assert window.tray.tool_tip == "Batchdock: 1 job at work"
        shown: list[object] = []
        window.tray.job_asked.connect(shown.append)
        window.tray.job_actions[1].trigger()
        assert shown == [(THIS_COMPUTER_ID, "j-00002")]
        await tell(window, JobsChanged((job(1, JobState.DONE),)))
        await eventually(lambda: window.tray.badge is Badge.IDLE)
        await tell(window, JobsRemoved(((THIS_COMPUTER_ID, "j-00001"), (THIS_COMPUTER_ID, "j-00003"))))
        await eventually(lambda: lines() == ["Lot 2: Done", "Lot 4: Done", "Lot 5: Done"])

        async def report() -> None:
            window.desk.problems.report("p", "Lot", NoKeystore())

        async def settle() -> None:
            window.desk.problems.settle("p")

        await window._context.background.run(report())
        await eventually(lambda: window.tray.badge is Badge.NEEDS_YOU)
        assert window.tray.tool_tip == "Batchdock: 1 problem"
        await window._context.background.run(settle())
        await eventually(lambda: window.tray.badge is Badge.IDLE)

    play(scenario())


def test_the_tray_takes_very_many_jobs_bit_by_bit(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        window.tray.take([JobsChanged(tuple(many_jobs(20_000)))])
        assert not window.tray.job_actions
        await eventually(lambda: window.tray.badge is Badge.WORKING)
        assert [action.text().split(":")[0] for action in window.tray.job_actions] == ["Lot 0", "Lot 1", "Lot 2"]

    play(scenario())


def test_badges_can_be_told_apart(window: MainWindow) -> None:
    drawn = [badged(window.windowIcon(), badge).pixmap(22, 22).toImage() for badge in Badge]
    assert drawn[0] != drawn[1] != drawn[2] != drawn[0]
