"""What is in a bucket, as a tree that is read as it is opened: a page at a time, however much there is."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTreeView, QWidget

from batchdock.core.bucket import BucketPage
from batchdock.window.icons import icon
from batchdock.window.theme import unit
from batchdock.window.wording import size_text

_PATH, _KIND, _POSITION, _IS_READ = (Qt.ItemDataRole.UserRole + number for number in range(1, 5))
_FOLDER, _FILE, _MORE, _READING = range(4)


class BucketTree(QTreeView):
    """Folders and files of one bucket. Whoever has it reads what is `wanted` and gives it to `put`."""

    wanted = Signal(str, str)
    """A folder, and where its next page begins."""
    chosen = Signal(str)
    """A pattern for what was chosen: a folder with all below it, or a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = QStandardItemModel(self)
        self.setModel(self.rows)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(self.tr("Folders and files in the bucket"))
        self.setMinimumHeight(unit(self) * 44)
        self._folders: dict[str, QStandardItem] = {}
        self.expanded.connect(self._on_expanded)
        self.activated.connect(self._on_activated)
        self.selectionModel().currentChanged.connect(lambda index, _before: self._on_current(index))

    def begin(self) -> None:
        """Show the top of another bucket."""
        self.rows.clear()
        self._folders = {"": self.rows.invisibleRootItem()}
        self._put_reading(self.rows.invisibleRootItem())
        self.wanted.emit("", "")

    def empty(self) -> None:
        """Show nothing."""
        self.rows.clear()
        self._folders = {}

    def put(self, folder: str, page: BucketPage, *, first: bool) -> None:
        """Show a page of what is in a folder."""
        parent = self._folders.get(folder)
        if parent is None:
            return  # It is another bucket by now.
        if parent.rowCount() and parent.child(parent.rowCount() - 1).data(_KIND) in (_READING, _MORE):
            parent.removeRow(parent.rowCount() - 1)
        rows = [self._folder_item(each, folder) for each in page.folders]
        for file in page.files:
            if file.path != folder:
                item = self._item(f"{file.path[len(folder) :]}  ·  {size_text(file.size)}", "file", file.path, _FILE)
                rows.append(item)
        if page.position:
            more = self._item(self.tr("More…"), "ellipsis", folder, _MORE)
            more.setData(page.position, _POSITION)
            rows.append(more)
        if first and not rows:
            rows.append(self._item(self.tr("Nothing in here"), "circle-dashed", folder, _READING))
        parent.appendRows(rows)

    def give_up(self, folder: str) -> None:
        """Let a folder that could not be read be opened again."""
        parent = self._folders.get(folder)
        if parent is not None and parent.data(_IS_READ):
            parent.setData(False, _IS_READ)
            self.collapse(parent.index())

    def _folder_item(self, path: str, below: str) -> QStandardItem:
        item = self._item(path[len(below) :].rstrip("/") or "/", "folder", path, _FOLDER)
        self._folders[path] = item
        self._put_reading(item)
        return item

    def _put_reading(self, parent: QStandardItem) -> None:
        parent.appendRow(self._item(self.tr("Reading…"), "hourglass", "", _READING))

    def _item(self, text: str, picture: str, path: str, kind: int) -> QStandardItem:
        item = QStandardItem(icon(picture), text)
        item.setData(path, _PATH)
        item.setData(kind, _KIND)
        return item

    def _on_expanded(self, index: QModelIndex) -> None:
        item = self.rows.itemFromIndex(index)
        if item.data(_KIND) == _FOLDER and not item.data(_IS_READ):
            item.setData(True, _IS_READ)
            self.wanted.emit(item.data(_PATH), "")

    def _on_activated(self, index: QModelIndex) -> None:
        item = self.rows.itemFromIndex(index)
        if item.data(_KIND) == _MORE:
            item.setData(_READING, _KIND)
            item.setText(self.tr("Reading…"))
            self.wanted.emit(item.data(_PATH), item.data(_POSITION))

    def _on_current(self, index: QModelIndex) -> None:
        item = self.rows.itemFromIndex(index) if index.isValid() else None
        if item is None:
            return
        if item.data(_KIND) == _FOLDER:
            self.chosen.emit(f"{_escaped(item.data(_PATH))}**")
        elif item.data(_KIND) == _FILE:
            self.chosen.emit(_escaped(item.data(_PATH)))


def _escaped(path: str) -> str:
    """Return a path as a pattern that means nothing else."""
    return "".join(f"[{each}]" if each in "*?[" else each for each in path)
