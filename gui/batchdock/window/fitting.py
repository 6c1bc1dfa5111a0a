"""A dialog that makes room for what its texts say."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox


class FittingDialog(QDialog):
    """Grows with its wrapped texts: Qt asks a window for its width only, and would cut off a line that was added."""

    def showEvent(self, event: QShowEvent) -> None:
        """Leave the buttons without Qt's own drawings where the system has none of its own for them."""
        for box in self.findChildren(QDialogButtonBox):
            for button in box.buttons():
                if not QIcon.hasThemeIcon("dialog-cancel"):
                    button.setIcon(QIcon())
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            layout = self.layout()
            if layout is not None and layout.hasHeightForWidth():
                self.setMinimumHeight(layout.totalHeightForWidth(self.width()))
        # Last: among the events is the one that deletes this dialog.
        return super().event(event)
