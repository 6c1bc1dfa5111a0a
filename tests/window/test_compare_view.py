"""Two runs compared on screen: words, the list by change, and both over the same picture, by keyboard."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from batchdock.window.main_window import MainWindow
from batchdock.window.results.comparing import CompareView
from making.results import results_folder

Eventually = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def comparing(window: MainWindow, eventually: Eventually, one: Path, other: Path) -> AsyncIterator[CompareView]:
    """Compare the results of two folders."""
    context = window._context
    host = QWidget()
    layout = QVBoxLayout(host)
    view = CompareView(context, host)
    layout.addWidget(view)
    host.resize(1100, 700)
    host.show()
    runs = [
        await context.background.run(context.desk.results.open_folder(folder, lambda done, of: None))
        for folder in (one, other)
    ]
    try:
        view.show_runs(*runs)
        await eventually(lambda: view.comparison)
        yield view
    finally:
        view.stop()
        for run in runs:
            await context.background.run(run.close())
        host.close()
        host.deleteLater()


def test_runs_are_compared_in_words_and_over_each_picture(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    names = [f"밭/<b>{number}.jpg" for number in range(4)]
    one = results_folder(tmp_path / "<i>v4", names=names[:3], each=2, originals=tmp_path / "<i>v4" / "files")
    other = results_folder(tmp_path / "v5", names=names, each=lambda number: 2 + number)

    async def scenario() -> None:
        async with comparing(window, eventually, one, other) as view:
            swipe = view.swipe
            await eventually(lambda: swipe.canvas.layer)
            assert view._title.text() == "<i>v4 and v5"
            assert view._title.textFormat() is Qt.TextFormat.PlainText
            # Six findings are in both, and the second run has one more in a picture and two in another.
            assert view._agreement.text() == "66 % of all findings are in both. 2 of 3 pictures differ."
            assert "1 picture only in “v5”, not compared." in view._changes.text()
            assert "“v5” found 1 more of “" in view._changes.text()
            model = view.pictures.model()
            cells = [[model.index(row, column).data() for column in range(4)] for row in range(3)]
            assert cells == [
                ["<b>2.jpg", "50 %", "", "2"],
                ["<b>1.jpg", "66 %", "", "1"],
                ["<b>0.jpg", "100 %", "", ""],
            ]
            assert "2 findings" in swipe.canvas.accessibleDescription()
            assert "4 findings" in swipe.canvas.accessibleDescription()
            QTest.keyClick(swipe.canvas, Qt.Key.Key_Right)
            assert swipe.canvas.divider is not None
            assert swipe.canvas.divider > 0.5
            QTest.keyClick(view.pictures, Qt.Key.Key_D)
            await eventually(lambda: "only what differs" in view._about.text())
            assert swipe.canvas.layer is not None
            assert not swipe.canvas.layer.seen.findings, "the first run has nothing there that the second has not"
            QTest.keyClick(swipe.canvas, Qt.Key.Key_S)
            assert swipe.second.isVisible()
            for _ in range(6):
                QTest.keyClick(swipe.canvas, Qt.Key.Key_Plus)
            assert swipe.second._zoom == swipe.canvas._zoom is not None
            QTest.keyClick(view.pictures, Qt.Key.Key_Down)
            await eventually(lambda: "1.jpg" in swipe.canvas.accessibleName())
            left: list[bool] = []
            view.left.connect(lambda: left.append(True))
            QTest.keyClick(swipe.canvas, Qt.Key.Key_Escape)
            assert left == [True]

    play(scenario())


def test_a_class_has_the_same_colour_on_both_sides(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    # The most frequent class has number 0 in either run, and that is another one.
    one = results_folder(
        tmp_path / "v4", names=["1.jpg"], each=1, labels=("person",), originals=tmp_path / "v4" / "files"
    )
    other = results_folder(tmp_path / "v5", names=["1.jpg"], each=4, labels=("bird", "bird", "bird", "person"))

    async def scenario() -> None:
        async with comparing(window, eventually, one, other) as view:
            await eventually(lambda: view.swipe.canvas.layer)
            first, second = view.swipe._layers
            assert first is not None
            assert second is not None
            assert first.labels == second.labels
            assert [label.name for label in first.labels] == ["person", "bird"]
            assert [first.labels[each.label].name for each in first.seen.findings] == ["person"]
            assert [second.labels[each.label].name for each in second.seen.findings] == [*["bird"] * 3, "person"]

    play(scenario())


def test_a_class_and_a_confidence_narrow_the_words_the_list_and_the_picture(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    one = results_folder(tmp_path / "v4", pictures=3, originals=tmp_path / "v4" / "files")
    other = results_folder(tmp_path / "v5", pictures=3, labels=("dog", "car", "bird"))

    async def scenario() -> None:
        async with comparing(window, eventually, one, other) as view:
            words = [view.classes.itemText(place) for place in range(view.classes.count())]
            assert words == ["All classes", "car", "dog", "person", "bird"]
            before = view.comparison
            view.classes.setCurrentIndex(words.index("person"))
            await eventually(lambda: view.comparison is not before)
            assert view.comparison is not None
            assert [label.name for label in view.comparison.labels] == ["person"]
            await eventually(lambda: "v4: 1 finding" in view._about.text() and "v5: Nothing" in view._about.text())
            before = view.comparison
            view.least.setValue(100)
            await eventually(lambda: view.comparison is not before)
            assert view.comparison.labels == ()
            await eventually(lambda: "v4: Nothing found" in view._about.text())

    play(scenario())


def test_runs_over_other_pictures_are_told_so(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    one = results_folder(tmp_path / "v4", names=["a.jpg"])
    other = results_folder(tmp_path / "v5", names=["b.jpg", "c.jpg"])

    async def scenario() -> None:
        async with comparing(window, eventually, one, other) as view:
            await eventually(lambda: view._empty.isVisible())
            assert "2 pictures only in “v5”" in view._changes.text()

    play(scenario())
