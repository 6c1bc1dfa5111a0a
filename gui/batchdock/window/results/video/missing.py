"""What is shown where there is no video to play."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from batchdock.window.icon_button import IconButton
from batchdock.window.results.video.frames_list import FramesList
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class Missing(QWidget):
    """A sentence, the button that helps, and the frames as a list."""

    find_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = TintedLabel(tint=Tint.TEXT)
        self.find_folder = IconButton("folder-search", self.tr("Find the folder…"))
        self.find_folder.clicked.connect(lambda _checked=False: self.find_asked.emit())
        self.frames = FramesList()
        row = QHBoxLayout()
        row.setSpacing(unit(self) * 3)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.find_folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addLayout(row)
        layout.addWidget(self.frames, 1)
        self.say("")

    def say(self, trouble: str) -> None:
        """Say why there is no video: `trouble`, or that it is not where it was."""
        gone = self.tr(
            "This video is not at its place on this computer. What was found in it is listed here. "
            "You can say where the video is now."
        )
        self.sentence.setText(trouble or gone)
