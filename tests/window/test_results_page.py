"""The results page over real results, and what it makes of the bytes of a file."""

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from batchdock.core.batch import Content, StagedFile
from batchdock.flows.results import Member
from batchdock.window.batches.browser.entries import (
    Kind,
    entries_of_files,
    in_order,
    kind_of,
    members_of,
    natural_key,
)
from batchdock.window.batches.browser.looking import Nothing, Picture, Table, Text, look_into
from batchdock.window.main_window import MainWindow
from batchdock.window.results.page import ResultsPage
from batchdock.window.results.viewer import Tab
from batchdock.window.sidebar import Page, Place
from making import media

BOX = QSize(800, 600)


async def run_a_job(window: MainWindow, eventually: Any, folder: Path) -> None:
    """Drop `folder`, read codes, wait for the end."""
    window.add_paths([folder])
    sheet = window.sheet
    assert sheet is not None
    await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
    sheet.start.click()
    jobs = window._context.desk.jobs
    await eventually(lambda: jobs.all() and all(job.state.is_terminal for job in jobs.all()))


def test_results_are_found_looked_at_and_saved(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    media.code_picture(tmp_path / "Lot 17" / "code.png", "hello")
    media.picture(tmp_path / "Lot 17" / "밭.jpg", 2)
    page = window.results

    async def scenario() -> None:
        # Wide enough for a preview beside the list; a small window has the list alone.
        window.resize(1100, 750)
        await run_a_job(window, eventually, tmp_path / "Lot 17")
        window.go(Place(Page.RESULTS))
        browser = page.browser
        await eventually(lambda: page.state.selection is not None)
        assert page.state.opened is not None
        assert (page.state.opened.pictures, page.state.opened.findings) == (2, 1)
        page.viewer.show_tab(Tab.FILES)
        await eventually(lambda: page.shown_job() is not None and browser.preview.table.isVisible())
        assert [browser.tabs.tabText(place) for place in range(2)] == ["Tables and details", "Drawn pictures"]
        assert [entry.title for entry in browser.entries()] == ["All results", "code.png", "밭.jpg"]
        model = browser.preview.table.model()
        assert model.headerData(0, Qt.Orientation.Horizontal) == "image"
        said = {model.index(row, 0).data(): row for row in range(model.rowCount())}
        assert set(said) == {"code.png", "밭.jpg"}
        browser.select(1)
        await eventually(lambda: browser.preview.text.isVisible())
        assert "hello" in browser.preview.text.toPlainText()
        browser.tabs.setCurrentIndex(1)
        await eventually(lambda: browser.preview.picture.isVisible())
        assert browser.preview.picture.accessibleName() == "Picture: code.png"
        QTest.keyClick(browser.table, Qt.Key.Key_Right)
        await eventually(lambda: browser.preview.picture.accessibleName() == "Picture: 밭.jpg")
        QTest.keyClick(browser.table, Qt.Key.Key_Left)
        await eventually(lambda: browser.preview.picture.accessibleName() == "Picture: code.png")
        assert not page.open_saved.isVisible()
        task = page.save_to(tmp_path / "saved")
        assert task is not None
        await task
        assert page.open_saved.isVisible()
        assert (tmp_path / "saved" / "Lot 17").is_dir()
        assert any("saved in “saved › Lot 17”" in notice.text for notice in window._context.messages.notices)

    play(scenario())


def test_nothing_is_read_for_a_page_that_nobody_sees(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    media.picture(tmp_path / "lot" / "1.jpg")

    async def scenario() -> None:
        await run_a_job(window, eventually, tmp_path / "lot")
        await eventually(lambda: window.results.shown_job() is not None)
        assert not window.results._opener.is_opening
        window.go(Place(Page.RESULTS))
        await eventually(lambda: window.results.state.opened is not None)
        assert window.results.viewer.tabs.currentIndex() == Tab.FILES, "nothing was found in this picture"
        await eventually(lambda: window.results.browser.entries())

    play(scenario())


def test_a_job_without_results_yet_is_shown_when_it_has_some(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    media.picture(tmp_path / "first" / "1.jpg")
    media.picture(tmp_path / "second" / "1.jpg", 5)

    async def scenario() -> None:
        await run_a_job(window, eventually, tmp_path / "first")
        window.add_paths([tmp_path / "second"])
        sheet = window.sheet
        assert sheet is not None
        started: list[Any] = []
        sheet.started.connect(started.extend)
        await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
        sheet.start.click()
        await eventually(lambda: started)
        window.show_results(started[0].key)
        shown = window.results.shown_job
        await eventually(lambda: (job := shown()) is not None and job.key == started[0].key)

    play(scenario())


def test_the_page_says_what_it_is_for_when_there_is_nothing(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        window.go(Place(Page.RESULTS))
        page = window.results
        assert isinstance(page, ResultsPage)
        assert not page.jobs.isVisible()
        assert page.save_to(Path("/nowhere")) is None

    play(scenario())


def test_pictures_are_decoded_no_larger_than_the_room_there_is() -> None:
    sight = look_into("a.jpg", media.picture_bytes(1, (4000, 3000)), BOX)
    assert isinstance(sight, Picture)
    assert (sight.image.width(), sight.image.height()) == (800, 600)
    assert (sight.full.width(), sight.full.height()) == (4000, 3000)


def test_a_picture_that_lies_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: a quarter turn clockwise.
    out = io.BytesIO()
    Image.new("RGB", (3000, 1000), "red").save(out, "JPEG", exif=exif)
    sight = look_into("a.jpg", out.getvalue(), BOX)
    assert isinstance(sight, Picture)
    assert (sight.full.width(), sight.full.height()) == (1000, 3000)
    assert (sight.image.width(), sight.image.height()) == (200, 600)


def test_what_can_not_be_shown_is_nothing_and_no_accident(tmp_path: Path) -> None:
    assert isinstance(look_into("a.jpg", b"", BOX), Nothing)
    assert isinstance(look_into("a.jpg", b"no picture", BOX), Nothing)
    assert isinstance(look_into("a.mp4", b"no video", BOX), Nothing)
    assert isinstance(look_into("a.bin", b"\xff\xfe\x00", BOX), Nothing)
    assert look_into("a.csv", b"", BOX) == Text("", there_is_more=False)
    assert look_into("a.json", b"{half", BOX) == Text("{half", there_is_more=False)
    video = media.video(tmp_path / "v.mp4", size=(160, 120)).read_bytes()
    frame = look_into("v.mp4", video, BOX)
    assert isinstance(frame, Picture)
    assert frame.is_frame
    assert (frame.full.width(), frame.full.height()) == (160, 120)


def test_tables_name_the_file_first_and_leave_out_that_a_picture_was_there() -> None:
    csv = '\ufeffcodes,drawn,count,image\n"[{""a"": 1}]",<deducted_image>,2,밭.jpg\n[],<deducted_image>,0,b.jpg\n'
    table = look_into("aggregated_results.csv", csv.encode(), BOX)
    assert table == Table(
        ("image", "count", "codes"), (("밭.jpg", "2", '[{"a": 1}]'), ("b.jpg", "0", "[]")), there_is_more=False
    )
    lines = [{"count": number, "image": f"{number}.jpg"} for number in range(300)]
    table = look_into("a.jsonl", "\n".join(map(json.dumps, lines)).encode(), BOX)
    assert isinstance(table, Table)
    assert (table.headings, len(table.rows), table.there_is_more) == (("image", "count"), 200, True)


def test_entries_are_named_as_people_know_them() -> None:
    archive = entries_of_files("b", [StagedFile("x_0.tar.gz", Content.ARCHIVES, "u", "predictions")])[0]
    assert archive.kind is Kind.ARCHIVE
    several = entries_of_files("b", [StagedFile(f"x_{n}.tar", Content.ARCHIVES, "u") for n in (10, 2)])
    assert [(entry.title, entry.name) for entry in several] == [
        ("Package 1 of 2", "x_2.tar"),
        ("Package 2 of 2", "x_10.tar"),
    ]
    members = [
        Member("img10.jpg/results.json", 1),
        Member("img2.jpg/results.json", 1),
        Member("two.jpg/a.jpg", 1),
        Member("two.jpg/b.jpg", 1),
        Member("failed_files_processing_1.jsonl", 1),
        Member("aggregated_results.csv", 1),
    ]
    titles = [entry.title for entry in in_order(members_of(archive, members))]
    assert titles == [
        "All results",
        "Files that could not be processed",
        "img2.jpg",
        "img10.jpg",
        "two.jpg/a.jpg",
        "two.jpg/b.jpg",
    ]
    assert sorted(["b10", "b9", "A1", "10", "9"], key=natural_key) == ["9", "10", "A1", "b9", "b10"]
    assert [kind_of(name) for name in ("A.JPG", "x.csv", "x.JSON", "x.mov", "x")] == [
        Kind.PICTURE,
        Kind.TABLE,
        Kind.TEXT,
        Kind.VIDEO,
        Kind.OTHER,
    ]
