"""What zooming and moving are, whatever is painted: by wheel, fingers and keys."""

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from batchdock.window.results.large.zooming import STEP, Room, Zoom
from batchdock.window.theme import unit


class Zoomable(QWidget):
    """Holds which part of a picture is seen. Who inherits says how large the picture is, and paints it."""

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom: Zoom | None = None
        """None: the whole picture, whatever the room."""
        self.shows_focus = False
        """The keyboard has come here by keyboard, and people want to see where it is."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(unit(self) * 40, unit(self) * 40)

    def picture_size(self) -> tuple[int, int] | None:
        """Return the width and height of what is shown; None without a picture."""
        raise NotImplementedError

    def tell_zoom(self) -> None:
        """Show what has changed, and say so."""
        self.update()
        self.zoomed.emit()

    def room(self) -> Room | None:
        """Return the room and the picture in it; None without a picture whose size is known."""
        size = self.picture_size()
        if size is None or not self.width() or not self.height():
            return None
        return Room(self.width(), self.height(), size[0], size[1], self.devicePixelRatioF())

    @property
    def scale(self) -> float | None:
        """How many device pixels a pixel of the picture takes; None without a picture."""
        room = self.room()
        return self.where(room).scale * room.ratio if room is not None else None

    @property
    def is_whole(self) -> bool:
        """Tell whether all of the picture is seen."""
        return self._zoom is None

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Make the picture larger or smaller around `at`, or its middle."""
        room = self.room()
        if room is not None:
            at = at or QPointF(self.width() / 2, self.height() / 2)
            self.set_zoom(self.where(room).by(factor, at.x(), at.y(), room))

    def zoom_in(self) -> None:
        """One step closer."""
        self.zoom_by(STEP)

    def zoom_out(self) -> None:
        """One step back."""
        self.zoom_by(1 / STEP)

    def fit(self) -> None:
        """Show the whole picture."""
        self._zoom = None
        self.tell_zoom()

    def follow(self, other: "Zoomable") -> None:
        """Show the same part of the picture as `other` does."""
        if self._zoom != other._zoom:
            self._zoom = other._zoom
            self.tell_zoom()

    def toggle_real_size(self, at: QPointF | None = None) -> None:
        """Show pixels one to one, or the whole picture where they are."""
        scale = self.scale
        if scale is not None:
            if abs(scale - 1.0) < 0.01 and not self.is_whole:
                self.fit()
            else:
                self.zoom_by(1.0 / scale, at)

    def pan(self, right: float, down: float) -> None:
        """Move what is seen by so many pixels."""
        room = self.room()
        if room is not None and self._zoom is not None:
            self.set_zoom(self._zoom.moved(right, down, room))

    def _can_move(self, right: int, down: int) -> bool:
        """Tell whether the picture is larger than its room, in this direction."""
        room, zoom = self.room(), self._zoom
        if room is None or zoom is None:
            return False
        wide, high = zoom.scale * room.picture_width > room.width, zoom.scale * room.picture_height > room.height
        return bool((right and wide) or (down and high))

    def where(self, room: Room) -> Zoom:
        """Return where the picture lies in its room."""
        return Zoom.whole(room) if self._zoom is None else self._zoom.held(room)

    def set_zoom(self, zoom: Zoom) -> None:
        """Show this part of the picture."""
        room = self.room()
        self._zoom = None if room is None or zoom.is_whole(room) else zoom
        self.tell_zoom()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.zoom_by(STEP ** (turned / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + event.value(), event.position())
                return True
            if event.gestureType() is Qt.NativeGestureType.SmartZoomNativeGesture:
                self.toggle_real_size(event.position())
                return True
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.toggle_real_size(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move what is seen while it is zoomed; every other key is for the view around."""
        directions = {
            Qt.Key.Key_Left: (1, 0),
            Qt.Key.Key_Right: (-1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        direction = directions.get(Qt.Key(event.key()))
        if direction is None or not self._can_move(*direction) or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
            return
        step = unit(self) * 16
        self.pan(direction[0] * step, direction[1] * step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is to those who came here with it."""
        self.shows_focus = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.shows_focus = False
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tell_zoom()
