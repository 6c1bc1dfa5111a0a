"""What is opened, looked at: chips, classes, confidence, the grid, and one picture large."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QAccessible, QColor, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from batchdock.core.finding import Filter, Share, SortBy
from batchdock.flows.results.opening import Opened, Selection
from batchdock.window.main_window import MainWindow
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.classes_model import CLASS_ROLE
from batchdock.window.results.colours import colour_of
from batchdock.window.results.grid.thumbnails import Thumbnail
from batchdock.window.results.pictures_tab import PicturesTab
from batchdock.window.results.view_state import NO_CLASS, ViewState
from batchdock.window.results.viewer import Tab
from batchdock.window.sidebar import Page, Place
from making.results import results_folder

HOSTILE = "<img src=x onerror=1>&amp;"


class _Links(QObject):
    """Stands for the programs of the system."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.paths.append(url.toLocalFile())


@pytest.fixture
def opened_links(application: QApplication) -> Iterator[list[str]]:
    """What was opened with a program of the system."""
    links = _Links()
    QDesktopServices.setUrlHandler("file", links, "take")  # type: ignore[arg-type]  # the stubs say bytes
    yield links.paths
    QDesktopServices.unsetUrlHandler("file")


async def open_results(window: MainWindow, eventually: Any, folder: Path) -> tuple[ViewState, PicturesTab]:
    """Open `folder` on the results page, and wait until it can be looked at."""
    window.resize(1280, 820)
    window.go(Place(Page.RESULTS))
    page = window.results
    page.open_folder(folder)
    await eventually(lambda: page.state.selection is not None)
    return page.state, page.viewer.pictures


def settled(state: ViewState) -> Callable[[], bool]:
    """Tell whether the last wish is answered."""
    return lambda: state.selection is not None and state.selection.filter == state.filter


def chosen(state: ViewState) -> Selection:
    """Return the last answer."""
    assert state.selection is not None
    return state.selection


def opened_in(state: ViewState) -> Opened:
    assert state.opened is not None
    return state.opened


def chips(tab: PicturesTab) -> list[str]:
    return [chip.text() for chip in tab.shares.chips.values() if not chip.isHidden()]


def labelled(number: int) -> int:
    """Every third picture has nothing, the others have as many findings as their number's last digit tells."""
    return 0 if number % 3 == 0 else number % 10


def test_pictures_are_shown_narrowed_and_looked_at_closely(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "Lot 17", pictures=30, each=labelled, originals=tmp_path / "pictures")

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        assert chips(tab)[:3] == ["All 30", "With findings 18", "Nothing found 12"]
        every = sum(map(labelled, range(30)))
        assert tab.count.text() == f"30 pictures · {every} findings"
        tab.grid.setFocus()
        QTest.keyClick(tab.grid, Qt.Key.Key_1)
        await eventually(settled(state))
        assert state.filter.labels == frozenset({1, 2, NO_CLASS})
        assert 0 < chosen(state).findings < every
        assert chips(tab)[0] == f"All {len(chosen(state).numbers)}"
        QTest.keyClick(tab.grid, Qt.Key.Key_1)
        assert state.filter.labels is None
        tab.shares.chips[Share.WITH_FINDINGS].click()
        await eventually(settled(state))
        assert len(chosen(state).numbers) == 18
        assert tab.count.text() == f"18 of 30 pictures · {every} findings"
        QTest.keyClick(tab.grid, Qt.Key.Key_Home)
        QTest.keyClick(tab.grid, Qt.Key.Key_Right)
        second = int(chosen(state).numbers[1])
        assert state.current == second
        QTest.keyClick(tab.grid, Qt.Key.Key_Space)
        assert tab.is_large()
        assert tab.large is not None
        QTest.keyClick(tab.large, Qt.Key.Key_Right)
        third = int(chosen(state).numbers[2])
        assert state.current == third
        QTest.keyClick(tab.large, Qt.Key.Key_Escape)
        assert not tab.is_large()
        assert tab.grid.hasFocus()
        assert tab.grid.currentIndex().row() == 2

    play(scenario())


def test_the_newest_wish_wins_and_no_answer_comes_after_a_newer_one(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "lot", pictures=20)

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        answered: list[float] = []
        state.selection_changed.connect(lambda: answered.append(chosen(state).filter.least))
        for percent in range(1, 60):
            tab.confidence.slider.setValue(percent)
        await eventually(settled(state))
        assert state.filter.least == 0.59
        assert answered == sorted(answered)
        assert answered[-1] == 0.59
        assert len(answered) < 20, "what nobody waits for any more is not asked"
        assert tab.confidence.number.value() == 59

    play(scenario())


def test_what_hides_every_picture_is_named_and_taken_away_at_once(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "lot", labels=(HOSTILE, "car"))

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        state.change(search="nowhere", labels=frozenset({0}), least=0.5)
        await eventually(lambda: tab.empty.isVisible())
        sentence = tab.empty._sentence
        assert sentence.textFormat() is Qt.TextFormat.PlainText
        for said in (HOSTILE, "nowhere", "50 %"):
            assert said in sentence.text()
        tab.show_all.click()
        await eventually(lambda: tab.grid.isVisible())
        assert state.filter == Filter()
        assert tab.search.text() == ""
        assert tab.confidence.slider.value() == 0

    play(scenario())


def test_the_picture_in_hand_stays_where_it_is_still_there(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    folder = results_folder(tmp_path / "lot", pictures=40, each=labelled)

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        in_hand = next(int(number) for number in chosen(state).numbers[20:] if labelled(int(number)))
        state.go(in_hand)
        state.change(share=Share.WITH_FINDINGS)
        await eventually(settled(state))
        assert state.current == in_hand
        assert tab.grid.currentIndex().row() == state.place == state.place_of(in_hand)
        state.sort(SortBy.FINDINGS, True)
        await eventually(lambda: chosen(state).by is SortBy.FINDINGS)
        assert state.current == in_hand
        assert tab.grid.viewport().rect().intersects(tab.grid.visualRect(tab.grid.currentIndex()))
        state.change(share=Share.NOTHING)
        await eventually(settled(state))
        assert state.current in chosen(state).numbers, "another takes its place"
        state.change(search="nowhere")
        await eventually(settled(state))
        assert state.current == -1

    play(scenario())


def test_the_keyboard_walks_through_the_grid(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "lot", pictures=50)

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        grid = tab.grid
        grid.setFocus()
        columns = grid.indexAt(QPoint(grid.viewport().width() - grid.verticalScrollBar().width(), 40)).row() + 1
        assert columns > 1
        for key, place in (
            (Qt.Key.Key_Home, 0),
            (Qt.Key.Key_Down, columns),
            (Qt.Key.Key_Right, columns + 1),
            (Qt.Key.Key_Up, 1),
            (Qt.Key.Key_Up, 1),
            (Qt.Key.Key_End, 49),
            (Qt.Key.Key_Right, 49),
            (Qt.Key.Key_Down, 49),
            (Qt.Key.Key_Home, 0),
        ):
            QTest.keyClick(grid, key)
            assert state.place == place, key
            assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))
        QTest.keyClick(grid, Qt.Key.Key_PageDown)
        paged = state.place
        assert paged > columns
        assert paged % columns == 0
        QTest.keyClick(grid, Qt.Key.Key_PageUp)
        assert state.place == 0
        wide = grid.visualRect(grid.currentIndex()).width()
        QTest.keyClick(grid, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(grid, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        assert grid.visualRect(grid.currentIndex()).width() > wide
        assert tab.zoom.value() == grid.steps

    play(scenario())


def test_a_picture_says_what_was_found_and_shows_it_in_the_colour_of_its_class(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    names = ["a/first.jpg", "a/밭.jpg", f"{HOSTILE}.jpg".replace("/", "")]
    folder = results_folder(
        tmp_path / "lot", names=names, each=3, originals=tmp_path / "o", not_processed={"a/broken.jpg": "Cut off."}
    )

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        await window._context.background.run(opened_in(state).reconnect(tmp_path / "o"))
        state.originals_moved.emit()
        grid, model = tab.grid, tab.grid.model()
        thumbnails = grid._thumbnails
        numbers = {model.index(row, 0).data(): int(chosen(state).numbers[row]) for row in range(model.rowCount())}

        def ready(number: int) -> Thumbnail:
            found = thumbnails.get(number)
            assert found is not None
            return found

        def whole() -> bool:
            return all((each := thumbnails.get(number)) is not None and each.is_whole for number in range(4))

        await eventually(whole)
        numbers = {model.index(row, 0).data(): row for row in range(model.rowCount())}
        assert set(numbers) == {"first.jpg", "밭.jpg", f"{HOSTILE}.jpg", "broken.jpg"}
        spoken = model.index(numbers["first.jpg"], 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == "first.jpg, 3 findings: person 1, car 1, dog 1"
        told = QAccessible.queryAccessibleInterface(grid)
        assert (told.role(), told.childCount()) == (QAccessible.Role.List, 4)
        assert told.child(numbers["first.jpg"]).text(QAccessible.Text.Name) == spoken
        tip = model.index(numbers[f"{HOSTILE}.jpg"], 0).data(Qt.ItemDataRole.ToolTipRole)
        assert tip.startswith("<qt>&lt;img"), "what would be markup is told as it is"
        broken = model.index(numbers["broken.jpg"], 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert broken.startswith("broken.jpg, ")
        assert ready(int(chosen(state).numbers[numbers["broken.jpg"]])).pixmap is None
        first = ready(int(chosen(state).numbers[numbers["first.jpg"]]))
        seen = {seen.label for seen in first.seen.findings}
        assert first.pixmap is not None
        painted = first.pixmap.toImage()
        colours = {painted.pixelColor(x, y).rgb() for x in range(painted.width()) for y in range(painted.height())}
        assert {colour_of(label).rgb() for label in seen} <= colours
        QTest.keyClick(grid, Qt.Key.Key_B)
        assert not state.looks.boxes
        await eventually(lambda: ready(first.seen.picture.number).pixmap is not first.pixmap)
        repainted = ready(first.seen.picture.number).pixmap
        assert repainted is not None
        plain = repainted.toImage()
        without = {plain.pixelColor(x, y).rgb() for x in range(plain.width()) for y in range(plain.height())}
        assert not {colour_of(label).rgb() for label in seen} <= without

    play(scenario())


def test_classes_are_ticked_alone_together_and_found_among_thousands(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    labels = [f"class {number}" for number in range(2_000)] + [HOSTILE]
    folder = results_folder(tmp_path / "lot", pictures=30, each=70, labels=labels)

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        classes = tab.classes
        known = len(opened_in(state).labels)
        assert classes.model.rowCount() == known > 20
        assert classes.search.isVisible()
        row = classes.model.index(0, 0).data(CLASS_ROLE)
        assert (row.count.findings, row.is_ticked) == (opened_in(state).labels[0].findings, True)
        classes.none.click()
        assert state.filter.labels == frozenset()
        await eventually(settled(state))
        assert chosen(state).findings == 0
        assert classes.model.index(0, 0).data(CLASS_ROLE).count == row.count, "what would count is still told"
        classes.all.click()
        assert state.filter.labels is None
        classes.list.setCurrentIndex(classes.model.index(3, 0))
        QTest.keyClick(classes.list, Qt.Key.Key_Return)
        assert state.filter.labels == {classes.model.label(3)}
        QTest.keyClick(classes.list, Qt.Key.Key_Space)
        assert state.filter.labels == frozenset()
        QTest.keyClick(classes.list, Qt.Key.Key_2)
        assert state.filter.labels == {opened_in(state).labels[1].number}
        classes.search.setText("class 19")
        classes.search.tell()
        assert {classes.model.index(each, 0).data()[:8] for each in range(classes.model.rowCount())} == {"class 19"}
        QTest.keyClicks(classes.search, "1b")
        assert state.filter.labels == {opened_in(state).labels[1].number}, "what is written in a field is no key"
        assert state.looks.boxes

    play(scenario())


def test_a_folder_without_results_says_so_and_one_with_some_is_shown_again(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "notes.txt").write_text("nothing to see here")
    folder = results_folder(tmp_path / "lot")

    async def scenario() -> None:
        window.go(Place(Page.RESULTS))
        page = window.results
        page.open_folder(tmp_path / "holiday")
        await eventually(lambda: page.viewer.tabs.currentIndex() == Tab.FILES)
        page.viewer.show_tab(Tab.PICTURES)
        assert page.viewer.opening.isVisible()
        assert page.viewer.opening.again.isVisible()
        assert page.viewer.opening.said.text()
        assert page.state.opened is None
        page.viewer.show_tab(Tab.FILES)
        page.open_folder(folder)
        await eventually(lambda: page.state.selection is not None)
        assert page.viewer.tabs.currentIndex() == Tab.PICTURES
        assert page._name.text() == "lot"

    play(scenario())


def test_chips_are_one_choice_that_arrows_move(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "lot", pictures=30, each=labelled)

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        chip = tab.shares.chips[Share.ALL]
        chip.setFocus()
        QTest.keyClick(chip, Qt.Key.Key_Left)
        assert state.filter == Filter()
        QTest.keyClick(chip, Qt.Key.Key_Right)
        assert state.filter == Filter(share=Share.WITH_FINDINGS)
        QTest.keyClick(tab.shares.chips[Share.WITH_FINDINGS], Qt.Key.Key_Right)
        assert [share for share, each in tab.shares.chips.items() if each.isChecked()] == [Share.NOTHING]
        assert tab.shares.chips[Share.NOTHING].hasFocus()
        assert QAccessible.queryAccessibleInterface(chip).role() == QAccessible.Role.RadioButton
        state.change(share=Share.ALL)
        assert chip.isChecked(), "others choose too"

    play(scenario())


def test_an_original_is_opened_where_it_is_and_looked_for_where_it_is_not(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, clipboard: Any, opened_links: list[str]
) -> None:
    folder = results_folder(tmp_path / "lot", names=["a/첫 번째.jpg", "a/2.jpg"], originals=tmp_path / "o")
    (tmp_path / "o" / "a" / "2.jpg").unlink()

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, folder)
        await window._context.background.run(opened_in(state).reconnect(tmp_path / "o"))
        state.go(0)
        tab.originals.open()
        await eventually(lambda: len(opened_links) == 1)
        tab.originals.show_in_folder()
        await eventually(lambda: len(opened_links) == 2)
        assert opened_links[0].endswith("첫 번째.jpg")
        assert opened_links[1].endswith("/o/a")
        tab.originals.copy_name()
        await eventually(lambda: clipboard.text() == "a/첫 번째.jpg")
        state.go(1)
        tab.originals.open()
        await eventually(lambda: any("original is not" in each.text for each in window._context.messages.notices))
        assert len(opened_links) == 2

    play(scenario())


def test_two_runs_are_compared_and_left_again(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    one = results_folder(tmp_path / "one", pictures=6)
    other = results_folder(tmp_path / "other", pictures=6, each=2)

    async def scenario() -> None:
        state, _tab = await open_results(window, eventually, one)
        page = window.results
        page._places.setCurrentWidget(page.comparing)
        page.comparing.compare_with_folder(opened_in(state), other)
        await eventually(lambda: page.comparing.view is not None and page.comparing.view.comparison is not None)
        assert page.comparing.view is not None
        QTest.keyClick(page.comparing.view, Qt.Key.Key_Escape)
        assert page.viewer.isVisible()
        page._places.setCurrentWidget(page.comparing)
        page.comparing.compare_with_folder(opened_in(state), other)
        window.results.open_folder(other)
        assert page.viewer.isVisible(), "the first run is gone, and the comparison with it"
        await eventually(lambda: state.selection is not None)

    play(scenario())


def test_other_results_take_the_place_of_those_before(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    one = results_folder(tmp_path / "one", pictures=3, labels=("person",))
    other = results_folder(tmp_path / "other", pictures=5, labels=("boat", "car"))

    async def scenario() -> None:
        state, tab = await open_results(window, eventually, one)
        state.change(search="IMG", least=0.1)
        window.results.open_folder(other)
        assert state.opened is None
        assert tab.grid.model().rowCount() == 0
        await eventually(lambda: state.selection is not None)
        assert state.filter == Filter()
        assert len(chosen(state).numbers) == 5
        assert [tab.classes.model.index(row, 0).data() for row in range(2)] == ["boat", "car"]

    play(scenario())


@pytest.mark.parametrize("name", ["plain", "a<b>c</b>", "a & b"])
def test_tooltips_show_names_as_they_are(name: str, application: QApplication) -> None:
    tip = tooltip_text(name)
    assert tip == name or (tip.startswith("<qt>") and "<b>" not in tip)
    assert QColor(colour_of(0)).isValid()
