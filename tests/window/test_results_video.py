"""Videos of results: found, played, stepped through, filtered, and told about where they are gone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from batchdock.core.finding import Filter
from batchdock.flows.results.opening import Frames, Opened
from batchdock.window.main_window import MainWindow
from batchdock.window.results.video import VideoView
from batchdock.window.results.video.density import BINS, binned
from batchdock.window.results.video.player import Sight
from batchdock.window.results.video.rows import Rows, known_seconds, next_rise
from batchdock.window.results.video.sources import Source
from batchdock.window.results.view_state import ViewState
from batchdock.window.results.viewing import Looks
from making.media import filmed, number_in, numbered
from making.opened import Rows as Written
from making.opened import opened
from making.results import video_results_folder

ONE, TWO = "drive/one 카메라 & 1.mp4", "drive/two.mp4"
EVERY = 5
"""Every so many frames were looked at."""

FRAMES = 100
FOUND_FROM = 40


def _ints(*values: int) -> Any:
    return numpy.array(values, numpy.int32)


def test_the_next_finding_is_where_more_comes_into_sight() -> None:
    findings = _ints(0, 1, 1, 0, 2, 3, 3)
    assert next_rise(findings, -1, forwards=True) == 1
    assert next_rise(findings, 1, forwards=True) == 4
    assert next_rise(findings, 4, forwards=True) == 5
    assert next_rise(findings, 5, forwards=True) is None
    assert next_rise(findings, 5, forwards=False) == 4
    assert next_rise(findings, 1, forwards=False) is None
    assert next_rise(_ints(2, 2), -1, forwards=True) == 0
    assert next_rise(_ints(), -1, forwards=True) is None


def test_a_row_holds_until_the_next() -> None:
    def frames(*seconds: float, numbers: Any = None) -> Frames:
        return Frames(
            _ints(7, 8, 9), numpy.array(seconds), _ints(1, 0, 2), _ints(-1, -1, -1) if numbers is None else numbers
        )

    rows = Rows(Opened.__new__(Opened), Filter(), frames(0.5, 1.0, 1.5), 25.0)
    assert [rows.place(moment) for moment in (0.4, 0.4995, 0.5, 0.999, 1.0, 99)] == [None, 0, 0, 1, 1, 2]
    assert [rows.seconds_of(number) for number in (7, 9, 3)] == [0.5, 1.5, 0.0]
    nan = numpy.nan
    assert known_seconds(frames(nan, nan, nan), 2.0).tolist() == [0.0, 0.5, 1.0]
    assert known_seconds(frames(nan, nan, nan, numbers=_ints(0, 10, 20)), 2.0).tolist() == [0.0, 5.0, 10.0]
    assert known_seconds(frames(0.0, 2.0, nan), 2.0).tolist() == [0.0, 2.0]


def test_the_timeline_knows_where_something_was_found() -> None:
    seconds = numpy.array([number * 0.5 for number in range(20)])
    findings = _ints(*[0] * 10, *[3] * 5, *[0] * 5)
    counts = binned(seconds, findings, 10.0)
    found = numpy.nonzero(counts)[0]
    assert set(counts.tolist()) == {0, 3}
    assert found[0] == BINS // 2
    assert found[-1] == pytest.approx(BINS * 3 // 4, abs=1)
    assert len(found) == found[-1] - found[0] + 1, "without holes between the rows"
    sparse = binned(numpy.array([0.0, 0.1, 0.2, 9.0]), _ints(1, 1, 1, 1), 10.0)
    assert not sparse[BINS // 2], "but not over a long gap"
    assert not binned(numpy.zeros(0), _ints(), 10.0).any()


@dataclass(slots=True)
class Shown:
    view: VideoView
    state: ViewState
    results: Opened
    folder: Path

    @property
    def number(self) -> int:
        """The number that the frame on screen says."""
        assert self.view.player.sight is not None
        return _number(self.view.player.sight)

    @property
    def found(self) -> int:
        """How much is drawn on it."""
        sight = self.view.player.sight
        assert sight is not None
        return len(sight.seen.findings) if sight.seen is not None else 0


def _number(sight: Sight) -> int:
    image = sight.image.convertToFormat(QImage.Format.Format_RGB888)
    data = bytes(image.constBits())[: image.sizeInBytes()]
    return number_in(Image.frombytes("RGB", (image.width(), image.height()), data, "raw", "RGB", image.bytesPerLine()))


def _written(names: Sequence[str] = (ONE, TWO), drawn: str = "") -> Written:
    written = Written(labels=("person", "<i>car</i>", "dog"))
    for name in names:
        for number in range(0, FRAMES, EVERY):
            found = [(0, 0.9), (1, 0.4)] if number >= FOUND_FROM else []
            written.picture(name, *found, frame=number, seconds=number * 0.04, drawn=drawn)
    return written


@asynccontextmanager
async def shown(
    window: MainWindow, tmp_path: Path, eventually: Any, written: Written, *, there: bool = True
) -> AsyncIterator[Shown]:
    context = window._context
    (tmp_path / "scratch").mkdir()
    holder = opened(written, tmp_path / "scratch")
    results = await context.background.run(holder.__aenter__())
    if there:
        await context.background.run(results.reconnect(tmp_path / "originals"))
    state = ViewState(context, window)
    view = VideoView(context, state, window)
    view.setWindowFlag(Qt.WindowType.Window)
    view.resize(900, 600)
    state.show(results)
    await eventually(lambda: state.selection is not None)
    state.go_to_place(0)
    view.show()
    try:
        yield Shown(view, state, results, tmp_path / "originals")
    finally:
        view.hide()
        state.show(None)
        await context.background.run(holder.__aexit__(None, None, None))
        view.deleteLater()


def _film(path: Path, count: int = FRAMES) -> Path:
    def picture(number: int) -> Image.Image:
        return numbered(number, (320, 180))

    return filmed(path, range(0, count * 40, 40), pictures=picture, codec_options={"g": "30", "bf": "2"})


def _originals(tmp_path: Path) -> None:
    for name in (ONE, TWO):
        _film(tmp_path / "originals" / name)


def test_a_frame_opens_its_video_there_with_what_was_found(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    _originals(tmp_path)

    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written()) as on:
            view = on.view
            await eventually(lambda: view.player.sight is not None)
            assert (on.number, on.found) == (0, 0)
            on.state.go_to_place(10)
            await eventually(lambda: on.number == 50)
            assert on.found == 2
            assert view.controls.found.text() == "2 findings"
            assert view.controls.time.text() == "0:02.0 of 0:04.0"
            assert "person 1" in view.screen_.accessibleDescription()
            assert [entry.name for entry in view.videos.entries] == [ONE, TWO]
            assert view.videos.isVisible()
            assert view.videos.item(0).toolTip().startswith("<qt>drive/one 카메라 &amp; 1")
            assert view._name.textFormat() is Qt.TextFormat.PlainText
            on.state.go_to_place(10 + FRAMES // EVERY)
            await eventually(lambda: view.videos.currentRow() == 1)
            await eventually(lambda: view.player.sight is not None and on.number == 50)
            view.videos.setCurrentRow(0)
            await eventually(lambda: on.state.current == 0)

    play(scenario())


def test_keys_play_step_and_jump_to_findings(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    _originals(tmp_path)

    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written()) as on:
            view = on.view
            await eventually(lambda: view.player.sight is not None)
            keys = view.timeline

            async def press(key: Any, number: int) -> None:
                QTest.keyClick(keys, key)
                await eventually(lambda: on.number == number)

            await press(Qt.Key.Key_Period, 1)
            await press(Qt.Key.Key_Period, 2)
            await press(Qt.Key.Key_Comma, 1)
            await press(Qt.Key.Key_BracketRight, FOUND_FROM)
            assert on.found == 2
            await press(Qt.Key.Key_Comma, FOUND_FROM - 1)
            assert on.found == 0
            await press(Qt.Key.Key_Right, FOUND_FROM - 1 + 25)
            assert on.found == 2, "the last row holds until the next"
            await press(Qt.Key.Key_BracketLeft, FOUND_FROM)
            await press(Qt.Key.Key_End, FRAMES - 1)
            await press(Qt.Key.Key_Home, 0)
            QTest.keyClick(keys, Qt.Key.Key_Space)
            assert view.player.is_playing
            assert view.controls.play.accessibleName() == "Pause"
            await eventually(lambda: on.number > 3)
            QTest.keyClick(keys, Qt.Key.Key_K)
            assert not view.player.is_playing
            assert view.controls.play.accessibleName() == "Play"
            at = view.player.sight
            view.controls.back.setFocus()
            QTest.keyClick(view.controls.back, Qt.Key.Key_Space)
            assert not view.player.is_playing, "Space on a button presses that"
            await eventually(lambda: view.player.sight is not at)

    play(scenario())


def test_playing_ends_with_the_last_frame_and_begins_anew(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    _originals(tmp_path)

    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written()) as on:
            view = on.view
            await eventually(lambda: view.player.sight is not None)
            view.controls.speed.setCurrentIndex(view.controls.speed.count() - 1)
            view.controls.speed.activated.emit(view.controls.speed.count() - 1)
            view.player.seek(3.0)
            await eventually(lambda: on.number == 75)
            view.controls.play.click()
            await eventually(lambda: not view.player.is_playing)
            assert on.number == FRAMES - 1
            assert on.state.current == (FRAMES - 1) // EVERY, "the frame in hand is the one on screen"
            view.controls.play.click()
            await eventually(lambda: on.number < 50)
            assert view.player.is_playing

    play(scenario())


def test_the_timeline_leads_anywhere(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    _originals(tmp_path)

    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written()) as on:
            view, line = on.view, on.view.timeline
            await eventually(lambda: view.player.sight is not None and line._density is not None)
            assert line._density is not None
            assert line._density.labels == (0, 1, 2)
            half = BINS * FOUND_FROM // FRAMES
            assert line._density.counts[0].nonzero()[0][0] == pytest.approx(half, abs=2)
            middle = QPoint(round(line._x(2.0)), line.height() // 2)
            QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=middle)
            await eventually(lambda: abs(on.number - 50) <= 1)
            assert line.seconds == pytest.approx(2.0, abs=0.05)
            assert line.accessibleName()
            await eventually(lambda: "of 0:04.0" in line.accessibleDescription())
            assert not line.grab().isNull()

    play(scenario())


def test_the_filter_holds_for_the_frame_on_screen_and_the_timeline(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    _originals(tmp_path)

    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written()) as on:
            view = on.view
            on.state.go_to_place(10)
            await eventually(lambda: view.player.sight is not None and on.found == 2)
            on.state.change(least=0.5)
            await eventually(lambda: on.found == 1)
            assert on.number == 50
            on.state.toggle(0)
            await eventually(lambda: on.found == 0)
            await eventually(lambda: view.timeline._density is not None and not view.timeline._density.counts.any())
            on.state.look(Looks(boxes=False))
            assert not view.looks.boxes.isChecked()

    play(scenario())


def test_a_video_that_is_gone_leaves_its_frames_and_the_way_to_find_it(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written(), there=False) as on:
            view = on.view
            await eventually(lambda: view.missing.isVisible() and view.missing.frames.frames.rowCount() > 0)
            assert "not at its place" in view.missing.sentence.text()
            assert view.missing.frames.frames.rowCount() == FRAMES // EVERY
            assert view.missing.frames.frames.index(10).data() == "0:02.0   2 findings"
            view.missing.frames.setCurrentIndex(view.missing.frames.frames.index(10))
            assert on.state.current == 10
            assert view.timeline.seconds == pytest.approx(2.0)
            _originals(tmp_path)
            await window._context.background.run(on.results.reconnect(on.folder))
            on.state.originals_moved.emit()
            await eventually(lambda: view.player.sight is not None and view.screen_.isVisible())
            assert on.number == 50

    play(scenario())


def test_a_broken_video_says_so(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    _originals(tmp_path)
    (tmp_path / "originals" / ONE).write_bytes(b"no video at all" * 100)

    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written()) as on:
            await eventually(on.view.missing.isVisible)
            assert "can not be read" in on.view.missing.sentence.text()

    play(scenario())


def test_the_service_s_video_stands_in_and_can_be_compared(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    _film(tmp_path / "scratch-drawn.mp4", 60)
    _film(tmp_path / "originals" / ONE)

    async def scenario() -> None:
        written = _written(drawn="videos/drawn.mp4")
        place = tmp_path / "scratch" / "results" / "videos" / "drawn.mp4"
        async with shown(window, tmp_path, eventually, written) as on:
            view = on.view
            place.parent.mkdir(parents=True)
            (tmp_path / "scratch-drawn.mp4").rename(place)
            on.state.go_to_place(FRAMES // EVERY + 5)
            await eventually(lambda: view._source is Source.DRAWN and view.player.sight is not None)
            await eventually(lambda: on.number == 25)
            assert "as the service has drawn it" in view._note.text()
            assert not view.drawn.isVisible()
            on.state.go_to_place(5)
            await eventually(lambda: view._source is Source.ORIGINAL and view.drawn.isVisible())
            await eventually(lambda: view.player.sight is not None and on.number == 25)
            view.drawn.click()
            await eventually(lambda: view._source is Source.DRAWN)
            await eventually(lambda: view.player.sight is not None and on.number == 25)

    play(scenario())


def test_nothing_stays_open_when_nobody_looks(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    _originals(tmp_path)

    async def scenario() -> None:
        async with shown(window, tmp_path, eventually, _written()) as on:
            view = on.view
            await eventually(lambda: view.player.sight is not None)
            view.controls.play.click()
            await eventually(lambda: on.number > 1)
            video = view.player.video
            assert video is not None
            view.hide()
            assert view.player.video is None
            assert not view.player.is_playing
            await eventually(lambda: video._film._file.closed)
            view.show()
            await eventually(lambda: view.player.sight is not None)

    play(scenario())


def test_results_as_they_are_saved(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    """All the way: the folder is read, and its frames, of which no moment is told, are those of the film."""
    _originals(tmp_path)
    video_results_folder(
        tmp_path / "Lot 17", frames=FRAMES, each=lambda n: 2 if n >= FOUND_FROM else 0, videos=(ONE, TWO)
    )

    async def scenario() -> None:
        context = window._context
        opening = context.desk.results.open_folder(tmp_path / "Lot 17", lambda _done, _all: None)
        results = await context.background.run(opening)
        await context.background.run(results.reconnect(tmp_path / "originals"))
        state = ViewState(context, window)
        view = VideoView(context, state, window)
        view.setWindowFlag(Qt.WindowType.Window)
        view.resize(900, 600)
        state.show(results)
        await eventually(lambda: state.selection is not None)
        state.go(FRAMES + 63)
        view.show()
        await eventually(lambda: view.player.sight is not None)
        sight = view.player.sight
        assert sight is not None
        assert sight.seen is not None
        assert (_number(sight), len(sight.seen.findings), sight.seen.picture.name) == (63, 2, TWO)
        QTest.keyClick(view.timeline, Qt.Key.Key_BracketLeft)
        await eventually(lambda: view.player.sight is not None and _number(view.player.sight) == FOUND_FROM)
        assert view.player.sight is not None
        assert view.player.sight.prepared is not None
        view.hide()
        state.show(None)
        await context.background.run(results.close())
        view.deleteLater()

    play(scenario())
