"""What did not work in a job, by cause."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from batchdock.core.batch import Progress
from batchdock.core.problem import FileFailure
from batchdock.core.states import JobState
from batchdock.window.job_details.causes import Cause, causes_of, failures_of
from batchdock.window.job_details.problems import JobProblems
from batchdock.window.main_window import MainWindow
from making.jobs import job
from making.stages import detail, stage, tasks

CUT = "The picture is cut off."
FAILURES = (
    FileFailure("left/밭 1.jpg", CUT),
    FileFailure("right/밭 1.jpg", CUT),
    FileFailure("=evil.jpg", "It has no bytes."),
)


def problems_of(window: MainWindow) -> JobProblems:
    window.jobs.model.put([job(1, JobState.DONE_WITH_PROBLEMS)])
    window.jobs.show_details(True)
    window.jobs.table.go_to(job(1).key)
    details = window.jobs.details
    details.tabs.setCurrentWidget(details.problems)
    return details.problems


def names(problems: JobProblems) -> list[str]:
    model = problems.names.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_equal_causes_are_one_with_all_they_stopped_the_most_frequent_first() -> None:
    broken = stage("processing", tasks(done=1, problems=2, message="Out of memory."), Progress.ERROR)
    failures = failures_of(detail(job(1), broken, failures=FAILURES), "Nobody says why.")
    causes = causes_of(failures)
    assert [(each.text, len(each.names)) for each in causes] == [
        (CUT, 2),
        ("Out of memory.", 2),
        ("It has no bytes.", 1),
    ]
    assert causes[1].names == ("Processing, Part 2", "Processing, Part 3")
    silent = failures_of(detail(job(1), stage("export", tasks(problems=1))), "Nobody says why.")
    assert causes_of(silent) == (Cause("Nobody says why.", ("Packing results, Part 1",)),)


def test_what_was_stopped_as_somebody_wanted_is_no_problem() -> None:
    stopped = replace(job(1, JobState.STOPPED), message="The job was stopped.")
    ended = stage("processing", tasks(done=1, problems=2, message="The job was stopped."), Progress.ERROR)
    assert failures_of(detail(stopped, ended), "Nobody says why.") == ()
    failed = replace(stopped, state=JobState.FAILED)
    assert len(failures_of(detail(failed, ended), "Nobody says why.")) == 2


def test_a_search_finds_files_and_causes_by_every_word() -> None:
    assert causes_of(FAILURES, "밭 RIGHT") == (Cause(CUT, ("right/밭 1.jpg",)),)
    assert [each.text for each in causes_of(FAILURES, "bytes")] == ["It has no bytes."]
    assert causes_of(FAILURES, "nowhere") == ()


def test_a_cause_shows_its_files_and_stays_chosen_when_more_come(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    problems = problems_of(window)
    tabs = window.jobs.details.tabs

    async def scenario() -> None:
        problems.take(detail(job(1), failures=FAILURES))
        await eventually(lambda: names(problems) == ["left/밭 1.jpg", "right/밭 1.jpg"])
        assert tabs.tabText(tabs.indexOf(problems)) == "Problems (3)"
        problems.causes.setCurrentIndex(problems.causes.model().index(1, 0))
        assert names(problems) == ["=evil.jpg"]
        more = [FileFailure(f"{number}.jpg", "It has no bytes.") for number in range(5)]
        problems.take(detail(job(1), failures=(*FAILURES, *more)))
        await eventually(lambda: len(names(problems)) == 6)
        assert problems.shown_causes[0].text == "It has no bytes."
        problems.search.setText("밭")
        await eventually(lambda: [each.text for each in problems.shown_causes] == [CUT])
        problems.search.setText("nowhere")
        await eventually(lambda: problems.shown_causes == ())
        assert tabs.tabText(tabs.indexOf(problems)) == "Problems (8)"

    play(scenario())


def test_the_list_is_copied_and_saved(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, clipboard: Any
) -> None:
    problems = problems_of(window)
    path = tmp_path / "list.csv"

    async def scenario() -> None:
        problems.take(detail(job(1, JobState.DONE_WITH_PROBLEMS), failures=FAILURES))
        await eventually(lambda: len(problems.shown_causes) == 2)
        problems.copy.click()
        await eventually(QGuiApplication.clipboard().text)
        assert QGuiApplication.clipboard().text().split("\n")[:2] == [f"2 × {CUT}", "\tleft/밭 1.jpg"]
        problems.save.click()
        await eventually(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        dialog.setDirectory(str(tmp_path))
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        assert name is not None
        name.setText(path.name)
        dialog.accept()
        await eventually(path.exists)
        await eventually(lambda: any("The list is saved" in notice.text for notice in window.messages.notices))

    play(scenario())
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[2] for row in rows[1:]] == ["left/밭 1.jpg", "right/밭 1.jpg", "'=evil.jpg"]


def test_without_problems_it_says_so(window: MainWindow, play: Any, eventually: Any) -> None:
    problems = problems_of(window)

    async def scenario() -> None:
        problems.take(detail(job(1)))
        await eventually(lambda: problems.note.text() == "No problems.")
        assert not problems.copy.isVisible()

    play(scenario())
