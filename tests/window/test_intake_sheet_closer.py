"""The closer look on the side sheet, over real pictures."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Content
from batchdock.core.intake import CloserLook, Finding, Item, Review
from batchdock.window.intake.files_panel import FilesPanel
from batchdock.window.intake.findings import finding_title
from batchdock.window.intake.sheet import IntakeSheet
from batchdock.window.main_window import MainWindow
from making import media


def sheet_of(window: MainWindow) -> IntakeSheet:
    sheet = window.sheet
    assert sheet is not None
    return sheet


def left_out_rows(panel: FilesPanel) -> list[str]:
    model = panel.left_out_table.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def drop(root: Path) -> Path:
    """Make six pictures: three that look the same, two others, and one that is damaged inside."""
    root.mkdir()
    media.scene(1).save(root / "1.jpg", quality=50)
    media.scene(1).resize((1280, 960)).save(root / "2 best.jpg")
    media.scene(1).save(root / "3.png")
    media.scene(2).save(root / "4.jpg")
    media.scene(3).save(root / "5.jpg")
    media.scene(4).save(root / "6 broken.jpg")
    whole = bytearray((root / "6 broken.jpg").read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 4096] = bytes(4096)
    (root / "6 broken.jpg").write_bytes(whole)
    return root


def test_looking_closer_leaves_out_damage_and_asks_about_near_copies(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        window.add_paths([drop(tmp_path / "lot")])
        await eventually(lambda: not sheet_of(window).is_counting())
        sheet = sheet_of(window)
        files = sheet.files
        assert files.ready.text() == "6 ready"
        files.look_closer.click()
        assert not files.look_closer.isVisible()
        assert files.closer.isVisible()
        assert files.closer.text.text() == "Looking closer: 0 of 6"
        await eventually(lambda: files.closer.keep_best.isVisible())
        assert files.closer.text.text().startswith(
            "1 more picture can not be used. 2 look almost the same as others. Bursts of a camera do"
        )
        assert files.ready.text() == "5 ready"
        assert files.closer.keep_all.isChecked()
        assert left_out_rows(files) == [f"{finding_title(Finding.DAMAGED)} · 1", "6 broken.jpg"]
        files.closer.keep_best.click()
        assert not sheet.start.isEnabled()
        await eventually(lambda: files.ready.text() == "3 ready")
        assert files.title.text().startswith("3 pictures")
        assert left_out_rows(files)[2:] == [f"{finding_title(Finding.NEAR_COPY)} · 2", "1.jpg", "3.png"]
        files.closer.keep_all.click()
        assert files.ready.text() == "5 ready"
        files.closer.keep_best.click()
        await eventually(lambda: files.ready.text() == "3 ready" and sheet.start.isEnabled())
        sheet.start.click()
        await eventually(lambda: window.sheet is None)
        await eventually(lambda: [job.items_total for job in window._context.desk.jobs.all()] == [3])

    play(scenario())


def test_more_files_bring_near_copies_back_and_offer_the_look_again(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        window.add_paths([drop(tmp_path / "lot")])
        await eventually(lambda: not sheet_of(window).is_counting())
        sheet = sheet_of(window)
        sheet.files.look_closer.click()
        await eventually(sheet.files.closer.keep_best.isVisible)
        sheet.files.closer.keep_best.click()
        window.add_paths([media.picture(tmp_path / "more.jpg", 9)])
        await eventually(lambda: not sheet_of(window).is_counting())
        assert sheet.files.ready.text() == "6 ready"
        assert not sheet.files.closer.isVisible()
        assert sheet.files.look_closer.isVisible()
        sheet.close()

    play(scenario())


def test_a_closer_look_can_be_stopped_and_started_over(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(200):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number, (1600, 1200))

    async def scenario() -> None:
        window.add_paths([tmp_path / "lot"])
        await eventually(lambda: not sheet_of(window).is_counting())
        sheet = sheet_of(window)
        sheet.files.look_closer.click()
        sheet.files.closer.stop.click()
        assert not sheet.files.closer.isVisible()
        assert sheet.files.look_closer.isVisible()
        sheet.files.look_closer.click()
        sheet.close()
        await asyncio.sleep(0)

    play(scenario())


def test_the_lengths_of_videos_hidden_files_and_silent_shares_are_said(application: QApplication, qtbot: QtBot) -> None:
    panel = FilesPanel()
    qtbot.addWidget(panel)
    films = tuple(
        Item(Path(f"/p/{n}.mp4"), f"{n}.mp4", 10**9, 0.0, Content.VIDEOS, seconds=seconds)
        for n, seconds in enumerate((3600.0, 720.0, None))
    )
    panel.take([Review(films[:2], silent=("share",))])
    assert panel.title.text().startswith("2 videos · 1 h 12 min · 2")
    assert panel.note.text() == "“share” does not answer. Still waiting for it."
    panel.take([Review(films[2:], passed_over=1204, finished=True)])
    panel.finish()
    assert panel.title.text().startswith("3 videos · at least 1 h 12 min · 3")
    assert panel.note.text() == "1,204 hidden or system files passed over."


def test_leaving_out_and_taking_back_keep_the_counts(qtbot: QtBot) -> None:
    panel = FilesPanel()
    qtbot.addWidget(panel)
    items = tuple(Item(Path(f"/p/{n}.jpg"), f"{n}.jpg", 1000, 0.0, Content.IMAGES) for n in range(1000))
    panel.take([Review(items, finished=True)])
    panel.finish()
    damaged = (replace(items[0], finding=Finding.DAMAGED),)
    groups = tuple((items[n], items[n + 1]) for n in range(100, 200, 2))
    panel.take_look([CloserLook(500, 1000, damaged), CloserLook(1000, 1000, (), groups, finished=True)])
    assert (panel.gathered.pictures, panel.gathered.size) == (999, 999_000)
    panel.show_only_best(panel.gathered.without(panel.closer.near_copies()))
    assert (panel.gathered.pictures, panel.gathered.size, panel.gathered.left_out_count) == (949, 949_000, 51)
    assert panel.gathered.left_out[Finding.NEAR_COPY][0].note == "like 100.jpg"
    panel.show_all()
    assert (panel.gathered.pictures, panel.ready.text(), panel.gathered.left_out_count) == (999, "999 ready", 1)
    assert panel.gathered.ready == list(items[1:])
