"""The large view over real results: one picture, closely, and all of it by keyboard."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from batchdock.core.finding import Shape
from batchdock.window.main_window import MainWindow
from batchdock.window.results.large import LargeView
from batchdock.window.results.large.said import SaidModel
from batchdock.window.results.view_state import ViewState
from making.results import HEIGHT, WIDTH, corner_of, results_folder, write_table

Eventually = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def looking(
    window: MainWindow, eventually: Eventually, folder: Path
) -> AsyncIterator[tuple[LargeView, ViewState]]:
    """Look at the first picture of the results in `folder`."""
    context = window._context
    host = QWidget()
    layout = QVBoxLayout(host)
    state = ViewState(context, host)
    view = LargeView(context, state, host)
    layout.addWidget(view)
    host.resize(900, 600)
    host.show()
    opened = await context.background.run(context.desk.results.open_folder(folder, lambda done, of: None))
    try:
        state.show(opened)
        await eventually(lambda: state.selection)
        state.go_to_place(0)
        await shown(view, eventually, state.current)
        yield view, state
    finally:
        state.show(None)
        view.hide()
        await context.background.run(opened.close())
        host.close()
        host.deleteLater()


async def shown(view: LargeView, eventually: Eventually, number: int) -> None:
    """Wait until this picture is on screen."""
    await eventually(lambda: view.canvas.layer is not None and view.canvas.layer.seen.picture.number == number)


def middle_of(view: LargeView, picture: int, place: int) -> QPointF:
    """Return where on the canvas the middle of a finding is, while the whole picture is seen."""
    room = view.canvas.room()
    assert room is not None
    scale = view.canvas.where(room)
    x, y = corner_of(picture, place)
    return QPointF(scale.x + (x + 20) * scale.scale, scale.y + (y + 15) * scale.scale)


def test_a_picture_is_shown_with_all_that_is_known_of_it(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    names = ("밭 3/사진.jpg", "फ़सल/चित्र.jpg", "<i>c.jpg")
    folder = results_folder(tmp_path / "r", names=names, originals=tmp_path / "r" / "files")

    async def scenario() -> None:
        async with looking(window, eventually, folder) as (view, state):
            layer = view.canvas.layer
            assert layer is not None
            assert layer.sight is not None
            assert (layer.sight.width, layer.sight.height) == (WIDTH, HEIGHT)
            assert view._name.text() == layer.seen.picture.name.rpartition("/")[2]
            assert "160 × 120 · 1 of 3" in view._about.text()
            assert view.side.list.findings.rowCount() == 3
            assert view.canvas.accessibleName().startswith("Picture: ")
            assert view.canvas.accessibleDescription().startswith("3 findings: ")
            seen = {view.canvas.accessibleName()}
            for _ in range(2):
                QTest.keyClick(view.canvas, Qt.Key.Key_Right)
                await shown(view, eventually, state.current)
                seen.add(view.canvas.accessibleName())
            assert seen == {"Picture: 사진.jpg", "Picture: चित्र.jpg", "Picture: <i>c.jpg"}
            assert view._name.textFormat() is Qt.TextFormat.PlainText

    play(scenario())


def test_everything_goes_by_keyboard(window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "r", pictures=5, originals=tmp_path / "r" / "files")

    async def scenario() -> None:
        async with looking(window, eventually, folder) as (view, state):
            canvas, left = view.canvas, []
            view.left.connect(lambda: left.append(True))
            QTest.keyClick(canvas, Qt.Key.Key_End)
            assert state.place == 4
            QTest.keyClick(canvas, Qt.Key.Key_Left)
            assert state.place == 3
            QTest.keyClick(canvas, Qt.Key.Key_Home)
            assert state.place == 0
            await shown(view, eventually, state.current)
            for _ in range(4):
                QTest.keyClick(canvas, Qt.Key.Key_Plus)
            assert not canvas.is_whole
            before = canvas._zoom
            QTest.keyClick(canvas, Qt.Key.Key_Right)
            assert state.place == 0, "an arrow moves what is seen while it is zoomed"
            assert canvas._zoom != before
            QTest.keyClick(canvas, Qt.Key.Key_PageDown)
            assert state.place == 1
            await shown(view, eventually, state.current)
            assert canvas.is_whole, "another picture is seen whole at first"
            QTest.keyClick(canvas, Qt.Key.Key_Plus)
            QTest.keyClick(canvas, Qt.Key.Key_0)
            assert canvas.is_whole
            QTest.keyClick(canvas, Qt.Key.Key_B)
            assert not state.looks.boxes
            QTest.keyClick(canvas, Qt.Key.Key_B)
            QTest.keyClick(canvas, Qt.Key.Key_L)
            assert (state.looks.boxes, state.looks.words) == (True, False)
            QTest.keyClick(canvas, Qt.Key.Key_Down)
            QTest.keyClick(canvas, Qt.Key.Key_Down)
            assert view.side.list.currentIndex().row() == 1
            QTest.keyClick(canvas, Qt.Key.Key_1)
            await eventually(lambda: view.side.list.findings.rowCount() == 2)
            assert 0 not in (state.filter.labels or ())
            QTest.keyClick(canvas, Qt.Key.Key_1)
            await eventually(lambda: view.side.list.findings.rowCount() == 3)
            QTest.keyClick(canvas, Qt.Key.Key_Escape)
            assert left == [True]

    play(scenario())


def test_a_finding_is_chosen_where_it_lies_and_stands_out(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "r", pictures=1, originals=tmp_path / "r" / "files")

    async def scenario() -> None:
        async with looking(window, eventually, folder) as (view, _state):
            plain = view.canvas.grab().toImage()
            at = middle_of(view, 0, 2).toPoint()
            QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
            chosen = view.side.list.findings.finding(view.side.list.currentIndex().row())
            assert chosen.box is not None
            assert (chosen.box.x, chosen.box.y) == corner_of(0, 2)
            assert view.canvas.grab().toImage() != plain
            QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
            assert not view.side.list.currentIndex().isValid()
            hovered: list[object] = []
            view.canvas.hovered.connect(hovered.append)
            over = QPointF(at)
            moved = QMouseEvent(
                QEvent.Type.MouseMove,
                over,
                view.canvas.mapToGlobal(over),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
            )
            QCoreApplication.sendEvent(view.canvas, moved)
            assert hovered == [chosen.number]

    play(scenario())


def test_a_double_click_shows_pixels_one_to_one_and_back(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "r", pictures=1, originals=tmp_path / "r" / "files")
    large = tmp_path / "r" / "files" / "card" / "IMG_0000.jpg"

    async def scenario() -> None:
        async with looking(window, eventually, folder) as (view, _state):
            canvas = view.canvas
            assert canvas.scale is not None
            assert canvas.scale < 1
            canvas.toggle_real_size(QPointF(200, 200))
            assert canvas.scale == 1
            # There are more pixels than were needed for the whole picture: they are brought.
            await eventually(lambda: canvas._sharp is not None and canvas._sharp.image.width() == 3_000)
            QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
            assert canvas.is_whole
            for _ in range(40):
                canvas.zoom_in()
            assert canvas.scale == 8

    from making.media import picture_bytes

    large.write_bytes(picture_bytes(1, (3_000, 2_000)))
    play(scenario())


def test_where_the_original_is_gone_people_can_say_where_it_is(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "r", pictures=2, originals=tmp_path / "elsewhere")

    async def scenario() -> None:
        async with looking(window, eventually, folder) as (view, state):
            assert view.missing.isVisible()
            assert view.find_folder.isVisible()
            assert not view.fetch.isVisible(), "a folder has no service"
            assert view.side.list.findings.rowCount() == 3
            opened = state.opened
            assert opened is not None
            found = await window._context.background.run(opened.reconnect(tmp_path / "elsewhere"))
            assert found.found == 2
            state.originals_moved.emit()
            await eventually(lambda: view.canvas.isVisible() and view.canvas.layer and view.canvas.layer.sight)

    play(scenario())


def test_what_the_service_has_drawn_stands_in_or_beside(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "r", pictures=2, drawn=True, originals=tmp_path / "r" / "files")
    (folder / "files" / "card" / "IMG_0001.jpg").unlink()

    async def scenario() -> None:
        async with looking(window, eventually, folder) as (view, state):
            assert view.before.isEnabled()
            QTest.keyClick(view.canvas, Qt.Key.Key_D)
            await eventually(lambda: view.canvas._other is not None)
            assert view.canvas.divider == 0.5
            QTest.keyClick(view.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
            assert view.canvas.divider > 0.5
            QTest.keyClick(view.canvas, Qt.Key.Key_D)
            assert view.canvas.divider is None
            state.step(1)
            await shown(view, eventually, state.current)
            layer = view.canvas.layer
            assert layer is not None
            assert layer.sight is not None
            assert layer.sight.is_drawn
            assert not view.before.isEnabled()
            assert "as the service has drawn it" in view._about.text()

    play(scenario())


def test_everything_the_service_said_is_shown_as_it_came(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    row = {"image": "a.jpg", "count": 7.5, "note": "<img src=x>", "deep": {"list": list(range(5_000))}}
    (tmp_path / "r").mkdir()
    write_table(tmp_path / "r", [row], "jsonl")

    async def scenario() -> None:
        async with looking(window, eventually, tmp_path / "r") as (view, _state):
            await eventually(lambda: "count: 7.5" in view.side.cells.text())
            assert view.side.cells.textFormat() is Qt.TextFormat.PlainText
            QTest.keyClick(view.canvas, Qt.Key.Key_I)
            said = view.side.tree.said
            await eventually(lambda: said.rowCount() == 4)
            values = {said.index(line, 0).data(): said.index(line, 1).data() for line in range(4)}
            assert values == {"image": "a.jpg", "count": "7.5", "note": "<img src=x>", "deep": ""}
            deep = said.index(3, 0)
            numbers = said.index(0, 0, deep)
            assert said.rowCount(numbers) == 1_001
            assert said.index(1_000, 0, numbers).data() == "4,000 more"
            view.side.tree.setCurrentIndex(said.index(2, 1))
            view.side.tree.copy()
            assert QGuiApplication.clipboard().text() == "<img src=x>"

    play(scenario())


def test_the_next_picture_is_there_before_it_is_asked_for(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "r", pictures=3, shape=Shape.MASK, originals=tmp_path / "r" / "files")

    async def scenario() -> None:
        async with looking(window, eventually, folder) as (view, state):
            await eventually(lambda: len(view._loader._ready) == 2)
            state.step(1)
            assert view.canvas.layer is not None
            assert view.canvas.layer.seen.picture.number == state.current, "without waiting"

    play(scenario())


def test_records_of_every_shape_are_bounded() -> None:
    deep: object = "end"
    for _ in range(500):
        deep = [deep]
    model = SaidModel()
    for record in (deep, None, "text", 7, [], {}, {"": {"a": None}}, json.loads('{"x": 1e400}'), "x" * 10**6):
        model.show_record(record)
        index, depth = model.index(0, 0), 0
        while index.isValid():
            model.index(index.row(), 1, index.parent()).data()
            index, depth = model.index(0, 0, index), depth + 1
        assert depth <= 64
