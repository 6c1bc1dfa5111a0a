"""The picture of the stages: boxes in a row with arrows between them, or below each other where there is no room."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QSizePolicy, QWidget

from batchdock.window.job_details.stage_box import LEAST_WIDTH, StageBox
from batchdock.window.job_details.stages import StageLook
from batchdock.window.theme import Tint, colour, unit

_ARROW = 6
"""In steps of `theme.unit`."""


class StagePicture(QWidget):
    """One box a stage; one of them is chosen. Until a person chooses, it is the one where something happens."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Steps"))
        self._boxes: list[StageBox] = []
        self._arrows: list[_Arrow] = []
        self._by_hand = False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    @property
    def boxes(self) -> tuple[StageBox, ...]:
        """The boxes, first stage first."""
        return tuple(self._boxes)

    @property
    def place(self) -> int:
        """Which stage is chosen; -1 without any."""
        return self._group.checkedId()

    def forget(self) -> None:
        """Another job comes: nobody has chosen anything yet."""
        self._by_hand = False
        self._make(())

    def show_looks(self, looks: Sequence[StageLook]) -> None:
        """Show the stages as they are now."""
        if [each.look.name for each in self._boxes] != [look.name for look in looks]:
            before = self.place
            self._make(looks)
            if self._by_hand and 0 <= before < len(looks):
                self._boxes[before].setChecked(True)
        for box, look in zip(self._boxes, looks, strict=True):
            box.show_look(look)
        if not self._by_hand and looks:
            self._boxes[_of_interest(looks)].setChecked(True)

    # --- Qt

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if not self._boxes:
            return 0
        if not self._fits_row(width):
            arrows = sum(each.height() for each in self._arrows)
            return sum(each.heightForWidth(width) for each in self._boxes) + arrows
        share = (width - len(self._arrows) * unit(self) * _ARROW) // len(self._boxes)
        return max(each.heightForWidth(share) for each in self._boxes)

    def minimumSizeHint(self) -> QSize:
        """As wide as one box: the others go below it."""
        width = unit(self) * LEAST_WIDTH
        return QSize(width, self.heightForWidth(max(width, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn(event.size().width())

    # --- inside

    def _make(self, looks: Sequence[StageLook]) -> None:
        for old in (*self._boxes, *self._arrows):
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._boxes, self._arrows = [], []
        for place, look in enumerate(looks):
            if place:
                arrow = _Arrow(self)
                self._arrows.append(arrow)
                self._layout.addWidget(arrow, 0, Qt.AlignmentFlag.AlignCenter)
            box = StageBox(look, self)
            self._group.addButton(box, place)
            self._boxes.append(box)
            self._layout.addWidget(box, 1)
        self._turn(self.width())

    def _turn(self, width: int) -> None:
        """Lay the boxes out in a row where they fit beside each other, else below each other."""
        row = self._fits_row(width)
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if row else QBoxLayout.Direction.TopToBottom)
        for arrow in self._arrows:
            arrow.point(down=not row)

    def _fits_row(self, width: int) -> bool:
        return unit(self) * (len(self._boxes) * LEAST_WIDTH + len(self._arrows) * _ARROW) <= width

    def _on_clicked(self, place: int) -> None:
        self._by_hand = True
        self.chosen.emit(place)


class _Arrow(QWidget):
    """From one stage to the next."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._down = False

    def point(self, *, down: bool) -> None:
        """Let it point down, else to the right."""
        self._down = down
        step = unit(self)
        self.setFixedSize(QSize(step * _ARROW, step * (4 if down else _ARROW)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step = unit(self)
        pen = QPen(colour(Tint.MUTED, self.palette()), max(1.4, step / 2.6))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.translate(QPointF(self.width() / 2, self.height() / 2))
        if self._down:
            painter.rotate(90)
        elif self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            painter.rotate(180)
        reach, head = step * (1.4 if self._down else 1.9), step * 1.0
        painter.drawLine(QPointF(-reach, 0), QPointF(reach, 0))
        painter.drawPolyline(QPolygonF([QPointF(reach - head, -head), QPointF(reach, 0), QPointF(reach - head, head)]))
        painter.end()


def _of_interest(looks: Sequence[StageLook]) -> int:
    """Return the place of the stage that moves, else of one with problems, else of the last that has begun."""
    begun = [place for place, look in enumerate(looks) if look.status is not None]
    moving = [place for place in begun if looks[place].counts.running or looks[place].counts.waiting]
    broken = [place for place in begun if looks[place].counts.problems]
    return (moving or broken or begun[-1:] or [0])[0]
