"""What is in a version of a dataset, looked at and, in a draft, changed."""

import io
from collections.abc import Iterator
from typing import Any

import numpy
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMessageBox

from batchdock.core.datasets.dataset import Dataset, Version
from batchdock.core.finding import Lines
from batchdock.window.datasets.data import DataPane
from batchdock.window.datasets.data.pane import Tab
from batchdock.window.datasets.data.segments import segment_name
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.main_window import MainWindow
from fakes.tensorbay import TensorBay
from making.tensorbay import connect_desk

HOSTILE = "<img src=x onerror=1>&amp;"
CAMERA = {"fx": 150, "fy": 150, "cx": 150, "cy": 100}


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


@pytest.fixture
def pane(window: MainWindow) -> Iterator[DataPane]:
    """A pane in its own window."""
    pane = DataPane(window._context)
    pane.resize(1180, 720)
    pane.show()
    yield pane
    pane.show_nothing()
    pane.close()
    pane.deleteLater()


def picture(_segment: str, number: int, version: int) -> bytes:
    """Return a picture that no other is equal to."""
    file = io.BytesIO()
    Image.new("RGB", (300, 200), (number % 256, 90, version * 40)).save(file, "PNG")
    return file.getvalue()


async def shown(window: MainWindow, bay: TensorBay, pane: DataPane, dataset_id: str, version: Version) -> Dataset:
    """Connect an account and show a version of a dataset."""
    context = window._context
    account = await context.background.run(connect_desk(context.desk, bay))

    async def found() -> Dataset:
        return await (await context.desk.datasets.of(account.account_id)).dataset(dataset_id)

    dataset: Dataset = await context.background.run(found())
    pane.show_version(account.account_id, dataset, version)
    return dataset


def draft_of(bay: TensorBay, dataset_id: str) -> Version:
    """Open a draft on the main branch."""
    return Version(draft=bay.state.datasets[dataset_id].new_draft("main", "Changes").number)


def names(pane: DataPane) -> list[str]:
    model = pane.segments.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def words(pane: DataPane) -> list[str]:
    """Return what the grid says of its files, for who does not see them."""
    model = pane.files.grid.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row, 0).data(role)) for row in range(model.rowCount())]


def pictured(pane: DataPane) -> int:
    """Return how many pictures are on screen."""
    grid = pane.files.grid
    some = [grid._thumbnails.get(number) for number in grid.shown_places()]
    return sum(each is not None and each.pixmap is not None for each in some)


def choose(pane: DataPane, segment: str) -> None:
    row = pane.segments.model.row_of(segment)
    assert row is not None
    pane.segments.table.setCurrentIndex(pane.segments.model.index(row, 0))


def test_segments_are_listed_counted_and_found(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 3, "": 1, HOSTILE: 0, "a#b?c": 2}, body=picture)

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, Version(commit="main"))
        await eventually(lambda: pane.segments.current is not None)
        assert sorted(names(pane)) == sorted(["train", segment_name(""), HOSTILE, "a#b?c"])
        assert not pane.segments.make.isVisible()  # a commit is for ever
        choose(pane, "a#b?c")
        await eventually(lambda: pictured(pane) == 2)
        choose(pane, "train")
        await eventually(lambda: pictured(pane) == 3)
        assert words(pane)[0] == "0000.jpg, 2 labels: ship 1, day 1"
        model = pane.segments.model
        counts = {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
        assert (counts["a#b?c"], counts["train"]) == ("2", "3")
        choose(pane, HOSTILE)
        await eventually(lambda: pane.files.empty.isVisible())
        pane.segments.search.setText("TRA")
        pane.segments.search.tell()
        assert names(pane) == ["train"]
        await eventually(lambda: pictured(pane) == 3)

    play(scenario())


def test_many_files_scroll_and_only_those_on_screen_are_fetched(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 1500}, body=picture)

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, Version(commit="main"))
        await eventually(lambda: pane.state.rows == 1500 and pane.files.count.text() == "1,500 files")
        await eventually(lambda: pictured(pane) >= 12)
        bar = pane.files.grid.verticalScrollBar()
        bar.setValue(bar.maximum())
        await eventually(lambda: pictured(pane) == len(pane.files.grid.shown_places()))
        assert 1499 in pane.files.grid.shown_places()
        assert len(bay.fetched) < 300

    play(scenario())


def test_a_file_that_can_not_be_shown_says_why_on_its_tile(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    def body(segment: str, number: int, version: int) -> bytes:
        return b"<html>" if number == 1 else picture(segment, number, version)

    dataset = bay.add_dataset("harbor", segments={"train": 4}, body=body)

    def changed(_asked: Any, said: Any) -> Any:
        rows = said["dataDetails"]
        rows[2] |= {"url": "", "checksum": ""}
        rows[3] |= {"remotePath": "clip.mp4"}
        return said

    bay.rewrite("GET .*/data/details", changed)
    bay.rewrite("GET .*/data/urls", lambda _asked, said: {**said, "urls": []})

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, Version(commit="main"))
        await eventually(lambda: pictured(pane) == 1)
        await eventually(lambda: len(words(pane)) == 4 and "link" in words(pane)[2])
        await eventually(lambda: "It is no picture that can be read here." in words(pane)[1])
        said = words(pane)
        assert "The service has no link to this file." in said[2]
        assert said[3].startswith("clip.mp4, Video")
        assert not any("clip" in str(each) for each in bay.store_seen)

    play(scenario())


def test_one_file_large_lists_its_labels_and_what_could_not_be_read(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    values = numpy.zeros((200, 300), numpy.uint8)
    values[50:80, 20:60] = 1
    mask = io.BytesIO()
    Image.fromarray(values).save(mask, "PNG")
    checksum, _ = bay.store.keep(mask.getvalue())
    label = {
        "BOX2D": [
            {"box2d": {"xmin": 5, "ymin": 5, "xmax": 90, "ymax": 80}, "category": HOSTILE, "attributes": {"wet": True}},
            {"box2d": None},
        ],
        "SEMANTIC_MASK": {"checksum": checksum, "remotePath": "m.png"},
        "POLYLINE2D": [{"polyline2d": [{"x": 0, "y": 0}, {"x": 90, "y": 90}]}],
    }
    catalog = {"SEMANTIC_MASK": {"categories": [{"name": "sea", "categoryId": 1}]}}
    dataset = bay.add_dataset("harbor", segments={"train": 2}, body=picture, label=lambda *_: label, catalog=catalog)

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, Version(commit="main"))
        await eventually(lambda: pictured(pane) == 2)
        grid, large = pane.files.grid, pane.files.large
        grid.setCurrentIndex(grid.model().index(0, 0))
        QTest.keyClick(grid, Qt.Key.Key_Return)
        await eventually(lambda: large.list.labels.rowCount() == 3)
        listed = [[large.list.labels.index(row, column).data() for column in range(3)] for row in range(3)]
        assert sorted(listed) == sorted([[HOSTILE, "Box", "wet: yes"], ["sea", "Semantic mask", ""], ["–", "Line", ""]])
        assert large.unread.text() == "1 label not shown: Box, not written as this kind is"
        layer = large.canvas.layer
        assert layer is not None
        assert layer.prepared is not None
        assert (layer.size, len(layer.prepared.lines), len(layer.prepared.masked)) == ((300, 200), 1, 1)
        QTest.keyClick(large.canvas, Qt.Key.Key_Right)
        await eventually(lambda: pane.state.current == 1)
        assert not pane.segments.isVisible()
        QTest.keyClick(large.canvas, Qt.Key.Key_Escape)
        assert grid.isVisible()
        assert pane.segments.isVisible()

    play(scenario())


def test_frames_have_a_tile_for_each_sensor_and_boxes_in_space_are_on_the_camera(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    box = {"size": {"x": 1, "y": 1, "z": 1}, "translation": {"x": 0, "y": 0, "z": 5}}
    label = {"BOX3D": [{"box3d": box, "category": "ship"}]}
    dataset = bay.add_dataset(
        "road", segments={"drive": 3}, fusion=True, body=picture, label=lambda *_: label, suffix=".png"
    )
    files = bay.state.datasets[dataset].head.content.segments["drive"]  # type: ignore[union-attr]
    files.sensors["camera"]["intrinsics"] = {"cameraMatrix": CAMERA}
    files.drop(("01FRAME" + "0" * 18 + "1", "lidar"))

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, Version(commit="main"))
        await eventually(lambda: pane.files.count.text() == "3 frames")
        await eventually(lambda: pictured(pane) >= 3)
        assert len(pane.state.selection.numbers) == 6  # type: ignore[union-attr]
        assert words(pane)[0].startswith("camera · ")
        await eventually(lambda: words(pane)[3] == "No file of lidar")
        grid, large = pane.files.grid, pane.files.large
        # Both sensors' boxes are where the camera sees them: they have one pose.
        grid.setCurrentIndex(grid.model().index(0, 0))
        pane.files.show_large()
        await eventually(lambda: large.list.labels.rowCount() == 2)
        layer = large.canvas.layer
        assert layer is not None
        assert all(isinstance(each.outline, Lines) for each in layer.seen.findings)
        assert len({each.box for each in layer.seen.findings}) == 1

    play(scenario())


def test_catalog_and_statistics_with_nulls(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 6}, body=picture)
    statistics = {
        "BOX2D": {
            "quantity": 12,
            "categories": [{"name": "ship", "quantity": 9, "attributes": None}, {"name": "buoy", "quantity": 3}],
            "attributes": [{"name": "wet", "enum": [True, None], "quantities": [2, 10]}, {"name": "age"}],
        },
        "RLE": {"quantity": None, "categories": None, "attributes": None},
        "POLYGON": None,
    }
    bay.rewrite("GET .*/labels/statistics", lambda _asked, _said: {"labelStatistics": statistics})

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, Version(commit="main"))
        await eventually(lambda: pane.catalog.outline.lines.rowCount() == 2)
        lines = pane.catalog.outline.lines.lines
        assert [line.text for line in lines] == ["Box", "Whole file"]
        assert [line.text for line in lines[0].below[0].below] == ["ship", "buoy"]
        assert all(line.colour is not None for line in lines[0].below[0].below)
        pane.tabs.setCurrentIndex(Tab.STATISTICS)
        await eventually(lambda: len(pane.statistics.plots) == 4)
        charts = [(title, [(bar.name, bar.findings) for bar in chart.bars]) for title, chart in pane.statistics.charts]
        assert charts == [
            ("Labels by kind", [("Box", 12), ("Run lengths", 0)]),
            ("Box", [("ship", 9), ("buoy", 3)]),
            ("Box: wet", [("–", 10), ("yes", 2)]),
            ("Box: age", []),
        ]

    play(scenario())


def test_whatever_the_service_answers_is_borne(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    road = bay.add_dataset("road", segments={"drive": 2}, fusion=True, body=picture)
    strange: list[Any] = [None, 7, "x", [], {}, [None, 7, "x", [[]], {"name": [], "enum": {}, "quantity": "many"}]]
    asked: list[Any] = list(strange)

    def odd(value: Any) -> Any:
        return dict.fromkeys(("BOX2D", "BOX3D", "KEYPOINTS2D", "SEMANTIC_MASK", "NEW"), value)

    def in_depth(value: Any) -> Any:
        inner = {"categories": value, "attributes": value, "keypoints": value, "quantity": value, "description": value}
        return [odd(value), odd(inner), odd([inner])]

    def labelled(said: Any) -> Any:
        for row in said["dataDetails"]:
            for file in row["frame"]:
                file["label"] = dict.fromkeys(("BOX2D", "BOX3D", "RLE", "SENTENCE", "INSTANCE_MASK", "X"), asked[0])
                file["timestamp"] = asked[0]
        return said

    depth = [0, 1, 2]
    bay.rewrite("GET .*/labels/catalogs", lambda _asked, _said: {"catalog": in_depth(asked[0])[depth[0]]})
    bay.rewrite("GET .*/labels/statistics", lambda _asked, _said: {"labelStatistics": in_depth(asked[0])[depth[0]]})
    bay.rewrite("GET .*/data/details", lambda _asked, said: labelled(said))
    bay.rewrite(
        "GET .*/sensors",
        lambda _asked, _said: {
            "sensors": [asked[0], {"name": "camera", "type": "CAMERA", "intrinsics": asked[0], "extrinsics": asked[0]}]
        },
    )

    async def scenario() -> None:
        await shown(window, bay, pane, road, Version(commit="main"))
        await eventually(lambda: pictured(pane) == 4)
        for _ in strange:
            for _ in range(len(depth)):
                before = pane.state.shown
                pane.tabs.setCurrentIndex(Tab.FILES)
                pane.refresh()
                await eventually(lambda before=before: pane.state.shown is not before)
                pane.tabs.setCurrentIndex(Tab.STATISTICS)
                wanted = pane.statistics
                await eventually(lambda wanted=wanted: len(wanted.plots) == len(wanted.charts))
                depth.append(depth.pop(0))
            pane.tabs.setCurrentIndex(Tab.FILES)
            await eventually(lambda: pictured(pane) == 4)
            asked.append(asked.pop(0))

    play(scenario())


def menu_of(pane: DataPane) -> dict[str, Any]:
    [menu] = [each for each in pane.findChildren(QMenu) if each.isVisible()]
    return {action.text(): action for action in menu.actions()}


async def answered(pane: DataPane, eventually: Any, **values: str) -> None:
    """Fill in the form that is open and send it."""
    await eventually(lambda: pane.findChild(FormDialog) is not None)
    [form] = pane.findChildren(FormDialog)
    for key, value in values.items():
        form.fields[key].put(value)
    form.go.click()
    await eventually(lambda: pane.findChild(FormDialog) is None)


async def agreed(pane: DataPane, eventually: Any) -> str:
    """Press what the question asks for, and return the question."""
    await eventually(lambda: pane.findChild(QMessageBox) is not None)
    [box] = pane.findChildren(QMessageBox)
    text = box.text()
    [go] = [each for each in box.buttons() if box.buttonRole(each) is QMessageBox.ButtonRole.DestructiveRole]
    assert box.textFormat() is Qt.TextFormat.PlainText
    go.click()
    await eventually(lambda: pane.findChild(QMessageBox) is None)
    return text


def test_segments_of_a_draft_are_made_renamed_copied_and_deleted(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 2}, body=picture)
    version = draft_of(bay, dataset)

    async def act(text: str) -> None:
        pane.segments.menu_asked.emit(pane.mapToGlobal(QPoint(40, 40)))
        menu_of(pane)[text].trigger()

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, version)
        await eventually(lambda: names(pane) == ["train"])
        pane.segments.make.click()
        await answered(pane, eventually, name="../x")
        await eventually(lambda: sorted(names(pane)) == ["../x", "train"] and pane.segments.current == "../x")
        await act("Rename…")
        await answered(pane, eventually, name="a#b?c")
        await eventually(lambda: sorted(names(pane)) == ["a#b?c", "train"] and pane.segments.current == "a#b?c")
        choose(pane, "train")
        await act("Copy…")
        await answered(pane, eventually, name="again")
        await eventually(lambda: sorted(names(pane)) == ["a#b?c", "again", "train"])
        await eventually(lambda: pictured(pane) == 2 and pane.segments.current == "again")
        await act("Delete segment…")
        assert "again" in await agreed(pane, eventually)
        await eventually(lambda: sorted(names(pane)) == ["a#b?c", "train"])
        draft = bay.state.datasets[dataset].drafts[version.draft]
        assert sorted(draft.content.segments) == ["a#b?c", "train"]

    play(scenario())


def test_a_version_without_segments_says_so_and_in_a_draft_leads_to_the_first(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={})
    version = draft_of(bay, dataset)

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, version)
        await eventually(lambda: pane.none.isVisible())
        [button] = pane.none.buttons
        button.click()
        await answered(pane, eventually, name="train")
        await eventually(lambda: pane.segments.current == "train" and pane.files.empty.isVisible())

    play(scenario())


def test_files_of_a_draft_are_moved_and_deleted(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 3}, body=picture)
    version = draft_of(bay, dataset)

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, version)
        await eventually(lambda: pictured(pane) == 3)
        grid = pane.files.grid
        grid.setCurrentIndex(grid.model().index(0, 0))
        grid.menu_asked.emit(pane.mapToGlobal(QPoint(400, 200)))
        menu_of(pane)["Move or rename…"].trigger()
        await answered(pane, eventually, path="moved/here.jpg")
        await eventually(lambda: pictured(pane) == 3 and "here.jpg" in " ".join(words(pane)))
        grid.setCurrentIndex(grid.model().index(0, 0))
        grid.menu_asked.emit(pane.mapToGlobal(QPoint(400, 200)))
        menu_of(pane)["Delete file…"].trigger()
        assert "0001.jpg" in await agreed(pane, eventually)
        await eventually(lambda: pane.state.rows == 2)
        draft = bay.state.datasets[dataset].drafts[version.draft]
        assert sorted(path for _, path in draft.content.segments["train"].files) == ["0002.jpg", "moved/here.jpg"]

    play(scenario())


def test_what_is_in_hand_stays_there_while_a_draft_changes(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={"a": 1, "train": 300}, body=picture)
    version = draft_of(bay, dataset)

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, version)
        await eventually(lambda: pane.segments.current == "a")
        choose(pane, "train")
        await eventually(lambda: pane.state.rows == 300)
        grid, large = pane.files.grid, pane.files.large
        grid.setCurrentIndex(grid.model().index(250, 0))
        pane.files.show_large()
        await eventually(lambda: large.list.labels.rowCount() == 2)
        before, context = pane.state.shown, window._context

        async def more(service: Any) -> None:
            await service.create_segment(dataset, version.draft, "more")

        changing = context.desk.datasets.change(context.desk.accounts.all()[-1].account_id, dataset, more)
        await context.background.run(changing)
        await eventually(lambda: "more" in names(pane) and pane.state.shown is not before)
        await eventually(lambda: large.isVisible() and large.list.labels.rowCount() == 2)
        assert (pane.segments.current, pane.state.current, pane.state.rows) == ("train", 250, 300)

    play(scenario())


def test_a_version_that_can_not_be_read_says_so_and_is_asked_for_again(
    play: Any, window: MainWindow, bay: TensorBay, pane: DataPane, eventually: Any
) -> None:
    dataset = bay.add_dataset("harbor", segments={"train": 2}, body=picture)
    bay.fail("GET .*/labels/catalogs", status=403, code="AccessDenied", times=1)

    async def scenario() -> None:
        await shown(window, bay, pane, dataset, Version(commit="main"))
        await eventually(lambda: pane.trouble.isVisible())
        pane.trouble.again.click()
        await eventually(lambda: pictured(pane) == 2)
        assert not pane.trouble.isVisible()

    play(scenario())
