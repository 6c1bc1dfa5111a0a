"""A little window that offers the files it was given for dragging: `python drag_source.py FILE…`."""

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class DragSource(QLabel):
    """Starts a drag at the first move with the button down."""

    def __init__(self, paths: list[Path]) -> None:
        super().__init__("drag me")
        self._paths = paths
        self.setWindowTitle("drag source")
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(0, 0, 120, 120)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path.absolute())) for path in self._paths])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


def main() -> int:
    application = QApplication(sys.argv[:1])
    source = DragSource([Path(each) for each in sys.argv[1:]])
    source.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
