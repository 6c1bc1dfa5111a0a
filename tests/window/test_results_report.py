"""The report: what it says, and that it is one page, honest about its part, and never half there."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QPageSize
from PySide6.QtWidgets import QApplication

from batchdock.core.account import THIS_COMPUTER_ID, Account, KeyKept, ServiceKind
from batchdock.core.errors import FolderNotWritable
from batchdock.core.finding import Filter, Label, Share
from batchdock.core.states import JobState
from batchdock.flows.results.opening import Opened
from batchdock.flows.transfers.receipt import Delivery
from batchdock.window.main_window import MainWindow
from batchdock.window.results.report import write_report
from batchdock.window.results.report_facts import Report, about_text, counts_of, narrowed_text, receipt_lines
from batchdock.window.results.report_page import page_size, write_page
from making import media
from making.jobs import job
from making.results import results_folder

HERE = Account(THIS_COMPUTER_ID, ServiceKind.THIS_COMPUTER, "This computer", "", "", KeyKept.NOT_NEEDED)
CLOUD = Account("a", ServiceKind.ROBOFLOW, "Harbour lab", "harbour-lab", "")
NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Twelve pictures, every third without a finding, and their originals."""
    return results_folder(
        tmp_path / "Lot 17",
        pictures=12,
        each=lambda number: 0 if number % 3 == 2 else 3,
        labels=("person", "<b>bold</b>", "강아지"),
        names=[f"card/चित्र {number}.jpg" for number in range(12)],
        originals=tmp_path / "originals",
    )


async def opened_in(window: MainWindow, folder: Path) -> Opened:
    results = window._context.desk.results
    return await window._context.background.run(results.open_folder(folder, lambda _done, _all: None))


def test_it_is_one_page_and_appears_finished(window: MainWindow, play: Any, results: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        context = window._context
        opened = await opened_in(window, results)
        await context.background.run(opened.reconnect(tmp_path / "originals"))
        path = tmp_path / "to" / "report.pdf"
        path.parent.mkdir()
        path.write_bytes(b"an older one")
        selection = await context.background.run(opened.select(Filter()))
        await write_report(context, path, opened, selection)
        written = path.read_bytes()
        assert written.startswith(b"%PDF-")
        assert re.search(rb"/Type /Pages.*?/Count 1\b", written, re.DOTALL)
        assert "Lot 17".encode("utf-16-be") in written, "its title"
        assert written.count(b"/Subtype /Image") >= 3, "two charts, and samples"
        assert [each.name for each in path.parent.iterdir()] == ["report.pdf"]

    play(scenario())


def test_where_nothing_can_be_written_it_says_so_and_leaves_nothing(
    window: MainWindow, play: Any, results: Path, tmp_path: Path
) -> None:
    async def scenario() -> None:
        opened = await opened_in(window, results)
        selection = await window._context.background.run(opened.select(Filter()))
        with pytest.raises(FolderNotWritable):
            await write_report(window._context, tmp_path / "there is no such folder" / "r.pdf", opened, selection)

    play(scenario())


def test_results_without_any_finding_and_without_originals_make_a_page_too(
    window: MainWindow, play: Any, tmp_path: Path
) -> None:
    results = results_folder(tmp_path / "empty", pictures=1, each=0)

    async def scenario() -> None:
        opened = await opened_in(window, results)
        selection = await window._context.background.run(opened.select(Filter()))
        await write_report(window._context, tmp_path / "r.pdf", opened, selection)
        assert (tmp_path / "r.pdf").read_bytes().rstrip().endswith(b"%%EOF")

    play(scenario())


def test_the_numbers_are_of_what_is_shown_and_it_says_of_what(window: MainWindow, play: Any, results: Path) -> None:
    async def scenario() -> None:
        opened = await opened_in(window, results)
        run = window._context.background.run
        everything = await run(opened.select(Filter()))
        told = [(each.number, each.what, each.share) for each in counts_of(opened, everything)]
        assert told[:4] == [
            ("12", "pictures", ""),
            ("24", "findings", ""),
            ("8", "with findings", "66 %"),
            ("4", "nothing found", "33 %"),
        ]
        assert narrowed_text(everything.filter, opened.labels) == ""
        part = await run(opened.select(Filter(share=Share.NOTHING)))
        assert [each.number for each in counts_of(opened, part)] == ["4", "0"]
        assert counts_of(opened, part)[0].share == "33 % of all"
        assert narrowed_text(part.filter, opened.labels) == "Only a part of the results: Pictures: Nothing found"

    play(scenario())


def test_a_class_is_named_in_what_it_is_only_about() -> None:
    asked = Filter(labels=frozenset({1}), least=0.5)
    told = narrowed_text(asked, [Label(0, "person", 1), Label(1, "car", 1)])
    assert told == "Only a part of the results: Class: car; Confidence: 50 % – 100 %"


def test_the_receipt_says_what_went_where(
    application: QApplication, window: MainWindow, play: Any, results: Path
) -> None:
    async def scenario() -> None:
        opened = await opened_in(window, results)
        ended = replace(job(1), state=JobState.DONE, batch_id="b-1", started=NOON, ended=NOON.replace(minute=34))
        assert receipt_lines(opened, (), None, "")[0] == ("Results", "Read from the folder “Lot 17”")
        opened.job = ended
        sent = (Delivery(NOON, 12_780, 61_200_000_000, 2, Path("/cards/Lot 17")),)
        told = dict(receipt_lines(opened, sent, CLOUD, "Count seedlings"))
        assert told["Files"].startswith("12,780 files, 61.2 GB, from “Lot 17”, ")
        assert told["Files"].endswith("2 did not arrive")
        assert told["Where"] == "Harbour lab · harbour-lab"
        assert told["Workflow"] == "Count seedlings"
        assert told["Job and batch"].endswith(" · b-1")
        assert "did not send them" in dict(receipt_lines(opened, (), HERE, ""))["Files"]
        assert about_text(ended, "Count seedlings", HERE).startswith("Count seedlings · ")
        assert about_text(ended, "Count seedlings", HERE).endswith(" · 34 min · This computer")

    play(scenario())


def test_a_real_job_has_its_receipt_on_the_page(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    media.code_picture(tmp_path / "Lot 17" / "code.png", "hello")
    media.picture(tmp_path / "Lot 17" / "밭.jpg", 2)

    async def scenario() -> None:
        window.add_paths([tmp_path / "Lot 17"])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
        sheet.start.click()
        context = window._context
        jobs = context.desk.jobs
        await eventually(lambda: jobs.all() and all(each.state.is_terminal for each in jobs.all()))
        done = jobs.all()[0]
        (sent,) = await context.background.run(context.desk.transfers.delivered(done.account_id, done.batch_id))
        assert (sent.files, sent.lost, sent.folder) == (2, 0, tmp_path / "Lot 17")
        opened = await context.background.run(context.desk.results.open(done.key, lambda _done, _all: None))
        selection = await context.background.run(opened.select(Filter()))
        await write_report(context, tmp_path / "r.pdf", opened, selection)
        assert (tmp_path / "r.pdf").stat().st_size > 10_000

    play(scenario())


def test_what_is_given_up_is_not_there(application: QApplication, tmp_path: Path) -> None:
    given_up = Event()
    empty = Report("Lot 17", "", "", (), (), (), (), (), "")
    write_page(tmp_path / "r.pdf", empty, page_size(QLocale()), application.font(), given_up)
    assert (tmp_path / "r.pdf").exists()
    (tmp_path / "r.pdf").unlink()
    given_up.set()
    write_page(tmp_path / "r.pdf", empty, page_size(QLocale()), application.font(), given_up)
    assert not list(tmp_path.glob("*r.pdf*"))


def test_paper_is_what_people_there_have() -> None:
    assert page_size(QLocale("en_US")).id() is QPageSize.PageSizeId.Letter
    assert page_size(QLocale("ko_KR")).id() is QPageSize.PageSizeId.A4
    assert page_size(QLocale("en_GB")).id() is QPageSize.PageSizeId.A4
