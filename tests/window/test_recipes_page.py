"""The page of recipes: made of a job, run on what is new, changed, given away, taken over, removed and restored."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QMessageBox

from batchdock.core.batch import Content
from batchdock.core.recipe import FolderSource, Recipe
from batchdock.core.watched import Patterns
from batchdock.window.main_window import MainWindow
from batchdock.window.recipes.form_dialog import RecipeDialog
from batchdock.window.sidebar import Page, Place
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import order, reviewed
from making.media import picture
from making.spoken import nameless
from making.starting import connected

HERE = "this-computer"


def drop(folder: Path, *names: str) -> Path:
    for name in names:
        picture(folder / name, seed=sum(map(ord, name)), size=(16, 16))
    return folder


def dialog() -> RecipeDialog | None:
    found = [each for each in QApplication.topLevelWidgets() if isinstance(each, RecipeDialog) and each.isVisible()]
    return found[0] if found else None


def save(form: RecipeDialog) -> None:
    button = form.buttons.button(QDialogButtonBox.StandardButton.Save)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def kept(window: MainWindow, recipe: Recipe) -> Recipe:
    return await window._context.background.run(window.desk.recipes.add(recipe))


def over(folder: Path, name: str = "Codes", **more: Any) -> Recipe:
    return Recipe(name=name, source=FolderSource((folder,)), account_id=HERE, workflow_id="read-codes", **more)


Eventually = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


def test_a_recipe_is_made_of_a_job_and_run_on_what_is_new(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder = drop(tmp_path / "lot", "a.jpg", "b.jpg")
    page = window.recipes

    async def first() -> Any:
        (job,) = await window.desk.jobs.start(order(await reviewed(window.desk, folder)))
        return await window.desk.jobs.ended(job.key)

    async def scenario() -> None:
        window.go(Place(Page.RECIPES))
        assert not page.list.isVisible()
        job = await window._context.background.run(first())
        window.show_job(job.key)
        await eventually(window.actions_["make-recipe"].isEnabled)
        window.actions_["make-recipe"].trigger()
        await eventually(lambda: dialog() is not None)
        form = dialog()
        assert form is not None
        assert (form.name.text(), form.place.text()) == (job.name, str(folder))
        assert form.recipe().content is Content.IMAGES
        form.name.clear()
        assert not form.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()
        QTest.keyClicks(form.name, "Codes")
        form.take_results(tmp_path / "results")
        save(form)
        await eventually(lambda: dialog() is None)
        window.go(Place(Page.RECIPES))
        await eventually(lambda: page.list.isVisible() and page.details.name.text() == "Codes")
        QTest.mouseClick(page.details.run_new, Qt.MouseButton.LeftButton)
        await eventually(lambda: "finds nothing new" in " ".join(each.text for each in window.messages.notices))
        drop(folder, "c.jpg")
        await eventually(page.details.run_new.isEnabled)
        QTest.mouseClick(page.details.run_new, Qt.MouseButton.LeftButton)
        await eventually(lambda: window.sidebar.place().page is Page.JOBS)
        (new,) = [each for each in window.desk.jobs.all() if each.key != job.key]
        assert (new.items_total, new.name.startswith("Codes ")) == (1, True)
        await window._context.background.run(window.desk.jobs.ended(new.key))
        await eventually(lambda: list((tmp_path / "results").rglob("*.csv")))
        window.go(Place(Page.RECIPES))
        await eventually(lambda: (shown := page.shown()) is not None and shown.jobs == 2)
        QTest.mouseClick(page.details.show_job, Qt.MouseButton.LeftButton)
        await eventually(lambda: [each.key for each in window.jobs.table.selected_jobs()] == [new.key])

    play(scenario())


def test_a_recipe_is_changed_removed_and_restored(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    page = window.recipes

    async def scenario() -> None:
        window.go(Place(Page.RECIPES))
        recipe = await kept(window, over(tmp_path, save_to=tmp_path))
        await kept(window, over(tmp_path, "other"))
        await eventually(lambda: page.model.rowCount() == 2)
        QTest.keyClick(page.list, Qt.Key.Key_Home)
        page.details.change.click()
        await eventually(lambda: dialog() is not None)
        form = dialog()
        assert form is not None
        assert nameless(form) == []
        assert nameless(page) == []
        form.name.setText("other")
        save(form)
        await eventually(lambda: "already" in form.trouble.text() and form.isVisible())
        form.name.setText("Zettel")
        form.include.setText("*.jpg; *.png")
        form.exclude.setText("old/*")
        form.content.setCurrentIndex(form.content.findData(Content.UNKNOWN))
        QTest.mouseClick(form.usual_results, Qt.MouseButton.LeftButton)
        save(form)
        await eventually(lambda: dialog() is None)
        await eventually(lambda: page.details.name.text() == "Zettel")
        source = FolderSource((tmp_path,), Patterns(("*.jpg", "*.png"), ("old/*",)))
        changed = replace(recipe, name="Zettel", source=source, save_to=None)
        assert window.desk.recipes.find("Zettel") == changed
        page.details.remove.click()
        await eventually(lambda: page.model.rowCount() == 1)
        assert window.messages.take_back()
        await eventually(lambda: page.model.rowCount() == 2)
        assert window.desk.recipes.find("Zettel") == changed

    play(scenario())


def test_a_recipe_is_given_away_and_dropped_on_the_window(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    page, file = window.recipes, tmp_path / "codes.recipe.json"

    async def scenario() -> None:
        window.go(Place(Page.RECIPES))
        recipe = await kept(window, over(tmp_path))
        await eventually(lambda: page.details.name.text() == "Codes")
        page.details.export.click()
        await eventually(lambda: window.findChildren(QFileDialog))
        (asked,) = window.findChildren(QFileDialog)
        line = asked.findChild(QLineEdit)
        assert line is not None
        line.setText(str(file))
        asked.accept()
        await eventually(file.is_file)
        await window._context.background.run(window.desk.recipes.remove(recipe))
        await eventually(lambda: page.model.rowCount() == 0)
        document = json.loads(file.read_text(encoding="utf-8"))
        document["account"] = {"service": "roboflow", "name": "lab", "workspace": "lab"}
        file.write_text(json.dumps(document), encoding="utf-8")
        window.add_paths([file])
        await eventually(lambda: dialog() is not None)
        form = dialog()
        assert form is not None
        assert "It ran at “lab”" in form.trouble.text()
        assert form.account.currentData() == HERE
        save(form)
        await eventually(lambda: page.model.rowCount() == 1 and dialog() is None)
        file.write_text("{}", encoding="utf-8")
        window.add_paths([file])
        await eventually(lambda: "holds no recipe" in " ".join(each.text for each in window.messages.notices))
        assert page.model.rowCount() == 1

    play(scenario())


def test_a_run_that_costs_money_is_asked_about(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder, page = drop(tmp_path / "lot", "a.jpg"), window.recipes
    with RoboflowCloud() as cloud:

        async def scenario() -> None:
            account_id = await window._context.background.run(connected(window.desk, cloud))
            await kept(window, replace(over(folder), account_id=account_id, workflow_id="find-things"))
            window.go(Place(Page.RECIPES))
            await eventually(lambda: page.details.name.text() == "Codes")
            QTest.mouseClick(page.details.run_all, Qt.MouseButton.LeftButton)
            await eventually(_boxes)
            assert not window.desk.jobs.all()
            _boxes()[0].reject()
            await eventually(page.details.run_all.isEnabled)
            assert not window.desk.jobs.all()
            QTest.mouseClick(page.details.run_all, Qt.MouseButton.LeftButton)
            await eventually(_boxes)
            _boxes()[0].defaultButton().click()
            await eventually(lambda: len(window.desk.jobs.all()) == 1)

        play(scenario())


def test_a_recipe_watches_its_folder_by_itself(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder, page = drop(tmp_path / "lot", "a.jpg"), window.recipes
    box = page.details.watch

    async def scenario() -> None:
        desk = window.desk
        desk.watches._settled = 0.1
        recipe = await kept(window, over(folder, save_to=folder / "in it"))
        window.go(Place(Page.RECIPES))
        await eventually(lambda: box.switch.isVisible() and box.folder.text() == str(folder))
        assert (box.minutes.value(), box.files.value(), box._credits_row.isVisible()) == (10, 500, False)
        QTest.mouseClick(box.switch, Qt.MouseButton.LeftButton, pos=QPoint(8, box.switch.height() // 2))
        await eventually(lambda: "would go into the watched folder" in box.said.text())
        assert not box.switch.isChecked()
        await window._context.background.run(desk.recipes.change(replace(recipe, save_to=tmp_path / "results")))
        await eventually(lambda: (shown := page.shown()) is not None and shown.recipe.save_to == tmp_path / "results")
        box.minutes.setValue(0)
        await eventually(
            lambda: (watch := desk.watches.of(recipe.recipe_id)) is not None and not watch.gathering.seconds
        )
        QTest.mouseClick(box.switch, Qt.MouseButton.LeftButton, pos=QPoint(8, box.switch.height() // 2))
        await eventually(lambda: list((tmp_path / "results").rglob("results.*")))
        await eventually(lambda: box.state.text() == "Watching. Nothing new is there.")
        assert (box.said.isVisible(), box.switch.isChecked()) == (False, True)
        assert desk.watches.under_way() == ("Codes",)
        await eventually(lambda: window.tray.watched_action.isVisible())
        window.go(Place(Page.PROBLEMS))
        window.tray.watched_action.trigger()
        assert window.sidebar.place().page is Page.RECIPES
        folder.rename(tmp_path / "away")
        await eventually(lambda: "can not be read" in box.state.text())
        QTest.mouseClick(box.switch, Qt.MouseButton.LeftButton, pos=QPoint(8, box.switch.height() // 2))
        await eventually(lambda: desk.watches.under_way() == () and not box.state.isVisible())
        await eventually(lambda: not window.tray.watched_action.isVisible())

    play(scenario())


def test_a_limit_is_asked_for_where_it_costs_money(
    window: MainWindow, play: Any, eventually: Eventually, tmp_path: Path
) -> None:
    folder, page = drop(tmp_path / "lot", "a.jpg"), window.recipes
    box = page.details.watch
    with RoboflowCloud() as cloud:

        async def scenario() -> None:
            account_id = await window._context.background.run(connected(window.desk, cloud))
            recipe = await kept(window, replace(over(folder), account_id=account_id, workflow_id="find-things"))
            window.go(Place(Page.RECIPES))
            await eventually(lambda: box._credits_row.isVisible())
            box.switch.click()
            await eventually(lambda: "needs a limit" in box.said.text())
            assert not box.switch.isChecked()
            box.credits.setValue(5.0)
            await eventually(lambda: (watch := window.desk.watches.of(recipe.recipe_id)) and watch.monthly_credits)
            box.switch.click()
            await eventually(lambda: window.desk.watches.under_way() == ("Codes",))
            assert not box.said.isVisible()

        play(scenario())


def _boxes() -> list[Any]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()]
