"""What can be done with the original of the picture in hand."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from batchdock.bridge.dialogs import choose
from batchdock.flows.results.opening import Opened
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.results.saving import open_folder
from batchdock.window.results.view_state import ViewState
from batchdock.window.results.viewing import NOTHING_CURRENT
from batchdock.window.wording import number_text


class Originals(QObject):
    """Open it, show it in its folder, copy its name; and say where the originals are now, when they have moved."""

    def __init__(self, context: Context, state: ViewState, widget: QWidget) -> None:
        super().__init__(widget)
        self._context, self._state, self._widget = context, state, widget

    def offer(self, where: QPoint) -> None:
        """Open the menu of the picture in hand, at a place of the screen."""
        menu = QMenu(self._widget)
        for icon_name, text, act in (
            ("image", self.tr("Open original"), self.open),
            ("folder-open", self.tr("Show in folder"), self.show_in_folder),
            ("copy", self.tr("Copy name"), self.copy_name),
        ):
            menu.addAction(icon(icon_name), text).triggered.connect(_without_check(act))
        menu.addSeparator()
        menu.addAction(icon("folder-search"), self.tr("Find originals…")).triggered.connect(_without_check(self.find))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def open(self) -> None:
        """Open the original with the program that the system has for it."""
        self._start(folder=False)

    def show_in_folder(self) -> None:
        """Open the folder in which the original is."""
        self._start(folder=True)

    def copy_name(self) -> None:
        """Put the picture's name, with its folders, on the clipboard."""
        opened, number = self._state.opened, self._state.current
        if opened is not None and number != NOTHING_CURRENT:
            self._context.tasks.start(self._copy(opened, number))

    def find(self) -> None:
        """Ask in which folder the originals are now."""
        if self._state.opened is not None:
            self._context.tasks.start(self._find(self._state.opened))

    def _start(self, *, folder: bool) -> None:
        opened, number = self._state.opened, self._state.current
        if opened is not None and number != NOTHING_CURRENT:
            self._context.tasks.start(self._open(opened, number, folder=folder))

    async def _open(self, opened: Opened, number: int, *, folder: bool) -> None:
        path = await self._context.background.run(opened.original(number))
        if path is None:
            self._context.messages.info(
                self.tr("The original is not on this computer, or not where it was. You can say where it is now."),
                button_text=self.tr("Find originals…"),
                on_click=self.find,
            )
        elif folder:
            open_folder(path.parent)
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    async def _copy(self, opened: Opened, number: int) -> None:
        seen = await self._context.background.run(opened.seen([number], self._state.filter))
        QGuiApplication.clipboard().setText(seen[0].picture.name)

    async def _find(self, opened: Opened) -> None:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(self._widget, self.tr("Folder with the originals"), pictures)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        chosen = await choose(dialog)
        if not chosen:
            return
        found = await self._context.background.run(opened.reconnect(chosen[0]))
        said = self.tr("%1 of %2 originals are there. They are shown from now on.")
        if not found.found:
            said = self.tr("None of the %2 originals is in that folder. Everything stays as it was.")
        said = said.replace("%1", number_text(found.found)).replace("%2", number_text(found.of))
        self._context.messages.info(said)
        if found.found:
            self._state.originals_moved.emit()


def _without_check(act: Callable[[], None]) -> Callable[[bool], None]:
    def triggered(_checked: bool = False) -> None:
        act()

    return triggered
